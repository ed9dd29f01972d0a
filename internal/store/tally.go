package store

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Tallies reads how many users each active product of the institution has, by category, role and state: one row a product,
// whatever the number of users. The database keeps them by itself: nothing here writes them.
func (v *View) Tallies(institution access.InstitutionID) *map[access.ProductID]access.Tally {
	all := &map[access.ProductID]access.Tally{}
	q := listQuery{}
	v.each(func(rows pgx.Rows) error {
		var product access.ProductID
		var users map[string]int
		err := rows.Scan(&product, &users)
		(*all)[product] = tallied(users)
		return err
	}, q.tallies(institution), q.args...)
	return all
}

// tallied takes a tally's keys apart: "state/category/role". Only the role may have a stroke of its own.
func tallied(users map[string]int) access.Tally {
	t := access.Tally{}
	for key, n := range users {
		state, rest, _ := strings.Cut(key, "/")
		category, role, _ := strings.Cut(rest, "/")
		t[access.Facet{State: access.Status(state), Category: access.Category(category), Role: access.RoleID(role)}] = n
	}
	return t
}

// HasGroup reads whether a product of the institution has an active group, which somebody could join.
func (v *View) HasGroup(institution access.InstitutionID, product access.ProductID) *bool {
	has := new(bool)
	v.one(func(row pgx.Row) error { return row.Scan(has) },
		`SELECT EXISTS (SELECT FROM user_group WHERE institution = $1 AND product = $2 AND status = 'active')`, institution, product)
	return has
}
