package users

import (
	"context"
	"crypto/sha256"
	"encoding/binary"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
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
	done := deed{roles: roles}
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
	return s.remove(ctx, c, c.Target)
}

// RemoveAll takes several roles of a user away in one change: all, or none and why.
func (s *Service) RemoveAll(ctx context.Context, c Change, roles []access.Target) (gone bool, err error) {
	return s.remove(ctx, c.ofSeveral(), roles...)
}

func (s *Service) remove(ctx context.Context, c Change, roles ...access.Target) (gone bool, err error) {
	_, err = s.do(ctx, c, verb{action: access.Remove, content: contentOf(c, roles), act: func(ctx context.Context, tx *store.Tx, p access.Profile) (deed, error) {
		if err := decideEach(p, access.Remove, roles); err != nil {
			return deed{}, err
		}
		done := deed{}
		last := p.RemovingAll(roles).LastAtAll
		for i, t := range roles {
			held, _ := p.Subject.Holds(t.Product, t.Role)
			if err := tx.Unassign(ctx, c.Subject, t); err != nil {
				return deed{}, err
			}
			done.events = append(done.events, audit.Event{Action: access.Remove, Product: t.Product, Role: t.Role, Before: status(held.Status)})
			told := letter(access.Remove, p, t)
			told.Last = last && i == len(roles)-1
			done.letters = append(done.letters, told)
		}
		return done, tx.EndSessions(ctx, c.Subject)
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

// content is a hash of what a form says, each part with its length, so that no two forms hash alike.
func content[T ~string](parts []T) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}
