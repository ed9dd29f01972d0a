// Package users does what administrators ask: each verb is one change, on one road, and there is no other writer.
//
// The road: lock the institution, look at everything afresh, decide, write, record, commit. Whoever was allowed when the
// page was drawn may not be any more; what counts is the moment in which the change takes effect.
package users

import (
	"context"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// Service is the verbs.
type Service struct {
	db  *store.Store
	now func() time.Time
}

// New makes the service; now is the time that the audit log bears.
func New(db *store.Store, now func() time.Time) *Service { return &Service{db: db, now: now} }

// Change is what is asked: by whom, in which institution, to whom, about which role, and the one-time mark of the form that asks.
type Change struct {
	Institution access.InstitutionID
	Actor       access.UserID
	Subject     access.UserID
	Target      access.Target
	Mark        store.Mark
}

// effect is the part of a change that is its verb's own.
type effect struct {
	action access.Action
	write  func(context.Context, *store.Tx) error
	event  audit.Event // what changes: Before and After
}

// do is the one road. Errors: a [*access.Refusal] if it isn't allowed or not possible as things stand, [access.ErrNotFound]
// if there is no such institution; anything else comes from the database. Whatever the error, nothing has changed.
func (s *Service) do(ctx context.Context, c Change, e effect) error {
	return s.db.Change(ctx, c.Institution, func(ctx context.Context, tx *store.Tx) error {
		done, err := tx.Spend(ctx, c.Mark, store.Done{Actor: c.Actor, Action: e.action, Subject: c.Subject, Target: c.Target}, s.now())
		if err != nil || done { // the same form again: its first outcome stands
			return err
		}
		profile, err := look(ctx, tx, c)
		if err != nil {
			return err
		}
		if err := access.Decide(profile.Request(e.action, c.Target)); err != nil {
			return err
		}
		if err := e.write(ctx, tx); err != nil {
			return err
		}
		e.event.At, e.event.Actor, e.event.Action, e.event.Subject = s.now(), c.Actor, e.action, c.Subject
		e.event.Product, e.event.Role = c.Target.Product, c.Target.Role
		return tx.Record(ctx, e.event)
	})
}

// look reads both people and the institution's products as they are under the lock.
func look(ctx context.Context, tx *store.Tx, c Change) (access.Profile, error) {
	v := tx.View()
	institution := v.Institution(c.Institution)
	actor := v.User(c.Institution, c.Actor)
	subject := v.User(c.Institution, c.Subject)
	products := v.Products(c.Institution)
	if err := v.Read(ctx); err != nil {
		return access.Profile{}, err
	}
	return access.Profile{Institution: *institution, Actor: *actor, Subject: *subject, Products: *products}, nil
}
