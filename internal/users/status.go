package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Suspend takes an active role's power away and keeps its place (rule P6). It counts from the next request on; whoever
// has no power left anywhere is signed out of what they have open (rule P11).
func (s *Service) Suspend(ctx context.Context, c Change) error {
	return s.setStatus(ctx, c, access.Suspend, access.Active, access.Suspended)
}

// Reactivate gives a suspended role its power back (rule P6).
func (s *Service) Reactivate(ctx context.Context, c Change) error {
	return s.setStatus(ctx, c, access.Reactivate, access.Suspended, access.Active)
}

func (s *Service) setStatus(ctx context.Context, c Change, action access.Action, before, after access.Status) error {
	_, err := s.do(ctx, c, verb{action: action, act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		if err := access.Decide(p.Request(action, c.Target)); err != nil {
			return deed{}, err
		}
		if err := tx.SetStatus(ctx, c.Subject, c.Target, after); err != nil {
			return deed{}, err
		}
		return deed{
			events:  []audit.Event{{Action: action, Product: c.Target.Product, Role: c.Target.Role, Before: status(before), After: status(after)}},
			letters: []notify.Letter{letter(action, p, c.Target)},
		}, tx.EndSessions(ctx, c.Subject)
	}})
	return err
}

// status is how the log tells an assignment's state.
func status(s access.Status) []byte { return []byte(`{"status":"` + string(s) + `"}`) }
