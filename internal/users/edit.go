package users

import (
	"context"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Edit changes a user's e-mail, and the names while they are not verified (rule P8). Refused with [access.Edited] if
// the data have changed since the form was shown, unless they are now what the form says.
func (s *Service) Edit(ctx context.Context, c Command, e form.Edit) error {
	content := []string{e.FirstName, e.LastName, e.Email, strconv.Itoa(e.Version)}
	_, err := s.execute(ctx, c, operation{
		action: access.Edit, content: store.HashContent(content...),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			names := e.FirstName != p.Subject.FirstName || e.LastName != p.Subject.LastName
			q := access.Request{Actor: p.Actor, Action: access.Edit, Subject: p.Subject, ChangesNames: names}
			if err := access.Decide(q); err != nil {
				return result{}, err
			}
			before := userData{p.Subject.FirstName, p.Subject.LastName, p.Subject.Email}
			after := userData{e.FirstName, e.LastName, e.Email}
			if before == after { // no new version: a colleague's open form stays valid
				return result{}, nil
			}
			events, err := editEvents(ctx, tx, c.Subject, access.Edit, before, after)
			if err != nil {
				return result{}, err
			}
			return result{events: events}, tx.Rename(ctx, c.Subject, e.FirstName, e.LastName, e.Email, e.Version)
		},
	})
	return err
}

// userData is the data that the log records, sealed.
type userData struct{ FirstName, LastName, Email string }

func (h userData) fullName() string { return access.FullName(h.FirstName, h.LastName) }

// editEvents is the event of an edit, with the data before and after sealed; none if nothing changed.
func editEvents(
	ctx context.Context, tx *store.Tx, subject access.UserID, action access.Action, before, after userData,
) ([]audit.Event, error) {
	var fields []access.Datum
	var was, is []string
	// Compare the parts, not the full name: a word moved from the first name to the surname is a change too.
	if before.FirstName != after.FirstName || before.LastName != after.LastName {
		fields, was, is = append(fields, access.DatumNames), append(was, before.fullName()), append(is, after.fullName())
	}
	if before.Email != after.Email {
		fields, was, is = append(fields, access.DatumEmail), append(was, before.Email), append(is, after.Email)
	}
	if len(fields) == 0 {
		return nil, nil
	}
	sealed, err := tx.SealHistory(ctx, subject, append(was, is...)...)
	if err != nil {
		return nil, err
	}
	return []audit.Event{{
		Action: action,
		Before: audit.Details{Fields: fields, Sealed: sealed[:len(was)]}.JSON(),
		After:  audit.Details{Fields: fields, Sealed: sealed[len(was):]}.JSON(),
	}}, nil
}
