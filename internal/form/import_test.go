package form_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

func lines(first int, rows ...[]string) []form.Line {
	var all []form.Line
	for i, cells := range rows {
		all = append(all, form.Line{Number: first + i, Cells: cells})
	}
	return all
}

func TestReadImportFindsItsColumns(t *testing.T) {
	t.Parallel()
	want := access.ImportPlan{{
		Line: 2, Product: "SEND", Role: "api",
		Form: access.UserForm{FiscalCode: "CODE", LastName: "Neri", FirstName: "Oto", Email: "o@x"},
	}}
	for headings, in := range map[string][]form.Line{
		"none": lines(2, []string{"CODE", "Neri", "Oto", "o@x", "SEND", "api"}),
		"Italian": lines(1,
			[]string{"CODICE FISCALE", "Cognome", "nome", "E-mail", "Prodotto", "Ruolo"},
			[]string{"CODE", "Neri", "Oto", "o@x", "SEND", "api"}),
		"English, in another order, with one of no meaning": lines(1,
			[]string{"Role", "Note", "Product", "Institutional e-mail", "First_Name", "Last Name", "Fiscal code"},
			[]string{"api", "!", "SEND", "o@x", "Oto", "Neri", "CODE"}),
	} {
		got, err := form.ReadImport(in)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(access.FiscalCode{})); diff != "" || err != nil {
			t.Errorf("%s: %v %s", headings, err, diff)
		}
	}
}

func TestReadImportOfAShortRow(t *testing.T) {
	t.Parallel()
	plan, err := form.ReadImport(lines(1, []string{"CODE", "Neri"}))
	if err != nil || len(plan) != 1 || plan[0].Form.LastName != "Neri" || plan[0].Role != "" {
		t.Errorf("got %+v, %v", plan, err)
	}
}

func TestReadImportRefuses(t *testing.T) {
	t.Parallel()
	var missing *form.MissingColumnsError
	if _, err := form.ReadImport(lines(1, []string{"cf", "cognome", "nome", "ruolo"})); !errors.As(err, &missing) ||
		!cmp.Equal(missing.Fields, []access.Field{access.FieldProduct}) {
		t.Errorf("a column missing: %v", err)
	}
	for name, in := range map[string][]form.Line{
		"no line":       nil,
		"headings only": lines(1, []string{"cf", "cognome", "nome", "email", "prodotto", "ruolo"}),
	} {
		if _, err := form.ReadImport(in); !errors.Is(err, form.ErrNoRows) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Of existing users, the fiscal code, the product and the role are enough.
func TestReadImportOfExistingUsers(t *testing.T) {
	t.Parallel()
	plan, err := form.ReadImport(lines(1, []string{"Ruolo", "CF", "Prodotto"}, []string{"api", "CODE", "SEND"}))
	want := access.ImportPlan{{Line: 2, Product: "SEND", Role: "api", Form: access.UserForm{FiscalCode: "CODE"}}}
	if diff := cmp.Diff(want, plan, cmp.AllowUnexported(access.FiscalCode{})); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
