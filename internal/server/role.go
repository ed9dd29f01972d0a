package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// verb is one of the service's; gone says that the user isn't one of the institution's any more.
type verb func(context.Context, users.Change) (gone bool, err error)

// staying makes a verb of one after which the user is still there.
func staying(do func(context.Context, users.Change) error) verb {
	return func(ctx context.Context, c users.Change) (bool, error) { return false, do(ctx, c) }
}

// ask shows the page on which an action on a role is confirmed (rule P6), if it would be granted now.
func (s *Server) ask(a access.Action) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.subject(r)
		if err != nil {
			return err
		}
		t, err := target(r)
		if err != nil {
			return err
		}
		if err := access.Decide(p.profile.Request(a, t)); err != nil {
			return s.refused(w, r, err, t)
		}
		return s.show(w, r, http.StatusOK, web.ConfirmRole(p.frame, web.ConfirmRolePage{Profile: p.profile, Action: a, Target: t, Once: newMark()}))
	}
}

// do acts on a role and goes back to the profile, which tells how it went. The same form again comes to the same page.
func (s *Server) do(verb verb) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.me(r) == "" {
			return errNoPowers
		}
		c, err := s.change(r)
		if err != nil {
			return err
		}
		if c.Mark, err = parseMarked(r); err != nil {
			return err
		}
		gone, err := verb(r.Context(), c)
		if errors.Is(err, access.ErrNotFound) { // no such institution: the answer of one where the actor has no powers (rule V9)
			err = &access.Refusal{Reason: access.NoPowers}
		}
		if err != nil {
			return s.refused(w, r, err, c.Target)
		}
		if gone { // there is no profile any more: the list tells
			return redirect(w, r, web.UsersURL(c.Institution, access.Filter{})+"?done="+string(c.Mark))
		}
		return redirect(w, r, web.ProfileURL(c.Institution, c.Subject)+"?done="+string(c.Mark))
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
