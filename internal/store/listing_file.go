package store

import (
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// HowMany reads how many rows a list has on all its pages, product by product in the catalogue's order: by the tally, and what a text
// finds no further than the most that matters, plus one. Products on which nobody matches are among them.
func (v *View) HowMany(institution access.InstitutionID, f access.Filter, most int) *[]access.Section {
	q := listQuery{filter: f}
	v.searching(q.words())
	return v.counted(institution, f, most)
}

// Rows reads one product's list on from a row; from its start, if that is zero. The filter's page doesn't count. A list that
// is read to its end this way, a number of rows at a time, misses nobody because somebody else was removed meanwhile: it goes
// on from the row's place, not from the row.
func (v *View) Rows(institution access.InstitutionID, f access.Filter, after access.Row, limit int) *[]access.Row {
	list := &[]access.Row{}
	f.Page = access.Page{}
	q := listQuery{filter: f}
	v.searching(q.words())
	i, key := q.arg(institution), q.key()
	order, beyond := `l.`+key+`, l.person`, `>`
	if q.backwards() {
		order, beyond = `l.`+key+` DESC, l.person DESC`, `<`
	}
	page := ""
	if after.User != "" {
		place := SortKey(after.FirstName, after.LastName)
		if key == `email` {
			place = after.Email
		}
		page = ` AND (l.` + key + `, l.person) ` + beyond + ` (` + q.arg(place) + `, ` + q.arg(after.User) + `::uuid)`
	}
	sql := q.overProducts(i, `p.product, l.person, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses`,
		q.listed(i, page, order, ` LIMIT `+q.arg(limit))) + ` ORDER BY p.position, ` + order
	var reader rowReader
	v.each(func(rows pgx.Rows) error {
		_, row, err := reader.read(rows)
		*list = append(*list, row)
		return err
	}, sql, q.args...)
	return list
}
