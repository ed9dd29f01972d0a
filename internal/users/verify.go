package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Verify stores the names that SPID or CIE gives at a person's first sign-in (rule D4). They replace the typed names in
// every institution, and an institution's log records it if the names differ. The institutional e-mail is not changed.
// Empty or invalid names verify nothing.
func (s *Service) Verify(ctx context.Context, person access.UserID, firstName, lastName string) error {
	firstName, _ = form.Clean(firstName) // empty if invalid
	lastName, _ = form.Clean(lastName)
	if firstName == "" || lastName == "" {
		return nil
	}
	return s.db.ChangeInAllInstitutions(ctx, person, func(ctx context.Context, everywhere []*store.Tx) error {
		before := make([]access.User, len(everywhere))
		for i, tx := range everywhere {
			q := tx.Query()
			q.User(&before[i], tx.Institution(), person)
			if err := q.Read(ctx); err != nil {
				return err
			}
		}
		if len(everywhere) == 0 {
			return nil
		}
		if first, err := everywhere[0].VerifyNames(ctx, person, firstName, lastName); err != nil || !first {
			return err
		}
		for i, tx := range everywhere {
			if err := tx.List(ctx, person); err != nil {
				return err
			}
			was := userData{before[i].FirstName, before[i].LastName, before[i].Email}
			is := userData{firstName, lastName, before[i].Email}
			events, err := editEvents(ctx, tx, person, access.Verify, was, is)
			if err != nil {
				return err
			}
			if err := s.record(ctx, tx, person, person, result{events: events}); err != nil {
				return err
			}
		}
		return nil
	})
}
