package store

import (
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// usesRoleIndex: a list of one role that nothing is searched in goes along the role's own index.
func (q *listQuery) usesRoleIndex() bool {
	return q.filter.Role.Role != "" && len(q.searchWords()) == 0
}

// usesSearchIndex: with a word that is long enough, the search index finds the rows.
func (q *listQuery) usesSearchIndex() bool {
	return slices.ContainsFunc(q.searchWords(), func(w string) bool { return len(w) >= trigram })
}

// searchWords are what is searched for, folded as names are.
func (q *listQuery) searchWords() []string { return strings.Fields(form.Fold(q.filter.Text)) }

func (q *listQuery) isReversed() bool {
	return q.filter.Sort.IsDescending() != (q.filter.Page.Before != "")
}

// orderBy is the list's order as it is read, and which side of a row is further on.
func (q *listQuery) orderBy() (order, comparison string) {
	if q.isReversed() {
		return `l.` + q.sortColumn() + ` DESC, l.person DESC`, `<`
	}
	return `l.` + q.sortColumn() + `, l.person`, `>`
}

// sortColumn is the column that the list is sorted by, of the listing and of assignments alike.
func (q *listQuery) sortColumn() string {
	if s := q.filter.Sort; s == access.ByEmail || s == access.ByEmailDesc {
		return `email`
	}
	return `sort_key`
}

func (q *listQuery) cursor() access.UserID {
	if q.filter.Page.Before != "" {
		return q.filter.Page.Before
	}
	return q.filter.Page.After
}

// whereListing narrows listing rows of the product p.
func (q *listQuery) whereListing(institution string) string {
	sql := `WHERE l.institution = ` + institution + ` AND l.product = p.product`
	switch q.filter.Category { // literals, so that the Administrators' own index fits whatever the plan
	case access.Administrator:
		sql += ` AND l.category = 'administrator'`
	case access.Operator:
		sql += ` AND l.category = 'operator'`
	}
	sql += q.roleCondition(institution)
	for _, word := range q.searchWords() {
		sql += ` AND l.search_key LIKE ` + q.addArg("%"+likeEscaper.Replace(word)+"%")
	}
	return sql
}

// whereAssignment narrows assignments of the product p to one role.
func (q *listQuery) whereAssignment(institution string) string {
	sql := `WHERE l.institution = ` + institution + ` AND l.product = p.product AND l.role = ` + q.addArg(q.filter.Role.Role)
	if q.filter.Category != "" {
		sql += ` AND l.category = ` + q.addArg(q.filter.Category)
	}
	if q.filter.State != "" && !q.limitsScan() {
		sql += ` AND l.status = ` + q.addArg(q.filter.State)
	}
	return sql
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
