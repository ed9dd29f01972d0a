package server_test

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// requestExport asks for a list as a file, as the form below the list does.
func requestExport(b *site.Browser, i access.InstitutionID, f access.Filter, format string) site.Page {
	b.T.Helper()
	list, err := url.Parse(web.UsersURL(i, f))
	if err != nil {
		b.T.Fatal(err)
	}
	values := list.Query()
	values.Set("format", format)
	return b.Post(web.ExportURL(i), values)
}

// csvRows are the rows of a CSV file, without the header.
func csvRows(t *testing.T, file string) [][]string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\uFEFF")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatalf("%v: %.300q", err, file)
	}
	return rows[1:]
}

// manyUsers loads a list of more than one page, on two products.
func manyUsers(s *site.Site) *seed.Institution {
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	for n := range 30 {
		name := "Ugo" + string(rune('a'+n%26)) + " Uguali" + string(rune('a'+n/26))
		role := []string{"api", "security"}[n%2]
		if n%5 == 0 {
			role += " suspended"
		}
		i.Operator(name, "prod-interop", role)
	}
	i.Operator("Pia Mista", "prod-interop", "api", "security suspended")
	return i
}

// The file has the rows of all the list's pages under the same filters, in their order.
func TestAnExportHasTheRowsOfTheList(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := manyUsers(s)
	b := s.SignIn(t, "Anna Bianchi")
	for name, f := range map[string]access.Filter{
		"a product":       {Product: "prod-interop"},
		"backwards":       {Product: "prod-interop", Sort: access.ByNameDesc},
		"by e-mail":       {Product: "prod-interop", Sort: access.ByEmail},
		"a role":          {Product: "prod-interop", Role: access.Target{Product: "prod-interop", Role: "api"}},
		"suspended":       {Product: "prod-interop", State: access.Suspended},
		"searched":        {Product: "prod-interop", Text: "ugo"},
		"no user":         {Product: "prod-interop", Text: "nessuno"},
		"another product": {Product: "prod-io"},
	} {
		var walked []string
		for p := b.Get(web.UsersURL(i.ID, f)); ; p = b.Follow(p, "Successiva") {
			for _, row := range p.All("rowheader", "") {
				walked = append(walked, strings.TrimSuffix(row.Text(), " (tu)"))
			}
			if !p.Has("link", "Successiva") {
				break
			}
		}
		var got []string
		for _, row := range csvRows(t, requestExport(b, i.ID, f, "csv").Body) {
			got = append(got, row[0]+" "+row[1])
		}
		if diff := cmp.Diff(walked, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	all := csvRows(t, requestExport(b, i.ID, access.Filter{}, "csv").Body)
	if len(all) != 33 || all[32][3] != "App IO" && all[0][3] != "App IO" {
		t.Errorf("of every product, one after the other: %d rows, the last %q", len(all), all[len(all)-1])
	}
	operators := csvRows(t, requestExport(b, i.ID, access.Filter{Category: access.Operator}, "csv").Body)
	if len(operators) != 31 {
		t.Errorf("Operators: %d", len(operators))
	}
}

// Both formats have the same texts, in the interface's language; states are listed by role where they differ; there
// is no formula and no fiscal code.
func TestAnExportIsTheSameInBothFormatsAndLanguages(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	odd := i.Operator("Zita Zorzi", "prod-interop", "api", "security suspended")
	if _, err := s.DB.Owner.Exec(
		t.Context(),
		`UPDATE listing SET first_name = '=1+1', email = 'zita@ente.example' WHERE person = $1`,
		odd,
	); err != nil {
		t.Fatal(err)
	}
	b := s.SignIn(t, "Anna Bianchi")
	for _, row := range []struct{ lang, heading, state, name string }{
		{"it", "Cognome;Nome;E-mail;Prodotto;Categoria;Ruoli;Stato", "Operatore API: Attivo, Operatore Sicurezza: Sospeso", "utenti"},
		{"en", "Last Name;First Name;E-mail;Product;Category;Roles;Status", "API Operator: Active, Security Operator: Suspended", "users"},
	} {
		b.Post(web.LanguageURL(), url.Values{"lang": {row.lang}})
		text, book := requestExport(b, i.ID, access.Filter{}, "csv"), requestExport(b, i.ID, access.Filter{}, "xlsx")
		if !strings.HasPrefix(text.Body, "\uFEFF"+row.heading+"\r\n") || strings.Contains(text.Body, s.Seed.FiscalCode("Zita Zorzi").Reveal()) {
			t.Errorf("%s: %q", row.lang, text.Body)
		}
		zita := csvRows(t, text.Body)[1]
		if zita[1] != "'=1+1" || zita[6] != row.state {
			t.Errorf("%s: %q", row.lang, zita)
		}
		for ending, p := range map[string]site.Page{"csv": text, "xlsx": book} {
			if got, want := p.Header.Get(
				"Content-Disposition",
			), `attachment; filename="`+row.name+"."+ending+`"`; got != want ||
				p.Status != http.StatusOK {
				t.Errorf("%s: %d, %s", row.lang, p.Status, got)
			}
		}
		opened, err := excelize.OpenReader(bytes.NewReader([]byte(book.Body)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := opened.GetRows(opened.GetSheetName(0))
		if err != nil {
			t.Fatal(err)
		}
		want := append([][]string{strings.Split(row.heading, ";")}, csvRows(t, text.Body)...)
		want[2][1] = "=1+1" // a text there, and no formula
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", row.lang, diff)
		}
		if formula, err := opened.GetCellFormula(opened.GetSheetName(0), "B3"); formula != "" || err != nil {
			t.Errorf("a formula: %q (%v)", formula, err)
		}
	}
}

// An export is recorded with the number of rows and the kinds of filter, never with the search text.
func TestAnExportIsRecorded(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := manyUsers(s)
	b := s.SignIn(t, "Anna Bianchi")
	requestExport(b, i.ID, access.Filter{Product: "prod-interop", Text: "mista", State: access.Active}, "xlsx")
	requestExport(b, i.ID, access.Filter{}, "csv")
	rows, err := s.DB.Owner.Query(t.Context(), `
		SELECT coalesce(subject::text, '-') || ' ' || product || ' ' || (after::jsonb)::text FROM audit_event
		WHERE action = 'export' ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		got = append(got, line)
	}
	want := []string{
		`- prod-interop {"rows": 1, "format": "xlsx", "narrowed": ["state", "text"]}`, `-  {"rows": 33, "format": "csv"}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if log := s.Log.String(); !strings.Contains(log, `"msg":"exported","log":"security"`) || strings.Contains(log, "mista") {
		t.Error("the security log lacks the export, or has the search text")
	}
}

func TestAnExportIsRefusedWithoutAccessToTheList(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
	if p := requestExport(
		s.SignIn(t, "Oto Neri"),
		i.ID,
		access.Filter{},
		"csv",
	); p.Status != http.StatusForbidden ||
		strings.Contains(p.Body, "@") {
		t.Errorf("an Operator: %d", p.Status)
	}
	b := s.SignIn(t, "Anna Bianchi")
	if p := requestExport(b, i.ID, access.Filter{Product: "prod-io"}, "csv"); p.Status != http.StatusNotFound {
		t.Errorf("an unknown product: %d", p.Status)
	}
	if p := requestExport(b, i.ID, access.Filter{}, "pdf"); p.Status != http.StatusBadRequest {
		t.Errorf("an unknown format: %d", p.Status)
	}
	code := s.Seed.FiscalCode("Oto Neri").Reveal()
	p := b.Post(web.ExportURL(i.ID), url.Values{"format": {"csv"}, "q": {code}})
	if p.URL.Path != web.UsersURL(i.ID, access.Filter{}) || strings.Contains(p.URL.String(), code) {
		t.Errorf("a search for a fiscal code: %s", p.URL)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.Absolute(web.ExportURL(i.ID)), strings.NewReader("format=csv"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if p := b.Send(r); p.Status != http.StatusForbidden {
		t.Errorf("another site's form: %d", p.Status)
	}
	var events int
	if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE action = 'export'`).
		Scan(&events); err != nil ||
		events != 0 {
		t.Errorf("%d events of refused exports (%v)", events, err)
	}
}

// The form below the list sends the list's filters in its body, the search text too.
func TestTheListsFormExportsTheShownRows(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := manyUsers(s)
	b := s.SignIn(t, "Anna Bianchi")
	list := b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "mista", State: access.Suspended}))
	form := list.One("button", "Esporta in CSV").Form()
	if form.Action != web.ExportURL(i.ID) || form.Values.Get("q") != "mista" || !slices.Equal(form.Values["format"], []string{"csv"}) {
		t.Fatalf("%s %v", form.Action, form.Values)
	}
	if rows := csvRows(t, b.Submit(form).Body); len(rows) != 1 || rows[0][0] != "Mista" {
		t.Errorf("%q", rows)
	}
	if b.Get(web.UsersURL(i.ID, access.Filter{Text: "nessuno"})).Has("button", "Esporta in CSV") {
		t.Error("an empty list is offered as a file")
	}
}
