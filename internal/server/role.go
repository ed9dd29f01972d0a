package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// verb is one of the service's.
type verb func(context.Context, users.Change) error

// ask shows the page on which an action on a role is confirmed (rule P6), if it would be granted now.
func (s *Server) ask(a access.Action) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := s.db.View()
		visiting, err := s.visiting(v, r)
		if err != nil {
			return err
		}
		c, err := s.change(r)
		if err != nil {
			return err
		}
		subject := v.User(c.Institution, c.Subject)
		visit, err := read(r.Context(), v, visiting)
		if err != nil {
			return err
		}
		p := visit.profile(*subject)
		if err := access.Decide(p.Request(a, c.Target)); err != nil {
			return s.refused(w, r, err, c.Target)
		}
		return s.show(w, r, http.StatusOK, web.ConfirmRole(s.frameOf(visit, web.UsersList),
			web.ConfirmRolePage{Profile: p, Action: a, Target: c.Target, Once: newMark()}))
	}
}

// do acts on a role and goes back to the profile, which tells how it went. The same form again comes to the same page.
func (s *Server) do(a access.Action, verb verb) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.me(r) == "" {
			return errNoPowers
		}
		if err := r.ParseForm(); err != nil {
			return badForm(err)
		}
		c, err := s.change(r)
		if err != nil {
			return err
		}
		mark := r.PostForm.Get("once")
		if !uuid.MatchString(mark) {
			return badForm(errors.New("no one-time mark"))
		}
		c.Mark = store.Mark(mark)
		if err := verb(r.Context(), c); err != nil {
			return s.refused(w, r, err, c.Target)
		}
		return redirect(w, r, web.ProfileURL(c.Institution, c.Subject)+"?done="+mark)
	}
}

// change reads from the path what is asked, by whom and to whom.
func (s *Server) change(r *http.Request) (users.Change, error) {
	institution, err1 := id(r, "institution")
	subject, err2 := id(r, "user")
	t, err3 := target(r)
	if err := errors.Join(err1, err2, err3); err != nil {
		return users.Change{}, access.ErrNotFound
	}
	return users.Change{
		Institution: access.InstitutionID(institution), Actor: s.me(r), Subject: access.UserID(subject), Target: t,
	}, nil
}

// newMark makes a form's one-time mark.
func newMark() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
