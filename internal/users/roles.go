package users

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Assign gives a user roles of one product: a first one (rule P4) or others (rule P5), decided one after the other.
func (s *Service) Assign(ctx context.Context, c Change, roles []access.RoleID) error {
	_, err := s.do(ctx, c, verb{action: access.Assign, content: content(roles), act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		if err := decide(p, access.Assign, c.Target.Product, roles); err != nil {
			return deed{}, err
		}
		return give(ctx, tx, p, c.Target.Product, roles)
	}})
	return err
}

// decide decides on roles one after the other, as if those before were held already.
func decide(p access.Profile, action access.Action, product access.ProductID, roles []access.RoleID) error {
	if len(roles) == 0 {
		return &access.Refusal{Action: action, Reason: access.NoSuchRole}
	}
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if err := access.Decide(p.Request(action, t)); err != nil {
			return err
		}
		p = p.With(t)
	}
	return nil
}

// give writes roles that were decided on.
func give(ctx context.Context, tx *store.Tx, p access.Profile, product access.ProductID, roles []access.RoleID) (deed, error) {
	of, _ := access.ProductOf(p.Products, product)
	done := deed{}
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		r, _ := of.Role(role)
		if err := tx.Assign(ctx, p.Subject.ID, t, r.Category); err != nil {
			return deed{}, err
		}
		done.events = append(done.events, audit.Event{Action: access.Assign, Product: product, Role: role, After: status(access.Active)})
		done.letters = append(done.letters, letter(access.Assign, p, t))
	}
	return done, nil
}

// Remove takes a role away, and what hangs on it (rule P7). It counts from the next request on. gone says that the user
// isn't one of the institution's any more, also if the same form has done it before.
func (s *Service) Remove(ctx context.Context, c Change) (gone bool, err error) {
	_, err = s.do(ctx, c, verb{action: access.Remove, act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		if err := access.Decide(p.Request(access.Remove, c.Target)); err != nil {
			return deed{}, err
		}
		held, _ := p.Subject.Holds(c.Target.Product, c.Target.Role)
		if err := tx.Unassign(ctx, c.Subject, c.Target); err != nil {
			return deed{}, err
		}
		told := letter(access.Remove, p, c.Target)
		told.Last = p.Removing(c.Target).LastAtAll
		return deed{
			events:  []audit.Event{{Action: access.Remove, Product: c.Target.Product, Role: c.Target.Role, Before: status(held.Status)}},
			letters: []notify.Letter{told},
		}, tx.EndSessions(ctx, c.Subject)
	}})
	if err != nil {
		return false, err
	}
	v := s.db.View()
	user := v.User(c.Institution, c.Subject)
	if err := v.Read(ctx); err != nil {
		return false, err
	}
	return user.ID == "", nil
}

// Join puts a user into a group of a product (rule P9).
func (s *Service) Join(ctx context.Context, c Change, group access.GroupID) error {
	_, err := s.do(ctx, c, verb{action: access.Join, content: content([]access.GroupID{group}), act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		q := p.JoinRequest(c.Target.Product, group)
		if err := access.Decide(q); err != nil {
			return deed{}, err
		}
		return deed{events: []audit.Event{{
			Action: access.Join, Product: c.Target.Product, After: []byte(`{"group":"` + string(group) + `"}`),
		}}}, tx.Join(ctx, c.Subject, q.Group)
	}})
	return err
}

// content is a hash of what a form says, each part with its length, so that no two forms hash alike.
func content[T ~string](parts []T) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
