package users

import (
	"context"
	"errors"
	"strconv"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Words of what a row of a file did, in [store.Result].
const (
	NoteAdded    = "added"
	NoteAssigned = "assigned"
	NoteNothing  = "nothing-to-do" // the role was held already
	NoteLeftOut  = "left-out"      // something in the row was wrong
)

// Import does what a file says, row by row, each a change of its own with a mark of its own: a row that is refused keeps
// nobody else from theirs. Rows that are wrong are left out. The same form again goes on from where it was, and does nothing
// twice; its results are kept under its mark, and the first outcome stands.
//
// The rows are looked at afresh: what they would have done when they were shown doesn't count. An error is the database's;
// what was done until then is done.
func (s *Service) Import(ctx context.Context, c Change, p access.Profile, rows access.Plan) error {
	v := s.db.View()
	before := v.Batch(c.Institution, c.Actor, c.Mark, time.Time{})
	if err := v.Read(ctx); err != nil || before.Mark != "" {
		return err
	}
	seen, done, err := s.seen(ctx, p, rows, c.Mark)
	if err != nil {
		return err
	}
	batch := store.Batch{Mark: c.Mark, Actor: c.Actor, Action: access.Add, At: s.now()}
	for i, row := range rows {
		result := store.Result{Line: row.Line}
		if done[i].Action != "" {
			result.User, result.Note = done[i].Subject, note(done[i].Action)
			seen.found(row, result.User)
		} else if result, err = s.importRow(ctx, c, p, seen, row); err != nil {
			return err
		}
		batch.Results = append(batch.Results, result)
	}
	return s.db.KeepBatch(ctx, c.Institution, batch)
}

// importRow does one row.
func (s *Service) importRow(ctx context.Context, c Change, p access.Profile, seen people, row access.Planned) (store.Result, error) {
	planned, n := seen.plan(p, row)
	result := store.Result{Line: row.Line, User: planned.Subject.ID, Reason: planned.Why}
	switch {
	case planned.Why != "":
		return result, nil
	case planned.Wrong():
		result.Note = NoteLeftOut
		return result, nil
	case planned.Does == "":
		result.Note = NoteNothing
		return result, nil
	}
	c.Mark = c.Mark.Of(strconv.Itoa(row.Line))
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
		seen.found(row, result.User)
	case errors.As(err, &no) && no.Reason == access.AlreadyHeld:
		result.Note = NoteNothing
	case errors.As(err, &no):
		result.Note, result.Reason = "", no.Reason
	default:
		return result, err
	}
	return result, nil
}

func note(a access.Action) string {
	if a == access.Add {
		return NoteAdded
	}
	return NoteAssigned
}
