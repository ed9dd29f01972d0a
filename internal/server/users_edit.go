package server

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

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
	page := web.EditUserPage{Form: readUserForm(r), Version: int(version), IdempotencyKey: string(key)}
	checked := p.profile
	checked.Subject.FiscalCode = p.code
	edit, fieldErrors := form.CheckEdit(page.Form, checked)
	if page.Errors = fieldErrors; len(fieldErrors) > 0 {
		if reason := p.profile.WhyNotEdit(false); reason != "" { // no authority: nothing to correct
			return s.refuseOnProfile(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
		}
		return s.refuse(w, r, errInvalidFields, s.editPage(r, page))
	}
	edit.Version = int(version)
	c := users.Command{Institution: p.scope.institution.ID, Actor: p.scope.actor.ID, Subject: p.profile.Subject.ID, Key: key}
	err = s.users.Edit(r.Context(), c, edit)
	var refusal *access.Refusal
	if errors.As(err, &refusal) && refusal.Reason == access.Edited {
		page.IdempotencyKey = newIdempotencyKey()
		return s.refuse(w, r, refusal, s.editPage(r, page))
	}
	if err != nil {
		return s.refuseOnProfile(w, r, err, access.Target{})
	}
	u := p.profile.Subject
	if edit.FirstName == u.FirstName && edit.LastName == u.LastName && edit.Email == u.Email {
		return redirect(w, r, profileURL(r, c)) // nothing to report
	}
	return redirect(w, r, withReceipt(profileURL(r, c), key))
}

// editPage draws the form again with the present data, which it compares with the typed ones after a conflict. It shows the
// fiscal code, so the view is recorded and limited.
func (s *Server) editPage(r *http.Request, page web.EditUserPage) freshPage {
	return func(refusal *access.Refusal) (templ.Component, error) {
		p, err := s.loadSubjectWith(r, s.profileView(r), nil)
		if err != nil {
			return nil, err
		}
		page.Profile = p.profile
		if refusal != nil {
			page.Conflict, page.Version = &p.profile.Subject, p.profile.Subject.Version
		}
		return web.EditUser(p.layout, page), nil
	}
}
