package server

import (
	"errors"
	"net/http"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// memberCandidates shows the product's users who are not in the group.
func (s *Server) memberCandidates(w http.ResponseWriter, r *http.Request) error {
	f := validatePage(web.ReadFilter(r.URL.Query()))
	page := web.AddMembersPage{Filter: access.Filter{Text: f.Text, Page: f.Page}, IdempotencyKey: newIdempotencyKey()}
	if access.LooksLikeFiscalCode(f.Text) { // a fiscal code must not stay in an address
		in, err1 := pathID[access.InstitutionID](r, "institution")
		group, err2 := pathID[access.GroupID](r, "group")
		if err := errors.Join(err1, err2); err != nil {
			return access.ErrNotFound
		}
		return redirect(w, r, web.WithCodeAgain(web.AddMembersURL(in, group, access.Filter{})))
	}
	page.AskCodeAgain = web.IsCodeAgain(r.URL.Query())
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	if kept == nil {
		return s.showCandidates(w, r, page, "")
	}
	page.Chosen, page.IdempotencyKey = readMembers(r), keptKey(kept)
	if kept.IsSubmitted {
		page.Errors = chosenErrors(page.Chosen)
	}
	if typed := web.ReadFilter(r.PostForm).Text; access.LooksLikeFiscalCode(typed) {
		return s.showCandidateByCode(w, r, page, typed)
	}
	if page.Filter == (access.Filter{}) {
		page.Filter.Text = web.ReadFilter(r.PostForm).Text
	}
	return s.showCandidates(w, r, page, "")
}

// searchCandidates redirects to the candidates that a text finds, with the people chosen so far. A fiscal code must not enter
// an address (rule D7), so it is kept.
func (s *Server) searchCandidates(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	in, err1 := pathID[access.InstitutionID](r, "institution")
	group, err2 := pathID[access.GroupID](r, "group")
	if err := errors.Join(err1, err2); err != nil {
		return access.ErrNotFound
	}
	f := validatePage(web.ReadFilter(r.PostForm))
	isCode := access.LooksLikeFiscalCode(f.Text)
	if !isCode && len(readMembers(r)) == 0 {
		return redirect(w, r, web.AddMembersURL(in, group, access.Filter{Text: f.Text, Page: f.Page}))
	}
	if _, err := s.loadGroup(r); err != nil {
		return err
	}
	if isCode {
		f = access.Filter{}
	}
	return s.keepAndShow(w, r, web.AddMembersURL(in, group, access.Filter{Text: f.Text, Page: f.Page}), users.KeptForm{})
}

// showCandidateByCode shows the candidate with a fiscal code.
func (s *Server) showCandidateByCode(w http.ResponseWriter, r *http.Request, page web.AddMembersPage, typed string) error {
	only, searched := noUser, web.UnknownFiscalCode{Typed: typed, Code: access.SearchedCode(typed)}
	code, fieldError := form.CheckFiscalCode(searched.Code)
	searched.Error = fieldError
	if p, err := s.loadGroup(r); err != nil { // a caller who may not see the group must not learn who has a fiscal code
		return err
	} else if fieldError == "" {
		user, err := s.userByFiscalCode(r, p.scope.institution.ID, code)
		if err != nil {
			return err
		}
		if user != "" {
			only = user
		}
	}
	page.FiscalCode, page.Filter = searched, access.Filter{}
	return s.showCandidates(w, r, page, only)
}

// showCandidates shows the candidates, if the group can take members at all. If only is not empty, it shows no other
// user.
func (s *Server) showCandidates(w http.ResponseWriter, r *http.Request, page web.AddMembersPage, only access.UserID) error {
	if _, err := pathID[access.GroupID](r, "group"); err != nil {
		return err
	}
	p, err := s.loadGroupWith(r, access.Page{}, func(q *store.Query, in access.InstitutionID, group access.GroupID) {
		q.Candidates(&page.People, in, group, page.Filter, only)
		if len(page.Chosen) > 0 {
			q.Users(&page.ChosenBefore, in, page.Chosen)
		}
	})
	if err != nil {
		return err
	}
	if why := p.profile.WhyNotAddMembers(p.group); why != "" {
		return s.refuseOnGroup(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	if len(page.People.Rows) == 0 && !page.People.HasMore() && page.Filter.Page != (access.Page{}) {
		// The cursor's user is gone: back to the first page.
		page.Filter.Page = access.Page{}
		to := web.AddMembersURL(p.scope.institution.ID, p.group.ID, page.Filter)
		if key := r.URL.Query().Get(formParameter); isUUID(key) {
			to = withParameter(to, formParameter, key)
		}
		return redirect(w, r, to)
	}
	page.Group, page.Product = p.group, p.product
	page.ChosenBefore = slices.DeleteFunc(page.ChosenBefore, func(u access.User) bool {
		return slices.ContainsFunc(page.People.Rows, func(r access.Row) bool { return r.User == u.ID })
	})
	if len(page.People.Rows) == 0 && (page.Filter.Text != "" || only != "") {
		if err := s.loadNonCandidates(r, p, &page, only); err != nil {
			return err
		}
	}
	view := web.AddMembers(p.layout, page)
	if page.Errors != nil {
		return s.refuse(w, r, errInvalidFields, drawn(view))
	}
	return s.show(w, r, view)
}

// loadNonCandidates reads why a search finds no candidate: who is found is in the group, or holds no role on the product.
func (s *Server) loadNonCandidates(r *http.Request, p groupPage, page *web.AddMembersPage, only access.UserID) error {
	in := p.scope.institution.ID
	q := s.db.Query()
	if only != "" {
		q.User(&page.Found, in, only)
		return q.Read(r.Context())
	}
	var sections []access.Section
	q.CountRows(&sections, in, access.Filter{Product: p.product.ID, Text: page.Filter.Text}, 1)
	err := q.Read(r.Context())
	for _, section := range sections {
		page.HasMembersOnly = page.HasMembersOnly || section.Total > 0
	}
	return err
}

// addMembers adds the chosen users, each in a change of its own, and redirects to the group's page, which reports the
// results. A repeated form redirects to the same page, and completes what was interrupted.
func (s *Server) addMembers(w http.ResponseWriter, r *http.Request) error {
	c, err := s.groupForm(r)
	if err != nil {
		return err
	}
	var earlier store.BulkResult
	p, err := s.loadGroupWith(r, access.Page{}, func(q *store.Query, in access.InstitutionID, _ access.GroupID) {
		q.BulkResult(&earlier, in, c.Actor, c.Key, s.now().Add(-receiptTTL))
	})
	if err != nil {
		return err
	}
	to := withReceipt(web.GroupURL(c.Institution, p.group.ID), c.Key)
	if earlier.Key != "" {
		return redirect(w, r, to)
	}
	if why := p.profile.WhyNotAddMembers(p.group); why != "" {
		return s.refuseOnGroup(w, r, &access.Refusal{Action: access.Join, Reason: why}, "")
	}
	chosen := readMembers(r)
	if chosenErrors(chosen) != nil {
		return s.refuse(w, r, errInvalidFields, nil)
	}
	c.Target.Product = p.product.ID
	var parts []users.BulkItem
	for _, user := range chosen {
		parts = append(parts, users.BulkItem{User: user, Group: p.group.ID})
	}
	ctx, cancel := s.detachedContext(w, r)
	defer cancel()
	if err := s.users.ApplyBulk(ctx, c, access.Join, parts); err != nil {
		return err
	}
	return redirect(w, r, to)
}

// chosenErrors are the errors of the chosen users: none, or too many (rule P22).
func chosenErrors(chosen []access.UserID) access.FieldErrors {
	switch {
	case len(chosen) == 0:
		return access.FieldErrors{access.FieldMember: access.Missing}
	case len(chosen) > access.MaxBulk:
		return access.FieldErrors{access.FieldMember: access.TooManyMembers}
	}
	return nil
}

// readMembers reads the chosen users, without duplicates.
func readMembers(r *http.Request) []access.UserID {
	var all []access.UserID
	for _, value := range r.PostForm[string(access.FieldMember)] {
		if user := access.UserID(value); isUUID(value) && !slices.Contains(all, user) {
			all = append(all, user)
		}
	}
	return all
}
