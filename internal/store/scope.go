package store

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Scope is an institution as one of its users sees it.
type Scope struct {
	Institution access.Institution
	Actor       access.User      // as [Query.User] reads them
	Products    []access.Product // as [Query.Products] reads them
}

// Scope reads an institution as one of its users sees it, in one statement; nothing for a person who is no user of it.
func (q *Query) Scope(dst *Scope, institution access.InstitutionID, user access.UserID) {
	var active activeProducts
	q.queryRow(func(row pgx.Row) error {
		i, u := &dst.Institution, &dst.Actor
		var held []string
		err := row.Scan(&i.ID, &i.Name, &i.Type, &active.version, &active.ids,
			&u.ID, &u.Person, &u.FirstName, &u.LastName, &u.Verified, &u.Email, &held)
		active.of = i.Type
		for _, a := range assignments(held) {
			if slices.Contains(active.ids, string(a.Product)) {
				u.Assignments = append(u.Assignments, a)
			}
		}
		return err
	}, `
		SELECT i.id, i.name, i.type, (SELECT version::text FROM catalogue_version),
		       ARRAY(SELECT product FROM active_product WHERE institution = $1 ORDER BY position),
		       u.person, u.identity, u.first_name, u.last_name, u.verified_at IS NOT NULL, u.email,
		       ARRAY(SELECT ARRAY[a.product, a.role, a.category, a.status] FROM assignment a
		             WHERE a.institution = $1 AND a.person = $2 ORDER BY a.product, a.role)
		FROM institution i JOIN app_user u ON u.institution = $1 AND u.person = $2
		WHERE i.id = $1`, institution, user)
	q.complete = append(q.complete, func(ctx context.Context) (err error) {
		dst.Products, err = q.products(ctx, active)
		return err
	})
}

// assignments reads product, role, category and status of a user's assignments, one after the other: the driver does not keep
// the rows of an array of arrays apart.
func assignments(held []string) (all []access.Assignment) {
	for a := range slices.Chunk(held, 4) {
		all = append(all, access.Assignment{
			Product: access.ProductID(a[0]), Role: access.RoleID(a[1]), Category: access.Category(a[2]), Status: access.Status(a[3]),
		})
	}
	return all
}
