package server_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P11: a person who loses their powers is refused from the next request on, with the reason.
func TestALostPowerEndsInOpenSessionsAtOnce(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	oto := i.Admin("Oto Neri", "prod-interop")
	i.Operator("Oto Neri", "prod-io", "referente operativo")
	pia := i.Operator("Pia Gialli", "prod-interop", "api")
	anna, otos := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Oto Neri")
	page := web.RoleURL(i.ID, pia, api, access.Suspend)
	form := otos.Get(page).One("button", htmltest.Suspend).Form()

	anna.Post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-interop", Role: "admin"}, access.Suspend), site.KeyedForm())
	if p := otos.Get(web.UsersURL(i.ID, access.Filter{})); p.Status != http.StatusForbidden {
		t.Errorf("the list, an Operator now: %d", p.Status)
	}
	if p := otos.Post(page, form.Values); p.Status != http.StatusNotFound {
		t.Errorf("an Operator now, the form of before: %d", p.Status)
	}
	if p := otos.Get(web.ProfileURL(i.ID, oto)); p.Status != http.StatusOK {
		t.Errorf("the own profile: %d", p.Status)
	}
	anna.Post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-io", Role: "referente operativo"}, access.Suspend), site.KeyedForm())
	p := otos.Get(web.ProfileURL(i.ID, oto))
	if p.URL.Path != "/login" || !strings.Contains(p.Text(), "sospes") {
		t.Fatalf("without powers: %s, %s", p.URL, p.Text())
	}
	// Signing in again: a known person without powers (V2).
	p = otos.SignIn(p, "Oto Neri")
	if p.Status != http.StatusForbidden || !strings.Contains(p.Text(), "Interoperabilità") || !strings.Contains(p.Text(), "App IO") ||
		!p.Has("button", "Esci dall’Area Riservata") {
		t.Errorf("signed in again: %d %s", p.Status, p.Text())
	}
	anna.Post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-interop", Role: "admin"}, access.Reactivate), site.KeyedForm())
	if p := otos.Get("/"); p.Status != http.StatusOK || p.URL.Path != web.HomeURL(i.ID) {
		t.Errorf("re-enabled: %d %s", p.Status, p.URL)
	}
}

// Section 3: a control is shown if, and only if, the action would be allowed now.
func TestAControlIsShownIfAndOnlyIfItWouldWork(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	people := map[string]access.UserID{
		"Oto Neri":     i.User("Oto Neri", "prod-interop/api", "prod-interop/security suspended", "prod-io/referente operativo"),
		"Anna Bianchi": i.Admin("Anna Bianchi", "prod-interop"),
		"Ivo Rossi":    i.Admin("Ivo Rossi", "prod-io"),
	}
	shown := 0
	for _, actor := range []string{"Anna Bianchi", "Ivo Rossi", "Oto Neri"} {
		b := s.SignIn(t, actor)
		for name, id := range people {
			profile := b.Get(web.ProfileURL(i.ID, id))
			for _, target := range []access.Target{
				api, security,
				{Product: "prod-interop", Role: "admin"},
				{Product: "prod-io", Role: "referente operativo"},
				{Product: "prod-io", Role: "referente amministrativo"},
			} {
				for _, action := range []access.Action{access.Suspend, access.Reactivate} {
					address := web.RoleURL(i.ID, id, target, action)
					linked := profile.Status == http.StatusOK && profile.HasInner("a", "href", address)
					answers := b.Get(address).Status == http.StatusOK
					if linked != answers {
						t.Errorf("%s on %s, %s %v: shown %v, works %v", actor, name, action, target, linked, answers)
					}
					if linked {
						shown++
					}
				}
			}
		}
	}
	if shown != 3 {
		t.Errorf("%d controls shown in all, want Oto's two at Interoperabilità and one at App IO", shown)
	}
}

// V4, V8, D7: the profile shows the fiscal code in full; the title, the address and the log never do.
func TestAProfileShowsTheFiscalCodeOnThePageOnly(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.MarkVerified("Anna Bianchi").Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.Group("prod-interop", "Ufficio anagrafe")
	i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	code := s.Seed.FiscalCode("Oto Neri").Reveal()
	operator := s.SignIn(t, "Oto Neri")
	for _, b := range []*site.Browser{s.SignIn(t, "Anna Bianchi"), operator} {
		p := b.Get(web.ProfileURL(i.ID, oto))
		for _, says := range []string{"Oto", "Neri", code, "oto.neri@ente.example", "Interoperabilità", "Operatore API", "Ufficio anagrafe"} {
			if !strings.Contains(p.Text(), says) {
				t.Errorf("the profile lacks %q", says)
			}
		}
		if strings.Contains(p.Title(), code) {
			t.Error("the code is in the title")
		}
	}
	p := operator.Get(web.ProfileURL(i.ID, oto))
	if !strings.Contains(p.Text(), "(tu)") {
		t.Error("the own profile is not marked as such")
	}
	if p.HasInner("a", "href", web.UsersURL(i.ID, access.Filter{})) {
		t.Error("an Operator is offered the Users section")
	}
	if p := operator.Get(
		web.UsersURL(i.ID, access.Filter{}),
	); p.Status != http.StatusForbidden ||
		!p.HasInner("a", "href", web.ProfileURL(i.ID, oto)) {
		t.Errorf("the Users section for an Operator: %d, without a link to the own profile", p.Status)
	}
	if strings.Contains(s.Log.String(), code) || strings.Contains(s.Log.String(), "oto.neri") {
		t.Error("the log has personal data")
	}
}

// D5: a refusal for lack of authority is logged with its reason, and counted.
func TestRefusalsAreInTheSecurityLog(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	if p := s.SignIn(t, "Ivo Rossi").
		Post(web.RoleURL(i.ID, oto, api, access.Suspend), site.KeyedForm()); p.Status != http.StatusForbidden ||
		!strings.Contains(p.Text(), "Interoperabilità") {
		t.Errorf("%d %s", p.Status, p.Text())
	}
	for _, says := range []string{`"log":"security"`, `"reason":"not-administrator"`, `"action":"suspend"`} {
		if !strings.Contains(s.Log.String(), says) {
			t.Errorf("the log lacks %s", says)
		}
	}
	counts := httptest.NewRecorder()
	s.Server.Metrics().ServeHTTP(counts, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if !strings.Contains(counts.Body.String(), `areariservata_refused_total{reason="not-administrator"} 1`+"\n") {
		t.Errorf("the refusal is not counted: %s", counts.Body.String())
	}
}
