package users

import (
	"context"
	"errors"
	"slices"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// BulkItem is the part of a bulk action about one user.
type BulkItem struct {
	User  access.UserID
	Roles []access.Target // to be suspended, re-enabled or removed
	Group access.GroupID  // to be joined or left
}

// ApplyBulk takes an action on several users, each in a transaction with an idempotency key of its own. A refused item
// does not stop the others, and the same form again continues an unfinished bulk action without repeating items. The
// results are saved under the form's key; the first outcome stands.
//
// An error is the database's. The items before it have been applied.
func (s *Service) ApplyBulk(ctx context.Context, c Command, action access.Action, parts []BulkItem) error {
	q := s.db.Query()
	var first store.BulkResult
	q.BulkResult(&first, c.Institution, c.Actor, c.Key, time.Time{})
	if err := q.Read(ctx); err != nil || first.Key != "" { // finished before
		return err
	}
	form, err := s.mergingForm(ctx, c, parts)
	if err != nil {
		return err
	}
	c.Form = form
	done := store.BulkResult{Key: c.Key, Actor: c.Actor, Action: action, Product: c.Target.Product, At: s.now()}
	for _, part := range parts {
		one := c
		one.Subject, one.Key = part.User, c.Key.Derive(string(part.User))
		if c.Undoes != "" {
			one.Undoes = c.Undoes.Derive(string(part.User))
		}
		result := store.ItemResult{User: part.User}
		var no *access.Refusal
		if err := s.applyItem(ctx, one, action, part); errors.As(err, &no) {
			result.Reason = no.Reason
		} else if err != nil {
			return err
		} else {
			for _, t := range part.Roles {
				result.Roles = append(result.Roles, t.Role)
			}
		}
		done.Results, done.Group = append(done.Results, result), part.Group
	}
	return s.saveBulkResult(ctx, c.Institution, done)
}

// mergingForm is the form's key if two of the users have the same mailbox: then their e-mails are merged. Otherwise it is
// empty, and no e-mail waits for another.
func (s *Service) mergingForm(ctx context.Context, c Command, parts []BulkItem) (store.IdempotencyKey, error) {
	var ids []access.UserID
	for _, part := range parts {
		ids = append(ids, part.User)
	}
	var people []access.User
	q := s.db.Query()
	q.Users(&people, c.Institution, ids)
	if err := q.Read(ctx); err != nil {
		return "", err
	}
	var mailboxes []string
	for _, user := range people {
		mailboxes = append(mailboxes, user.Email)
	}
	if hasTwice(mailboxes) {
		return c.Key, nil
	}
	return "", nil
}

func hasTwice(texts []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(texts)))) < len(texts)
}

func (s *Service) saveBulkResult(ctx context.Context, institution access.InstitutionID, b store.BulkResult) error {
	return s.db.Change(ctx, institution, b.Action, func(ctx context.Context, tx *store.Tx) error {
		return tx.SaveBulkResult(ctx, b)
	})
}

// bulkOperations take an action on one user. An action without one is refused.
var bulkOperations = map[access.Action]func(*Service, context.Context, Command, BulkItem) error{
	access.Suspend: func(s *Service, ctx context.Context, c Command, part BulkItem) error {
		return s.SuspendAll(ctx, c, part.Roles)
	},
	access.Reactivate: func(s *Service, ctx context.Context, c Command, part BulkItem) error {
		return s.ReactivateAll(ctx, c, part.Roles)
	},
	access.Remove: func(s *Service, ctx context.Context, c Command, part BulkItem) error {
		_, err := s.RemoveAll(ctx, c, part.Roles)
		return err
	},
	access.Join: func(s *Service, ctx context.Context, c Command, part BulkItem) error {
		return s.Join(ctx, c, part.Group)
	},
	access.Leave: func(s *Service, ctx context.Context, c Command, part BulkItem) error {
		return s.Leave(ctx, c, part.Group)
	},
}

func (s *Service) applyItem(ctx context.Context, c Command, action access.Action, part BulkItem) error {
	run, known := bulkOperations[action]
	if !known {
		return &access.Refusal{Action: action, Reason: access.NoRule}
	}
	return run(s, ctx, c, part)
}

// Export records that the actor downloads a list as a file, if permitted. The command's product is empty for "Tutti".
func (s *Service) Export(ctx context.Context, c Command, e audit.ExportDetails) error {
	c.Subject = ""
	return s.recordExport(ctx, c, access.Export, e)
}

// ExportLog records that the actor downloads a log as a file, if permitted: the subject's, or the institution's.
func (s *Service) ExportLog(ctx context.Context, c Command, e audit.ExportDetails) error {
	e.IsLog = true
	if c.Subject != "" {
		return s.recordExport(ctx, c, access.View, e)
	}
	return s.recordExport(ctx, c, access.EnterUsers, e)
}

// recordExport records an export by an actor who may take the action.
func (s *Service) recordExport(ctx context.Context, c Command, needed access.Action, e audit.ExportDetails) error {
	after := audit.Details{ExportDetails: &e}.JSON()
	c.Target.Role = ""
	_, err := s.execute(ctx, c, operation{
		action: access.Export, content: after,
		run: func(_ context.Context, _ *store.Tx, p access.Profile) (result, error) {
			if err := access.Decide(p.Request(needed, c.Target)); err != nil {
				return result{}, err
			}
			return result{events: []audit.Event{{Action: access.Export, Product: c.Target.Product, After: after}}}, nil
		},
	})
	return err
}
