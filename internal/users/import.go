package users

import (
	"context"
	"errors"
	"strconv"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Words of what a row of a file did, in [store.ItemResult].
const (
	NoteAdded    = "added"
	NoteAssigned = "assigned"
	NoteNothing  = "nothing-to-do" // the role was held already
	NoteSkipped  = "left-out"      // something in the row was wrong
)

// Import does what a file says, row by row, each a change of its own with a mark of its own: a row that is refused keeps
// nobody else from theirs. Rows that are wrong are left out. The same form again goes on from where it was, and does nothing
// twice; its results are kept under its mark, and the first outcome stands.
//
// The rows are looked at afresh: what they would have done when they were shown doesn't count. An error is the database's;
// what was done until then is done.
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

// importRow does one row.
func (s *Service) importRow(ctx context.Context, c Command, p access.Profile, seen importPeople, row access.ImportRow) (store.ItemResult, error) {
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
	if c.Subject == "" { // also where the row that was to add them was refused
		result.Note = NoteAdded
		result.User, err = s.Add(ctx, c, n)
		if errors.As(err, &no) && no.Reason == access.AlreadyUser { // somebody else has added them meanwhile
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
