package users

import (
	"context"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Verify stores the names that SPID or CIE gives at a person's first sign-in (rule D4). They replace the typed names in
// every institution where the person was not verified yet, and an institution's log records it if the names differ. The
// institutional e-mail is not changed. Empty or invalid names verify nothing; without a first name, the fiscal code must say
// that the person has none (rule D2).
func (s *Service) Verify(ctx context.Context, person access.PersonID, code access.FiscalCode, firstName, lastName string) error {
	isSingle := strings.TrimSpace(firstName) == "" && form.MatchCode(code.Reveal(), "", strings.TrimSpace(lastName))
	firstName, _ = form.Clean(firstName) // empty if invalid
	lastName, _ = form.Clean(lastName)
	if lastName == "" || firstName == "" && !isSingle {
		return nil
	}
	return s.db.ChangeInAllInstitutions(ctx, person, func(ctx context.Context, everywhere []store.UserChange) error {
		var names store.Names
		for i, at := range everywhere {
			var err error
			if i == 0 {
				if names, err = at.VerifyNames(ctx, person, store.Names{First: firstName, Last: lastName}); err != nil {
					return err
				}
			}
			if err := s.verifyUser(ctx, at, names); err != nil {
				return err
			}
		}
		return nil
	})
}

// verifyUser applies a person's verified names in one institution, unless they hold there already.
func (s *Service) verifyUser(ctx context.Context, at store.UserChange, names store.Names) error {
	var before access.User
	q := at.Query()
	q.User(&before, at.Institution(), at.User)
	if err := q.Read(ctx); err != nil || before.Verified {
		return err
	}
	if err := at.VerifyUser(ctx, at.User, names); err != nil {
		return err
	}
	was := userData{before.FirstName, before.LastName, before.Email}
	events, err := editEvents(ctx, at.Tx, at.User, access.Verify, was, userData{names.First, names.Last, before.Email})
	if err != nil {
		return err
	}
	return s.record(ctx, at.Tx, at.User, at.User, s.now(), result{events: events})
}
