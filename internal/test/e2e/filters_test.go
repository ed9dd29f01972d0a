package e2e_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// With scripts the list follows the filters while they are filled in; without, it waits for the button.
func TestTheListFollowsItsFilters(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Operator("Oto Neri", "prod-interop", "api")
	pia := i.Operator("Pia Nerini", "prod-interop", "security suspended")
	const search = "Nome, e-mail o codice fiscale"
	all := s.URL + web.UsersURL(i.ID, access.Filter{})
	p := viewport(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(all)
	browsertest.Eval[bool](p, `window.same = true`)
	rows := func() string { return fmt.Sprint(p.Texts("#results tbody th")) }
	follows := func(what, want string, query url.Values) {
		t.Helper()
		waitUntil(t, p, what, func() bool { return rows() == want })
		u, err := url.Parse(p.URL())
		if err != nil {
			t.Fatal(err)
		}
		if got := u.Query().Encode(); got != query.Encode() || u.Path != strings.TrimPrefix(all, s.URL) {
			t.Errorf("%s: the address is %s, want %s", what, u, query.Encode())
		}
	}

	p.Fill(search, "ner")
	follows("typing", "[Neri Oto Nerini Pia]", url.Values{"q": {"ner"}})
	if output := p.Text("#notices"); output != "Interoperabilità: 2 utenti" {
		t.Errorf("announced: %q", output)
	}
	if browsertest.Eval[bool](p, `!!document.querySelector("main #notices") || document.getElementById("notices").role !== "status"`) {
		t.Error("what is announced isn't in a region of its own")
	}
	if h := focusedElement(t, p); h.Name != search {
		t.Errorf("the focus is on %+v", h)
	}
	p.Choose("Stato", htmltest.Suspended)
	follows("choosing", "[Nerini Pia]", url.Values{"q": {"ner"}, "state": {"suspended"}})
	if tab := browsertest.Eval[string](
		p,
		`document.querySelector("#tabs a:not([aria-current])").search`,
	); !strings.Contains(tab, "q=ner") ||
		!strings.Contains(tab, "state=suspended") {
		t.Errorf("another tab forgets the filters: %s", tab)
	}
	if got := p.Text("#filter-count"); got != "" && !strings.Contains(got, "2 filtri") { // folded away at this width
		t.Errorf("counted: %q", got)
	}
	p.Fill(search, "zzz")
	follows("no user", "[]", url.Values{"q": {"zzz"}, "state": {"suspended"}})
	if output := p.Text("#notices"); output != "Nessun utente trovato" {
		t.Errorf("announced: %q", output)
	}
	p.Choose("Stato", "Tutti")
	p.Fill(search, "")
	follows("all users again", "[Bianchi Anna (tu) Neri Oto Nerini Pia Bianchi Anna (tu)]", url.Values{})
	if !browsertest.Eval[bool](p, `window.same === true && history.length <= 2`) {
		t.Error("the page was left, or the history has grown")
	}

	// A fiscal code is sent by the button only, which leads to the profile; typing one sends nothing.
	code := s.Seed.FiscalCode("Pia Nerini").Reveal()
	for _, typed := range []string{code[:14], code} {
		if asked := p.RecordResources(func() { p.Fill(search, typed) }); len(asked) > 0 {
			t.Errorf("a fiscal code was sent while it was typed: %v", asked)
		}
	}
	if p.URL() != all {
		t.Errorf("typing a code leads to %s", p.URL())
	}
	p.WaitForNavigation("the profile", func() { p.Click("button", "Filtra") })
	if p.URL() != s.URL+web.ProfileURL(i.ID, pia) {
		t.Errorf("a fiscal code leads to %s", p.URL())
	}
	if output := p.ConsoleErrors(); len(output) > 0 {
		t.Errorf("the browser complains: %q", output)
	}
	if strings.Contains(s.Log.String(), code[:14]) {
		t.Error("the fiscal code is in the log")
	}
}

// A later request overtakes the one in flight: only its response is shown, in whichever order they come.
func TestAnOvertakenAnswerIsNotShown(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
	p := viewport(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
	// Hold back the first response until the second one is shown.
	browsertest.Eval[bool](p, `(() => {
		const real = window.fetch;
		let first = true;
		window.asked = 0;
		window.fetch = async (...about) => {
			window.asked++;
			const mine = first;
			first = false;
			if (mine) await new Promise(go => { window.release = go });
			return real(...about);
		};
		return true;
	})()`)
	p.Fill("Nome, e-mail o codice fiscale", "bianchi")
	waitUntil(t, p, "the first question", func() bool { return browsertest.Eval[int](p, `window.asked`) == 1 })
	p.Fill("Nome, e-mail o codice fiscale", "neri")
	waitUntil(t, p, "the second answer", func() bool { return fmt.Sprint(p.Texts("#results tbody th")) == "[Neri Oto]" })
	browsertest.Eval[bool](p, `(window.release(), new Promise(go => setTimeout(go, 500, true)))`)
	if got := fmt.Sprint(p.Texts("#results tbody th")); got != "[Neri Oto]" || !strings.Contains(p.URL(), "q=neri") {
		t.Errorf("an overtaken answer is shown: %s on %s", got, p.URL())
	}
}

// When the request fails, the list stays as it is and the button still works.
func TestTheFiltersButtonWorksWithoutScriptsAndResponses(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{"without an answer": {}, "without scripts": {NoScripts: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
			i.Admin("Anna Bianchi", "prod-interop")
			i.Operator("Oto Neri", "prod-interop", "api")
			p := viewport(t, options)
			s.SignIn(t, "Anna Bianchi").Lend(p)
			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
			browsertest.Eval[bool](p, `(window.fetch = () => { window.failed = true; return Promise.reject(new TypeError("no network")) }, true)`)
			p.Fill("Nome, e-mail o codice fiscale", "neri")
			if !options.NoScripts {
				waitUntil(t, p, "the failure", func() bool { return browsertest.Eval[bool](p, `window.failed === true`) })
			}
			if got := len(p.Texts("#results tbody th")); got != 2 {
				t.Errorf("%d rows before the button", got)
			}
			p.WaitForNavigation("the answer", func() { p.Press(kb.Enter) })
			if got := fmt.Sprint(p.Texts("#results tbody th")); got != "[Neri Oto]" || !strings.Contains(p.URL(), "q=neri") {
				t.Errorf("%s on %s", got, p.URL())
			}
			if output := p.ConsoleErrors(); len(output) > 0 {
				t.Errorf("the browser complains: %q", output)
			}
		})
	}
}

// waitUntil waits for a condition of the page.
func waitUntil(t *testing.T, p *browsertest.Page, what string, holds func() bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("%s: still not so: %s on %s", what, p.Text("#results"), p.URL())
		case <-again.C:
		}
	}
}
