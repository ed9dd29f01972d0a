package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Offboarding removes every role on the products that the actor administers at once; the page says which roles stay.
func TestOffboardingEndsAllAdministeredRolesAtOnce(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	anna := i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.User("Oto Neri", "prod-interop/api", "prod-interop/security suspended", "prod-pn/operator", "prod-io/referente operativo")
	i.Group("prod-interop", "Sviluppo")
	i.Group("prod-io", "Redazione")
	i.Join("Oto Neri", "prod-interop", "Sviluppo")
	i.Join("Oto Neri", "prod-io", "Redazione")
	b := s.SignIn(t, "Anna Bianchi")
	ask := b.Follow(b.Get(web.ProfileURL(i.ID, oto)), "Cessazione di Oto Neri")
	if ask.Status != http.StatusOK ||
		!strings.HasPrefix(ask.Title(), "Vuoi rimuovere i ruoli di Oto Neri su tutti i prodotti che amministri?") {
		t.Fatalf("%d %q", ask.Status, ask.Title())
	}
	checkPageText(
		t,
		ask,
		"before",
		"Interoperabilità: Operatore API e Operatore Sicurezza",
		"I gruppi di Interoperabilità: Sviluppo",
		"SEND: Gestore Notifiche",
		"Operatore di App IO: lo gestiscono gli Amministratori di App IO",
		"Resta tra gli utenti dell’ente.",
		"Se l’assenza è temporanea, sospendi",
	)
	if strings.Contains(ask.Text(), "Redazione") {
		t.Error("a group that stays")
	}
	form := ask.One("button", "Rimuovi i ruoli").Form()
	for range 2 {
		p := b.Submit(form)
		if p.Status != http.StatusOK || p.URL.Path != web.ProfileURL(i.ID, oto) || !strings.HasPrefix(p.Title(), "Cessazione eseguita") {
			t.Fatalf("%d %s %q", p.Status, p.URL, p.Title())
		}
		checkPageText(t, p, "done", "Cessazione eseguita. Ruoli rimossi: qui sotto vedi che cosa resta a Oto Neri.", "App IO")
		if strings.Contains(p.ByID("content").Text(), "Interoperabilità") || strings.Contains(p.Text(), "Cessazione di") {
			t.Errorf("a role is left: %s", p.ByID("content").Text())
		}
	}
	if got := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'remove'`); got != 3 {
		t.Errorf("%d records of three roles", got)
	}
	if got := s.Count(t, `SELECT count(DISTINCT xmin::text) FROM audit_event WHERE action = 'remove'`); got != 1 {
		t.Errorf("%d transactions", got)
	}
	for who, none := range map[access.UserID]int{oto: http.StatusForbidden, anna: http.StatusForbidden} {
		if p := b.Get(
			web.OffboardingURL(i.ID, who),
		); p.Status != none ||
			b.Get(web.ProfileURL(i.ID, who)).HasInner("a", "href", web.OffboardingURL(i.ID, who)) {
			t.Errorf("nothing to remove: %d", p.Status)
		}
	}
	if p := s.SignIn(t, "Oto Neri").Get(web.OffboardingURL(i.ID, anna)); p.Status != http.StatusNotFound {
		t.Errorf("an Operator: %d", p.Status)
	}
}

// P7: a user without roles leaves the institution, and the list reports it, when sent again too.
func TestAnOffboardedUserLeavesTheInstitution(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	oto := i.User("Oto Neri", "prod-interop/api", "prod-pn/operator")
	b := s.SignIn(t, "Anna Bianchi")
	ask := b.Get(web.OffboardingURL(i.ID, oto))
	checkPageText(t, ask, "before", "Non sarà più tra gli utenti dell’ente", "dovrai aggiungere di nuovo tutti i dati")
	form := ask.One("button", "Rimuovi i ruoli").Form()
	for range 2 {
		p := b.Submit(form)
		if p.Status != http.StatusOK || p.URL.Path != web.UsersURL(i.ID, access.Filter{}) ||
			!strings.HasPrefix(p.Title(), "Cessazione eseguita") {
			t.Fatalf("%d %s %q", p.Status, p.URL, p.Title())
		}
		checkPageText(t, p, "done", "Ruoli rimossi: Oto Neri non è più tra gli utenti dell’ente.")
	}
}

// All or none: a stale form changes nothing and shows the present state.
func TestAStaleOffboardingFormChangesNothing(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.User("Oto Neri", "prod-interop/api", "prod-interop/security", "prod-pn/operator", "prod-io/referente operativo")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.OffboardingURL(i.ID, oto)).One("button", "Rimuovi i ruoli").Form()
	b.Press(b.Get(web.RoleURL(i.ID, oto, security, access.Remove)), htmltest.Remove)
	before := s.Count(t, `SELECT count(*) FROM audit_event`)
	p := b.Submit(form)
	if p.Status != http.StatusConflict || !strings.HasPrefix(p.Title(), "Errore: Il ruolo non c’è più") ||
		s.Status(t, i.ID, oto, api) != access.Active {
		t.Errorf("stale: %d %q", p.Status, p.Title())
	}
	forged := b.Get(web.OffboardingURL(i.ID, oto)).One("button", "Rimuovi i ruoli").Form()
	forged.Values.Add("target", "prod-io:referente operativo")
	if p := b.Submit(forged); p.Status != http.StatusForbidden || s.Status(t, i.ID, oto, api) != access.Active {
		t.Errorf("a role of others too: %d", p.Status)
	}
	forged.Values.Del("target")
	if p := b.Submit(forged); p.Status != http.StatusBadRequest {
		t.Errorf("no role: %d", p.Status)
	}
	if got := s.Count(t, `SELECT count(*) FROM audit_event`); got != before {
		t.Errorf("%d records", got-before)
	}
	var wg sync.WaitGroup
	fresh := b.Get(web.OffboardingURL(i.ID, oto)).One("button", "Rimuovi i ruoli").Form()
	for range 20 {
		wg.Go(func() {
			if p := b.Submit(fresh); p.Status != http.StatusOK || !strings.HasPrefix(p.Title(), "Cessazione eseguita") {
				t.Errorf("%d %q", p.Status, p.Title())
			}
		})
	}
	wg.Wait()
	if got := s.Count(t, `SELECT count(*) FROM audit_event`); got != before+2 {
		t.Errorf("twenty at once: %d records of two roles", got-before)
	}
}
