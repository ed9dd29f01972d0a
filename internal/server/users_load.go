package server

import (
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// subjectPage has the data of each page about one user.
type subjectPage struct {
	scope   scope
	profile access.Profile
	code    access.FiscalCode // for checks; the profile holds it only if the page may show it
	layout  web.Layout
}

// loadSubject reads the user in the path as the actor may see them, without another person's fiscal code.
func (s *Server) loadSubject(r *http.Request) (subjectPage, error) {
	return s.loadSubjectWith(r, nil, nil)
}

// loadSubjectWith reads the user with what ask adds, and records the view if there is one. Without a view the profile has
// no fiscal code, so that no page can show another person's outside the limit and the record (rule D7).
func (s *Server) loadSubjectWith(
	r *http.Request, view *store.ProfileView, ask func(*store.Query, access.InstitutionID),
) (subjectPage, error) {
	user, err := pathID[access.UserID](r, "user")
	if err != nil {
		return subjectPage{}, err
	}
	var subject access.User
	var groups []access.Group
	scope, err := s.load(r, need{action: access.View, subject: &subject, view: view}, func(q *store.Query, in access.InstitutionID) {
		q.Subject(&subject, in, user)
		q.Groups(&groups, in)
		if ask != nil {
			ask(q, in)
		}
	})
	if err != nil {
		return subjectPage{}, err
	}
	p := scope.profile(subject)
	p.Groups = groups
	if view == nil && !p.IsOwn() {
		p.Subject.FiscalCode = access.FiscalCode{}
	}
	active := web.NavUsers
	if p.IsOwn() {
		active = web.NavOwnProfile
	}
	return subjectPage{scope: scope, profile: p, code: subject.FiscalCode, layout: s.scopeLayout(scope, active)}, nil
}

// profileView is the caller's view of the profile in the path, to be recorded and limited; nil if it is the caller's own. A
// page that shows a form again is one view, however often it is loaded.
func (s *Server) profileView(r *http.Request, kept *users.KeptForm) *store.ProfileView {
	in, err1 := pathID[access.InstitutionID](r, "institution")
	user, err2 := pathID[access.UserID](r, "user")
	person, caller := s.callerPerson(r), s.callerID(r)
	if err := errors.Join(err1, err2); err != nil || person == "" || caller == user {
		return nil
	}
	view := store.ProfileView{
		Institution: in, Viewer: person, Actor: caller, Subject: user, Limit: s.config.Limits.Profiles, At: s.now(),
	}
	if kept != nil {
		view.Form = kept.Key
	}
	return &view
}
