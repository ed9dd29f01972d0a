package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// Suspend takes an active role's power away and keeps its place (rule P6). It counts from the next request on; whoever
// has no power left anywhere is signed out of what they have open (rule P11).
func (s *Service) Suspend(ctx context.Context, c Change) error {
	return s.do(ctx, c, effect{
		action: access.Suspend,
		write: func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SetStatus(ctx, c.Subject, c.Target, access.Suspended); err != nil {
				return err
			}
			return tx.EndSessions(ctx, c.Subject)
		},
		event: audit.Event{Before: status(access.Active), After: status(access.Suspended)},
	})
}

// Reactivate gives a suspended role its power back (rule P6).
func (s *Service) Reactivate(ctx context.Context, c Change) error {
	return s.do(ctx, c, effect{
		action: access.Reactivate,
		write: func(ctx context.Context, tx *store.Tx) error {
			return tx.SetStatus(ctx, c.Subject, c.Target, access.Active)
		},
		event: audit.Event{Before: status(access.Suspended), After: status(access.Active)},
	})
}

// status is how the log tells an assignment's state.
func status(s access.Status) []byte {
	return []byte(`{"status":"` + string(s) + `"}`)
}
