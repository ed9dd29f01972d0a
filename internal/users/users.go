// Package users carries out the changes that administrators ask for, each as one transaction on the single write path.
//
// The write path: lock the institution, check the idempotency key, load, decide, write, record, post e-mails, commit.
// An actor may have lost the permission since the page was drawn, so the decision is taken on what the transaction
// loads.
package users

import (
	"context"
	"slices"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/store/outbox"
)

// Service has one method for each operation.
type Service struct {
	db   *store.Store
	wake func()
	now  func() time.Time
}

// New makes a service. wake is called after a change that has posted to the outbox; nil: the outbox's worker looks by
// itself. now gives the time of events in the audit log.
func New(db *store.Store, wake func(), now func() time.Time) *Service {
	if wake == nil {
		wake = func() {}
	}
	return &Service{db: db, wake: wake, now: now}
}

// Command is what every operation needs. Target.Role is empty unless the operation is about one role; Target.Product is
// empty if it is about no product, or about roles of several.
type Command struct {
	Institution access.InstitutionID
	Actor       access.UserID
	Subject     access.UserID // empty for a person to be added
	Target      access.Target
	Key         store.IdempotencyKey
	Form        store.IdempotencyKey // the form of several people whose e-mails are merged by mailbox; empty: they are not
	Undoes      store.IdempotencyKey // the form whose change is to be undone; empty: none
}

// operation is the part of the write path that differs between operations. run decides before it writes, so that it has
// changed nothing if it returns a refusal.
type operation struct {
	action  access.Action
	content []byte // hash of what the form says besides the command, see store.HashContent
	run     func(context.Context, *store.Tx, access.Profile) (result, error)
}

// result is what an operation has done.
type result struct {
	subject  access.UserID   // the person added, otherwise empty
	roles    []access.RoleID // roles assigned
	replaced []access.RoleID // roles that those took the place of
	group    access.GroupID  // the group that the operation was about
	events   []audit.Event
	emails   []notify.Email
}

// execute is the single write path. Returns the receipt of the change, also if the same form has made it before.
// Errors: a [*access.Refusal], or [access.ErrNotFound] if the institution does not exist. Any other error is the
// database's. After an error nothing has changed.
func (s *Service) execute(ctx context.Context, c Command, v operation) (store.Receipt, error) {
	receipt := store.Receipt{Actor: c.Actor, Action: v.action, Subject: c.Subject, Target: c.Target, Content: v.content}
	hasPosted := false
	err := s.db.Change(ctx, c.Institution, v.action, func(ctx context.Context, tx *store.Tx) error {
		first, claimed, err := tx.ClaimKey(ctx, c.Key, receipt)
		if err != nil || claimed { // the same form again: the first outcome stands
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
		receipt.Roles, receipt.Replaced, receipt.Group = done.roles, done.replaced, done.group
		at := s.now() // of the key and of its events, by which the last change of a role is known for the form's
		if err := tx.CompleteKey(ctx, c.Key, receipt, at); err != nil {
			return err
		}
		for i := range done.emails {
			done.emails[i].Form = string(c.Form)
		}
		hasPosted = len(done.emails) > 0
		return s.record(ctx, tx, c.Actor, receipt.Subject, at, done)
	})
	if err == nil && hasPosted {
		s.wake()
	}
	return receipt, err
}

// record writes the events to the audit log and posts the e-mails to the outbox.
func (s *Service) record(
	ctx context.Context, tx *store.Tx, actor, subject access.UserID, at time.Time, d result,
) error {
	for i := range d.events {
		d.events[i].At, d.events[i].Actor, d.events[i].Subject = at, actor, subject
	}
	if err := tx.Record(ctx, d.events...); err != nil {
		return err
	}
	var entries []outbox.Entry
	for _, e := range d.emails {
		entry, err := notify.Post(e)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	return tx.Post(ctx, entries...)
}

// loadProfile loads the actor, the subject, and the institution's products and groups under the lock.
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

// newEmail is the e-mail to the subject about a change of roles (rule D6): one for each change. The profile is as the
// change leaves it, so that each statement of the e-mail is true when it is committed.
func newEmail(kind access.Action, p access.Profile, roles ...access.Target) notify.Email {
	e := notify.Email{
		Kind: kind, User: p.Subject.ID, Address: p.Subject.Email, Name: p.Subject.Name(), Language: p.Subject.Language,
		Institution: p.Institution.Name, Closed: !p.Subject.HasPowers(),
	}
	e.Roles = emailRoles(p, roles...)
	for _, a := range p.Subject.Assignments {
		e.Others = e.Others || !slices.Contains(roles, access.Target{Product: a.Product, Role: a.Role})
	}
	return e
}

// emailRoles are roles as an e-mail names them.
func emailRoles(p access.Profile, roles ...access.Target) (all []notify.Role) {
	for _, t := range roles {
		product, _ := access.FindProduct(p.Products, t.Product)
		role, _ := product.Role(t.Role)
		all = append(all, notify.Role{Product: product.Title, Role: role.Label})
	}
	return all
}
