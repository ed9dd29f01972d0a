package store

import (
	"strconv"

	"areariservata.example/utenti/internal/access"
)

// maxScanRows is how many rows a page goes through at most where no index has just those who match: nearly everybody is active, or not in
// a group. Where it is the other way round, a page has few people, and the next one goes on from where it ended.
const maxScanRows = 500

// usesSuspensions: the suspended that nothing is searched in have a table of their own.
func (q *listQuery) usesSuspensions() bool {
	return q.filter.State == access.Suspended && len(q.searchWords()) == 0
}

// limitsScan: those with an active role are found along the order of everybody.
func (q *listQuery) limitsScan() bool {
	return q.scanLimit > 0 && q.filter.State == access.Active && len(q.searchWords()) == 0
}

// roleCondition narrows listing rows (alias l) of the product p to those with the filter's role, in its state: as other tables tell, so that of the
// listing's rows those only are read that are shown.
func (q *listQuery) roleCondition(institution string) string {
	role, state := q.filter.Role.Role, q.filter.State
	switch {
	case state == access.Active && role == "" && q.limitsScan():
		return ``
	case state == access.Active && role == "":
		return ` AND 'active' = ANY (l.statuses)`
	case state == "" && role == "":
		return ``
	}
	table := `assignment`
	if state == access.Suspended {
		table = `suspension`
	}
	sql := ` AND l.person IN (SELECT h.person FROM ` + table + ` h WHERE h.institution = ` + institution + ` AND h.product = p.product`
	if role != "" {
		sql += ` AND h.role = ` + q.addArg(role)
	}
	if state == access.Active {
		sql += ` AND h.status = 'active'`
	}
	return sql + `)`
}

// suspendedKeys selects the keys of those who are, in order. Who holds several roles that are suspended is there once.
func (q *listQuery) suspendedKeys(institution, page, order, limit string) string {
	where := ` FROM suspension l WHERE l.institution = ` + institution + ` AND l.product = p.product`
	if role := q.filter.Role.Role; role != "" {
		where += ` AND l.role = ` + q.addArg(role)
		if q.filter.Category != "" {
			where += ` AND l.category = ` + q.addArg(q.filter.Category)
		}
		return `SELECT l.person` + where + page + ` ORDER BY ` + order + limit
	}
	categories := `('administrator'), ('operator')`
	if q.filter.Category != "" {
		categories = `(` + q.addArg(q.filter.Category) + `)`
	}
	each := `SELECT DISTINCT ON (l.` + q.sortColumn() + `, l.person) l.person, l.` + q.sortColumn() + where +
		` AND l.category = c.category` + page + ` ORDER BY ` + order + limit
	return `SELECT l.* FROM (VALUES ` + categories + `) c (category) CROSS JOIN LATERAL (` + each + `) l ORDER BY ` + order + limit
}

// limitScan narrows a select to a page of it: in order, and where one walks, to the active among the next rows of it.
func (q *listQuery) limitScan(sql, page, order, limit string) string {
	ordered := ` ORDER BY ` + order
	if !q.limitsScan() {
		return sql + page + ordered + limit
	}
	active := `'active' = ANY (l.statuses)`
	if q.usesRoleIndex() {
		active = `l.status = 'active'`
	}
	return `SELECT l.* FROM (` + sql + page + ordered + ` LIMIT ` + strconv.Itoa(q.scanLimit) + `) l WHERE ` + active + ordered + limit
}

// withBoundaryRow adds to a page's rows, where they don't fill it, the last whom it goes through, if there is anybody beyond: a row without a
// category, for [trimPage]. It is looked for only then.
func withBoundaryRow(rows, boundary string) string {
	return `(` + rows + `) UNION ALL (SELECT e.product, e.person, '', '', '', '', '{}', '{}' FROM (` + boundary + `) e) LIMIT ` + strconv.Itoa(PageSize+1)
}

// boundaryRow selects the last whom a page of a product's list goes through.
func (q *listQuery) boundaryRow(institution, page, order string) string {
	var allRows string
	if q.usesRoleIndex() {
		allRows = `assignment l ` + q.whereAssignment(institution)
	} else {
		allRows = `listing l ` + q.whereListing(institution)
	}
	last := `SELECT l.person FROM ` + allRows + page + ` ORDER BY ` + order + ` LIMIT 1 OFFSET ` + strconv.Itoa(q.scanLimit-1)
	return q.perProduct(institution, `p.product, l.person`, last)
}
