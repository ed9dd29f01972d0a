package server

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// severalTime is how long a form about several people may take.
const severalTime = 2 * time.Minute

// toItsEnd is the time that such a form has. What has begun goes on to its end: whoever goes away meanwhile finds all of it
// done, not some.
func (s *Server) toItsEnd(w http.ResponseWriter, r *http.Request) (context.Context, context.CancelFunc) {
	_ = http.NewResponseController(w).SetWriteDeadline(s.now().Add(severalTime)) // where the server has none, there is none to move
	return context.WithTimeout(context.WithoutCancel(r.Context()), severalTime)
}

// severalConfirm does it, one after the other, and goes on to what became of each. The same form again comes to the same page.
func (s *Server) severalConfirm(w http.ResponseWriter, r *http.Request) error {
	mark, bad := parseMarked(r)
	var form severalForm
	if bad == nil {
		form, bad = readSeveral(r)
	}
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	groups := v.Groups(access.InstitutionID(institution))
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := errors.Join(visit.may(access.EnterUsers, access.User{}), bad); err != nil {
		return err
	}
	parts := form.parts()
	if len(parts) == 0 || len(parts) > access.MaxSeveral {
		return s.show(w, r, http.StatusUnprocessableEntity, web.SeveralNotAsked(s.frameOf(visit, web.UsersList), form.filter, len(parts) > 0))
	}
	if _, found := access.ProductOf(visit.products, form.filter.Product); !found {
		return access.ErrNotFound
	}
	if form.action == access.Join && !slices.ContainsFunc(*groups, func(g access.Group) bool { return g.ID == form.group && g.Product == form.filter.Product }) {
		return s.askSeveral(w, r, string(mark), access.Faults{access.FieldGroup: access.Missing})
	}
	c := users.Change{Institution: visit.institution.ID, Actor: visit.actor.ID, Target: access.Target{Product: form.filter.Product}, Mark: mark}
	ctx, cancel := s.toItsEnd(w, r)
	defer cancel()
	if err := s.users.Several(ctx, c, form.action, parts); err != nil {
		return err
	}
	if err := s.reportSeveral(r, c); err != nil {
		return err
	}
	return redirect(w, r, web.SeveralDoneURL(c.Institution, form.filter, string(mark)))
}

// severalDone tells what a form has done to each. A page that was kept too long leads to the list.
func (s *Server) severalDone(w http.ResponseWriter, r *http.Request) error {
	filter := readPage(web.ReadFilter(r.URL.Query()))
	filter.Text = ""
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	mark := r.URL.Query().Get("done")
	did := &store.Batch{}
	if uuid.MatchString(mark) {
		did = v.Batch(access.InstitutionID(institution), s.me(r), store.Mark(mark), s.now().Add(-toldFor))
	}
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	product, found := access.ProductOf(visit.products, did.Product)
	if !found || !slices.Contains(severalActions, did.Action) {
		return redirect(w, r, web.UsersURL(visit.institution.ID, filter))
	}
	page := web.SeveralDonePage{Action: did.Action, Product: product, Filter: filter}
	if err := s.tellSeveral(r, visit, did.Results, &page); err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, web.SeveralDone(s.frameOf(visit, web.UsersList), page))
}

// tellSeveral sorts what became of each, in the list's order. Who isn't a user any more has no name.
func (s *Server) tellSeveral(r *http.Request, visit visit, results []store.Result, page *web.SeveralDonePage) error {
	why := map[access.UserID]access.Reason{}
	var ids []access.UserID
	for _, result := range results {
		why[result.User] = result.Reason
		ids = append(ids, result.User)
	}
	v := s.db.View()
	people := v.Users(visit.institution.ID, ids)
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	for _, user := range *people {
		if reason := why[user.ID]; reason != "" {
			page.Refused = append(page.Refused, web.SeveralOne{Profile: visit.profile(user), WhyNot: reason})
		} else {
			page.Done = append(page.Done, visit.profile(user))
		}
		delete(why, user.ID)
	}
	for _, reason := range why {
		if reason == "" {
			page.Left++
		} else {
			page.Gone++
		}
	}
	return nil
}

// reportSeveral tells the log which of them were refused for lack of authority: no page of ours has offered those.
func (s *Server) reportSeveral(r *http.Request, c users.Change) error {
	v := s.db.View()
	did := v.Batch(c.Institution, c.Actor, c.Mark, s.now().Add(-toldFor))
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	for _, result := range did.Results {
		if result.Reason != "" && result.Reason.Grade() != access.Untimely {
			no := &access.Refusal{Action: did.Action, Reason: result.Reason}
			status, _ := outward(no)
			s.report(r, status, no)
		}
	}
	return nil
}
