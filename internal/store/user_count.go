package store

import (
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/listsql"
)

// UserCounts reads how many users each active product of the institution has, by category, role and state: one row a product.
// Triggers keep the numbers.
func (q *Query) UserCounts(dst *map[access.ProductID]access.UserCounts, institution access.InstitutionID) {
	*dst = map[access.ProductID]access.UserCounts{}
	q.queryRows(func(rows pgx.Rows) error {
		var product access.ProductID
		var users map[string]int
		err := rows.Scan(&product, &users)
		(*dst)[product] = parseUserCounts(users)
		return err
	}, listsql.UserCounts, string(institution), "")
}

// parseUserCounts parses the keys of user_count: "state/category/role". Only the role may contain a slash.
func parseUserCounts(users map[string]int) access.UserCounts {
	t := access.UserCounts{}
	for key, n := range users {
		state, rest, _ := strings.Cut(key, "/")
		category, role, _ := strings.Cut(rest, "/")
		t[access.Facet{State: access.Status(state), Category: access.Category(category), Role: access.RoleID(role)}] = n
	}
	return t
}

// People reads how many different people are users of the institution's active products, counted up to [access.MaxTotal] and
// one more: in the order of the primary key, so that it reads no more of a large institution.
func (q *Query) People(dst *int, institution access.InstitutionID) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(dst) }, `
		SELECT count(*) FROM (
			SELECT DISTINCT e.person FROM enrolment e
			WHERE e.institution = $1 AND e.product IN (SELECT product FROM active_product WHERE institution = $1)
			ORDER BY e.person LIMIT $2) n`, institution, access.MaxTotal+1)
}

// HasActiveGroup reads whether a product of the institution has an active group, which users can join.
func (q *Query) HasActiveGroup(dst *bool, institution access.InstitutionID, product access.ProductID) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(dst) },
		`SELECT EXISTS (SELECT FROM user_group WHERE institution = $1 AND product = $2 AND status = 'active')`, institution, product)
}
