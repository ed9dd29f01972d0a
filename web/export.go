package web

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ListColumn is a column of the exported list. Its width in a workbook is in characters.
type ListColumn struct {
	Title string
	Width float64
}

// ListColumns are the columns of the exported list.
func ListColumns(f Layout) []ListColumn {
	widths := []float64{24, 20, 36, 24, 16, 40, 40}
	var all []ListColumn
	for i, column := range []string{"last_name", "first_name", "email", "product", "category", "roles", "state"} {
		all = append(all, ListColumn{f.locale().Of("files.column.*", column), widths[i]})
	}
	return all
}

// ListRecord is a row of the exported list, with a cell for each column. If the roles differ in state, the state of
// each is listed. There is no fiscal code (rule D7).
func ListRecord(f Layout, product access.Product, r access.Row) []string {
	l := f.locale()
	var roles, states []string
	suspended := countSuspendedRoles(r)
	for _, h := range r.Roles {
		label := f.localize(roleLabel(product, h.Role))
		roles = append(roles, label)
		states = append(states, l.T("files.role_state", locale.Args{Role: label, State: l.Of("status.*", string(h.Status))}))
	}
	state := strings.Join(states, ", ")
	switch suspended {
	case 0:
		state = l.T("status.active")
	case len(r.Roles):
		state = l.T("status.suspended")
	}
	return []string{
		r.LastName, r.FirstName, r.Email, f.localize(product.Title), l.Of("category.*", string(r.Category)), strings.Join(roles, ", "), state,
	}
}

// ListFileName is the name of the exported file without extension, and of a workbook's sheet.
func ListFileName(f Layout) (name, sheet string) {
	return f.locale().T("files.name"), f.locale().T("files.sheet")
}

// ListCappedNote is the last line of a file whose number of rows was limited.
func ListCappedNote(f Layout, rows int) string {
	return f.locale().T("files.capped", locale.Args{Count: rows})
}

// filterFields are a filter as hidden fields, which keep the search text out of addresses. [ReadFilter] reads them.
func filterFields(f access.Filter) []hiddenField {
	all := []hiddenField{
		{"product", string(f.Product)},
		{"category", string(f.Category)},
		{"role", roleValue(f.Role)},
		{"state", string(f.State)},
		{"q", f.Text},
		{"sort", string(f.Sort)},
	}
	var some []hiddenField
	for _, h := range all {
		if h.value != "" {
			some = append(some, h)
		}
	}
	return some
}
