package server

import (
	"errors"
	"net/http"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// editForm shows a user's data to be edited (rule P8).
func (s *Server) editForm(w http.ResponseWriter, r *http.Request) error {
	v := s.db.View()
	viewed := s.viewing(v, r) // the fiscal code is on it too
	p, err := s.subjectWith(v, r)
	if err := viewed(err); err != nil {
		return err
	}
	if reason := p.profile.WhyNotEdit(false); reason != "" {
		return s.refused(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
	}
	u := p.profile.Subject
	draft := access.Draft{FirstName: u.FirstName, LastName: u.LastName, Email: u.Email}
	if kept, err := s.kept(w, r); err != nil {
		return err
	} else if kept {
		draft = readDraft(r)
	}
	return s.show(w, r, http.StatusOK, web.EditUser(p.frame, web.EditUserPage{Profile: p.profile, Draft: draft, Version: u.Version, Once: newMark()}))
}

// edit changes the data, and goes back to the profile. Whoever comes second finds both texts: what was typed, and what is there now.
func (s *Server) edit(w http.ResponseWriter, r *http.Request) error {
	p, err := s.subject(r)
	if err != nil {
		return err
	}
	mark, err := parseMarked(r)
	if err != nil {
		return err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 32)
	if err != nil {
		return badForm(err)
	}
	page := web.EditUserPage{Profile: p.profile, Draft: readDraft(r), Version: int(version), Once: string(mark)}
	edit, faults := users.CheckEdit(page.Draft, p.profile)
	if page.Faults = faults; len(faults) > 0 {
		if reason := p.profile.WhyNotEdit(false); reason != "" { // not theirs to mend
			return s.refused(w, r, &access.Refusal{Action: access.Edit, Reason: reason}, access.Target{})
		}
		return s.show(w, r, http.StatusUnprocessableEntity, web.EditUser(p.frame, page))
	}
	edit.Version = int(version)
	c := users.Change{Institution: p.visit.institution.ID, Actor: p.visit.actor.ID, Subject: p.profile.Subject.ID, Mark: mark}
	err = s.users.Edit(r.Context(), c, edit)
	var no *access.Refusal
	if errors.As(err, &no) && no.Reason == access.Edited {
		fresh, err := s.subject(r)
		if err != nil {
			return err
		}
		page.Profile, page.Conflict, page.Version = fresh.profile, &fresh.profile.Subject, fresh.profile.Subject.Version
		page.Once = newMark()
		return s.show(w, r, http.StatusConflict, web.EditUser(p.frame, page))
	}
	if err != nil {
		return s.refused(w, r, err, access.Target{})
	}
	return redirect(w, r, web.ProfileURL(c.Institution, c.Subject)+"?done="+string(mark))
}
