package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// D3: an address that may be certified mail is asked about where it is typed, and taken once it is confirmed: when a user
// is added, edited and imported. An address that is there already is not asked about.
func TestADoubtfulEmailIsToBeConfirmed(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	const doubtful, question = "rete@cert.azienda.example", "Confermo che è una casella e-mail ordinaria"

	action, values := fillForm(b.Get(web.AddURL(i.ID, "prod-interop")), "Continua", map[string][]string{
		"fiscal_code": {"RSSMRA80A01H501U"}, "first_name": {"Mario"}, "last_name": {"Rossi"}, "email": {doubtful},
		"product": {"prod-interop"}, "role": {"prod-interop:api"},
	})
	p := b.Post(action, values)
	if p.Status != http.StatusUnprocessableEntity || !p.Has("checkbox", question) || p.Field("E-mail istituzionale").Value() != doubtful {
		t.Errorf("added: %d %s", p.Status, p.Text())
	}
	values.Set("email_confirmed", "1")
	check := b.Post(action, values)
	if check.Status != http.StatusOK {
		t.Fatalf("confirmed: %d %s", check.Status, check.Text())
	}
	confirm := check.One("button", "Aggiungi").Form()
	delete(confirm.Values, "back")
	if p := b.Submit(confirm); p.Status != http.StatusOK || !strings.Contains(p.Text(), doubtful) {
		t.Errorf("added: %d %s", p.Status, p.Text())
	}

	action, values = fillForm(b.Get(web.EditURL(i.ID, oto)), "Salva", map[string][]string{"email": {doubtful}})
	if p := b.Post(action, values); p.Status != http.StatusUnprocessableEntity || !p.Has("checkbox", question) {
		t.Errorf("edited: %d %s", p.Status, p.Text())
	}
	values.Set("email_confirmed", "1")
	if p := b.Post(action, values); p.Status != http.StatusOK || !strings.Contains(p.Text(), doubtful) {
		t.Errorf("edited and confirmed: %d %s", p.Status, p.Text())
	}
	action, values = fillForm(b.Get(web.EditURL(i.ID, oto)), "Salva", map[string][]string{"first_name": {"Ottone"}})
	if p := b.Post(action, values); p.Has("checkbox", question) {
		t.Errorf("another field edited: %d %s", p.Status, p.Text())
	}

	file := site.ImportHeader + s.Seed.FiscalCode("Pia Gialli").Reveal() + ";Gialli;Pia;" + doubtful + ";Interoperabilità;Operatore API\n"
	checked := b.Upload(web.ImportURL(i.ID), "colleghi.csv", file)
	if !checked.Has("radio", "I dati sono giusti: procedi") || !strings.Contains(checked.Text(), "sembra una PEC") {
		t.Fatalf("imported: %d %s", checked.Status, checked.Text())
	}
	if p := b.Press(checked, "Procedi"); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("imported without a confirmation: %d", p.Status)
	}
	if p := b.Submit(answer(checked, "Procedi", web.RowYes)); p.Status != http.StatusOK || len(rowResults(p)) != 1 ||
		!strings.HasSuffix(rowResults(p)[0], "Aggiunta agli utenti") {
		t.Errorf("imported and confirmed: %d %s", p.Status, p.Text())
	}
}
