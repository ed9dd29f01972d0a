package store

import (
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/listsql"
)

// GroupRows reads the groups of the institution's active products, each with its number of members.
func (q *Query) GroupRows(dst *[]access.GroupRow, institution access.InstitutionID) {
	q.queryRows(func(rows pgx.Rows) error {
		var g access.GroupRow
		err := rows.Scan(&g.ID, &g.Product, &g.Name, &g.Status, &g.Members)
		*dst = append(*dst, g)
		return err
	}, `
		SELECT g.id, g.product, g.name, g.status, g.member_count
		FROM user_group g JOIN active_product p ON p.institution = $1 AND p.product = g.product
		WHERE g.institution = $1 ORDER BY g.name COLLATE "it-x-icu", g.id`, institution)
}

// Members reads a page of a group's members, in the order of the list of users, and their number. A page whose
// key is not known and that starts at a user who is no longer in the product's list is empty.
func (q *Query) Members(dst *access.Section, institution access.InstitutionID, group access.GroupID, page access.Page) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(&dst.Total) },
		`SELECT member_count FROM user_group WHERE institution = $1 AND id = $2`, institution, group)
	page = q.keys.withPage(page)
	q.queryGroupPage(dst, page, listsql.Members(institution, group, page, PageSize))
}

// Candidates reads a page of a product's users who are not in a group of it. The filter's text is matched as in the
// list of users (rule V6). If only is not empty, no other user matches. Where most users are in the group, a page has
// few rows, and the next one starts after the boundary row.
func (q *Query) Candidates(
	dst *access.Section, institution access.InstitutionID, group access.GroupID, f access.Filter, only access.UserID,
) {
	f.Page = q.keys.withPage(f.Page)
	page, count := listsql.Candidates(institution, group, f, only, PageSize, access.MaxTotal)
	q.set(page.Plan.Settings...)
	q.queryRow(func(row pgx.Row) error {
		err := row.Scan(&dst.Total)
		if count.Plan != nil && dst.Total > access.MaxTotal {
			dst.Total, dst.Capped = access.MaxTotal, true
		}
		return err
	}, count.SQL, count.Args...)
	q.queryGroupPage(dst, f.Page, page)
}

// queryGroupPage reads a page of users, and one row more, to know whether there are more.
func (q *Query) queryGroupPage(s *access.Section, page access.Page, rows listsql.Statement) {
	q.batch.Queue(rows.SQL, rows.Args...).Query(func(rows pgx.Rows) error {
		var reader rowReader
		for rows.Next() {
			product, row, err := reader.read(rows)
			if err != nil {
				return err
			}
			s.Product.ID = product
			s.Rows = append(s.Rows, row)
		}
		q.trimPage(s, PageSize, access.Filter{Page: page})
		return rows.Err()
	})
}
