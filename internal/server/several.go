package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// severalActions are those that may be done to several users at once.
var severalActions = []access.Action{access.Suspend, access.Reactivate, access.Remove, access.Join}

// severalForm is what a form about several users says: the list's, with people only, or the confirmation's, with the roles
// that the page has named.
type severalForm struct {
	action access.Action
	filter access.Filter // of the list, its product that of the form
	group  access.GroupID
	users  []access.UserID // each once
	roles  map[access.UserID][]access.Target
}

// readSeveral reads such a form's body, which has been parsed.
func readSeveral(r *http.Request) (severalForm, error) {
	f := severalForm{
		action: access.Action(r.PostForm.Get("action")), group: access.GroupID(r.PostForm.Get("group")),
		roles: map[access.UserID][]access.Target{},
	}
	f.filter = readPage(web.ReadFilter(r.PostForm))
	f.filter.Text = ""
	if !slices.Contains(severalActions, f.action) {
		return f, badForm(errors.New("nothing that is done to several"))
	}
	chosen := slices.Clone(r.PostForm["user"])
	for _, value := range r.PostForm["target"] {
		user, role, _ := strings.Cut(value, ":")
		chosen = append(chosen, user)
		f.roles[access.UserID(user)] = append(f.roles[access.UserID(user)], access.Target{Product: f.filter.Product, Role: access.RoleID(role)})
	}
	for _, user := range chosen {
		if !uuid.MatchString(user) {
			return f, badForm(errors.New("a user that can't be one"))
		}
		if !slices.Contains(f.users, access.UserID(user)) {
			f.users = append(f.users, access.UserID(user))
		}
	}
	return f, nil
}

// parts are what is asked about each. Of a role that the page hasn't named, nothing is asked.
func (f severalForm) parts() []users.Part {
	var all []users.Part
	for _, user := range f.users {
		if f.action == access.Join {
			all = append(all, users.Part{User: user, Group: f.group})
		} else if roles := f.roles[user]; len(roles) > 0 {
			all = append(all, users.Part{User: user, Roles: roles})
		}
	}
	return all
}

// several asks before the same is done to the people that were chosen in a list.
func (s *Server) several(w http.ResponseWriter, r *http.Request) error {
	if err := parse(r); err != nil {
		return err
	}
	return s.askSeveral(w, r, newMark(), nil)
}

// severalAgain is the question's page for whoever was asked to sign in on the way; without what was chosen, it is the list.
func (s *Server) severalAgain(w http.ResponseWriter, r *http.Request) error {
	found, err := s.kept(w, r)
	if err != nil {
		return err
	}
	if found {
		return s.askSeveral(w, r, newMark(), nil)
	}
	institution, err := id(r, "institution")
	if err != nil {
		return err
	}
	return redirect(w, r, web.UsersURL(access.InstitutionID(institution), access.Filter{}))
}

// askSeveral shows who was chosen, what would happen to each, and why nothing can happen to some: before, not after.
func (s *Server) askSeveral(w http.ResponseWriter, r *http.Request, mark string, faults access.Faults) error {
	form, bad := readSeveral(r)
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	tooMany := len(form.users) > access.MaxSeveral
	if tooMany {
		form.users = nil
	}
	people := v.Users(access.InstitutionID(institution), form.users)
	groups := v.Groups(access.InstitutionID(institution))
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := errors.Join(visit.may(access.EnterUsers, access.User{}), bad); err != nil {
		return err
	}
	frame := s.frameOf(visit, web.UsersList)
	if len(form.users) == 0 {
		return s.show(w, r, http.StatusUnprocessableEntity, web.SeveralNotAsked(frame, form.filter, tooMany))
	}
	product, found := access.ProductOf(visit.products, form.filter.Product)
	if !found {
		return access.ErrNotFound
	}
	page := web.SeveralPage{
		Action: form.action, Product: product, Filter: form.filter, Group: form.group, Faults: faults, Once: mark,
		Groups: activeGroups(*groups, product.ID), Gone: len(form.users) - len(*people),
	}
	for _, user := range *people {
		p := visit.profile(user)
		p.Groups = *groups
		page.Ones = append(page.Ones, one(p, form.action, page))
	}
	if len(page.Groups) == 1 && page.Group == "" {
		page.Group = page.Groups[0].ID
	}
	return s.show(w, r, s.severalStatus(r, page), web.Several(frame, page))
}

// one is one of several: what would be done to all that they hold on the product, or why nothing can be.
func one(p access.Profile, action access.Action, page web.SeveralPage) web.SeveralOne {
	if action == access.Join {
		return web.SeveralOne{Profile: p, WhyNot: whyNoGroup(p, page)}
	}
	var held []access.Target
	for _, a := range p.Subject.On(page.Product.ID) {
		held = append(held, access.Target{Product: a.Product, Role: a.Role})
	}
	if len(held) == 0 {
		return web.SeveralOne{Profile: p, WhyNot: access.NotHeld}
	}
	roles, refused := p.Several(action, held)
	if len(roles) == 0 {
		return web.SeveralOne{Profile: p, WhyNot: refused[held[0]]}
	}
	return web.SeveralOne{Profile: p, Roles: roles}
}

// whyNoGroup is why somebody can't be put into any active group of the product; empty if there is one.
func whyNoGroup(p access.Profile, page web.SeveralPage) access.Reason {
	reason := access.NoGroup
	for _, g := range page.Groups {
		if reason = p.WhyNotJoin(page.Product.ID, g.ID); reason == "" {
			return ""
		}
	}
	return reason
}

// activeGroups are those of a product that can be joined.
func activeGroups(all []access.Group, product access.ProductID) []access.Group {
	return slices.DeleteFunc(slices.Clone(all), func(g access.Group) bool { return g.Product != product || g.Status != access.Active })
}

// severalStatus is the question's: that nothing can be asked about anybody is said by the status too (rule V9). What is
// refused for lack of authority no page of ours has offered: it is reported.
func (s *Server) severalStatus(r *http.Request, page web.SeveralPage) int {
	status := http.StatusConflict
	for _, o := range page.Ones {
		if o.WhyNot == "" {
			status = http.StatusOK
		}
	}
	for _, o := range page.Ones {
		if o.WhyNot.Grade() == access.Forbidden && o.WhyNot != "" {
			if status == http.StatusConflict {
				status = http.StatusForbidden
			}
			s.report(r, http.StatusForbidden, &access.Refusal{Action: page.Action, Reason: o.WhyNot})
		}
	}
	if len(page.Faults) > 0 && status == http.StatusOK {
		status = http.StatusUnprocessableEntity
	}
	return status
}
