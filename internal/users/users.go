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
	db      *store.Store
	letters *notify.Queue
	now     func() time.Time
}

// New makes the service. Letters are queued with each change; a nil queue queues none. now is the time that the audit log bears.
func New(db *store.Store, letters *notify.Queue, now func() time.Time) *Service {
	return &Service{db: db, letters: letters, now: now}
}

// Change is what is asked: by whom, in which institution, to whom, about which role, and the one-time mark of the form
// that asks. What isn't about one role leaves Target.Role empty.
type Change struct {
	Institution access.InstitutionID
	Actor       access.UserID
	Subject     access.UserID // empty of somebody to be added
	Target      access.Target
	Mark        store.Mark
}

// verb is what one verb does on the road, once it is its turn: it decides, writes, and tells what is to be recorded and
// written about. It decides first: what it returns as an error has changed nothing.
type verb struct {
	action  access.Action
	content []byte // a hash of what the form says besides its address
	act     func(context.Context, *store.Tx, access.Profile) (deed, error)
}

// deed is what a verb has done.
type deed struct {
	subject access.UserID   // of somebody added: who it is
	roles   []access.RoleID // that were given
	group   access.GroupID  // that it was about
	events  []audit.Event
	letters []notify.Letter
}

// do is the one road; it returns what was done, also if the same form has done it before. Errors: a
// [*access.Refusal] if it isn't allowed or not possible as things stand, [access.ErrNotFound] if there is no such
// institution; anything else comes from the database. Whatever the error, nothing has changed.
func (s *Service) do(ctx context.Context, c Change, v verb) (store.Done, error) {
	form := store.Done{Actor: c.Actor, Action: v.action, Subject: c.Subject, Target: c.Target, Content: v.content}
	err := s.db.Change(ctx, c.Institution, func(ctx context.Context, tx *store.Tx) error {
		first, spent, err := tx.Spent(ctx, c.Mark, form)
		if err != nil || spent { // the same form again: its first outcome stands
			form = first
			return err
		}
		profile, err := look(ctx, tx, c)
		if err != nil {
			return err
		}
		done, err := v.act(ctx, tx, profile)
		if err != nil {
			return err
		}
		if done.subject != "" {
			form.Subject = done.subject
		}
		form.Roles, form.Group = done.roles, done.group
		if err := tx.Spend(ctx, c.Mark, form, s.now()); err != nil {
			return err
		}
		return s.tell(ctx, tx, c.Actor, form.Subject, done)
	})
	return form, err
}

// tell records what was done, and queues the letters about it.
func (s *Service) tell(ctx context.Context, tx *store.Tx, actor, subject access.UserID, d deed) error {
	for i := range d.events {
		d.events[i].At, d.events[i].Actor, d.events[i].Subject = s.now(), actor, subject
	}
	if err := tx.Record(ctx, d.events...); err != nil || s.letters == nil {
		return err
	}
	return s.letters.Put(ctx, tx.Pgx(), d.letters...)
}

// look reads both people and the institution's products as they are under the lock.
func look(ctx context.Context, tx *store.Tx, c Change) (access.Profile, error) {
	v := tx.View()
	institution := v.Institution(c.Institution)
	actor := v.User(c.Institution, c.Actor)
	products, groups := v.Products(c.Institution), v.Groups(c.Institution)
	subject := &access.User{}
	if c.Subject != "" {
		subject = v.Subject(c.Institution, c.Subject)
	}
	if err := v.Read(ctx); err != nil {
		return access.Profile{}, err
	}
	return access.Profile{Institution: *institution, Actor: *actor, Subject: *subject, Products: *products, Groups: *groups}, nil
}

// letter tells the profile's person what was done to a role of theirs (rule D6).
func letter(kind access.Action, p access.Profile, t access.Target) notify.Letter {
	product, _ := access.ProductOf(p.Products, t.Product)
	role, _ := product.Role(t.Role)
	return notify.Letter{
		Kind: kind, Person: p.Subject.ID, Email: p.Subject.Email, Name: p.Subject.Name(), Language: p.Subject.Language,
		Institution: p.Institution.Name, Product: product.Title, Role: role.Label,
	}
}
