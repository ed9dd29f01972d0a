package web

import (
	"slices"
	"strconv"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ImportError is an error of a whole import file: the key of its text.
type ImportError string

// The errors without arguments.
const (
	NoFile ImportError = "no-file"
	NoRows ImportError = "no-people"
	NoText ImportError = "no-text"

	WorkbookDamaged  ImportError = "workbook-damaged"
	WorkbookTooLarge ImportError = "workbook-too-large" // unpacked, or too many columns

	CheckExpired ImportError = "check-expired" // the check page that was confirmed is no longer kept
)

// ImportPage is the form for a file with users to add (rule P10).
type ImportPage struct {
	Profile    access.Profile // without a subject: decides which roles a new user can get
	Columns    []access.Field // in the order of a file without headings
	Text       string         // pasted rows, to be corrected
	IsRestored bool           // from a session that has ended
	Error      string         // the error's text; empty: none
}

// ImportErrorText is the text of an error of the whole file.
func ImportErrorText(f Layout, fault ImportError) string {
	return f.locale().Of("files.error.*", string(fault))
}

// TooManyRowsText reports that a file has more rows than the maximum.
func TooManyRowsText(f Layout, most int) string {
	return f.locale().T("files.too_many", locale.Args{Count: most})
}

// FileTooLargeText reports that a file is larger than the maximum, in KB.
func FileTooLargeText(f Layout, most int) string {
	return f.locale().T("files.too_large", locale.Args{Count: most})
}

// UnbalancedQuotesText reports the line of unbalanced quotation marks.
func UnbalancedQuotesText(f Layout, line int) string {
	return f.locale().T("files.quotes", locale.Args{Line: line})
}

// UnknownEncodingText says on which line characters cannot be read with certainty.
func UnknownEncodingText(f Layout, line int) string {
	return f.locale().T("files.encoding", locale.Args{Line: line})
}

// MissingColumnsText says which columns are missing.
func MissingColumnsText(f Layout, missing []access.Field) string {
	return f.locale().T("files.no_columns", locale.Args{Columns: f.joinNames(ImportHeadings(f, missing))})
}

// ImportHeadings are the headings of columns.
func ImportHeadings(f Layout, columns []access.Field) []string {
	var all []string
	for _, c := range columns {
		all = append(all, f.locale().Of("files.import_column.*.title", string(c)))
	}
	return all
}

// ImportTemplateName is the name of the empty file.
func ImportTemplateName(f Layout) string { return f.locale().T("files.template_name") }

// assignableRole is a role that the actor may assign to a new user.
type assignableRole struct {
	product access.Product
	role    access.Role
}

// assignableRoles lists the roles of all products that the actor may assign to a new user.
func (p ImportPage) assignableRoles() []assignableRole {
	var all []assignableRole
	for _, product := range p.Profile.AssignableProducts() {
		for _, o := range p.Profile.Offers(product.ID) {
			if o.WhyNot == "" {
				all = append(all, assignableRole{product, o.Role})
			}
		}
	}
	return all
}

// CheckImportPage is the preview of an import.
type CheckImportPage struct {
	Plan           access.ImportPlan
	Products       []access.Product
	Answers        map[int]string // by line, about doubtful rows: RowYes or RowNo
	IsIncomplete   bool           // the page was confirmed without an answer for each
	IsRestored     bool           // the page was confirmed when the session had ended
	IdempotencyKey string         // of the form
}

// Answers about a doubtful row.
const (
	RowYes = "yes" // go on with it
	RowNo  = "no"  // leave it out
)

// RowField is the name of the field with the answer about a line.
func RowField(line int) string { return "row-" + strconv.Itoa(line) }

// unanswered are the doubtful lines without an answer, after a confirmation.
func (p CheckImportPage) unanswered() []int {
	var all []int
	for _, r := range p.Plan {
		if p.IsIncomplete && r.Doubtful() && p.Answers[r.Line] == "" {
			all = append(all, r.Line)
		}
	}
	return all
}

// doubtTexts are the doubts about a row that the actor must confirm (rules D2, D3, P10). Of a user with other data than
// the row's, the text names both.
func doubtTexts(f Layout, r access.ImportRow) (texts []string) {
	l := f.locale()
	for _, doubt := range r.Doubts {
		switch doubt {
		case access.DoubtfulNames:
			texts = append(texts, l.T("files.doubtful"))
		case access.NameMissing:
			texts = append(texts, l.T("files.doubtful_single"))
		case access.DoubtfulEmail:
			texts = append(texts, l.T("files.doubtful_email"))
		case access.DoubtfulPerson:
			texts = append(texts, l.T("files.other_person", locale.Args{
				Person: r.Subject.Name() + " (" + r.Subject.Email + ")",
				Data:   strings.TrimSpace(fullNameTyped(r) + " " + r.Form.Email),
			}))
		}
	}
	return texts
}

func fullNameTyped(r access.ImportRow) string {
	return strings.TrimSpace(r.Form.FirstName + " " + r.Form.LastName)
}

// buttonText is the button's text: the number of users, and whether other rows are skipped.
func (p CheckImportPage) buttonText(f Layout) string {
	l, c := f.locale(), p.Plan.Count()
	switch {
	case c.NeedsConfirmation > 0:
		return l.T("files.proceed_answered")
	case c.Assigned == 0 && c.Invalid == 0:
		return l.T("files.add", locale.Args{Count: c.Added})
	case c.Assigned == 0:
		return l.T("files.add_right", locale.Args{Count: c.Added})
	case c.Invalid == 0:
		return l.T("files.proceed", locale.Args{Count: c.Changes()})
	default:
		return l.T("files.proceed_right", locale.Args{Count: c.Changes()})
	}
}

// countTexts describes the result of a plan in numbers.
func countTexts(f Layout, c access.ImportCounts) []string {
	l := f.locale()
	var all []string
	if c.Added > 0 {
		all = append(all, l.T("files.adds", locale.Args{Count: c.Added}))
	}
	if c.Assigned > 0 {
		all = append(all, l.T("files.assigns", locale.Args{Count: c.Assigned}))
	}
	if c.Unchanged > 0 {
		all = append(all, l.T("files.nothings", locale.Args{Count: c.Unchanged}))
	}
	if c.Invalid > 0 {
		all = append(all, l.T("files.wrongs", locale.Args{Count: c.Invalid}))
	}
	return all
}

// surnameFirst is the name of a row's person: as the institution knows it, otherwise as in the file.
func surnameFirst(r access.ImportRow) string {
	if r.Subject.LastName != "" {
		return access.SortedName(r.Subject.FirstName, r.Subject.LastName)
	}
	return strings.TrimSpace(r.Form.LastName + " " + r.Form.FirstName)
}

// fullName is the same name, with the first name first.
func fullName(r access.ImportRow) string {
	if r.Subject.LastName != "" {
		return r.Subject.Name()
	}
	return fullNameTyped(r)
}

// productAndRole is the row's product and role: the titles if they were recognised, otherwise as typed.
func (p CheckImportPage) productAndRole(r access.ImportRow) (product, role access.Text) {
	of, known := access.FindProduct(p.Products, r.Form.Product)
	product, role = of.Title, access.Text{It: r.Role, En: r.Role}
	if !known {
		product = access.Text{It: r.Product, En: r.Product}
	}
	if len(r.Form.Roles) == 1 {
		role = roleLabel(of, r.Form.Roles[0])
	}
	return product, role
}

// rowErrors are the texts of a row's errors, which are those of the form.
func (p CheckImportPage) rowErrors(f Layout, r access.ImportRow) []string {
	var all []string
	for _, field := range access.Fields {
		if text := f.fieldErrorText(r.Errors, field); text != "" {
			all = append(all, text)
		}
	}
	if r.Reason != "" {
		product, role := p.productAndRole(r)
		all = append(all, reasonText(f.locale(), r.Reason, f.about(fullName(r), role, product)))
	}
	return all
}

// consequenceText describes the effect of a row.
func (p CheckImportPage) consequenceText(f Layout, r access.ImportRow) string {
	l := f.locale()
	product, role := p.productAndRole(r)
	about := f.about("", role, product)
	switch {
	case r.Action == access.Add:
		return l.T("files.will_add", about)
	case r.Action == access.Assign && r.Subject.ID == "":
		return l.T("files.will_assign_too", about)
	case r.Action == access.Assign:
		return l.T("files.will_assign", about)
	case r.Existing == access.Suspended:
		return l.T("files.held_suspended")
	default:
		return l.T("files.held")
	}
}

// answerText is the answer that goes on with a doubtful row.
func answerText(f Layout, r access.ImportRow) string {
	if slices.Contains(r.Doubts, access.DoubtfulPerson) {
		return f.locale().T("files.same_person", locale.Args{Person: r.Subject.Name()})
	}
	return f.locale().T("files.data_right")
}
