package store

import (
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// byRole: a list of one role that nothing is searched in goes along the role's own index.
func (q *listQuery) byRole() bool { return q.filter.Role.Role != "" && len(q.words()) == 0 }

// bySearch: with a word that is long enough, the search index finds the rows.
func (q *listQuery) bySearch() bool {
	return slices.ContainsFunc(q.words(), func(w string) bool { return len(w) >= trigram })
}

// words are what is searched for, folded as names are.
func (q *listQuery) words() []string { return strings.Fields(form.Fold(q.filter.Text)) }

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
	sql += q.held(institution)
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
	if q.filter.State != "" && !q.walks() {
		sql += ` AND l.status = ` + q.arg(q.filter.State)
	}
	return sql
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
