package server_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

var referenceNumber = regexp.MustCompile(`[A-Z2-7]{10}`)

// keyedForm is what the confirmation's form sends.
func keyedForm() url.Values {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return url.Values{"once": {fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])}}
}

var (
	api      = access.Target{Product: "prod-interop", Role: "api"}
	security = access.Target{Product: "prod-interop", Role: "security"}
)

// P6 from end to end, as a browser without scripts does it: profile, confirmation, effect, outcome, and the way back.
func TestARoleIsSuspendedAndReEnabled(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	b := s.signInAs(t, "Anna Bianchi")

	p := b.get(web.ProfileURL(i.ID, oto))
	p = b.follow(p, "Sospendi Operatore API di Oto Neri")
	for _, says := range []string{"Oto Neri", "Operatore API", "Interoperabilità"} {
		if !strings.Contains(p.One("heading", p.All("heading", "")[0].Name()).Text(), says) {
			t.Errorf("the question doesn't name %q: %s", says, p.Text())
		}
	}
	if cancelled := b.follow(p, "Annulla"); cancelled.url.Path != web.ProfileURL(i.ID, oto) || !cancelled.Has("link", "Sospendi Operatore API di Oto Neri") {
		t.Errorf("cancelling leads to %s", cancelled.url)
	}
	p = b.press(p, "Sospendi")
	if p.status != http.StatusOK || p.url.Path != web.ProfileURL(i.ID, oto) {
		t.Fatalf("it leads to %d %s", p.status, p.url)
	}
	if !strings.HasPrefix(p.Title(), "Ruolo sospeso") || !p.Has("link", "Riabilita Operatore API di Oto Neri") || p.Has("link", "Sospendi Operatore API di Oto Neri") {
		t.Errorf("the outcome doesn't show: %q, %q", p.Title(), p.Names("link"))
	}
	if !p.Has("link", "Sospendi Operatore Sicurezza di Oto Neri") {
		t.Error("the other role changed too")
	}
	if again := b.get(p.url.String()); !strings.HasPrefix(again.Title(), "Ruolo sospeso") {
		t.Error("the outcome doesn't stay")
	}

	back := p.All("link", "Riabilita Operatore API di Oto Neri") // in the outcome, and on the card
	if len(back) != 2 {
		t.Fatalf("%d ways back", len(back))
	}
	p = b.press(b.get(back[0].Attr("href")), "Riabilita")
	if !strings.HasPrefix(p.Title(), "Ruolo riabilitato") || !p.Has("link", "Sospendi Operatore API di Oto Neri") {
		t.Errorf("re-enabled: %q, %q", p.Title(), p.Names("link"))
	}
}

// P6: a form gone stale gets 409 and the present state; the same form sent twice gets its first outcome.
func TestFormsThatComeLateOrTwice(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	anna, ivo := s.signInAs(t, "Anna Bianchi"), s.signInAs(t, "Ivo Rossi")
	address := web.RoleURL(i.ID, oto, api, access.Suspend)

	annas, ivos := anna.get(address).One("button", "Sospendi").Form(), ivo.get(address).One("button", "Sospendi").Form()
	first := anna.post(address, annas.Values)
	if twice := anna.post(address, annas.Values); twice.status != http.StatusOK || twice.url.String() != first.url.String() {
		t.Errorf("sent twice: %d %s", twice.status, twice.url)
	}
	late := ivo.post(address, ivos.Values)
	if late.status != http.StatusConflict || !strings.HasPrefix(late.Title(), "Errore: ") || !late.Has("link", "Riabilita Operatore API di Oto Neri") {
		t.Errorf("late: %d %q", late.status, late.Title())
	}
	if asked := ivo.get(address); asked.status != http.StatusConflict {
		t.Errorf("asked to confirm what can't be: %d", asked.status)
	}
	if none := ivo.post(address, url.Values{}); none.status != http.StatusBadRequest {
		t.Errorf("without a mark: %d", none.status)
	}
	if other := anna.post(web.RoleURL(i.ID, oto, security, access.Suspend), annas.Values); other.status != http.StatusConflict {
		t.Errorf("the mark of another form: %d", other.status)
	}
	if stolen := ivo.get(first.url.String()); strings.HasPrefix(stolen.Title(), "Ruolo sospeso") {
		t.Error("somebody else's outcome is told")
	}
}

// P11: whoever is left without powers is refused from the next request on, and told why.
func TestAnOpenSessionLosesItsPowersAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	oto := i.Admin("Oto Neri", "prod-interop")
	i.Operator("Oto Neri", "prod-io", "referente operativo")
	pia := i.Operator("Pia Gialli", "prod-interop", "api")
	anna, otos := s.signInAs(t, "Anna Bianchi"), s.signInAs(t, "Oto Neri")
	page := web.RoleURL(i.ID, pia, api, access.Suspend)
	form := otos.get(page).One("button", "Sospendi").Form()

	anna.post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-interop", Role: "admin"}, access.Suspend), keyedForm())
	if p := otos.get(web.UsersURL(i.ID, access.Filter{})); p.status != http.StatusForbidden {
		t.Errorf("the list, an Operator now: %d", p.status)
	}
	if p := otos.post(page, form.Values); p.status != http.StatusNotFound {
		t.Errorf("an Operator now, the form of before: %d", p.status)
	}
	if p := otos.get(web.ProfileURL(i.ID, oto)); p.status != http.StatusOK {
		t.Errorf("the own profile: %d", p.status)
	}
	anna.post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-io", Role: "referente operativo"}, access.Suspend), keyedForm())
	p := otos.get(web.ProfileURL(i.ID, oto))
	if p.url.Path != "/login" || !strings.Contains(p.Text(), "sospes") {
		t.Fatalf("without powers: %s, %s", p.url, p.Text())
	}
	// Signing in again: known, and without powers (V2).
	p = otos.signIn(p, "Oto Neri")
	if p.status != http.StatusForbidden || !strings.Contains(p.Text(), "Interoperabilità") || !strings.Contains(p.Text(), "App IO") || !p.Has("button", "Esci dall’Area Riservata") {
		t.Errorf("signed in again: %d %s", p.status, p.Text())
	}
	anna.post(web.RoleURL(i.ID, oto, access.Target{Product: "prod-interop", Role: "admin"}, access.Reactivate), keyedForm())
	if p := otos.get("/"); p.status != http.StatusOK || p.url.Path != web.HomeURL(i.ID) {
		t.Errorf("re-enabled: %d %s", p.status, p.url)
	}
}

// Section 3: a control is shown if, and only if, the action would be allowed now.
func TestAControlIsShownIfAndOnlyIfItWouldWork(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	people := map[string]access.UserID{
		"Oto Neri":     i.User("Oto Neri", "prod-interop/api", "prod-interop/security suspended", "prod-io/referente operativo"),
		"Anna Bianchi": i.Admin("Anna Bianchi", "prod-interop"),
		"Ivo Rossi":    i.Admin("Ivo Rossi", "prod-io"),
	}
	shown := 0
	for _, actor := range []string{"Anna Bianchi", "Ivo Rossi", "Oto Neri"} {
		b := s.signInAs(t, actor)
		for name, id := range people {
			profile := b.get(web.ProfileURL(i.ID, id))
			for _, target := range []access.Target{
				api, security, {Product: "prod-interop", Role: "admin"}, {Product: "prod-io", Role: "referente operativo"}, {Product: "prod-io", Role: "referente amministrativo"},
			} {
				for _, action := range []access.Action{access.Suspend, access.Reactivate} {
					address := web.RoleURL(i.ID, id, target, action)
					linked := profile.status == http.StatusOK && profile.HasInner("a", "href", address)
					answers := b.get(address).status == http.StatusOK
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

// V4, V8, D7: the profile has the fiscal code in full; the title, the address and the log never do.
func TestAProfileShowsItsPersonAndKeepsTheCodeToItself(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.MarkVerified("Anna Bianchi").Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.Group("prod-interop", "Ufficio anagrafe")
	i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	code := s.seed.FiscalCode("Oto Neri").Reveal()
	operator := s.signInAs(t, "Oto Neri")
	for _, b := range []browser{s.signInAs(t, "Anna Bianchi"), operator} {
		p := b.get(web.ProfileURL(i.ID, oto))
		for _, says := range []string{"Oto", "Neri", code, "oto.neri@ente.example", "Interoperabilità", "Operatore API", "Ufficio anagrafe"} {
			if !strings.Contains(p.Text(), says) {
				t.Errorf("the profile doesn't say %q", says)
			}
		}
		if strings.Contains(p.Title(), code) {
			t.Error("the code is in the title")
		}
	}
	p := operator.get(web.ProfileURL(i.ID, oto))
	if !strings.Contains(p.Text(), "(tu)") {
		t.Error("the own profile doesn't say so")
	}
	if p.HasInner("a", "href", web.UsersURL(i.ID, access.Filter{})) {
		t.Error("an Operator is offered the Users section")
	}
	if p := operator.get(web.UsersURL(i.ID, access.Filter{})); p.status != http.StatusForbidden || !p.HasInner("a", "href", web.ProfileURL(i.ID, oto)) {
		t.Errorf("the Users section for an Operator: %d, without the way to the own profile", p.status)
	}
	if strings.Contains(s.log.String(), code) || strings.Contains(s.log.String(), "oto.neri") {
		t.Error("the log has personal data")
	}
}

// D5: an attempt refused for lack of authority is in the security log, with its reason, and is counted.
func TestRefusalsAreInTheSecurityLog(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	if p := s.signInAs(t, "Ivo Rossi").post(web.RoleURL(i.ID, oto, api, access.Suspend), keyedForm()); p.status != http.StatusForbidden || !strings.Contains(p.Text(), "Interoperabilità") {
		t.Errorf("%d %s", p.status, p.Text())
	}
	for _, says := range []string{`"log":"security"`, `"reason":"not-administrator"`, `"action":"suspend"`} {
		if !strings.Contains(s.log.String(), says) {
			t.Errorf("the log doesn't say %s", says)
		}
	}
	counts := httptest.NewRecorder()
	s.server.Metrics().ServeHTTP(counts, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if !strings.Contains(counts.Body.String(), `areariservata_refused_total{reason="not-administrator"} 1`+"\n") {
		t.Errorf("it isn't counted: %s", counts.Body.String())
	}
}
