package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// rowResults are the rows of a table: the line and the text of the last cell.
func rowResults(p site.Page) []string {
	var all []string
	for _, row := range p.All("row", "") {
		heads := row.All("rowheader", "")
		result := row.All("cell", "")
		if len(heads) == 1 && len(result) > 0 {
			all = append(all, strings.TrimPrefix(heads[0].Text(), "Riga ")+": "+result[len(result)-1].Text())
		}
	}
	return all
}

// answer is the form of a button with an answer about every doubtful row.
func answer(p site.Page, button, value string) htmltest.Form {
	form := p.One("button", button).Form()
	for _, radio := range p.All("radio", "") {
		form.Values.Set(radio.Attr("name"), value)
	}
	return form
}

// snapshot is the text of every row about people and changes.
func snapshot(s *site.Site) string {
	s.T.Helper()
	var all string
	for _, table := range []string{
		"person", "app_user", "enrolment", "assignment", "listing", "audit_event", "idempotency_key", "bulk_result",
	} {
		var rows string
		if err := s.DB.Owner.QueryRow(s.T.Context(), `SELECT coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '') FROM `+table+` t`).
			Scan(&rows); err != nil {
			s.T.Fatal(err)
		}
		all += table + "\n" + rows + "\n"
	}
	return all
}

func TestTheCheckOfAFileReportsEveryRowAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	rows := []struct{ row, says string }{
		{
			code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;Operatore API",
			"Sarà aggiunta come Operatore API su Interoperabilità.",
		},
		{
			code("Pia Gialli") + ";GIALLI;pia;pia@ente.example;INTEROPERABILITA;operatore sicurezza",
			"Le verrà assegnato anche il ruolo Operatore Sicurezza su Interoperabilità.",
		},
		{code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;prod-interop;api", "Ha già questo ruolo: niente da fare."},
		{code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;prod-interop;admin", "ha già un ruolo dell’altra categoria"},
		{code("Pia Gialli") + ";Gialli;Pia;altra@ente.example;prod-pn;operator", "allo stesso codice fiscale corrispondono"},
		{
			code("Ada Altrove") + ";Altrove;Ada;ada@ente.example;Interoperability;API Operator",
			"Sarà aggiunta come Operatore API su Interoperabilità.",
		}, // known elsewhere only: as unknown (P10)
		{
			code("Oto Neri") + ";;;;Interoperabilità;Operatore Sicurezza",
			"È già tra gli utenti: le verrà assegnato il ruolo Operatore Sicurezza su Interoperabilità, i dati restano quelli.",
		},
		{
			code("Oto Neri") + ";Rossi;Mario;mario@ente.example;SEND;operator",
			"Questo codice fiscale è di Oto Neri (oto.neri@ente.example), già tra gli utenti. " +
				"Nella riga c’è scritto: Mario Rossi mario@ente.example.",
		},
		{code("Oto Neri") + ";Altro;Nome;x;Interoperabilità;Operatore API", "Ha già questo ruolo: niente da fare."},
		{code("Sara Suspesi") + ";;;;Interoperabilità;Operatore API", "Ha già questo ruolo, sospeso: niente da fare."},
		{code("Sara Suspesi") + ";;;;Interoperabilità;security", reasonSays(access.AllSuspendedThere)},
		{code("Anna Bianchi") + ";;;;Interoperabilità;api", reasonSays(access.SelfAction)},
		{code("Oto Neri") + ";;;;App IO;Operatore", reasonSays(access.NotAdministrator)},
		{code("Ugo Uguali") + ";Uguali;Ugo;ugo@ente.example;Luna;Re", "Scegli uno dei prodotti che amministri"},
		{code("Ugo Uguali") + ";Uguali;Ugo;ugo@ente.example;Interoperabilità;Re", "nessun ruolo si chiama così"},
		{
			code("Ugo Uguali") + ";Uguali;Ugo;ugo@pec.ente.it;;",
			"Questo è un indirizzo PEC: serve una casella e-mail ordinaria Errore: Scegli un prodotto",
		},
		{"RSSMRA80A01H501A;Rossi;Mario;mario@ente.example;prod-pn;operator", "carattere sbagliato"},
		{";=1+1;@x;mario@ente.example;prod-pn;operator", "Scrivi il codice fiscale Errore: Nei nomi usa solo lettere"},
		{code("Kurt Werdi") + ";Altri;Kurt;kurt@ente.example;prod-pn;operator", "Sarà aggiunta come"},
	}
	file := site.ImportHeader
	for _, row := range rows {
		file += row.row + "\r\n"
	}
	before := snapshot(s)
	p := b.Upload(web.ImportURL(i), "colleghi.csv", file)
	if p.Status != http.StatusOK {
		t.Fatalf("%d: %s", p.Status, p.Text())
	}
	got := rowResults(p)
	if len(got) != len(rows) {
		t.Fatalf("%d rows: %q", len(got), got)
	}
	for n, row := range rows {
		if !strings.HasPrefix(got[n], fmt.Sprint(n+2, ": ")) || !strings.Contains(got[n], row.says) {
			t.Errorf("%q: %s", row.row, got[n])
		}
	}
	if !strings.Contains(got[18], "Nome e cognome non corrispondono") {
		t.Errorf("the names aren't doubted: %s", got[18])
	}
	if snapshot(s) != before {
		t.Error("looking has changed something")
	}
	if strings.Contains(p.Text(), code("Pia Gialli")) || strings.Contains(p.URL.String(), "GLL") {
		t.Error("a fiscal code is in sight")
	}
}

// reasonSays is the beginning of the Italian text of a reason.
func reasonSays(r access.Reason) string {
	return map[access.Reason]string{
		access.NeedsSignature: "documento firmato", access.AllSuspendedThere: "Prima riabilita un ruolo di Sara Suspesi",
		access.SelfAction:       "Chiedi a un altro Amministratore",
		access.NotAdministrator: "Possono farlo solo gli Amministratori di App IO",
	}[r]
}

// Confirming executes each row by itself and records it; sending the form again changes nothing and shows the same
// results; the same file again has nothing to do.
func TestAFileConfirmedTwiceTakesEffectOnce(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	file := site.ImportHeader + code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;Operatore API\n" +
		code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;SEND;operator\n" +
		code("Ugo Uguali") + ";Verde;Kurt;kurt@ente.example;SEND;operator\n" +
		code("Oto Neri") + ";;;;Interoperabilità;security\n" +
		code("Oto Neri") + ";;;;Luna;security\n"
	checked := b.Upload(web.ImportURL(i), "colleghi.csv", file)
	form := checked.One("button", "Procedi").Form()
	before := snapshot(s)
	unsure := b.Submit(form)
	if unsure.Status != http.StatusUnprocessableEntity || snapshot(s) != before || !strings.HasPrefix(unsure.Title(), "Errore: ") {
		t.Fatalf("names that do not match are accepted without confirmation: %d", unsure.Status)
	}
	confirm := func() site.Page {
		return b.Submit(answer(checked, "Procedi", web.RowYes))
	}
	done := confirm()
	want := []string{
		"2: Aggiunta agli utenti", "3: Ruolo assegnato", "4: Aggiunta agli utenti", "5: Ruolo assegnato",
		"6: Lasciata fuori. Scegli uno dei prodotti che amministri",
	}
	if diff := cmp.Diff(want, rowResults(done)); diff != "" || done.Status != http.StatusOK {
		t.Fatalf("%d %s", done.Status, diff)
	}
	if strings.Contains(done.URL.String(), "GLL") || done.URL.Path != web.ImportURL(i)+"/done" {
		t.Errorf("at %s", done.URL)
	}
	after := snapshot(s)
	if diff := cmp.Diff(want, rowResults(confirm())); diff != "" || snapshot(s) != after {
		t.Errorf("the same form again: %s", diff)
	}
	// As if the process had died before it stored the results: the form continues from the changes made.
	if _, err := s.DB.Owner.Exec(t.Context(), `DELETE FROM bulk_result`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, rowResults(confirm())); diff != "" {
		t.Errorf("the same form, its results lost: %s", diff)
	}
	var events int
	if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE actor IS NOT NULL`).
		Scan(&events); err != nil ||
		events != 6 {
		t.Errorf("%d events, of two people added, each with a role, and two more roles (%v)", events, err)
	}
	again := b.Upload(web.ImportURL(i), "colleghi.csv", file)
	for n, result := range rowResults(again)[:4] {
		if !strings.Contains(result, "niente da fare") {
			t.Errorf("row %d of the same file again: %s", n, result)
		}
	}
	if again.Status != http.StatusUnprocessableEntity || again.Has("button", "Procedi con la riga senza errori") {
		t.Errorf("an import without changes is offered: %d", again.Status)
	}
	if old := b.Get(
		web.ImportResultURL(i, "00000000-0000-4000-8000-000000000000"),
	); !strings.Contains(
		old.Text(),
		"Questo esito non c’è più",
	) {
		t.Error("results of an unknown form are shown")
	}
}

// A row whose role has become unavailable since the check is reported; the others are executed.
func TestAnImpossibleRowDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code("Pia Gialli")+";Gialli;Pia;pia@ente.example;Interoperabilità;Operatore API\n"+
		code("Ugo Uguali")+";Uguali;Ugo;ugo@ente.example;SEND;operator\n"+
		code("Rino Rimosso")+";Rimosso;Rino;rino@ente.example;Interoperabilità;api\n").One("button", "Aggiungi 3 utenti").Form()
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE product SET status = 'phase_out' WHERE id = 'prod-pn'`); err != nil {
		t.Fatal(err)
	}
	done := rowResults(b.Submit(form))
	if len(done) != 3 || done[0] != "2: Aggiunta agli utenti" || !strings.HasPrefix(done[1], "3: Non fatto. ") ||
		done[2] != "4: Aggiunta agli utenti" {
		t.Errorf("%q", done)
	}
}

func TestAFileIsReadInEveryEncodingAndLayout(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	row := func(sep string) string {
		return strings.Join([]string{code("Pia Gialli"), "Giallì", "Pìa", "pia@ente.example", "Interoperabilità", "api"}, sep)
	}
	old, err := charmap.Windows1252.NewEncoder().String(site.ImportHeader + row(";"))
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]site.Page{
		"UTF-8":        b.Upload(web.ImportURL(i), "colleghi.csv", "\uFEFF"+site.ImportHeader+row(";")),
		"Windows-1252": b.Upload(web.ImportURL(i), "colleghi.csv", old),
		"commas":       b.Upload(web.ImportURL(i), "colleghi.csv", row(",")),
		"tabs":         b.Upload(web.ImportURL(i), "colleghi.csv", row("\t")),
		"another order": b.Upload(web.ImportURL(i), "colleghi.csv",
			"Role;Product;E-mail;First name;Surname;Fiscal code\napi;Interoperability;pia@ente.example;Pìa;Giallì;"+code("Pia Gialli")),
		"pasted":          b.Upload(web.ImportURL(i), "colleghi.csv", "", "rows", row("\t")),
		"a form of words": b.Post(web.ImportURL(i), map[string][]string{"rows": {row(";")}}),
	} {
		if got := rowResults(
			p,
		); len(got) != 1 || !strings.Contains(got[0], "Sarà aggiunta come Operatore API su Interoperabilità.") ||
			!strings.Contains(p.Text(), "Giallì Pìa") {
			t.Errorf("%s: %d, %q", name, p.Status, got)
		}
	}
}

func TestTheFaultOfAnInvalidFileIsReported(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	before := snapshot(s)
	row := code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;api\n"
	for name, row := range map[string]struct {
		file, says string
		status     int
	}{
		"nothing":          {"", "Scegli un file Excel o CSV", 422},
		"headings only":    {site.ImportHeader, "Non ci sono righe con persone", 422},
		"a picture":        {"\x89PNG\x00", "Questo file non è un CSV", 422},
		"a workbook":       {"PK\x03\x04\x00\x00", "Questo file Excel è danneggiato", 422},
		"columns missing":  {"Codice fiscale;Cognome;Nome\nx;y;z", "Tra le intestazioni manca: Prodotto e Ruolo", 422},
		"quotation marks":  {site.ImportHeader + "\"x;y\n", "Riga 2: ci sono virgolette", 422},
		"one row too many": {site.ImportHeader + strings.Repeat(row, access.MaxImport+1), "al massimo 500 per volta", 422},
		"the same, bare":   {strings.Repeat(row, access.MaxImport+1), "al massimo 500 per volta", 422},
		"too large":        {strings.Repeat("x", 257<<10), "al massimo 256 KB", 413},
	} {
		p := b.Upload(web.ImportURL(i), "colleghi.csv", row.file)
		if p.Status != row.status || !strings.Contains(p.Text(), row.says) || !strings.HasPrefix(p.Title(), "Errore: ") {
			t.Errorf("%s: %d %s", name, p.Status, p.Title())
		}
	}
	if snapshot(s) != before {
		t.Error("the check has changed something")
	}
	if p := b.Upload(
		web.ImportURL(i),
		"colleghi.csv",
		site.ImportHeader+strings.Repeat(row, access.MaxImport),
	); p.Status != http.StatusOK ||
		len(rowResults(p)) != access.MaxImport {
		t.Errorf("500 rows: %d", p.Status)
	}
	template := b.Get(web.ImportTemplateURL(i))
	if template.Body != "\uFEFF"+site.ImportHeader || !strings.Contains(template.Header.Get("Content-Disposition"), "modello-utenti.csv") {
		t.Errorf("the template: %q", template.Body)
	}
	if p := b.Upload(web.ImportURL(i), "colleghi.csv", template.Body); p.Status != 422 || !strings.Contains(p.Text(), "Non ci sono righe") {
		t.Errorf("the template cannot be imported: %d", p.Status)
	}
}

// 500 users are added at once, and the results have a row for each.
func TestFiveHundredRowsAreImported(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, _ := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	file := site.ImportHeader
	for n := range access.MaxImport {
		first, last := "Ugo"+strings.Repeat("a", n%20), "Uguali"+string(rune('a'+n/20))
		file += s.Seed.FiscalCode(first+" "+last).
			Reveal() +
			";" + last + ";" + first + ";" + fmt.Sprintf(
			"u%d@ente.example",
			n,
		) + ";SEND;operator\n"
	}
	checked := b.Upload(web.ImportURL(i), "colleghi.csv", file)
	form := checked.One("button", "Aggiungi 500 utenti").Form()
	done := b.Submit(form)
	added := 0
	for _, result := range rowResults(done) {
		if strings.HasSuffix(result, "Aggiunta agli utenti") {
			added++
		}
	}
	if added != access.MaxImport {
		t.Errorf("%d added: %d", added, done.Status)
	}
}

// Rows that outlive their session are shown again with a note; a confirmation leads to its check page.
func TestRowsOutliveTheirSession(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	row := code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;api"
	end := func() {
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	b := s.SignIn(t, "Anna Bianchi")
	end()
	form := b.SignIn(b.Upload(web.ImportURL(i), "colleghi.csv", row), "Anna Bianchi")
	if form.URL.Path != web.ImportURL(i) || !strings.Contains(form.Text(), "La sessione era scaduta") ||
		strings.TrimSpace(form.Field("Oppure incolla qui le righe").Value()) != row {
		t.Errorf("the file: %s, with %q", form.URL, form.Field("Oppure incolla qui le righe").Value())
	}
	check := b.Upload(web.ImportURL(i), "colleghi.csv", row)
	end()
	again := b.SignIn(b.Press(check, "Aggiungi 1 utente"), "Anna Bianchi")
	if again.URL.Path != check.URL.Path || again.URL.Query().Get("form") != check.URL.Query().Get("form") ||
		!strings.Contains(again.Text(), "La sessione era scaduta") {
		t.Errorf("the confirmation: %s", again.URL)
	}
	if done := rowResults(b.Press(again, "Aggiungi 1 utente")); len(done) != 1 || done[0] != "1: Aggiunta agli utenti" {
		t.Errorf("confirmed after signing in: %q", done)
	}
}

// Going back to the file keeps the rows.
func TestGoingBackToTheFileKeepsItsRows(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	row := code("Pia Gialli") + ";Gialli;Pia;pia@ente.example;Interoperabilità;api"
	form := b.Follow(b.Upload(web.ImportURL(i), "colleghi.csv", row), "Torna al file")
	if got := form.Field("Oppure incolla qui le righe").Value(); strings.TrimSpace(got) != row {
		t.Errorf("%q", got)
	}
}
