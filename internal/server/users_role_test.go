package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P7: the three confirmations; after the last role the list reports it, and the profile is gone.
func TestRolesAreRemoved(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	oto := i.User("Oto Neri", "prod-interop/api", "prod-interop/security", "prod-pn/operator")
	b := s.SignIn(t, "Anna Bianchi")
	asked := map[string]bool{}
	steps := []access.Target{api, security, {Product: "prod-pn", Role: "operator"}}
	var sent string
	var form url.Values
	for n, at := range steps {
		sent = web.RoleURL(i.ID, oto, at, access.Remove)
		ask := b.Get(sent)
		asked[ask.Text()] = true
		form = ask.One("button", htmltest.Remove).Form().Values
		p := b.Post(sent, form)
		if last := n == len(steps)-1; p.Status != http.StatusOK || (p.URL.Path == web.ProfileURL(i.ID, oto)) == last {
			t.Fatalf("%v: %d %s", at, p.Status, p.URL)
		}
		if !strings.Contains(p.Title(), "rimosso") {
			t.Errorf("%v: %q", at, p.Title())
		}
	}
	if p := b.Post(sent, form); p.Status != http.StatusOK || p.URL.Path != web.UsersURL(i.ID, access.Filter{}) {
		t.Errorf("sent twice: %d %s", p.Status, p.URL)
	}
	if p := b.Get(web.ProfileURL(i.ID, oto)); p.Status != http.StatusNotFound {
		t.Errorf("the profile is still there: %d", p.Status)
	}
	if len(asked) != 3 {
		t.Errorf("%d different questions, want three", len(asked))
	}
}

// P6, in a browser without scripts: profile, confirmation, effect, banner, and the reverse.
func TestARoleIsSuspendedAndReEnabled(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	b := s.SignIn(t, "Anna Bianchi")

	p := b.Get(web.ProfileURL(i.ID, oto))
	p = b.Follow(p, htmltest.Suspend+" Operatore API di Oto Neri")
	for _, says := range []string{"Oto Neri", "Operatore API", "Interoperabilità"} {
		if !strings.Contains(p.One("heading", p.All("heading", "")[0].Name()).Text(), says) {
			t.Errorf("the confirmation lacks %q: %s", says, p.Text())
		}
	}
	if cancelled := b.Follow(
		p,
		htmltest.Cancel,
	); cancelled.URL.Path != web.ProfileURL(i.ID, oto) ||
		!cancelled.Has("link", htmltest.Suspend+" Operatore API di Oto Neri") {
		t.Errorf("cancelling leads to %s", cancelled.URL)
	}
	p = b.Press(p, htmltest.Suspend)
	if p.Status != http.StatusOK || p.URL.Path != web.ProfileURL(i.ID, oto) {
		t.Fatalf("it leads to %d %s", p.Status, p.URL)
	}
	if !strings.HasPrefix(p.Title(), "Ruolo sospeso") || !p.Has("link", htmltest.Reactivate+" Operatore API di Oto Neri") ||
		p.Has("link", htmltest.Suspend+" Operatore API di Oto Neri") {
		t.Errorf("the outcome is not shown: %q, %q", p.Title(), p.Names("link"))
	}
	if !p.Has("link", htmltest.Suspend+" Operatore Sicurezza di Oto Neri") {
		t.Error("the other role changed too")
	}
	if again := b.Get(p.URL.String()); !strings.HasPrefix(again.Title(), "Ruolo sospeso") {
		t.Error("the outcome is not shown after a reload")
	}

	back := p.All("link", htmltest.Reactivate+" Operatore API di Oto Neri") // in the outcome, and on the card
	if len(back) != 2 {
		t.Fatalf("%d ways back", len(back))
	}
	p = b.Press(b.Get(back[0].Attr("href")), htmltest.Reactivate)
	if !strings.HasPrefix(p.Title(), "Ruolo riabilitato") || !p.Has("link", htmltest.Suspend+" Operatore API di Oto Neri") {
		t.Errorf("re-enabled: %q, %q", p.Title(), p.Names("link"))
	}
}

// P6: a stale form gets 409 and the present state; the same form sent twice gets its first result.
func TestLateAndRepeatedForms(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	anna, ivo := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Ivo Rossi")
	address := web.RoleURL(i.ID, oto, api, access.Suspend)

	annas, ivos := anna.Get(address).One("button", htmltest.Suspend).Form(), ivo.Get(address).One("button", htmltest.Suspend).Form()
	first := anna.Post(address, annas.Values)
	if twice := anna.Post(address, annas.Values); twice.Status != http.StatusOK || twice.URL.String() != first.URL.String() {
		t.Errorf("sent twice: %d %s", twice.Status, twice.URL)
	}
	late := ivo.Post(address, ivos.Values)
	if late.Status != http.StatusConflict || !strings.HasPrefix(late.Title(), "Errore: ") ||
		!late.Has("link", htmltest.Reactivate+" Operatore API di Oto Neri") {
		t.Errorf("late: %d %q", late.Status, late.Title())
	}
	if asked := ivo.Get(address); asked.Status != http.StatusConflict {
		t.Errorf("an impossible action has a confirmation: %d", asked.Status)
	}
	if none := ivo.Post(address, url.Values{}); none.Status != http.StatusBadRequest {
		t.Errorf("without an idempotency key: %d", none.Status)
	}
	if other := anna.Post(web.RoleURL(i.ID, oto, security, access.Suspend), annas.Values); other.Status != http.StatusConflict {
		t.Errorf("the key of another form: %d", other.Status)
	}
	if stolen := ivo.Get(first.URL.String()); strings.HasPrefix(stolen.Title(), "Ruolo sospeso") {
		t.Error("another person's banner is shown")
	}
}
