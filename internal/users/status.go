package users

import (
	"context"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Suspend suspends an active role (rule P6), effective from the subject's next request. A subject without powers in any
// institution is signed out of all sessions (rule P11).
func (s *Service) Suspend(ctx context.Context, c Command) error {
	return s.setStatus(ctx, c, access.Suspend, c.Target)
}

// SuspendAll suspends several roles of a user in one transaction: all, or none.
func (s *Service) SuspendAll(ctx context.Context, c Command, roles []access.Target) error {
	return s.setStatus(ctx, c.withoutTarget(), access.Suspend, roles...)
}

// Reactivate re-enables a suspended role (rule P6).
func (s *Service) Reactivate(ctx context.Context, c Command) error {
	return s.setStatus(ctx, c, access.Reactivate, c.Target)
}

// ReactivateAll re-enables several roles of a user in one transaction: all, or none.
func (s *Service) ReactivateAll(ctx context.Context, c Command, roles []access.Target) error {
	return s.setStatus(ctx, c.withoutTarget(), access.Reactivate, roles...)
}

func (s *Service) setStatus(ctx context.Context, c Command, action access.Action, roles ...access.Target) error {
	status := action.Transition()
	_, err := s.execute(ctx, c, operation{
		action: action, content: hashRoles(c, roles),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			if err := decideEach(p, action, roles); err != nil {
				return result{}, err
			}
			if err := checkUndo(ctx, tx, c, action, roles); err != nil {
				return result{}, err
			}
			done := result{}
			for _, t := range roles {
				if err := tx.SetStatus(ctx, c.Subject, t, status.After); err != nil {
					return result{}, err
				}
				done.events = append(done.events, audit.Event{
					Action: action, Product: t.Product, Role: t.Role,
					Before: statusDetails(status.Before), After: statusDetails(status.After),
				})
			}
			done.emails = []notify.Email{newEmail(action, p.WithStatus(status.After, roles...), roles...)}
			return done, tx.EndSessions(ctx, p.Subject.Person)
		},
	})
	return err
}

// checkUndo refuses to undo the change of a form if the roles were changed again since: in the same state, they may be as a
// colleague has decided (rule P6).
func checkUndo(ctx context.Context, tx *store.Tx, c Command, action access.Action, roles []access.Target) error {
	if c.Undoes == "" {
		return nil
	}
	var last []access.Target
	q := tx.Query()
	q.LastChanged(&last, c.Institution, store.Receipt{Actor: c.Actor, Action: action.Reverse(), Subject: c.Subject}, c.Undoes, roles)
	if err := q.Read(ctx); err != nil {
		return err
	}
	if len(last) < len(roles) {
		return &access.Refusal{Action: action, Reason: access.ChangedSince}
	}
	return nil
}

// decideEach decides on roles that the subject holds. The roles do not affect each other, so each is decided on the
// present state. A role named twice is refused.
func decideEach(p access.Profile, action access.Action, roles []access.Target) error {
	if len(roles) == 0 {
		return &access.Refusal{Action: action, Reason: access.NoSuchRole}
	}
	for i, t := range roles {
		if err := access.Decide(p.Request(action, t)); err != nil {
			return err
		}
		if slices.Contains(roles[:i], t) {
			return &access.Refusal{Action: action, Reason: access.NotHeld}
		}
	}
	return nil
}

// withoutTarget is the command of an operation about several roles.
func (c Command) withoutTarget() Command {
	c.Target = access.Target{}
	return c
}

// hashRoles hashes the roles of a form; nil if the command has the only one.
func hashRoles(c Command, roles []access.Target) []byte {
	if c.Target != (access.Target{}) {
		return nil
	}
	var all []string
	for _, t := range roles {
		all = append(all, string(t.Product), string(t.Role))
	}
	return store.HashContent(all...)
}

func statusDetails(s access.Status) []byte { return audit.Details{Status: s}.JSON() }
