package store

import (
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/names"
)

// How many rows a list shows: a page of one product's, and the first of each product in "Tutti".
const (
	PageSize  = 25
	FirstRows = 10
)

// trigram is the length from which a word can be looked up in the search index; shorter ones are looked for along the list's own order.
const trigram = 3

// Sections reads the lists that a filter asks for: one product's page, or the first rows of every active product, each
// with its total. Of the product only the id is filled in; a filter by a product that isn't the institution's finds no section.
//
// It costs one ordered index scan a product, whatever the size of the list and the depth of the page: a listing row has
// everything that is shown of it, a page starts from the row that the last one ended with, and the total is the tally's.
// Only what a text finds is counted, up to [access.MaxTotal].
func (v *View) Sections(institution access.InstitutionID, f access.Filter) *[]access.Section {
	list := &[]access.Section{}
	total := listQuery{filter: f}
	v.searching(total.words())
	if total.byRole() {
		v.plannedAnew()
	}
	if len(total.words()) == 0 {
		v.each(func(rows pgx.Rows) error {
			var s access.Section
			var users map[string]int
			err := rows.Scan(&s.Product.ID, &users)
			s.Total = tallied(users).Count(f)
			*list = append(*list, s)
			return err
		}, total.tallies(institution), total.args...)
	} else {
		v.each(func(rows pgx.Rows) error {
			var s access.Section
			err := rows.Scan(&s.Product.ID, &s.Total)
			if s.Total > access.MaxTotal {
				s.Total, s.Over = access.MaxTotal, true
			}
			*list = append(*list, s)
			return err
		}, total.totals(institution, access.MaxTotal), total.args...)
	}

	page := listQuery{filter: f}
	v.batch.Queue(page.rows(institution), page.args...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			product, row, err := scanRow(rows)
			if err != nil {
				return err
			}
			for i := range *list {
				if s := &(*list)[i]; s.Product.ID == product {
					s.Rows = append(s.Rows, row)
				}
			}
		}
		for i := range *list {
			cut(&(*list)[i], f)
		}
		return rows.Err()
	})
	return list
}

func scanRow(rows pgx.Rows) (access.ProductID, access.Row, error) {
	var product access.ProductID
	var r access.Row
	var roles []access.RoleID
	var statuses []access.Status
	if err := rows.Scan(&product, &r.User, &r.FirstName, &r.LastName, &r.Email, &r.Category, &roles, &statuses); err != nil {
		return "", access.Row{}, err
	}
	for i, role := range roles {
		r.Roles = append(r.Roles, access.HeldRole{Role: role, Status: statuses[i]})
	}
	return product, r, nil
}

// cut takes the row too many off, which only told that there are more, and says where the pages beside this one start.
func cut(s *access.Section, f access.Filter) {
	limit := pageLimit(f)
	more := len(s.Rows) > limit
	if more {
		s.Rows = s.Rows[:limit]
	}
	if f.Page.Before != "" {
		slices.Reverse(s.Rows) // they were read backwards
	}
	if len(s.Rows) == 0 {
		return
	}
	first, last := s.Rows[0].User, s.Rows[len(s.Rows)-1].User
	if f.Page.After != "" || (f.Page.Before != "" && more) {
		s.Previous = access.Page{Before: first}
	}
	if f.Page.Before != "" || more {
		s.Next = access.Page{After: last}
	}
}

func pageLimit(f access.Filter) int {
	if f.Product == "" {
		return FirstRows
	}
	return PageSize
}

// listQuery puts a list's statement together.
type listQuery struct {
	pieces
	filter access.Filter
}

// overProducts takes a select's rows (alias l) for each of the institution's active products (alias p), all or the one that
// is asked for.
func (q *listQuery) overProducts(institution, columns, each string) string {
	product := q.filter.Product
	if product == "" {
		product = q.filter.Role.Product // a role belongs to one product: the others have nobody to show
	}
	sql := `SELECT ` + columns + ` FROM active_product p CROSS JOIN LATERAL (` + each + `) l WHERE p.institution = ` + institution
	if product != "" {
		sql += ` AND p.product = ` + q.arg(product)
	}
	return sql
}

const rowColumns = `l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses, l.sort_key`

// rows is the statement for the rows: one more than are shown, to know whether there are more.
func (q *listQuery) rows(institution access.InstitutionID) string {
	i := q.arg(institution)
	key := q.key()
	order, beyond := q.order()
	page := ""
	if from := q.from(); from != "" {
		at := q.arg(from)
		page = ` AND (l.` + key + `, l.person) ` + beyond + ` ((SELECT k.` + key + ` FROM listing k
			WHERE k.institution = ` + i + ` AND k.product = p.product AND k.person = ` + at + `), ` + at + `::uuid)`
	}
	limit := ` LIMIT ` + strconv.Itoa(pageLimit(q.filter)+1) // a literal: a plan that doesn't know it prepares for a tenth of the list
	return q.overProducts(i, `p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses`,
		q.listed(i, page, order, limit)) + ` ORDER BY p.position, ` + order
}

// listed selects the rows of one product, in order and no more than the limit.
func (q *listQuery) listed(institution, page, order, limit string) string {
	ordered := page + ` ORDER BY ` + order + limit
	if q.byRole() {
		// The order comes with the role's own index, by name or by e-mail; the rest of each row by its key.
		scan := `SELECT l.institution, l.product, l.person FROM assignment l ` + q.whereRole(institution) + ordered
		return `SELECT ` + rowColumns + ` FROM (` + scan + `) a JOIN listing l USING (institution, product, person) ORDER BY ` + order
	}
	if q.bySearch() {
		// OFFSET 0 keeps the two apart: found by the search index first, then sorted. The order's index would be walked to its end for a rare name.
		found := `SELECT l.* FROM listing l ` + q.where(institution) + ` OFFSET 0`
		return `SELECT ` + rowColumns + ` FROM (` + found + `) l WHERE true` + ordered
	}
	return `SELECT ` + rowColumns + ` FROM listing l ` + q.where(institution) + ordered
}

// tallies is the statement for the tallies, product by product.
func (q *listQuery) tallies(institution access.InstitutionID) string {
	i := q.arg(institution)
	return q.overProducts(i, `p.product, l.users`,
		`SELECT coalesce((SELECT t.users FROM tally t WHERE t.institution = `+i+` AND t.product = p.product), '{}') AS users`) + ` ORDER BY p.position`
}

// totals is the statement that counts how many match, product by product; never past the most that matters, plus one.
func (q *listQuery) totals(institution access.InstitutionID, most int) string {
	i := q.arg(institution)
	limit := q.arg(most + 1)
	var inner string
	if q.byRole() {
		inner = `SELECT 1 FROM assignment l ` + q.whereRole(i)
	} else {
		inner = `SELECT 1 FROM listing l ` + q.where(i)
	}
	return q.overProducts(i, `p.product, l.total`, `SELECT count(*) AS total FROM (`+inner+` LIMIT `+limit+`) c`) + ` ORDER BY p.position`
}

// byRole: a list of one role that nothing is searched in walks the role's own index.
func (q *listQuery) byRole() bool { return q.filter.Role.Role != "" && len(q.words()) == 0 }

// bySearch: with a word that is long enough, the search index finds the rows.
func (q *listQuery) bySearch() bool {
	return slices.ContainsFunc(q.words(), func(w string) bool { return len(w) >= trigram })
}

// words are what is searched for, folded as names are.
func (q *listQuery) words() []string { return strings.Fields(names.Fold(q.filter.Text)) }

func (q *listQuery) backwards() bool {
	return q.filter.Sort.Down() != (q.filter.Page.Before != "")
}

// order is the list's order as it is read, and which side of a row is further on.
func (q *listQuery) order() (order, beyond string) {
	if q.backwards() {
		return `l.` + q.key() + ` DESC, l.person DESC`, `<`
	}
	return `l.` + q.key() + `, l.person`, `>`
}

// key is the column that the list is sorted by, of the listing and of assignments alike.
func (q *listQuery) key() string {
	if s := q.filter.Sort; s == access.ByEmail || s == access.ByEmailDown {
		return `email`
	}
	return `sort_key`
}

func (q *listQuery) from() access.UserID {
	if q.filter.Page.Before != "" {
		return q.filter.Page.Before
	}
	return q.filter.Page.After
}

// where narrows listing rows of the product p.
func (q *listQuery) where(institution string) string {
	sql := `WHERE l.institution = ` + institution + ` AND l.product = p.product`
	switch q.filter.Category { // literals, so that the Administrators' own index fits whatever the plan
	case access.Administrator:
		sql += ` AND l.category = 'administrator'`
	case access.Operator:
		sql += ` AND l.category = 'operator'`
	}
	if role := q.filter.Role.Role; role != "" {
		r := q.arg(role)
		sql += ` AND ` + r + ` = ANY (l.roles)`
		if q.filter.State != "" {
			sql += ` AND l.statuses[array_position(l.roles, ` + r + `)] = ` + q.arg(q.filter.State)
		}
	} else if q.filter.State != "" {
		sql += ` AND ` + q.arg(q.filter.State) + ` = ANY (l.statuses)`
	}
	for _, word := range q.words() {
		sql += ` AND l.search_key LIKE ` + q.arg("%"+likeEscaper.Replace(word)+"%")
	}
	return sql
}

// whereRole narrows assignments of the product p to one role.
func (q *listQuery) whereRole(institution string) string {
	sql := `WHERE l.institution = ` + institution + ` AND l.product = p.product AND l.role = ` + q.arg(q.filter.Role.Role)
	if q.filter.Category != "" {
		sql += ` AND l.category = ` + q.arg(q.filter.Category)
	}
	if q.filter.State != "" {
		sql += ` AND l.status = ` + q.arg(q.filter.State)
	}
	return sql
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
