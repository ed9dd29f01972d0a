package store

import (
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// HowMany reads how many rows a list has on all its pages, product by product in the catalogue's order; none is counted past
// the most that matters, plus one. Products on which nobody matches are among them.
func (v *View) HowMany(institution access.InstitutionID, f access.Filter, most int) *[]access.Section {
	list := &[]access.Section{}
	q := listQuery{filter: f}
	v.searching(q.words())
	i := q.arg(institution)
	limit := ` LIMIT ` + q.arg(most+1)
	var matching string
	if q.byRole() {
		matching = `assignment l ` + q.whereRole(i)
	} else {
		matching = `listing l ` + q.where(i)
	}
	v.each(func(rows pgx.Rows) error {
		var s access.Section
		err := rows.Scan(&s.Product.ID, &s.Total)
		*list = append(*list, s)
		return err
	}, q.overProducts(i, `p.product, l.total`, `SELECT count(*) AS total FROM (SELECT 1 FROM `+matching+limit+`) c`)+` ORDER BY p.position`, q.args...)
	return list
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
	v.each(func(rows pgx.Rows) error {
		_, row, err := scanRow(rows)
		*list = append(*list, row)
		return err
	}, sql, q.args...)
	return list
}
