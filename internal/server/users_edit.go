package server

import (
	"errors"
	"net/http"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// editForm shows the form with a user's data (rule P8).
func (s *Server) editForm(w http.ResponseWriter, r *http.Request) error {
	p, err := s.loadSubjectWith(r, s.profileView(r), nil) // the page shows the fiscal code too
	if err != nil {
		return err
	}
	if reason := p.profile.WhyNotEdit(false); reason != "" {
		return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
	}
	u := p.profile.Subject
	form := access.UserForm{FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}
	if isRestored, err := s.restoreForm(w, r); err != nil {
		return err
	} else if isRestored {
		form = readUserForm(r)
	}
	page := web.EditUserPage{Profile: p.profile, Form: form, Version: u.Version, IdempotencyKey: newIdempotencyKey()}
	return s.show(w, r, web.EditUser(p.layout, page))
}

// edit changes the data and redirects to the profile. If another person has changed them meanwhile, the form shows both
// texts.
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
	page := web.EditUserPage{Profile: p.profile, Form: readUserForm(r), Version: int(version), IdempotencyKey: string(key)}
	edit, fieldErrors := form.CheckEdit(page.Form, p.profile)
	if page.Errors = fieldErrors; len(fieldErrors) > 0 {
		if reason := p.profile.WhyNotEdit(false); reason != "" { // no authority: nothing to correct
			return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
		}
		return s.refuse(w, r, errInvalidFields, drawn(web.EditUser(p.layout, page)))
	}
	edit.Version = int(version)
	c := users.Command{Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID, Key: key}
	err = s.users.Edit(r.Context(), c, edit)
	var refusal *access.Refusal
	if errors.As(err, &refusal) && refusal.Reason == access.Edited {
		fresh, err := s.loadSubject(r)
		if err != nil {
			return err
		}
		page.Profile, page.Conflict, page.Version = fresh.profile, &fresh.profile.Subject, fresh.profile.Subject.Version
		page.IdempotencyKey = newIdempotencyKey()
		return s.refuse(w, r, refusal, drawn(web.EditUser(p.layout, page)))
	}
	if err != nil {
		return s.refuseOnProfile(w, r, err, access.Target{})
	}
	return redirect(w, r, withReceipt(web.ProfileURL(c.Institution, c.Subject), key))
}
