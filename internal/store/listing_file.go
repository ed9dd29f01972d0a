package store

import (
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// CountRows reads how many rows a list has on all its pages, product by product in the catalogue's order: by the tally, and what a text
// finds no further than the most that matters, plus one. Products on which nobody matches are among them.
func (v *Query) CountRows(institution access.InstitutionID, f access.Filter, most int) *[]access.Section {
	q := listQuery{filter: f}
	v.tuneForSearch(q.searchWords())
	return v.countSections(institution, f, most)
}

// Rows reads one product's list on from a row; from its start, if that is zero. The filter's page doesn't count. A list that
// is read to its end this way, a number of rows at a time, misses nobody because somebody else was removed meanwhile: it goes
// on from the row's place, not from the row.
func (v *Query) Rows(institution access.InstitutionID, f access.Filter, after access.Row, limit int) *[]access.Row {
	list := &[]access.Row{}
	f.Page = access.Page{}
	q := listQuery{filter: f}
	v.tuneForSearch(q.searchWords())
	i, key := q.addArg(institution), q.sortColumn()
	order, comparison := `l.`+key+`, l.person`, `>`
	if q.isReversed() {
		order, comparison = `l.`+key+` DESC, l.person DESC`, `<`
	}
	page := ""
	if after.User != "" {
		place := SortKey(after.FirstName, after.LastName)
		if key == `email` {
			place = after.Email
		}
		page = ` AND (l.` + key + `, l.person) ` + comparison + ` (` + q.addArg(place) + `, ` + q.addArg(after.User) + `::uuid)`
	}
	sql := q.perProduct(i, `p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses`,
		q.productRows(i, page, order, ` LIMIT `+q.addArg(limit))) + ` ORDER BY p.position, ` + order
	var reader rowReader
	v.queryRows(func(rows pgx.Rows) error {
		_, row, err := reader.read(rows)
		*list = append(*list, row)
		return err
	}, sql, q.args...)
	return list
}
