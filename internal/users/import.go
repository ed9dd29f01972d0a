package users

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Results of a row of a file, as stored in [store.ItemResult].
const (
	NoteAdded    = "added"
	NoteAssigned = "assigned"
	NoteNothing  = "nothing-to-do" // the user held the role already
	NoteSkipped  = "left-out"      // the row was invalid
	NoteDeclined = "declined"      // its doubt was not confirmed
	NoteChanged  = "changed"       // the row would now do something else than the check page showed
)

// Import carries out the plan that [Service.PrepareImport] saved under the command's key, row by row, each in a
// transaction with an idempotency key of its own. A refused row does not stop the others, and invalid rows are left out.
// The same form again continues an unfinished import without repeating rows. The results are saved under the form's key;
// the first outcome stands.
//
// Each row is decided again on the present state, and left out if it would do anything but what the check page showed.
// confirmed are the lines whose doubts the actor has confirmed; other lines with doubts are left out. Errors:
// [ErrCheckExpired]; any other error is the database's, and the rows before it have been imported.
func (s *Service) Import(ctx context.Context, c Command, p access.Profile, confirmed []int) error {
	q := s.db.Query()
	var before store.BulkResult
	q.BulkResult(&before, c.Institution, c.Actor, c.Key, time.Time{})
	if err := q.Read(ctx); err != nil || before.Key != "" {
		return err
	}
	prepared, err := s.PreparedImport(ctx, c)
	if err != nil {
		return err
	}
	seen, done, err := s.loadImport(ctx, p, prepared.Plan, c.Key)
	if err != nil {
		return err
	}
	if hasSharedMailbox(prepared.Plan) {
		c.Form = c.Key
	}
	batch := store.BulkResult{Key: c.Key, Actor: c.Actor, Action: access.Add, At: s.now()}
	for i, row := range prepared.Plan {
		result := store.ItemResult{Line: row.Line}
		if done[i].Action != "" {
			result.User, result.Note = done[i].Subject, noteFor(done[i].Action)
			seen.markDone(row, result.User)
		} else {
			if result, err = s.importRow(ctx, c, p, seen, row, slices.Contains(confirmed, row.Line)); err != nil {
				return err
			}
		}
		batch.Results = append(batch.Results, result)
	}
	return s.saveBulkResult(ctx, c.Institution, batch)
}

// hasSharedMailbox reports whether two rows may send an e-mail to one mailbox: that of two people, or of one with two roles.
func hasSharedMailbox(plan access.ImportPlan) bool {
	var people, mailboxes []string
	for _, row := range plan {
		email := row.Subject.Email
		if email == "" {
			email = row.Form.Email
		}
		people = append(people, strings.ToUpper(row.Form.FiscalCode))
		if email = strings.ToLower(email); email != "" {
			mailboxes = append(mailboxes, email)
		}
	}
	return hasTwice(people) || hasTwice(mailboxes)
}

// importRow carries out one row as it was planned, or leaves it out.
func (s *Service) importRow(
	ctx context.Context, c Command, p access.Profile, seen importPeople, planned access.ImportRow, isConfirmed bool,
) (store.ItemResult, error) {
	result := store.ItemResult{Line: planned.Line, User: planned.Subject.ID, Reason: planned.Reason}
	switch {
	case planned.Reason != "":
		return result, nil
	case planned.Invalid():
		result.Note = NoteSkipped
		return result, nil
	case planned.Action == "":
		result.Note = NoteNothing
		return result, nil
	case planned.Doubtful() && !isConfirmed:
		result.Note = NoteDeclined
		return result, nil
	}
	row, n := seen.planRow(p, planned)
	switch {
	case row.Reason != "":
		result.Reason = row.Reason
		return result, nil
	case row.Subject.ID == planned.Subject.ID && row.Action == "" && !row.Invalid():
		result.Note = NoteNothing
		return result, nil
	case !doesAsPlanned(row, planned):
		result.Note = NoteChanged
		return result, nil
	}
	c.Key = c.Key.Derive(strconv.Itoa(row.Line))
	c.Subject, result.Note = seen[n.FiscalCode].user.ID, NoteAssigned
	var no *access.Refusal
	var err error
	if c.Subject == "" { // also if an earlier row was to add the person and was refused
		result.Note = NoteAdded
		result.User, err = s.Add(ctx, c, n)
	} else {
		result.User, c.Target = c.Subject, access.Target{Product: n.Product}
		err = s.Assign(ctx, c, n.Roles)
	}
	switch {
	case err == nil:
		seen.markDone(row, result.User)
	case errors.As(err, &no) && no.Reason == access.AlreadyHeld:
		result.Note = NoteNothing
	case errors.As(err, &no):
		result.Note, result.Reason = "", no.Reason
	default:
		return result, err
	}
	return result, nil
}

// doesAsPlanned reports whether a row, planned again, still does to the same person what its plan says.
func doesAsPlanned(row, planned access.ImportRow) bool {
	return !row.Invalid() && row.Action == planned.Action && slices.Equal(row.Doubts, planned.Doubts) &&
		row.Subject.ID == planned.Subject.ID && row.Subject.Name() == planned.Subject.Name()
}

func noteFor(a access.Action) string {
	if a == access.Add {
		return NoteAdded
	}
	return NoteAssigned
}
