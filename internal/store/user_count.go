package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/listsql"
)

// UserCounts reads how many users each active product of the institution has, by category, role and state: one row a product.
// Triggers keep the numbers.
func (q *Query) UserCounts(dst *map[access.ProductID]access.UserCounts, institution access.InstitutionID) {
	*dst = map[access.ProductID]access.UserCounts{}
	q.userCounts(func(product access.ProductID, users access.UserCounts) { (*dst)[product] = users }, institution, "")
}

// userCounts reads the counts of each active product, or of one, in the catalogue's order.
func (q *Query) userCounts(add func(access.ProductID, access.UserCounts), institution access.InstitutionID, product string) {
	q.queryRows(func(rows pgx.Rows) error {
		var id, text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		users, err := parseUserCounts(text)
		add(access.ProductID(id), users)
		return err
	}, listsql.UserCounts, string(institution), product)
}

// parseUserCounts parses a row of user_count, PostgreSQL's text of an object of numbers: {"state/category/role": 1, ...}.
// Only the role may contain a slash. Every list reads many, which encoding/json would take three allocations a number for.
func parseUserCounts(text string) (access.UserCounts, error) {
	if strings.Contains(text, `\`) { // a role's code with a quote in it
		return unmarshalUserCounts(text)
	}
	t := make(access.UserCounts, strings.Count(text, ":"))
	for rest := strings.Trim(text, "{}"); rest != ""; {
		var key, number string
		_, rest, _ = strings.Cut(rest, `"`)
		key, rest, _ = strings.Cut(rest, `": `)
		number, rest, _ = strings.Cut(rest, ", ")
		n, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("user_count: %w", err)
		}
		t[facet(key)] = n
	}
	return t, nil
}

func unmarshalUserCounts(text string) (access.UserCounts, error) {
	var users map[string]int
	if err := json.Unmarshal([]byte(text), &users); err != nil {
		return nil, fmt.Errorf("user_count: %w", err)
	}
	t := access.UserCounts{}
	for key, n := range users {
		t[facet(key)] = n
	}
	return t, nil
}

// facet is a key of user_count.
func facet(key string) access.Facet {
	state, rest, _ := strings.Cut(key, "/")
	category, role, _ := strings.Cut(rest, "/")
	return access.Facet{State: access.Status(state), Category: access.Category(category), Role: access.RoleID(role)}
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
