package users

import (
	"context"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// Assign gives a user roles of the command's product: the first (rule P4) or more (rule P5), decided one after the
// other.
func (s *Service) Assign(ctx context.Context, c Command, roles []access.RoleID) error {
	_, err := s.execute(ctx, c, operation{
		action: access.Assign, content: store.HashContent(roles...),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			if err := decideInOrder(p, access.Assign, c.Target.Product, roles); err != nil {
				return result{}, err
			}
			return assignRoles(ctx, tx, p, c.Target.Product, roles)
		},
	})
	return err
}

// decideInOrder decides on each role as if the subject held those before it already.
func decideInOrder(p access.Profile, action access.Action, product access.ProductID, roles []access.RoleID) error {
	if len(roles) == 0 {
		return &access.Refusal{Action: action, Reason: access.NoSuchRole}
	}
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if err := access.Decide(p.Request(action, t)); err != nil {
			return err
		}
		p = p.WithRole(t)
	}
	return nil
}

// assignRoles writes roles after the decision.
func assignRoles(ctx context.Context, tx *store.Tx, p access.Profile, product access.ProductID, roles []access.RoleID) (result, error) {
	of, _ := access.FindProduct(p.Products, product)
	done := result{roles: roles}
	var added []access.Target
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		r, _ := of.Role(role)
		if err := tx.Assign(ctx, p.Subject.ID, t, r.Category); err != nil {
			return result{}, err
		}
		done.events = append(done.events, audit.Event{
			Action: access.Assign, Product: product, Role: role, After: statusDetails(access.Active),
		})
		p, added = p.WithRole(t), append(added, t)
	}
	done.emails = []notify.Email{newEmail(access.Assign, p, added...)}
	return done, nil
}

// Remove takes a role away, with what depends on it (rule P7), effective from the subject's next request. gone reports
// whether the subject is not a user of the institution any more, also if the same form has removed the role before.
func (s *Service) Remove(ctx context.Context, c Command) (gone bool, err error) {
	return s.remove(ctx, c, c.Target)
}

// RemoveAll takes several roles of a user away in one transaction: all, or none.
func (s *Service) RemoveAll(ctx context.Context, c Command, roles []access.Target) (gone bool, err error) {
	return s.remove(ctx, c.withoutTarget(), roles...)
}

func (s *Service) remove(ctx context.Context, c Command, roles ...access.Target) (gone bool, err error) {
	_, err = s.execute(ctx, c, operation{
		action: access.Remove, content: hashRoles(c, roles),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			if err := decideEach(p, access.Remove, roles); err != nil {
				return result{}, err
			}
			done := result{}
			last := p.PreviewRemoval(roles...).LastAtAll
			for _, t := range roles {
				held, _ := p.Subject.FindAssignment(t.Product, t.Role)
				if err := tx.Unassign(ctx, p.Subject, t); err != nil {
					return result{}, err
				}
				done.events = append(done.events, audit.Event{
					Action: access.Remove, Product: t.Product, Role: t.Role, Before: statusDetails(held.Status),
				})
			}
			email := newEmail(access.Remove, p.WithoutRoles(roles...), roles...)
			email.Last = last
			done.emails = []notify.Email{email}
			return done, tx.EndSessions(ctx, p.Subject.Person)
		},
	})
	if err != nil {
		return false, err
	}
	q := s.db.Query()
	var user access.User
	q.User(&user, c.Institution, c.Subject)
	if err := q.Read(ctx); err != nil {
		return false, err
	}
	return user.ID == "", nil
}
