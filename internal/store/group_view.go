package store

import (
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/names"
)

// GroupRows reads the groups of the institution's active products, each with how many are in it.
func (v *View) GroupRows(institution access.InstitutionID) *[]access.GroupRow {
	list := &[]access.GroupRow{}
	v.each(func(rows pgx.Rows) error {
		var g access.GroupRow
		err := rows.Scan(&g.ID, &g.Product, &g.Name, &g.Status, &g.Members)
		*list = append(*list, g)
		return err
	}, `
		SELECT g.id, g.product, g.name, g.status, (
			SELECT count(*) FROM (SELECT FROM group_member m WHERE m.institution = g.institution AND m."group" = g.id LIMIT $2) c)
		FROM user_group g JOIN active_product USING (institution, product)
		WHERE g.institution = $1 ORDER BY g.name COLLATE "it-x-icu", g.id`, institution, access.MaxTotal+1)
	return list
}

// Members reads a page of a group's members, in the order of the list of users, and how many there are. A page that starts
// from somebody who isn't a user of the product any more is empty.
func (v *View) Members(institution access.InstitutionID, group access.GroupID, page access.Page) *access.Section {
	q := newPeopleQuery(institution, group, page)
	q.counted = `group_member m` // each has a listing row: the enrolment, without which there is none, is both's
	q.from = q.counted + ` JOIN listing l USING (institution, product, person)`
	q.where = `m.institution = $1 AND m."group" = $2`
	return v.people(q)
}

// Candidates reads a page of a product's users who aren't in a group of it; the filter's text narrows them as it does the list
// of users (rule V6), only leaves one of them, if they are there.
func (v *View) Candidates(institution access.InstitutionID, group access.GroupID, f access.Filter, only access.UserID) *access.Section {
	q := newPeopleQuery(institution, group, f.Page)
	q.from, q.counted = `listing l`, `listing l`
	q.where = `l.institution = $1 AND l.product = ` + productOfGroup + ` AND NOT EXISTS (
		SELECT FROM group_member m WHERE m.institution = $1 AND m."group" = $2 AND m.person = l.person)`
	words := strings.Fields(names.Fold(f.Text))
	v.plannedAnew()
	v.searching(words)
	for _, word := range words {
		q.where += ` AND l.search_key LIKE ` + q.arg("%"+likeEscaper.Replace(word)+"%")
	}
	if only != "" {
		q.where += ` AND l.person = ` + q.arg(only)
	}
	return v.people(q)
}

// productOfGroup is asked once a statement, so that the list's own index gives the order.
const productOfGroup = `(SELECT g.product FROM user_group g WHERE g.institution = $1 AND g.id = $2)`

// peopleQuery is rows of the listing (alias l) in the order of its names, walked page by page. $1 is the institution, $2 the group.
type peopleQuery struct {
	pieces
	from, where string
	counted     string // from what they are counted, with the same where
	page        access.Page
}

func newPeopleQuery(institution access.InstitutionID, group access.GroupID, page access.Page) peopleQuery {
	return peopleQuery{pieces: pieces{args: []any{institution, group}}, page: page}
}

// people asks for a page, and for how many there are on all pages together, counted up to [access.MaxTotal].
func (v *View) people(q peopleQuery) *access.Section {
	s := &access.Section{}
	count := q
	count.args = slices.Clone(q.args)
	sql := `SELECT count(*) FROM (SELECT FROM ` + q.counted + ` WHERE ` + q.where + ` LIMIT ` + count.arg(access.MaxTotal+1) + `) c`
	v.one(func(row pgx.Row) error {
		err := row.Scan(&s.Total)
		if s.Total > access.MaxTotal {
			s.Total, s.Over = access.MaxTotal, true
		}
		return err
	}, sql, count.args...)
	sql = q.rows()
	v.batch.Queue(sql, q.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			product, row, err := scanRow(rows)
			if err != nil {
				return err
			}
			s.Product.ID = product
			s.Rows = append(s.Rows, row)
		}
		cut(s, access.Filter{Product: s.Product.ID, Page: q.page})
		return rows.Err()
	})
	return s
}

// rows is the statement for a page: one row more than are shown, to know whether there are more.
func (q *peopleQuery) rows() string {
	order, beyond, start := `l.sort_key, l.person`, `>`, q.page.After
	if q.page.Before != "" {
		order, beyond, start = `l.sort_key DESC, l.person DESC`, `<`, q.page.Before
	}
	where := q.where
	if start != "" {
		at := q.arg(start)
		where += ` AND (l.sort_key, l.person) ` + beyond + ` ((
			SELECT k.sort_key FROM listing k WHERE k.institution = $1 AND k.product = ` + productOfGroup + ` AND k.person = ` + at + `), ` + at + `::uuid)`
	}
	return `SELECT l.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses
		FROM ` + q.from + ` WHERE ` + where + ` ORDER BY ` + order + ` LIMIT ` + q.arg(PageSize+1)
}
