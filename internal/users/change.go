package users

import (
	"context"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
)

// ChangeRole changes the subject's active roles on the command's product to others, also of the other category (rule P13).
// from are the active roles that the form showed: it is refused if the subject now holds others.
func (s *Service) ChangeRole(ctx context.Context, c Command, from, to []access.RoleID) error {
	separated := slices.Concat(from, []access.RoleID{""}, to)
	_, err := s.execute(ctx, c, operation{
		action: access.ChangeRole, content: store.HashContent(separated...),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			if reason := p.WhyNotChange(c.Target.Product, to...); reason != "" {
				return result{}, &access.Refusal{Action: access.ChangeRole, Reason: reason}
			}
			if !slices.Equal(sortedRoles(from), sortedRoles(changedRoles(p, c.Target.Product))) {
				return result{}, &access.Refusal{Action: access.ChangeRole, Reason: access.RolesChanged}
			}
			if err := checkUndo(ctx, tx, c, access.ChangeRole, []access.Target{c.Target}); err != nil {
				return result{}, err
			}
			return changeRoles(ctx, tx, p, c.Target.Product, from, to)
		},
	})
	return err
}

// changeRoles writes the change after the decision.
func changeRoles(
	ctx context.Context, tx *store.Tx, p access.Profile, product access.ProductID, from, to []access.RoleID,
) (result, error) {
	of, _ := access.FindProduct(p.Products, product)
	first, _ := of.Role(to[0])
	if err := tx.ChangeRoles(ctx, p.Subject.ID, product, from, to, first.Category); err != nil {
		return result{}, err
	}
	email := newEmail(access.ChangeRole, p.WithChange(product, to...), targets(product, to)...)
	email.From = emailRoles(p, targets(product, from)...)
	return result{
		roles: to, replaced: from,
		events: []audit.Event{{
			Action: access.ChangeRole, Product: product,
			Before: audit.Details{Roles: from}.JSON(), After: audit.Details{Roles: to}.JSON(),
		}},
		emails: []notify.Email{email},
	}, nil
}

// changedRoles are the roles that a change on the product takes away.
func changedRoles(p access.Profile, product access.ProductID) (roles []access.RoleID) {
	for _, t := range p.ChangedRoles(product) {
		roles = append(roles, t.Role)
	}
	return roles
}

func sortedRoles(roles []access.RoleID) []access.RoleID { return slices.Sorted(slices.Values(roles)) }

// targets are roles of a product.
func targets(product access.ProductID, roles []access.RoleID) (all []access.Target) {
	for _, role := range roles {
		all = append(all, access.Target{Product: product, Role: role})
	}
	return all
}
