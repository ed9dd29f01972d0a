// Package users does what administrators ask: each verb is one change, on one road, and there is no other writer.
//
// The road: lock the institution, look at everything afresh, decide, write, record, queue the letters, commit. Whoever was
// allowed when the page was drawn may not be any more; what counts is the moment in which the change takes effect.
package users

import (
	"context"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Service is the verbs.
type Service struct {
	db     *store.Store
	emails *notify.Queue
	now    func() time.Time
}

// New makes the service. Letters are queued with each change; a nil queue queues none. now is the time that the audit log bears.
func New(db *store.Store, emails *notify.Queue, now func() time.Time) *Service {
	return &Service{db: db, emails: emails, now: now}
}

// Command is what is asked: by whom, in which institution, to whom, about which role, and the one-time mark of the form
// that asks. What isn't about one role leaves Target.Role empty.
type Command struct {
	Institution access.InstitutionID
	Actor       access.UserID
	Subject     access.UserID // empty of somebody to be added
	Target      access.Target
	Key         store.IdempotencyKey
}

// operation is what one verb does on the road, once it is its turn: it decides, writes, and tells what is to be recorded and
// written about. It decides first: what it returns as an error has changed nothing.
type operation struct {
	action  access.Action
	content []byte // a hash of what the form says besides its address
	run     func(context.Context, *store.Tx, access.Profile) (result, error)
}

// result is what a verb has done.
type result struct {
	subject access.UserID   // of somebody added: who it is
	roles   []access.RoleID // that were given
	group   access.GroupID  // that it was about
	events  []audit.Event
	emails  []notify.Email
}

// execute is the one road; it returns what was done, also if the same form has done it before. Errors: a
// [*access.Refusal] if it isn't allowed or not possible as things stand, [access.ErrNotFound] if there is no such
// institution; anything else comes from the database. Whatever the error, nothing has changed.
func (s *Service) execute(ctx context.Context, c Command, v operation) (store.Receipt, error) {
	receipt := store.Receipt{Actor: c.Actor, Action: v.action, Subject: c.Subject, Target: c.Target, Content: v.content}
	err := s.db.Change(ctx, c.Institution, v.action, func(ctx context.Context, tx *store.Tx) error {
		first, claimed, err := tx.ClaimKey(ctx, c.Key, receipt)
		if err != nil || claimed { // the same form again: its first outcome stands
			receipt = first
			return err
		}
		profile, err := loadProfile(ctx, tx, c)
		if err != nil {
			return err
		}
		done, err := v.run(ctx, tx, profile)
		if err != nil {
			return err
		}
		if done.subject != "" {
			receipt.Subject = done.subject
		}
		receipt.Roles, receipt.Group = done.roles, done.group
		if err := tx.CompleteKey(ctx, c.Key, receipt, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, c.Actor, receipt.Subject, done)
	})
	return receipt, err
}

// record records what was done, and queues the letters about it.
func (s *Service) record(ctx context.Context, tx *store.Tx, actor, subject access.UserID, d result) error {
	for i := range d.events {
		d.events[i].At, d.events[i].Actor, d.events[i].Subject = s.now(), actor, subject
	}
	if err := tx.Record(ctx, d.events...); err != nil || s.emails == nil {
		return err
	}
	return s.emails.Enqueue(ctx, tx.Pgx(), d.emails...)
}

// loadProfile reads both people and the institution's products as they are under the lock.
func loadProfile(ctx context.Context, tx *store.Tx, c Command) (access.Profile, error) {
	q := tx.Query()
	var p access.Profile
	q.Institution(&p.Institution, c.Institution)
	q.User(&p.Actor, c.Institution, c.Actor)
	q.Products(&p.Products, c.Institution)
	q.Groups(&p.Groups, c.Institution)
	if c.Subject != "" {
		q.Subject(&p.Subject, c.Institution, c.Subject)
	}
	if err := q.Read(ctx); err != nil {
		return access.Profile{}, err
	}
	return p, nil
}

// newEmail tells the profile's person what was done to a role of theirs (rule D6).
func newEmail(kind access.Action, p access.Profile, t access.Target) notify.Email {
	product, _ := access.FindProduct(p.Products, t.Product)
	role, _ := product.Role(t.Role)
	return notify.Email{
		Kind: kind, Person: p.Subject.ID, Address: p.Subject.Email, Name: p.Subject.Name(), Language: p.Subject.Language,
		Institution: p.Institution.Name, Product: product.Title, Role: role.Label,
	}
}
