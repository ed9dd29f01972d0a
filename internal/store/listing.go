package store

import (
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"areariservata.example/utenti/internal/access"
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
func (v *Query) Sections(institution access.InstitutionID, f access.Filter) *[]access.Section {
	q := listQuery{filter: f}
	v.tuneForSearch(q.searchWords())
	if q.usesRoleIndex() || q.usesSuspensions() {
		v.forceCustomPlan()
	}
	list := v.countSections(institution, f, access.MaxTotal)
	page := listQuery{filter: f, scanLimit: maxScanRows}
	v.batch.Queue(page.rows(institution), page.args...).Query(func(rows pgx.Rows) error {
		var reader rowReader
		for rows.Next() {
			product, row, err := reader.read(rows)
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
			trimPage(&(*list)[i], pageLimit(f), f.Page)
		}
		return rows.Err()
	})
	return list
}

// countSections reads how many match, product by product: as the tally tells, or, what a text finds, counted up to the most that matters.
func (v *Query) countSections(institution access.InstitutionID, f access.Filter, most int) *[]access.Section {
	list := &[]access.Section{}
	q := listQuery{filter: f}
	if len(q.searchWords()) == 0 {
		v.queryRows(func(rows pgx.Rows) error {
			var s access.Section
			var users map[string]int
			err := rows.Scan(&s.Product.ID, &users)
			s.Total = parseUserCounts(users).Count(f)
			*list = append(*list, s)
			return err
		}, q.userCounts(institution), q.args...)
		return list
	}
	v.queryRows(func(rows pgx.Rows) error {
		var s access.Section
		err := rows.Scan(&s.Product.ID, &s.Total)
		if s.Total > most {
			s.Total, s.Capped = most, true
		}
		*list = append(*list, s)
		return err
	}, q.matchCounts(institution, most), q.args...)
	return list
}

// rowReader reads a list's rows one after the other, into the same places: a list has many. They are the strings that they are,
// since types of our own cost the driver a detour through reflection, column by column.
type rowReader struct {
	product                          access.ProductID // of the row before
	user, firstName, lastName, email string
	section, category                pgtype.DriverBytes // few different ones: they are looked at where they lie
	roles, statuses                  []string
	roleBuffer                       []access.HeldRole // of all rows, one after the other
	scanTargets                      []any             // the above, where the driver writes
}

func (r *rowReader) read(rows pgx.Rows) (access.ProductID, access.Row, error) {
	if r.scanTargets == nil {
		r.scanTargets = []any{&r.section, &r.user, &r.firstName, &r.lastName, &r.email, &r.category, &r.roles, &r.statuses}
		r.roleBuffer = make([]access.HeldRole, 0, 2*PageSize)
	}
	if err := rows.Scan(r.scanTargets...); err != nil {
		return "", access.Row{}, err
	}
	first := len(r.roleBuffer)
	for i, role := range r.roles {
		r.roleBuffer = append(r.roleBuffer, access.HeldRole{Role: access.RoleID(role), Status: access.Status(r.statuses[i])})
	}
	if string(r.section) != string(r.product) {
		r.product = access.ProductID(r.section)
	}
	row := access.Row{User: access.UserID(r.user), FirstName: r.firstName, LastName: r.lastName, Email: r.email, Roles: r.roleBuffer[first:len(r.roleBuffer):len(r.roleBuffer)]}
	switch string(r.category) { // none: the edge of a walk
	case string(access.Operator):
		row.Category = access.Operator
	case string(access.Administrator):
		row.Category = access.Administrator
	}
	return r.product, row, nil
}

// trimPage takes the row too many off, which only told that there are more, and says where the pages beside this one start. Where the
// list was walked no further than its edge, the next page goes on from there.
func trimPage(s *access.Section, limit int, page access.Page) {
	backwards := page.Before != ""
	var boundary access.UserID
	if last := len(s.Rows) - 1; last >= 0 && s.Rows[last].Category == "" {
		boundary, s.Rows = s.Rows[last].User, s.Rows[:last]
	}
	more := len(s.Rows) > limit
	if more {
		s.Rows = s.Rows[:limit]
	}
	if backwards {
		slices.Reverse(s.Rows) // they were read backwards
	}
	var before, after access.UserID
	if len(s.Rows) > 0 {
		before, after = s.Rows[0].User, s.Rows[len(s.Rows)-1].User
	}
	if !more && boundary != "" {
		more = true
		if backwards {
			before = boundary
		} else {
			after = boundary
		}
	}
	if before != "" && (more && backwards || page.After != "") {
		s.Previous = access.Page{Before: before}
	}
	if after != "" && (more || backwards) {
		s.Next = access.Page{After: after}
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
	sqlBuilder
	filter    access.Filter
	scanLimit int // how far one walks at most where no index has just those who match; 0: to the end
}

// perProduct takes a select's rows (alias l) for each of the institution's active products (alias p), all or the one that
// is asked for.
func (q *listQuery) perProduct(institution, columns, each string) string {
	product := q.filter.Product
	if product == "" {
		product = q.filter.Role.Product // a role belongs to one product: the others have nobody to show
	}
	sql := `SELECT ` + columns + ` FROM active_product p CROSS JOIN LATERAL (` + each + `) l WHERE p.institution = ` + institution
	if product != "" {
		sql += ` AND p.product = ` + q.addArg(product)
	}
	return sql
}

const rowColumns = `l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses, l.sort_key`

// rows is the statement for the rows: one more than are shown, to know whether there are more.
func (q *listQuery) rows(institution access.InstitutionID) string {
	i := q.addArg(institution)
	page := q.afterCursor(i)
	order, _ := q.orderBy()
	limit := ` LIMIT ` + strconv.Itoa(pageLimit(q.filter)+1) // a literal: a plan that doesn't know it prepares for a tenth of the list
	sql := q.perProduct(i, `p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses`,
		q.productRows(i, page, order, limit)) + ` ORDER BY p.position, ` + order
	if q.limitsScan() && q.filter.Product != "" {
		return withBoundaryRow(sql, q.boundaryRow(i, page, order))
	}
	return sql
}

// afterCursor leaves the rows from where the page starts: after somebody, or before, in the order of reading.
func (q *listQuery) afterCursor(institution string) string {
	from := q.cursor()
	if from == "" {
		return ""
	}
	key, at := q.sortColumn(), q.addArg(from)+`::uuid`
	_, comparison := q.orderBy()
	return ` AND (l.` + key + `, l.person) ` + comparison + ` (` + lookupRow(`k.`+key, institution, `p.product`, at) + `, ` + at + `)`
}

// productRows selects the rows of one product, in order and no more than the limit.
func (q *listQuery) productRows(institution, page, order, limit string) string {
	ordered := page + ` ORDER BY ` + order + limit
	switch {
	case q.usesSuspensions():
		return q.joinListing(institution, q.suspendedKeys(institution, page, order, limit), order)
	case q.usesRoleIndex():
		keys := `l.person, l.` + q.sortColumn()
		if q.limitsScan() {
			keys += `, l.status` // which the index doesn't have
		}
		return q.joinListing(institution, q.limitScan(`SELECT `+keys+` FROM assignment l `+q.whereAssignment(institution), page, order, limit), order)
	case q.usesSearchIndex() && q.filter.State == access.Active && q.filter.Role.Role == "":
		// OFFSET 0 keeps the two apart: found by the search index first, then sorted. The state, which no index has, would be looked up
		// in row after row, to their end for a rare name.
		found := `SELECT l.* FROM listing l ` + q.whereListing(institution) + ` OFFSET 0`
		return `SELECT ` + rowColumns + ` FROM (` + found + `) l WHERE true` + ordered
	case len(q.searchWords()) > 0:
		// Along the order for a name that many have, by the search index for a rare one: the planner knows which.
		return q.joinListing(institution, `SELECT l.person, l.`+q.sortColumn()+` FROM listing l `+q.whereListing(institution)+ordered, order)
	default:
		return q.limitScan(`SELECT `+rowColumns+` FROM listing l `+q.whereListing(institution), page, order, limit)
	}
}

// joinListing selects the rows of the people whom another index than the listing's gives, in order.
func (q *listQuery) joinListing(institution, people, order string) string {
	return `SELECT ` + rowColumns + ` FROM (` + people + `) a CROSS JOIN LATERAL ` + lookupRow(`k.*`, institution, `p.product`, `a.person`) + ` l ORDER BY ` + order
}

// lookupRow selects the listing row with that key: as the first from there on, in the key's order. Asked for plainly, the planner would
// take the institution for one of average size, of which any index of the listing finds somebody as fast, and go through a large
// one from its first to its last.
func lookupRow(columns, institution, product, person string) string {
	return `(SELECT ` + columns + ` FROM (
		SELECT k.* FROM listing k WHERE (k.institution, k.product, k.person) >= (` + institution + `, ` + product + `, ` + person + `)
		ORDER BY k.institution, k.product, k.person LIMIT 1) k
		WHERE k.institution = ` + institution + ` AND k.product = ` + product + ` AND k.person = ` + person + `)`
}

// userCounts is the statement for the tallies, product by product.
func (q *listQuery) userCounts(institution access.InstitutionID) string {
	i := q.addArg(institution)
	return q.perProduct(i, `p.product, l.users`,
		`SELECT coalesce((SELECT t.users FROM user_count t WHERE t.institution = `+i+` AND t.product = p.product), '{}') AS users`) + ` ORDER BY p.position`
}

// matchCounts is the statement that counts how many a text finds, product by product; never past the most that matters, plus one.
func (q *listQuery) matchCounts(institution access.InstitutionID, most int) string {
	i := q.addArg(institution)
	limit := q.addArg(most + 1)
	return q.perProduct(i, `p.product, l.total`,
		`SELECT count(*) AS total FROM (SELECT 1 FROM listing l `+q.whereListing(i)+` LIMIT `+limit+`) c`) + ` ORDER BY p.position`
}
