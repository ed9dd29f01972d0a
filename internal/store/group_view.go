package store

import (
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// GroupRows reads the groups of the institution's active products, each with how many are in it.
func (v *Query) GroupRows(institution access.InstitutionID) *[]access.GroupRow {
	list := &[]access.GroupRow{}
	v.queryRows(func(rows pgx.Rows) error {
		var g access.GroupRow
		err := rows.Scan(&g.ID, &g.Product, &g.Name, &g.Status, &g.Members)
		*list = append(*list, g)
		return err
	}, `
		SELECT g.id, g.product, g.name, g.status, g.member_count FROM user_group g JOIN active_product USING (institution, product)
		WHERE g.institution = $1 ORDER BY g.name COLLATE "it-x-icu", g.id`, institution)
	return list
}

// Members reads a page of a group's members, in the order of the list of users, and how many there are. A page that starts
// from somebody who isn't a user of the product any more is empty.
func (v *Query) Members(institution access.InstitutionID, group access.GroupID, page access.Page) *access.Section {
	s := &access.Section{}
	v.queryRow(func(row pgx.Row) error { return row.Scan(&s.Total) },
		`SELECT member_count FROM user_group WHERE institution = $1 AND id = $2`, institution, group)
	q := newPeopleQuery(institution, group, page)
	v.queryPeople(s, &q, `
		SELECT l.product, l.person FROM group_member l WHERE l.institution = $1 AND l."group" = $2`+q.afterCursor+q.order+q.limit, "")
	return s
}

// Candidates reads a page of a product's users who aren't in a group of it; the filter's text narrows them as it does the list
// of users (rule V6), only leaves one of them, if they are there. Where nearly everybody
// is in the group, a page has few people, and the next one goes on from where it ended.
func (v *Query) Candidates(institution access.InstitutionID, group access.GroupID, f access.Filter, only access.UserID) *access.Section {
	words := strings.Fields(form.Fold(f.Text))
	if len(words) > 0 || only != "" {
		return v.searchCandidates(institution, group, f.Page, words, only)
	}
	s := &access.Section{}
	v.queryRow(func(row pgx.Row) error { return row.Scan(&s.Total) }, `
		SELECT coalesce((SELECT (t.users->>'//')::int FROM user_count t WHERE t.institution = $1 AND t.product = g.product), 0) - g.member_count
		FROM user_group g WHERE g.institution = $1 AND g.id = $2`, institution, group)
	q := newPeopleQuery(institution, group, f.Page)
	allRows := ` FROM listing l WHERE l.institution = $1 AND l.product = ` + productOfGroup + q.afterCursor + q.order
	boundary := `SELECT l.product, l.person` + allRows + ` LIMIT 1 OFFSET ` + strconv.Itoa(maxScanRows-1)
	within := ` LIMIT ` + strconv.Itoa(maxScanRows)
	// Among the next so many users there are no other members than the next so many members: both stand in the same order. NOT IN
	// reads them once, whatever the plan.
	v.queryPeople(s, &q, `
		SELECT l.product, l.person FROM (SELECT l.product, l.person, l.sort_key`+allRows+within+`) l
		WHERE l.person NOT IN (
			SELECT l.person FROM group_member l WHERE l.institution = $1 AND l."group" = $2`+q.afterCursor+q.order+within+`)`+q.order+q.limit, boundary)
	return s
}

// searchCandidates reads those whom a text finds, counted no further than [access.MaxTotal].
func (v *Query) searchCandidates(institution access.InstitutionID, group access.GroupID, page access.Page, words []string, only access.UserID) *access.Section {
	s := &access.Section{}
	v.tuneForSearch(words)
	found := func(q *peopleQuery) string {
		sql := ` FROM listing l WHERE l.institution = $1 AND l.product = ` + productOfGroup + ` AND NOT EXISTS (
			SELECT FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)`
		for _, word := range words {
			sql += ` AND l.search_key LIKE ` + q.addArg("%"+likeEscaper.Replace(word)+"%")
		}
		if only != "" {
			sql += ` AND l.person = ` + q.addArg(only)
		}
		return sql
	}
	count := newPeopleQuery(institution, group, access.Page{})
	v.queryRow(func(row pgx.Row) error {
		err := row.Scan(&s.Total)
		if s.Total > access.MaxTotal {
			s.Total, s.Capped = access.MaxTotal, true
		}
		return err
	}, `SELECT count(*) FROM (SELECT`+found(&count)+` LIMIT `+strconv.Itoa(access.MaxTotal+1)+`) c`, count.args...)
	q := newPeopleQuery(institution, group, page)
	v.queryPeople(s, &q, `
		SELECT l.product, l.person`+found(&q)+q.afterCursor+q.order+q.limit, "")
	return s
}

// productOfGroup is asked once a statement, so that the list's own index gives the order.
const productOfGroup = `(SELECT g.product FROM user_group g WHERE g.institution = $1 AND g.id = $2)`

// peopleQuery is what pages of a group's people are asked with: $1 is the institution, $2 the group. Whatever is read (alias l)
// stands in the order of the list of users.
type peopleQuery struct {
	sqlBuilder
	page               access.Page
	order, afterCursor string // beyond leaves those from where the page starts
	limit              string // one row more than are shown, to know whether there are more; a literal, as in lists
}

func newPeopleQuery(institution access.InstitutionID, group access.GroupID, page access.Page) peopleQuery {
	q := peopleQuery{sqlBuilder: sqlBuilder{args: []any{institution, group}}, page: page, order: ` ORDER BY l.sort_key, l.person`, limit: ` LIMIT ` + strconv.Itoa(PageSize+1)}
	side, start := `>`, page.After
	if page.Before != "" {
		q.order, side, start = ` ORDER BY l.sort_key DESC, l.person DESC`, `<`, page.Before
	}
	if start != "" {
		at := q.addArg(start) + `::uuid`
		q.afterCursor = ` AND (l.sort_key, l.person) ` + side + ` (` + lookupRow(`k.sort_key`, `$1`, productOfGroup, at) + `, ` + at + `)`
	}
	return q
}

// queryPeople asks for the rows whose keys a statement gives, a page and one more. The edge selects the last whom
// a page goes through, if it doesn't go through all.
func (v *Query) queryPeople(s *access.Section, q *peopleQuery, keys, boundary string) {
	sql := `SELECT l.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
		FROM (` + keys + `) a CROSS JOIN LATERAL ` + lookupRow(`k.*`, `$1`, `a.product`, `a.person`) + ` l` + q.order
	if boundary != "" {
		sql = withBoundaryRow(sql, boundary)
	}
	v.batch.Queue(sql, q.args...).Query(func(rows pgx.Rows) error {
		var reader rowReader
		for rows.Next() {
			product, row, err := reader.read(rows)
			if err != nil {
				return err
			}
			s.Product.ID = product
			s.Rows = append(s.Rows, row)
		}
		trimPage(s, PageSize, q.page)
		return rows.Err()
	})
}
