package users

import (
	"context"
	"errors"
	"strconv"
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
)

// Import carries out the rows of a file, each in a transaction with an idempotency key of its own. A refused row does
// not stop the others, and invalid rows are left out. The same form again continues an unfinished import without
// repeating rows. The results are saved under the form's key; the first outcome stands.
//
// Rows are planned again on the present state: the plan that was shown does not count. An error is the database's. The
// rows before it have been imported.
func (s *Service) Import(ctx context.Context, c Command, p access.Profile, rows access.ImportPlan) error {
	q := s.db.Query()
	var before store.BulkResult
	q.BulkResult(&before, c.Institution, c.Actor, c.Key, time.Time{})
	if err := q.Read(ctx); err != nil || before.Key != "" {
		return err
	}
	seen, done, err := s.loadImport(ctx, p, rows, c.Key)
	if err != nil {
		return err
	}
	batch := store.BulkResult{Key: c.Key, Actor: c.Actor, Action: access.Add, At: s.now()}
	for i, row := range rows {
		result := store.ItemResult{Line: row.Line}
		if done[i].Action != "" {
			result.User, result.Note = done[i].Subject, noteFor(done[i].Action)
			seen.markDone(row, result.User)
		} else if result, err = s.importRow(ctx, c, p, seen, row); err != nil {
			return err
		}
		batch.Results = append(batch.Results, result)
	}
	return s.saveBulkResult(ctx, c.Institution, batch)
}

// importRow carries out one row.
func (s *Service) importRow(
	ctx context.Context, c Command, p access.Profile, seen importPeople, row access.ImportRow,
) (store.ItemResult, error) {
	planned, n := seen.planRow(p, row)
	result := store.ItemResult{Line: row.Line, User: planned.Subject.ID, Reason: planned.Reason}
	switch {
	case planned.Reason != "":
		return result, nil
	case planned.Invalid():
		result.Note = NoteSkipped
		return result, nil
	case planned.Action == "":
		result.Note = NoteNothing
		return result, nil
	}
	c.Key = c.Key.Derive(strconv.Itoa(row.Line))
	c.Subject, result.Note = seen[n.FiscalCode].user.ID, NoteAssigned
	var no *access.Refusal
	var err error
	if c.Subject == "" { // also if an earlier row was to add the person and was refused
		result.Note = NoteAdded
		result.User, err = s.Add(ctx, c, n)
		if errors.As(err, &no) && no.Reason == access.AlreadyUser { // added by another request meanwhile
			c.Subject, result.Note = result.User, NoteAssigned
		}
	}
	if c.Subject != "" {
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

func noteFor(a access.Action) string {
	if a == access.Add {
		return NoteAdded
	}
	return NoteAssigned
}
