package server

import (
	"context"
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// operation is one of the service's; gone says that the user isn't one of the institution's any more.
type operation func(context.Context, users.Command) (departed bool, err error)

// withoutDeparture makes a verb of one after which the user is still there.
func withoutDeparture(run func(context.Context, users.Command) error) operation {
	return func(ctx context.Context, c users.Command) (bool, error) { return false, run(ctx, c) }
}

// confirmRole shows the page on which an action on a role is confirmed (rule P6), if it would be granted now.
func (s *Server) confirmRole(a access.Action) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		p, err := s.loadSubject(r)
		if err != nil {
			return err
		}
		t, err := pathRole(r)
		if err != nil {
			return err
		}
		if err := access.Decide(p.profile.Request(a, t)); err != nil {
			return s.refuseOnProfile(w, r, err, t)
		}
		return s.show(w, r, web.ConfirmRole(p.layout, web.ConfirmRolePage{Profile: p.profile, Action: a, Target: t, IdempotencyKey: newIdempotencyKey()}))
	}
}

// execute acts on a role and goes back to the profile, which tells how it went. The same form again comes to the same page.
func (s *Server) execute(op operation) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.callerID(r) == "" {
			return errNoPowers
		}
		c, err := s.readChange(r)
		if err != nil {
			return err
		}
		if c.Key, err = parseKeyedForm(r); err != nil {
			return err
		}
		departed, err := op(r.Context(), c)
		if errors.Is(err, access.ErrNotFound) { // no such institution: the answer of one where the actor has no powers (rule V9)
			err = &access.Refusal{Reason: access.NoPowers}
		}
		if err != nil {
			return s.refuseOnProfile(w, r, err, c.Target)
		}
		if departed { // there is no profile any more: the list tells
			return redirect(w, r, withReceipt(web.UsersURL(c.Institution, access.Filter{}), c.Key))
		}
		return redirect(w, r, withReceipt(web.ProfileURL(c.Institution, c.Subject), c.Key))
	}
}

// readChange reads from the path what is asked, by whom and to whom.
func (s *Server) readChange(r *http.Request) (users.Command, error) {
	in, err1 := pathID[access.InstitutionID](r, "institution")
	subject, err2 := pathID[access.UserID](r, "user")
	t, err3 := pathRole(r)
	if err := errors.Join(err1, err2, err3); err != nil {
		return users.Command{}, access.ErrNotFound
	}
	return users.Command{Institution: in, Actor: s.callerID(r), Subject: subject, Target: t}, nil
}
