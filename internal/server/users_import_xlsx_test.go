package server_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P10: a workbook is read as a CSV file is, its rows by their numbers.
func TestAWorkbookIsImported(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	book := excelize.NewFile()
	for at, row := range map[string][]string{
		"A1": {"Codice fiscale", "Cognome", "Nome", "E-mail", "Prodotto", "Ruolo"},
		"A2": {code("Pia Gialli"), "Gialli", "Pìa", "pia@ente\u200b.example", "Interoperabilità", "Operatore API"},
		"A4": {code("Ugo Uguali"), "Uguali", "Ugo", "ugo@pec.ente.it", "SEND", "operator"},
	} {
		if err := book.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	var file bytes.Buffer
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	checked := b.Upload(web.ImportURL(i), "colleghi.xlsx", file.String())
	checkStatus(t, checked, http.StatusOK, "Gialli Pìa", "Questo è un indirizzo PEC")
	done := rowResults(b.Press(checked, "Aggiungi l’utente senza errori"))
	if len(done) != 2 || done[0] != "2: Aggiunta agli utenti" || !strings.HasPrefix(done[1], "4: Lasciata fuori") {
		t.Errorf("%q", done)
	}
	cut := b.Upload(web.ImportURL(i), "colleghi.xlsx", file.String()[:file.Len()/2])
	checkStatus(t, cut, http.StatusUnprocessableEntity, "Questo file Excel è danneggiato")
	if err := book.SetCellValue("Sheet1", "XFD9", "x"); err != nil {
		t.Fatal(err)
	}
	file.Reset()
	if err := book.Write(&file); err != nil {
		t.Fatal(err)
	}
	wide := b.Upload(web.ImportURL(i), "colleghi.xlsx", file.String())
	checkStatus(t, wide, http.StatusUnprocessableEntity, "Nel file Excel c’è più di quanto si può leggere")
}

// Characters that show nothing are removed from each field of each form and file, fiscal code and e-mail included.
func TestEachFieldLosesItsInvisibleCharacters(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	const marks = "\u200b\u200e\u2060\ufeff\u00ad\u3164"
	odd := func(text string) string { return marks + strings.Join(strings.Split(text, ""), marks) + marks }
	action, values := fillForm(b.Get(web.AddURL(i, "prod-interop")), "Continua", map[string][]string{
		"fiscal_code": {odd(code("Pia Gialli"))}, "first_name": {odd("Pia")}, "last_name": {odd("Gialli")},
		"email": {odd("pia@ente.example")}, "product": {odd("prod-interop")}, "role": {odd("prod-interop:api")},
	})
	profile := b.Press(b.Post(action, values), "Aggiungi")
	checkStatus(t, profile, http.StatusOK, "Pia Gialli", code("Pia Gialli"), "pia@ente.example")
	edit := b.Follow(profile, "Modifica i dati di Pia Gialli").One("button", "Salva").Form()
	edit.Values.Set("first_name", odd("Pìa"))
	edit.Values.Set("email", odd("pia.gialli@ente.example"))
	checkStatus(t, b.Submit(edit), http.StatusOK, "Pìa Gialli", "pia.gialli@ente.example")
	for _, text := range []string{"gialli", "pia.gialli@ente.example", code("Pia Gialli")} {
		search := b.Get(web.HomeURL(i)+"/users").One("button", "Filtra").Form()
		search.Values.Set("q", odd(text))
		checkStatus(t, b.Submit(search), http.StatusOK, "Pìa")
	}
	group := b.Get(web.NewGroupURL(i, "prod-interop")).One("button", "Crea gruppo").Form()
	group.Values.Set("title", odd("Ufficio"))
	checkStatus(t, b.Submit(group), http.StatusOK, "Ufficio")
	row := strings.Join([]string{
		odd(code("Ugo Uguali")), odd("Uguali"), odd("Ugo"), odd("ugo@ente.example"), odd("SEND"), odd("operator"),
	}, ";")
	for name, p := range map[string]site.Page{
		"file": b.Upload(web.ImportURL(i), "colleghi.csv", odd(strings.TrimSpace(site.ImportHeader))+"\n"+row),
		"rows": b.Upload(web.ImportURL(i), "colleghi.csv", "", "rows", row),
	} {
		if got := rowResults(p); len(got) != 1 || !strings.Contains(got[0], "Sarà aggiunta come") || strings.Contains(p.Body, marks) {
			t.Errorf("%s: %q", name, got)
		}
	}
	var stored string
	err := s.DB.Owner.QueryRow(t.Context(), `
		SELECT string_agg(first_name || last_name || email || sort_key || search_key, ' ') || (SELECT string_agg(name, ' ') FROM user_group)
		FROM listing`).Scan(&stored)
	if err != nil || strings.ContainsAny(stored, marks) {
		t.Errorf("%q, %v", stored, err)
	}
}
