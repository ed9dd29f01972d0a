package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A confirmed file does what its check page showed, whatever its line breaks: a browser that sends a text back would turn
// a carriage return alone into a line break, and another row would follow from it.
func TestAFileDoesWhatItsCheckPageShowed(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	row := func(name string) string {
		first, last, _ := strings.Cut(name, " ")
		return strings.Join([]string{code(name), last, first, "x@ente.example", "SEND", "operator"}, ";")
	}
	header := strings.TrimSpace(site.ImportHeader)
	for name, file := range map[string]string{
		"line feeds":                   header + "\n" + row("Pia Gialli") + "\n" + row("Ada Altrove"),
		"both":                         header + "\r\n" + row("Ugo Uguali") + "\r\n" + row("Rino Rimosso") + "\r\n",
		"carriage returns":             header + "\r" + row("Kurt Werdi") + "\r" + row("Eva Verdi") + "\r",
		"one carriage return, in text": header + "\n" + row("Ida Verdi") + "\r" + row("Lia Verdi"),
	} {
		check := b.Upload(web.ImportURL(i), "colleghi.csv", file)
		button := check.One("button", "Aggiungi 2 utenti")
		if shown := rowResults(check); len(shown) != 2 {
			t.Errorf("%s: the check page shows %q", name, shown)
		}
		for field := range button.Form().Values {
			if field != "once" {
				t.Errorf("%s: the form brings %s, which was decided on before", name, field)
			}
		}
		done := rowResults(b.Submit(button.Form()))
		if len(done) != 2 || slices.ContainsFunc(done, func(r string) bool { return !strings.HasSuffix(r, "Aggiunta agli utenti") }) {
			t.Errorf("%s: %q", name, done)
		}
	}
}

// Characters that show nothing, in any cell of a file, are removed, and so in the fields of forms.
func TestInvisibleCharactersAreRemovedEverywhere(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	hidden := func(cell string) string { return "\u200b" + cell[:1] + "\u2060" + cell[1:] + "\u200e" }
	cells := []string{code("Pia Gialli"), "Gialli", "Pia", "pia@ente.example", "SEND", "operator"}
	for n := range cells {
		cells[n] = hidden(cells[n])
	}
	check := b.Upload(web.ImportURL(i), "colleghi.csv", hidden("Codice fiscale")+strings.TrimPrefix(site.ImportHeader, "Codice fiscale")+
		strings.Join(cells, ";"))
	done := b.Press(check, "Aggiungi 1 utente")
	if strings.ContainsAny(check.Body+done.Body, "\u200b\u2060\u200e") {
		t.Error("a page has them")
	}
	form := url.Values{
		"fiscal_code": {hidden(code("Ugo Uguali"))}, "first_name": {hidden("Ugo")}, "last_name": {hidden("Uguali")},
		"email": {hidden("ugo@ente.example")}, "product": {hidden("prod-pn")}, "role": {hidden("prod-pn:operator")},
	}
	b.Press(b.Post(web.AddURL(i, ""), form), "Aggiungi")
	found := b.Post(web.SearchURL(i), url.Values{"q": {hidden("Uguali")}})
	if rows := targetTexts(found); !slices.Equal(rows, []string{"Uguali Ugo"}) || strings.Contains(found.URL.RawQuery, "%E2") {
		t.Errorf("found: %q at %s", rows, found.URL)
	}
	if n := s.Count(t, `SELECT count(*) FROM app_user WHERE (first_name, last_name, email) IN
		(('Pia', 'Gialli', 'pia@ente.example'), ('Ugo', 'Uguali', 'ugo@ente.example'))`); n != 2 {
		t.Errorf("%d of two are added as typed", n)
	}
}

// A row does nothing but what was shown: not if it was in error, and not to another person than the one that was named.
func TestARowThatWouldNowDoSomethingElseIsLeftOut(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code("Pia Gialli")+";Gialli;Pia;pia@ente.example;SEND;operator\n"+ // added by a colleague meanwhile
		code("Sara Suspesi")+";;;;Interoperabilità;security\n"+ // re-enabled meanwhile
		code("Oto Neri")+";;;;Interoperabilità;security\n"+ // removed meanwhile
		code("Ugo Uguali")+";Uguali;Ugo;ugo@ente.example;SEND;operator\n")
	add := func(first, last, role string) {
		t.Helper()
		product, _, _ := strings.Cut(role, ":")
		page := b.Post(web.AddURL(i, ""), url.Values{
			"fiscal_code": {code(first + " " + last)}, "first_name": {first}, "last_name": {last}, "email": {"a@ente.example"},
			"product": {product}, "role": {role},
		})
		b.Press(page, "Aggiungi")
	}
	add("Pia", "Gialli", "prod-interop:api")
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE assignment SET status = 'active'`); err != nil {
		t.Fatal(err)
	}
	q := s.Store.Query()
	var oto access.UserID
	q.UserByFiscalCode(&oto, i, s.Seed.FiscalCode("Oto Neri"))
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	remove := web.RoleURL(i, oto, access.Target{Product: "prod-interop", Role: "api"}, access.Remove)
	b.Press(b.Get(remove), "Rimuovi")
	form := check.One("button", "Procedi con le 3 righe senza errori").Form()
	done := b.Submit(form)
	want := []string{"2: Lasciata fuori: dopo il controllo", "3: ", "4: Lasciata fuori: dopo il controllo", "5: Aggiunta agli utenti"}
	for n, result := range rowResults(done) {
		if !strings.HasPrefix(result, want[n]) {
			t.Errorf("got %q, want %q", result, want[n])
		}
	}
	var roles int
	err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM assignment WHERE role = 'security'`).Scan(&roles)
	if err != nil || roles != 0 {
		t.Errorf("%d roles were assigned that the check page did not show (%v)", roles, err)
	}
}

// The check page has an address: it can be opened again, in another language too, by the person who checked the file, for
// two hours. What it shows is sealed in the database.
func TestTheCheckPageOfAFileHasAnAddress(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "colleghi.csv", code("Pia Gialli")+";Gialli;Pia;pia@ente.example;SEND;operator")
	if again := b.Get(check.URL.String()); again.Status != http.StatusOK || !again.Has("button", "Aggiungi 1 utente") {
		t.Errorf("opened again: %d", again.Status)
	}
	if english := b.Press(check, "English"); english.URL.String() != check.URL.String() || !english.Has("button", "Add 1 user") {
		t.Errorf("in English: %s", english.URL)
	}
	b.Press(b.Get(check.URL.String()), "Italiano")
	other := s.SignIn(t, "Ivo Rossi")
	if page := other.Get(check.URL.String()); page.Status != http.StatusConflict || strings.Contains(page.Text(), "Gialli") {
		t.Errorf("for a colleague: %d", page.Status)
	}
	if page := other.Submit(check.One("button", "Aggiungi 1 utente").Form()); page.Status != http.StatusConflict {
		t.Errorf("confirmed by a colleague: %d", page.Status)
	}
	var clear int
	if err := s.DB.Owner.QueryRow(t.Context(), `
		SELECT count(*) FROM prepared_form f WHERE position('Gialli'::bytea IN sealed) > 0 OR position($1::bytea IN sealed) > 0`,
		[]byte(code("Pia Gialli"))).Scan(&clear); err != nil || clear != 0 {
		t.Errorf("in clear in %d rows (%v)", clear, err)
	}
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE prepared_form SET at = at - interval '121 minutes'`); err != nil {
		t.Fatal(err)
	}
	if page := b.Submit(check.One("button", "Aggiungi 1 utente").Form()); page.Status != http.StatusConflict ||
		!strings.Contains(page.Text(), "Questo controllo non c’è più") {
		t.Errorf("confirmed after two hours: %d", page.Status)
	}
	b.Upload(web.ImportURL(i), "colleghi.csv", code("Pia Gialli")+";Gialli;Pia;pia@ente.example;SEND;operator")
	if kept := s.Count(t, `SELECT count(*) FROM prepared_form WHERE kind = 'import'`); kept != 1 {
		t.Errorf("%d check pages are kept", kept)
	}
}

// V9: the check page is a page of its own: it has the status 200 also where nothing can be done, or an answer is missing. The
// answer to the form says that.
func TestTheCheckPageOfAFileIsAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	held := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+code("Oto Neri")+";;;;Interoperabilità;api\n")
	unsure := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+code("Kurt Werdi")+";Altri;Kurt;kurt@ente.example;SEND;operator\n")
	if unsure.Status != http.StatusOK {
		t.Errorf("a row to confirm: decided %d", unsure.Status)
	}
	unsure = b.Submit(unsure.One("button", "Procedi").Form())
	for says, sent := range map[string]site.Page{"Niente da aggiungere": held, "Riga 2: scegli se procedere": unsure} {
		if sent.Sent != http.StatusSeeOther || sent.Status != http.StatusUnprocessableEntity || !strings.Contains(sent.Text(), says) {
			t.Errorf("%s: answered %d, decided %d: %s", says, sent.Sent, sent.Status, sent.One("main", "").Text())
		}
		if p := b.Get(sent.URL.String()); p.Status != http.StatusOK || !strings.Contains(p.Text(), says) {
			t.Errorf("%s: its page has the status %d", says, p.Status)
		}
	}
}

// P10: a row with the fiscal code of a colleague beside another person's names or e-mail names both, and is carried out
// only if it is confirmed, by itself.
func TestARowWithAnotherPersonsDataIsConfirmedByItself(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code("Oto Neri")+";Rossi;Mario;mario@ente.example;SEND;operator\n"+
		code("Oto Neri")+";Neri;Oto;altra@ente.example;Interoperabilità;security\n"+
		code("Kurt Werdi")+";Altri;Kurt;kurt@ente.example;SEND;operator\n"+
		code("Ugo Uguali")+";Uguali;Ugo;ugo@ente.example;SEND;operator\n")
	form := check.One("button", "Procedi").Form()
	form.Values.Set("row-2", web.RowNo)
	form.Values.Set("row-4", web.RowYes)
	before := snapshot(s)
	unsure := b.Submit(form)
	if unsure.Status != http.StatusUnprocessableEntity || snapshot(s) != before ||
		!strings.Contains(unsure.Text(), "Riga 3: scegli se procedere o lasciarla fuori") ||
		strings.Contains(unsure.Text(), "Riga 2: scegli") {
		t.Fatalf("without an answer about line 3: %d %s", unsure.Status, unsure.Text())
	}
	form = unsure.One("button", "Procedi").Form() // the answers given are kept
	form.Values.Set("row-3", web.RowYes)
	done := b.Submit(form)
	want := []string{
		"2: Lasciata fuori: non l’hai confermata", "3: Ruolo assegnato", "4: Aggiunta agli utenti", "5: Aggiunta agli utenti",
	}
	if diff := cmp.Diff(want, rowResults(done)); diff != "" {
		t.Error(diff)
	}
	var roles int
	err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM assignment a JOIN app_user u USING (institution, person)
		WHERE u.last_name = 'Neri' AND a.product = 'prod-pn'`).Scan(&roles)
	if err != nil || roles != 0 {
		t.Errorf("a role went to the wrong person (%v)", err)
	}
}

// Rows that are left out keep name and reason, and can be downloaded with a column of errors, corrected and checked again.
func TestRowsLeftOutAreDownloadedWithTheirErrors(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code("Pia Gialli")+";Gialli;Pia;;SEND;operator\n"+
		code("Oto Neri")+";;;;App IO;Operatore\n"+
		code("Ugo Uguali")+";Uguali;Ugo;ugo@ente.example;SEND;operator\n")
	before := b.Follow(check, "Scarica le righe da correggere (CSV)")
	done := b.Press(check, "Aggiungi l’utente senza errori")
	names := []string{}
	for _, cell := range done.All("cell", "") {
		names = append(names, cell.Text())
	}
	for _, name := range []string{"Gialli Pia", "Neri Oto", "Uguali Ugo"} {
		if !slices.Contains(names, name) {
			t.Errorf("the results don't name %s: %q", name, names)
		}
	}
	if got := rowResults(done)[1]; !strings.Contains(got, "Possono farlo solo gli Amministratori di App IO") {
		t.Errorf("the reason: %q", got)
	}
	after := b.Follow(done, "Scarica le righe lasciate fuori, con il motivo (CSV)")
	for name, file := range map[string]site.Page{"before": before, "after": after} {
		lines := strings.Split(strings.TrimSpace(file.Body), "\r\n")
		if file.Status != http.StatusOK || len(lines) != 3 || !strings.HasSuffix(lines[0], ";Errori") ||
			!strings.HasPrefix(lines[1], code("Pia Gialli")+";Gialli;Pia;;SEND;operator;2: ") ||
			!strings.Contains(lines[1], "Scrivi l’e-mail istituzionale") || !strings.Contains(lines[2], "Amministratori di App IO") {
			t.Errorf("%s: %d %q", name, file.Status, lines)
		}
	}
	corrected := strings.Replace(after.Body, "Pia;;", "Pia;pia@ente.example;", 1)
	if again := rowResults(b.Upload(web.ImportURL(i), "corrette.csv", corrected)); len(again) != 2 ||
		!strings.Contains(again[0], "Sarà aggiunta") {
		t.Errorf("corrected: %q", again)
	}
	colleague := s.SignIn(t, "Ivo Rossi").Stay()
	if page := colleague.Get(web.ImportLeftOutURL(i, check.URL.Query().Get("form"))); page.Status != http.StatusSeeOther {
		t.Errorf("for a colleague: %d", page.Status)
	}
}

// A file about existing users needs the fiscal code, the product and the role alone.
func TestAFileAboutUsersNeedsThreeColumns(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Upload(web.ImportURL(i), "ruoli.csv", "Codice fiscale;Prodotto;Ruolo\n"+code("Oto Neri")+";SEND;operator\n"+
		code("Pia Gialli")+";SEND;operator\n")
	shown := rowResults(check)
	if len(shown) != 2 || !strings.Contains(shown[0], "le verrà assegnato") || !strings.Contains(shown[1], "Scrivi il cognome") {
		t.Errorf("%q", shown)
	}
}
