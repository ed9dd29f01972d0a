package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// The banner after a change names what was changed, completely and in both languages, and is not shown on another
// group's page.
func TestEveryBannerNamesTheChange(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	group, other := i.Group("prod-interop", "Ufficio"), i.Group("prod-interop", "Altro")
	form := func(pairs ...string) url.Values {
		v := site.KeyedForm()
		for n := 0; n < len(pairs); n += 2 {
			v.Add(pairs[n], pairs[n+1])
		}
		return v
	}
	b := s.SignIn(t, "Anna Bianchi")
	alertText := func(p site.Page) string {
		t.Helper()
		if p.Status != http.StatusOK || len(p.All("alert", "")) != 1 {
			t.Fatalf("%s: %d, %d alerts", p.URL.Path, p.Status, len(p.All("alert", "")))
		}
		return p.One("alert", "").Text()
	}
	toGroup := web.GroupURL(i.ID, group)
	for _, operation := range []struct {
		to          string
		form        url.Values
		want        string
		wantEnglish string // in English
		elsewhere   string
	}{
		{
			web.AddGroupURL(i.ID, oto, "prod-interop"), form("group", string(group)),
			"Gruppo assegnato. Oto Neri fa parte del gruppo “Ufficio” di Interoperabilità.",
			"Group assigned. Oto Neri is in the group “Ufficio”", "",
		},
		{
			web.AddRoleURL(i.ID, oto, "prod-interop"), form("product", "prod-interop", "role", "prod-interop:security"),
			"Ruolo assegnato. Oto Neri può operare su Interoperabilità come Operatore Sicurezza.", "as Security Operator", "",
		},
		{
			web.AddProductURL(i.ID, oto), form("product", "prod-pn", "role", "prod-pn:operator"),
			"Ruolo assegnato. Oto Neri può operare su SEND come Gestore Notifiche.", "Role assigned. Oto Neri can work on SEND as ", "",
		},
		{
			web.AddConfirmURL(i.ID), form(
				"fiscal_code", s.Seed.FiscalCode("Pia Gialli").Reveal(), "first_name", "Pia", "last_name", "Gialli",
				"email", "pia@ente.example", "product", "prod-interop",
				"role", "prod-interop:api", "role", "prod-interop:security", "names_confirmed", "on",
			),
			"Utente aggiunto. Pia Gialli può operare su Interoperabilità come Operatore API e Operatore Sicurezza: " +
				"entra con SPID o CIE.",
			"API Operator and Security Operator", "",
		},
		{
			toGroup + "/rename", form("product", "prod-interop", "title", "Sportello"),
			"Gruppo rinominato. Il gruppo si chiama “Sportello”.", "“Sportello”", web.GroupURL(i.ID, other),
		},
		{
			toGroup + "/members/" + string(oto) + "/remove", form("product", "prod-interop"),
			"Tolto dal gruppo. Oto Neri non fa più parte del gruppo “Sportello” di Interoperabilità.",
			"no longer in the group “Sportello”", web.GroupURL(i.ID, other),
		},
	} {
		p := b.Post(operation.to, operation.form)
		if got := alertText(p); got != operation.want {
			t.Errorf("got %q, want %q", got, operation.want)
		}
		b.Post(web.LanguageURL(), url.Values{"lang": {"en"}})
		if got := alertText(b.Get(p.URL.RequestURI())); !strings.Contains(got, operation.wantEnglish) {
			t.Errorf("in English: %q, want %q in it", got, operation.wantEnglish)
		}
		b.Post(web.LanguageURL(), url.Values{"lang": {"it"}})
		if operation.elsewhere != "" {
			if found := b.Get(operation.elsewhere+"?"+p.URL.RawQuery).All("alert", ""); len(found) > 0 {
				t.Errorf("another group shows the banner: %s", found[0].Text())
			}
		}
	}
	added := b.Post(toGroup+"/members/add", form("product", "prod-interop", "member", string(oto)))
	if got := alertText(added); !strings.Contains(got, "1 persona aggiunta") {
		t.Errorf("people added: %q", got)
	}
	if found := b.Get(web.GroupURL(i.ID, other)+"?"+added.URL.RawQuery).All("alert", ""); len(found) > 0 {
		t.Errorf("another group shows the banner about its members: %s", found[0].Text())
	}
}
