package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P8: the e-mail can always be edited, names until they are verified; of two editors the second one sees both texts.
func TestAUsersDataAreEdited(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.MarkVerified("Vera Verdi").Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto, vera := i.Operator("Oto Neri", "prod-interop", "api"), i.Operator("Vera Verdi", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.EditURL(i.ID, oto))
	late := form.One("button", "Salva").Form()
	action, values := fillForm(form, "Salva", map[string][]string{"first_name": {"Ottone"}, "email": {"x@pec.it"}, "names_confirmed": {"1"}})
	if p := b.Post(action, values); p.Status != http.StatusUnprocessableEntity || p.Field("Nome").Value() != "Ottone" {
		t.Errorf("PEC: %d", p.Status)
	}
	values.Set("email", "ottone@ente.example")
	if p := b.Post(
		action,
		values,
	); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Ottone Neri") ||
		!strings.Contains(p.Text(), "ottone@ente.example") {
		t.Errorf("%d %s", p.Status, p.Text())
	}
	late.Values.Set("once", site.KeyedForm().Get("once"))
	late.Values.Set("first_name", "Ottavio")
	late.Values.Set("names_confirmed", "1")
	if p := b.Post(
		action,
		late.Values,
	); p.Status != http.StatusConflict || !strings.Contains(p.Text(), "Ottone") ||
		p.Field("Nome").Value() != "Ottavio" {
		t.Errorf("the second editor: %d %s", p.Status, p.Text())
	}
	form = b.Get(web.EditURL(i.ID, vera))
	action, values = fillForm(form, "Salva", map[string][]string{"first_name": {"Altra"}, "email": {seed.Email("Nuova")}})
	if p := b.Post(
		action,
		values,
	); p.Status != http.StatusOK || strings.Contains(p.Text(), "Altra") ||
		!strings.Contains(p.Text(), seed.Email("Nuova")) {
		t.Errorf("verified names: %d", p.Status)
	}
}

// D2, P8: names that do not fit the fiscal code are confirmed; a form sent without a change makes no version, so that a
// colleague's open form stays valid.
func TestEditAsksAboutNamesAndKeepsTheVersion(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	colleague := b.Get(web.EditURL(i.ID, oto))
	unchanged := b.Press(b.Get(web.EditURL(i.ID, oto)), "Salva")
	if unchanged.Status != http.StatusOK || strings.Contains(unchanged.Title(), "Dati modificati") {
		t.Errorf("without a change: %d %q", unchanged.Status, unchanged.Title())
	}
	form := colleague.One("button", "Salva").Form()
	form.Values.Set("first_name", "Pippo")
	doubt := b.Submit(form)
	if doubt.Status != http.StatusUnprocessableEntity || !doubt.Has("checkbox", "Confermo che nome, cognome e codice fiscale sono giusti") {
		t.Fatalf("names that don't fit: %d", doubt.Status)
	}
	form = doubt.One("button", "Salva").Form()
	form.Values.Set("names_confirmed", "1")
	if done := b.Submit(form); done.Status != http.StatusOK || !strings.Contains(done.Text(), "Pippo Neri") {
		t.Errorf("confirmed: %d", done.Status)
	}
	form = b.Get(web.EditURL(i.ID, oto)).One("button", "Salva").Form()
	form.Values.Set("email", "altra@ente.example") // names that were confirmed are not asked about again
	if done := b.Submit(form); done.Status != http.StatusOK {
		t.Errorf("the e-mail alone: %d", done.Status)
	}
}
