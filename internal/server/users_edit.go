package server

import (
	"errors"
	"net/http"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// editForm shows the form with a user's data (rule P8).
func (s *Server) editForm(w http.ResponseWriter, r *http.Request) error {
	kept, err := s.restoreForm(w, r)
	if err != nil {
		return err
	}
	p, err := s.loadSubjectWith(r, s.profileView(r, kept), nil) // the page shows the fiscal code too
	if err != nil {
		return err
	}
	if reason := p.profile.WhyNotEdit(false); reason != "" {
		return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
	}
	setCodePage(&p.layout, r, store.Receipt{}, kept)
	u := p.profile.Subject
	stored := access.UserForm{FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}
	page := web.EditUserPage{Profile: p.profile, Form: stored, Version: u.Version, IdempotencyKey: newIdempotencyKey()}
	if kept == nil {
		return s.show(w, r, web.EditUser(p.layout, page))
	}
	page.Form, page.IdempotencyKey = readUserForm(r), keptKey(kept)
	if version, err := strconv.Atoi(kept.Fields.Get("version")); err == nil && version != u.Version {
		page.Conflict, page.IdempotencyKey = &u, newIdempotencyKey()
	} else if kept.IsSubmitted {
		p.profile.Subject.FiscalCode = p.code
		_, page.Errors = form.CheckEdit(page.Form, p.profile)
	}
	return s.show(w, r, web.EditUser(p.layout, page))
}

// edit changes the data and redirects to the profile, or to the form with its errors. If another person has changed the data
// meanwhile, the form shows both texts.
func (s *Server) edit(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadSubject(r)
	if err != nil {
		return err
	}
	key, err := parseKeyedForm(r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 32)
	if err != nil {
		return invalidForm(err)
	}
	checked := p.profile
	checked.Subject.FiscalCode = p.code
	edit, fieldErrors := form.CheckEdit(readUserForm(r), checked)
	if len(fieldErrors) > 0 {
		if reason := p.profile.WhyNotEdit(false); reason != "" { // no authority: nothing to correct
			return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
		}
		return s.refuse(w, r, errInvalidFields, nil)
	}
	edit.Version = int(version)
	c := users.Command{Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID, Key: key}
	err = s.users.Edit(r.Context(), c, edit)
	var refusal *access.Refusal
	if errors.As(err, &refusal) && refusal.Reason == access.Edited {
		return s.refuse(w, r, refusal, nil)
	}
	if err != nil {
		return s.refuseOnProfile(w, r, err, access.Target{})
	}
	return redirect(w, r, withReceipt(s.profileURL(r, c), key))
}
