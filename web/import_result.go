package web

import (
	"slices"
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ImportResultRow is the result of one row.
type ImportResultRow struct {
	Planned access.ImportRow // as the check page showed it; with the line only if that is no longer kept
	User    access.User      // zero: not a user
	Result  string           // the key of the result's text
	Reason  access.Reason    // why the row had no effect; empty if it had
}

// ImportResultPage is the result of an import, row by row. An expired result has no rows.
type ImportResultPage struct {
	Rows           []ImportResultRow
	Products       []access.Product
	IdempotencyKey string
}

// IsLeftOut reports whether the row did nothing though it was meant to.
func (r ImportResultRow) IsLeftOut() bool {
	return r.Reason != "" || r.Result == "left-out" || r.Result == "changed" || r.Result == "declined"
}

// name is the row's person, surname first.
func (r ImportResultRow) name() string {
	if r.User.ID != "" {
		return access.SortedName(r.User.FirstName, r.User.LastName)
	}
	return surnameFirst(r.Planned)
}

// countTexts describes the result in numbers.
func (p ImportResultPage) countTexts(f Layout) []string {
	n := map[string]int{}
	for _, r := range p.Rows {
		if r.IsLeftOut() {
			n["left-out"]++
		} else {
			n[r.Result]++
		}
	}
	l := f.locale()
	var all []string
	for _, note := range []string{"added", "assigned", "nothing-to-do"} {
		if n[note] > 0 {
			all = append(all, l.Of("files.done.*", note)+": "+strconv.Itoa(n[note]))
		}
	}
	if n["left-out"] > 0 {
		all = append(all, l.T("files.left_out", locale.Args{Count: n["left-out"]}))
	}
	return all
}

// hasLeftOut reports whether a row was left out.
func (p ImportResultPage) hasLeftOut() bool {
	return slices.ContainsFunc(p.Rows, ImportResultRow.IsLeftOut)
}

// ResultText is what a row did, in words, or why it was left out.
func (p ImportResultPage) ResultText(f Layout, r ImportResultRow) string {
	l := f.locale()
	check := CheckImportPage{Products: p.Products}
	if r.Reason != "" {
		product, role := check.productAndRole(r.Planned)
		person := r.User.Name()
		if r.User.ID == "" {
			person = fullName(r.Planned)
		}
		return l.T("files.not_done", locale.Args{Reason: reasonText(l, r.Reason, f.about(person, role, product))})
	}
	if faults := check.rowErrors(f, r.Planned); r.Result == "left-out" && len(faults) > 0 {
		return l.T("files.left_out_for", locale.Args{Reason: strings.Join(faults, "; ")})
	}
	return l.Of("files.done.*", r.Result)
}

// ImportLeftOutName is the name of the file with the rows that were left out.
func ImportLeftOutName(f Layout) string { return f.locale().T("files.left_out_name") }

// ImportErrorHeading is the heading of that file's column with what was wrong.
func ImportErrorHeading(f Layout) string { return f.locale().T("files.left_out_heading") }
