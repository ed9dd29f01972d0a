package bench_test

import (
	"context"
	"net/http"
	"strconv"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// The conventional page has the same content, but reads its list and counts without regard to size: normalised tables
// joined, grouped, sorted, counted and cut by OFFSET at every request.

const conventionalRows = `
	SELECT u.person::text, u.first_name, u.last_name, u.email, min(a.category),
	       array_agg(a.role ORDER BY a.role), array_agg(a.status ORDER BY a.role)
	FROM app_user u
	JOIN assignment a ON a.institution = u.institution AND a.person = u.person
	WHERE u.institution = $1 AND a.product = $2
	GROUP BY u.person, 2, 3, u.email
	ORDER BY lower(u.last_name), lower(u.first_name), u.person
	LIMIT 25 OFFSET $3`

const conventionalNumbers = `
	SELECT product, coalesce(status, ''), coalesce(category, ''), coalesce(role, ''), count(DISTINCT person)
	FROM assignment WHERE institution = $1
	GROUP BY GROUPING SETS ((product), (product, status), (product, category), (product, status, category),
	                        (product, category, role), (product, status, category, role))`

// renderConventional renders the conventional page.
func (f baselines) renderConventional(r *http.Request) ([]byte, error) {
	ctx := r.Context()
	offset, err := strconv.Atoi(r.URL.Query().Get("offset"))
	if err != nil {
		return nil, err
	}
	if err := f.querySession(ctx); err != nil {
		return nil, err
	}
	q := f.db.Query()
	asked := f.queryPage(q)
	if err := q.Read(ctx); err != nil {
		return nil, err
	}
	userCounts, err := f.conventionalCounts(ctx)
	if err != nil {
		return nil, err
	}
	list, err := f.conventionalRows(ctx, offset)
	if err != nil {
		return nil, err
	}
	filter := access.Filter{Product: product}
	section := access.Section{Product: access.Product{ID: product}, Rows: list, Total: userCounts[product].Count(filter)}
	section.Previous, section.Next = access.Page{Before: list[0].User}, access.Page{After: list[len(list)-1].User}
	asked.list = store.List{Sections: []access.Section{section}, UserCounts: userCounts, HasActiveGroup: true}
	return asked.render(r, filter)
}

func (f baselines) conventionalCounts(ctx context.Context) (map[access.ProductID]access.UserCounts, error) {
	rows, err := f.unlimited.Query(ctx, conventionalNumbers, f.institution)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := map[access.ProductID]access.UserCounts{}
	for rows.Next() {
		var of access.ProductID
		var facet access.Facet
		var n int
		if err := rows.Scan(&of, &facet.State, &facet.Category, &facet.Role, &n); err != nil {
			return nil, err
		}
		if all[of] == nil {
			all[of] = access.UserCounts{}
		}
		all[of][facet] = n
	}
	return all, rows.Err()
}

func (f baselines) conventionalRows(ctx context.Context, offset int) ([]access.Row, error) {
	rows, err := f.unlimited.Query(ctx, conventionalRows, f.institution, product, offset)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []access.Row
	for rows.Next() {
		var one access.Row
		var roles []access.RoleID
		var statuses []access.Status
		if err := rows.Scan(&one.User, &one.FirstName, &one.LastName, &one.Email, &one.Category, &roles, &statuses); err != nil {
			return nil, err
		}
		for i, role := range roles {
			one.Roles = append(one.Roles, access.HeldRole{Role: role, Status: statuses[i]})
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
