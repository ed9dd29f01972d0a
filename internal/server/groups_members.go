package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// groupDetail shows a group and its members, and reports the last change.
func (s *Server) groupDetail(w http.ResponseWriter, r *http.Request) error {
	at := validatePage(web.ReadFilter(r.URL.Query())).Page
	kept, err := s.keptForm(r)
	if err != nil {
		return err
	}
	var receipt store.Receipt
	var batch store.BulkResult
	p, err := s.loadGroupWith(r, at, func(q *store.Query, in access.InstitutionID, _ access.GroupID) {
		s.queueReceipt(q, &receipt, r, in)
		s.queueBulkReceipt(q, &batch, r, in)
	})
	if err != nil {
		return err
	}
	if len(p.members.Rows) == 0 && at != (access.Page{}) { // the cursor's user is gone
		return redirect(w, r, withReceipt(web.GroupURL(p.scope.institution.ID, p.group.ID), receiptKey(r)))
	}
	page := p.page()
	if err := s.addGroupBanner(r, &p, &page, receipt, batch); err != nil {
		return err
	}
	if kept != nil {
		if err := s.addGroupRefusal(r, &p, kept); err != nil {
			return err
		}
	}
	return s.show(w, r, web.Group(p.layout, page))
}

// addGroupBanner adds the banner about the last change of the group or of its members.
func (s *Server) addGroupBanner(
	r *http.Request, p *groupPage, page *web.GroupPage, receipt store.Receipt, batch store.BulkResult,
) error {
	var ids []access.UserID
	for _, result := range batch.Results {
		ids = append(ids, result.User)
	}
	if receipt.Action == access.Leave {
		ids = append(ids, receipt.Subject)
	}
	names, err := s.loadNames(r, p.scope.institution.ID, ids)
	if err != nil {
		return err
	}
	if batch.Action == access.Join && batch.Group == p.group.ID {
		page.AddResult = &web.AddMembersResult{}
		for _, result := range batch.Results {
			if result.Reason == "" {
				page.AddResult.AddedCount++
			} else {
				refused := web.RefusedMember{Person: names[result.User], Reason: result.Reason}
				page.AddResult.Refused = append(page.AddResult.Refused, refused)
			}
		}
		return nil
	}
	p.layout.Outcome = groupOutcome(*p, receipt, names[receipt.Subject])
	return nil
}

// loadNames reads the names of users of the institution; other identifiers have no name.
func (s *Server) loadNames(r *http.Request, in access.InstitutionID, ids []access.UserID) (map[access.UserID]string, error) {
	all := map[access.UserID]string{}
	if len(ids) == 0 {
		return all, nil
	}
	var people []access.User
	q := s.db.Query()
	q.Users(&people, in, ids)
	if err := q.Read(r.Context()); err != nil {
		return nil, err
	}
	for _, u := range people {
		all[u.ID] = u.Name()
	}
	return all, nil
}

// groupOutcome is the banner about a form's change; nil if the change was not to this group. It offers the reverse
// action if the actor may take it now, and the group has not been changed again since.
func groupOutcome(p groupPage, receipt store.Receipt, person string) *web.Outcome {
	if receipt.Group != p.group.ID {
		return nil
	}
	o := &web.Outcome{Action: receipt.Action, Person: person, Product: p.product.Title, Group: p.group.Name}
	announced := []access.Action{access.CreateGroup, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.Leave}
	if !slices.Contains(announced, receipt.Action) {
		return nil
	}
	if reverse := receipt.Action.Reverse(); reverse != "" && receipt.IsLast && p.profile.MayActOnGroup(reverse, p.group) {
		o.ReverseURL = web.UndoURL(web.GroupActionURL(p.scope.institution.ID, p.group.ID, reverse), string(receipt.Key))
	}
	return o
}

// refuseOnGroup shows the group's page under the reason why an action on it, or on the member with that name, is
// refused.
func (s *Server) refuseOnGroup(w http.ResponseWriter, r *http.Request, err error, member string) error {
	if r.Method == http.MethodPost && isSentBack(err) {
		in, group := access.InstitutionID(chi.URLParam(r, "institution")), access.GroupID(chi.URLParam(r, "group"))
		f := users.KeptForm{Fields: url.Values{"user": {chi.URLParam(r, "user")}}}
		return s.sendBack(w, r, err, web.GroupURL(in, group), f)
	}
	return s.refuse(w, r, err, func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadGroup(r)
		if err != nil {
			return nil, err
		}
		p.layout.Refusal = &web.RefusalBanner{Reason: refusal.Reason, Person: member, Product: p.product.Title}
		return web.Group(p.layout, p.page()), nil
	})
}

// addGroupRefusal adds the banner about an action that was refused, if it would be refused now.
func (s *Server) addGroupRefusal(r *http.Request, p *groupPage, kept *users.KeptForm) error {
	var people []access.User
	if member := kept.Fields.Get("user"); isUUID(member) {
		q := s.db.Query()
		q.Users(&people, p.scope.institution.ID, []access.UserID{access.UserID(member)})
		if err := q.Read(r.Context()); err != nil {
			return err
		}
	}
	profile := p.profile
	if len(people) > 0 {
		profile.Subject = people[0]
	}
	reason := profile.WhyNotOnGroup(kept.Action, p.group)
	if kept.Action == access.Join {
		reason = p.profile.WhyNotAddMembers(p.group)
	}
	if isOfOperation(kept.Reason) || reason.Grade() == access.Hidden && reason != "" { // the member is no user any more
		reason = kept.Reason
	}
	if reason != "" {
		p.layout.Refusal = &web.RefusalBanner{Reason: reason, Person: profile.Subject.Name(), Product: p.product.Title}
	}
	return nil
}

// confirmLeave shows the confirmation page of removing a member.
func (s *Server) confirmLeave(w http.ResponseWriter, r *http.Request) error {
	user, err := pathID[access.UserID](r, "user")
	if err != nil {
		return err
	}
	var people []access.User
	p, err := s.loadGroupWith(r, access.Page{}, func(q *store.Query, in access.InstitutionID, _ access.GroupID) {
		q.Users(&people, in, []access.UserID{user})
	})
	if err != nil {
		return err
	}
	if len(people) > 0 {
		p.profile.Subject = people[0]
	}
	subject := p.profile.Subject
	if err := access.Decide(p.profile.GroupRequest(access.Leave, p.group.Product, p.group.ID)); err != nil {
		return s.refuseOnGroup(w, r, err, subject.Name())
	}
	return s.show(w, r, web.ConfirmGroup(p.layout, web.ConfirmGroupPage{
		Action: access.Leave, Group: p.group, Product: p.product, Person: subject, IdempotencyKey: newIdempotencyKey(),
	}))
}

// leave removes a member from the group and redirects to its page.
func (s *Server) leave(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	group, err1 := pathID[access.GroupID](r, "group")
	user, err2 := pathID[access.UserID](r, "user")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	c.Subject = user
	if err := s.users.Leave(r.Context(), c, group); err != nil {
		names, errNames := s.loadNames(r, c.Institution, []access.UserID{c.Subject})
		if errNames != nil {
			return errNames
		}
		return s.refuseOnGroup(w, r, hideInstitution(err), names[c.Subject])
	}
	return redirect(w, r, withReceipt(web.GroupURL(c.Institution, group), c.Key))
}
