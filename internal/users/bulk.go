package users

import (
	"context"
	"errors"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// BulkItem is one person's part of what a form asks about several.
type BulkItem struct {
	User  access.UserID
	Roles []access.Target // those to suspend, re-enable or remove
	Group access.GroupID  // the one to join, or to leave
}

// ApplyBulk does the same to several users, each in a change of their own with a mark of their own: one that is refused keeps
// nobody else from theirs, and the same form again finishes what it has begun, and does nothing twice. The results are kept
// under the form's mark; the first outcome stands.
//
// An error is the database's: what was done until then is done, and the same form again goes on from there.
func (s *Service) ApplyBulk(ctx context.Context, c Command, action access.Action, parts []BulkItem) error {
	q := s.db.Query()
	var first store.BulkResult
	q.BulkResult(&first, c.Institution, c.Actor, c.Key, time.Time{})
	if err := q.Read(ctx); err != nil || first.Key != "" { // it has come to its end before: who was refused then stays so
		return err
	}
	done := store.BulkResult{Key: c.Key, Actor: c.Actor, Action: action, Product: c.Target.Product, At: s.now()}
	for _, part := range parts {
		one := c
		one.Subject, one.Key = part.User, c.Key.Derive(string(part.User))
		result := store.ItemResult{User: part.User}
		var no *access.Refusal
		if err := s.applyItem(ctx, one, action, part); errors.As(err, &no) {
			result.Reason = no.Reason
		} else if err != nil {
			return err
		}
		done.Results, done.Group = append(done.Results, result), part.Group
	}
	return s.saveBulkResult(ctx, c.Institution, done)
}

func (s *Service) saveBulkResult(ctx context.Context, institution access.InstitutionID, b store.BulkResult) error {
	return s.db.Change(ctx, institution, b.Action, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveBulkResult(ctx, b)
	})
}

// applyItem does one person's part.
func (s *Service) applyItem(ctx context.Context, c Command, action access.Action, part BulkItem) (err error) {
	switch action {
	case access.Suspend:
		return s.SuspendAll(ctx, c, part.Roles)
	case access.Reactivate:
		return s.ReactivateAll(ctx, c, part.Roles)
	case access.Remove:
		_, err = s.RemoveAll(ctx, c, part.Roles)
		return err
	case access.Join:
		return s.Join(ctx, c, part.Group)
	case access.Leave:
		return s.Leave(ctx, c, part.Group)
	case access.EnterUsers, access.View, access.Add, access.Edit, access.Assign, access.Export, access.Load, access.Verify,
		access.CreateGroup, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup:
	}
	return &access.Refusal{Action: action, Reason: access.NoRule}
}

// Export records that a list was taken along as a file, if it may be; the change's product is the list's, if it is of one.
func (s *Service) Export(ctx context.Context, c Command, e audit.ExportDetails) error {
	after := audit.Details{ExportDetails: &e}.JSON()
	c.Subject, c.Target.Role = "", ""
	_, err := s.execute(ctx, c, operation{action: access.Export, content: after, run: func(_ context.Context, _ *store.Tx, p access.Profile) (result, error) {
		if err := access.Decide(p.Request(access.Export, c.Target)); err != nil {
			return result{}, err
		}
		return result{events: []audit.Event{{Action: access.Export, Product: c.Target.Product, After: after}}}, nil
	}})
	return err
}
