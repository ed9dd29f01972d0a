package server

import (
	"errors"
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// candidates offers the product's users who aren't in the group.
func (s *Server) candidates(w http.ResponseWriter, r *http.Request) error {
	f := readPage(web.ReadFilter(r.URL.Query()))
	page := web.AddMembersPage{Filter: access.Filter{Text: f.Text, Page: f.Page}, Once: newMark()}
	if access.LikeFiscalCode(f.Text) { // in an address, where it must not stay
		institution, err1 := id(r, "institution")
		group, err2 := id(r, "group")
		if err := errors.Join(err1, err2); err != nil {
			return access.ErrNotFound
		}
		return redirect(w, r, web.AddMembersURL(access.InstitutionID(institution), access.GroupID(group), access.Filter{}))
	}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		page.Chosen = readMembers(r)
	}
	return s.showCandidates(w, r, http.StatusOK, page, "")
}

// searchCandidates takes the search. What leaves here for an address has no fiscal code in it (rule D7): who has the one that
// was typed is shown at once.
func (s *Server) searchCandidates(w http.ResponseWriter, r *http.Request) error {
	if err := parse(r); err != nil {
		return err
	}
	institution, err1 := id(r, "institution")
	group, err2 := id(r, "group")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	f := web.ReadFilter(r.PostForm)
	if !access.LikeFiscalCode(f.Text) {
		return redirect(w, r, web.AddMembersURL(access.InstitutionID(institution), access.GroupID(group), access.Filter{Text: f.Text}))
	}
	only := nobody
	if p, err := s.group(r); err != nil { // whoever may not see the group doesn't learn who has a code
		return err
	} else if code, found := access.FindFiscalCode(f.Text); found {
		user, err := s.userWith(r, p.visit.institution.ID, code)
		if err != nil {
			return err
		}
		if user != "" {
			only = user
		}
	}
	return s.showCandidates(w, r, http.StatusOK, web.AddMembersPage{Unknown: f.Text, Once: newMark()}, only)
}

// nobody is the id of no user: to look for somebody who isn't there.
const nobody access.UserID = "00000000-0000-0000-0000-000000000000"

// showCandidates shows them, if anybody can be put into the group at all; only leaves one of them.
func (s *Server) showCandidates(w http.ResponseWriter, r *http.Request, status int, page web.AddMembersPage, only access.UserID) error {
	v := s.db.View()
	institution, err1 := id(r, "institution")
	group, err2 := id(r, "group")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	people := v.Candidates(access.InstitutionID(institution), access.GroupID(group), page.Filter, only)
	p, err := s.groupWith(v, r, access.Page{})
	if err != nil {
		return err
	}
	if why := p.profile.WhyNotFill(p.group); why != "" {
		return s.groupRefused(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	if len(people.Rows) == 0 && !people.Leads() && page.Filter.Page != (access.Page{}) { // whoever the page started from has gone
		page.Filter.Page = access.Page{}
		return redirect(w, r, web.AddMembersURL(p.visit.institution.ID, p.group.ID, page.Filter))
	}
	page.Group, page.Product, page.People = p.group, p.product, *people
	return s.show(w, r, status, web.AddMembers(p.frame, page))
}

// addMembers puts the chosen people into the group, each in a change of their own, and goes to its page, which tells how it
// went. The same form again comes to the same page, and finishes what was begun.
func (s *Server) addMembers(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	v := s.db.View()
	before := v.Batch(c.Institution, c.Actor, c.Mark, s.now().Add(-toldFor))
	p, err := s.groupWith(v, r, access.Page{})
	if err != nil {
		return err
	}
	to := withMark(web.GroupURL(c.Institution, p.group.ID), string(c.Mark))
	if before.Mark != "" {
		return redirect(w, r, to)
	}
	if why := p.profile.WhyNotFill(p.group); why != "" {
		return s.groupRefused(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	chosen := readMembers(r)
	if len(chosen) == 0 {
		faults := access.Faults{access.FieldMember: access.Missing}
		return s.showCandidates(w, r, http.StatusUnprocessableEntity, web.AddMembersPage{Faults: faults, Once: string(c.Mark)}, "")
	}
	if len(chosen) > store.PageSize {
		return badForm(errors.New("more people than a page has"))
	}
	c.Target.Product = p.product.ID
	var parts []users.Part
	for _, user := range chosen {
		parts = append(parts, users.Part{User: user, Group: p.group.ID})
	}
	ctx, cancel := s.toItsEnd(w, r)
	defer cancel()
	if err := s.users.Several(ctx, c, access.Join, parts); err != nil {
		return err
	}
	return redirect(w, r, to)
}

// readMembers reads who was chosen, each once.
func readMembers(r *http.Request) []access.UserID {
	var all []access.UserID
	for _, value := range r.PostForm[string(access.FieldMember)] {
		if user := access.UserID(value); uuid.MatchString(value) && !slices.Contains(all, user) {
			all = append(all, user)
		}
	}
	return all
}
