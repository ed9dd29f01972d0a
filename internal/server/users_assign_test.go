package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P4, P5: a role on a new product and another role on a held one; the reason why a role cannot be given is shown.
func TestRolesAreAssigned(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	profile := b.Get(web.ProfileURL(i.ID, oto))
	form := b.Get(web.AddProductURL(i.ID, oto))
	if !profile.HasInner("a", "href", web.AddProductURL(i.ID, oto)) ||
		!profile.HasInner("a", "href", web.AddRoleURL(i.ID, oto, "prod-interop")) {
		t.Fatal("not offered")
	}
	if p := b.Press(form, "Assegna"); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("no choice: %d", p.Status)
	}
	action, values := fillForm(form, "Assegna", map[string][]string{"product": {"prod-pn"}, "role": {"prod-pn:operator"}})
	p := b.Post(action, values)
	if p.Status != http.StatusOK || p.URL.Path != web.ProfileURL(i.ID, oto) || !strings.Contains(p.Text(), "Gestore Notifiche") {
		t.Errorf("%d %s", p.Status, p.URL)
	}
	if twice := b.Post(action, values); twice.URL.String() != p.URL.String() {
		t.Errorf("sent twice: %d %s", twice.Status, twice.URL)
	}
	form = b.Get(web.AddRoleURL(i.ID, oto, "prod-interop"))
	action, values = fillForm(form, "Assegna", map[string][]string{"role": {"prod-interop:security", "prod-interop:viewer"}})
	if p = b.Post(action, values); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), "non vanno insieme") {
		t.Errorf("two roles that cannot be combined: %d", p.Status)
	}
	values["role"] = []string{"prod-interop:security"}
	if p = b.Post(action, values); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Operatore Sicurezza") {
		t.Errorf("another role: %d", p.Status)
	}
	if p = b.Post(
		web.AddRoleURL(i.ID, oto, "prod-interop"),
		url.Values{"once": site.KeyedForm()["once"], "role": {"prod-interop:admin"}},
	); p.Status != http.StatusConflict || !strings.Contains(p.Text(), "non vanno insieme") {
		t.Errorf("a role of the other category, which a signature would not help: %d", p.Status)
	}
	ugo := i.Operator("Ugo Utente", "prod-pn", "operator")
	signed := url.Values{"once": site.KeyedForm()["once"], "product": {"prod-interop"}, "role": {"prod-interop:admin"}}
	if p = b.Post(web.AddProductURL(i.ID, ugo), signed); p.Status != http.StatusForbidden {
		t.Errorf("a role that needs a signature: %d", p.Status)
	}
	if p = s.SignIn(t, "Ivo Rossi").Get(web.AddRoleURL(i.ID, oto, "prod-interop")); p.Status != http.StatusForbidden {
		t.Errorf("another product's Administrator: %d", p.Status)
	}
}
