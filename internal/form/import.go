package form

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
)

// Line is a row of a file, with its line number.
type Line struct {
	Number int
	Cells  []string
}

// ImportColumns are the columns of a file with people, in the order of a file without headings.
func ImportColumns() []access.Field {
	return []access.Field{
		access.FieldFiscalCode, access.FieldLastName, access.FieldFirstName, access.FieldEmail, access.FieldProduct, access.FieldRole,
	}
}

// headings are the accepted headings of each column, folded and letters only.
var headings = map[access.Field][]string{
	access.FieldFiscalCode: {"codicefiscale", "cf", "codfiscale", "fiscalcode", "taxcode"},
	access.FieldLastName:   {"cognome", "lastname", "surname", "familyname"},
	access.FieldFirstName:  {"nome", "firstname", "name", "givenname"},
	access.FieldEmail: {
		"email", "emailistituzionale", "indirizzoemail", "postaelettronica", "mail", "institutionalemail", "emailaddress",
	},
	access.FieldProduct: {"prodotto", "product", "prodotti", "products"},
	access.FieldRole:    {"ruolo", "role", "ruoli", "roles"},
}

// MissingColumnsError lists the columns that are missing in a file with headings.
type MissingColumnsError struct{ Fields []access.Field }

// Error is for logs.
func (e *MissingColumnsError) Error() string { return "import: columns missing" }

// ErrNoRows means that a file has no rows with people.
var ErrNoRows = errors.New("import: no rows in the file")

// optionalColumns are needed for people who are not users yet, whose rows say what is missing.
func optionalColumns() []access.Field {
	return []access.Field{access.FieldLastName, access.FieldFirstName, access.FieldEmail}
}

// ReadImport reads the lines of a file. With headings, columns can be in any order, and a file about existing users does
// not need their data; without, they are [ImportColumns].
// Errors: [ErrNoRows], [*MissingColumnsError].
func ReadImport(lines []Line) (access.ImportPlan, error) {
	columns := ImportColumns()
	at := map[access.Field]int{}
	for i, field := range columns {
		at[field] = i
	}
	if len(lines) > 0 {
		if found := findColumns(lines[0].Cells); len(found) > 1 {
			at, lines = found, lines[1:]
			missing := slices.DeleteFunc(columns, func(f access.Field) bool {
				_, there := at[f]
				return there || slices.Contains(optionalColumns(), f)
			})
			if len(missing) > 0 {
				return nil, &MissingColumnsError{missing}
			}
		}
	}
	if len(lines) == 0 {
		return nil, ErrNoRows
	}
	var plan access.ImportPlan
	for _, line := range lines {
		cell := func(f access.Field) string {
			if i, there := at[f]; there && i < len(line.Cells) {
				return line.Cells[i]
			}
			return ""
		}
		plan = append(plan, access.ImportRow{
			Line: line.Number, Product: cell(access.FieldProduct), Role: cell(access.FieldRole),
			Form: access.UserForm{
				FiscalCode: cell(access.FieldFiscalCode), FirstName: cell(access.FieldFirstName),
				LastName: cell(access.FieldLastName), Email: cell(access.FieldEmail),
			},
		})
	}
	return plan, nil
}

// findColumns finds the columns in a line of headings. In any other line it finds none, or one by chance.
func findColumns(cells []string) map[access.Field]int {
	at := map[access.Field]int{}
	for i, cell := range cells {
		word := strings.Map(func(c rune) rune {
			if unicode.IsLetter(c) {
				return c
			}
			return -1
		}, Fold(cell))
		for field, called := range headings {
			if _, twice := at[field]; !twice && slices.Contains(called, word) {
				at[field] = i
			}
		}
	}
	return at
}
