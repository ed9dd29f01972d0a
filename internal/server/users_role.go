package server

import (
	"context"
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// operation is an operation of package users; departed reports that the user has left the institution.
type operation func(context.Context, users.Command) (departed bool, err error)

// withoutDeparture adapts an operation after which the user is still there.
func withoutDeparture(run func(context.Context, users.Command) error) operation {
	return func(ctx context.Context, c users.Command) (bool, error) { return false, run(ctx, c) }
}

// confirmRole shows the confirmation page of an action on a role (rule P6), if the action would be granted now.
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
		page := web.ConfirmRolePage{
			Profile: p.profile, Action: a, Target: t, IdempotencyKey: newIdempotencyKey(), Undoes: string(undoKey(r.URL.Query())),
		}
		return s.show(w, r, web.ConfirmRole(p.layout, page))
	}
}

// execute executes an action on a role and redirects to the profile, or to the row of the list that the action was chosen in;
// the list reports the outcome. A repeated form redirects to the same page.
func (s *Server) execute(op operation) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if s.callerPerson(r) == "" {
			return errNoPowers
		}
		c, err := s.readChange(r)
		if err != nil {
			return err
		}
		if c.Key, err = parseKeyedForm(r); err != nil {
			return err
		}
		c.Undoes = undoKey(r.PostForm)
		departed, err := op(r.Context(), c)
		if errors.Is(err, access.ErrNotFound) { // an unknown institution answers like one without powers (V9)
			err = &access.Refusal{Reason: access.NoPowers}
		}
		if err != nil {
			return s.refuseOnProfile(w, r, err, c.Target)
		}
		if list, returns := s.readReturn(r); departed || returns { // the profile may be gone: the list reports the outcome
			to := withReceipt(web.UsersURL(c.Institution, list), c.Key)
			if !departed && c.Target.Product != "" {
				to = web.AtRow(to)
			}
			return redirect(w, r, to)
		}
		return redirect(w, r, withReceipt(s.profileURL(r, c), c.Key))
	}
}

// readChange reads the command from the path.
func (s *Server) readChange(r *http.Request) (users.Command, error) {
	in, err1 := pathID[access.InstitutionID](r, "institution")
	subject, err2 := pathID[access.UserID](r, "user")
	t, err3 := pathRole(r)
	if err := errors.Join(err1, err2, err3); err != nil {
		return users.Command{}, access.ErrNotFound
	}
	return users.Command{Institution: in, Actor: s.callerID(r), Subject: subject, Target: t}, nil
}
