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
		address := all
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		waitUntil(t, p, what+" leads to "+address, func() bool { return rows() == want && p.URL() == address })
	}

	p.Fill(search, "ner")
	follows("typing", "[Neri Oto Nerini Pia]", url.Values{"q": {"ner"}})
	if output := p.Text("#notices"); output != "Interoperabilità: 2 utenti" {
		t.Errorf("announced: %q", output)
	}
	if browsertest.Eval[bool](p, `!!document.querySelector("main #notices") || document.getElementById("notices").role !== "status"`) {
		t.Error("the announcement is not in a live region")
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
		t.Errorf("another tab loses the filters: %s", tab)
	}
	if got := p.Text("#filter-count"); got != "" && got != "(2)" { // folded away at this width
		t.Errorf("counted: %q", got)
	}
	p.Fill(search, "zzz")
	follows("no user", "[]", url.Values{"q": {"zzz"}, "state": {"suspended"}})
	if output := p.Text("#notices"); output != "Nessun utente trovato" {
		t.Errorf("announced: %q", output)
	}
	p.Choose("Stato", "Tutti")
	follows("any state", "[]", url.Values{"q": {"zzz"}})
	p.Fill(search, "")
	follows("all users again", "[Bianchi Anna (tu) Neri Oto Nerini Pia Bianchi Anna (tu)]", url.Values{})
	// Back and Forward show the previous lists without leaving the page (rule V6).
	browsertest.Eval[bool](p, `(history.go(-2), true)`)
	follows("two steps back", "[]", url.Values{"q": {"zzz"}, "state": {"suspended"}})
	browsertest.Eval[bool](p, `(history.back(), true)`)
	follows("back", "[Nerini Pia]", url.Values{"q": {"ner"}, "state": {"suspended"}})
	if shown := browsertest.Eval[string](p, `filters.elements.q.value + " " + filters.elements.state.value`); shown != "ner suspended" {
		t.Errorf("back: the filters show %q", shown)
	}
	browsertest.Eval[bool](p, `(history.go(3), true)`)
	follows("forward", "[Bianchi Anna (tu) Neri Oto Nerini Pia Bianchi Anna (tu)]", url.Values{})
	if !browsertest.Eval[bool](p, `window.same === true`) {
		t.Error("the page was left")
	}

	// A fiscal code is sent by the button only, which leads to the profile; typing one sends nothing.
	code := s.Seed.FiscalCode("Pia Nerini").Reveal()
	for _, typed := range []string{code[:14], code} {
		asked := p.RecordResources(func() {
			p.Fill(search, typed)
			waitUntil(t, p, "the code waits", func() bool { return p.Text("#results h2") == "Premi Filtra per cercare" })
		})
		if len(asked) > 0 {
			t.Errorf("a fiscal code was sent while it was typed: %v", asked)
		}
	}
	if p.URL() != all {
		t.Errorf("typing a code leads to %s", p.URL())
	}
	p.WaitForNavigation("the profile", func() { p.Press(kb.Enter) })
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

// When the request fails, no row of the old filter stays: the failure is reported in their place, and the button still
// works.
func TestTheFiltersButtonWorksWithoutScriptsAndResponses(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{"without an answer": {}, "without scripts": {NoScripts: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, p := openList(t, options)
			browsertest.Eval[bool](p, `(window.fetch = () => Promise.reject(new TypeError("no network")), true)`)
			p.Fill("Nome, e-mail o codice fiscale", "neri")
			if options.NoScripts {
				if got := len(p.Texts("#results tbody th")); got != 2 {
					t.Errorf("%d rows before the button", got)
				}
			} else {
				waitUntil(t, p, "the failure", func() bool { return p.Text("#results h2") == "L’elenco non è aggiornato" })
				if got := p.Texts("#results tr, #results input"); len(got) > 0 {
					t.Errorf("rows of another filter: %q", got)
				}
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

// An answer that is not the list is followed to its page, or reported in place of the rows.
func TestNoRowsOfAnotherFilterStay(t *testing.T) {
	t.Parallel()
	t.Run("after the session has ended", func(t *testing.T) {
		t.Parallel()
		s, p := openList(t, browsertest.Options{})
		if _, err := s.DB.Owner.Exec(t.Context(), `DELETE FROM web_session`); err != nil {
			t.Fatal(err)
		}
		p.WaitForNavigation("the sign-in page", func() { p.Choose("Stato", "Sospeso (0)") })
		u, err := url.Parse(p.URL())
		if err != nil {
			t.Fatal(err)
		}
		if back := u.Query().Get("return"); u.Path != web.LoginURL() || !strings.HasSuffix(back, "/users?product=prod-interop&state=suspended") {
			t.Errorf("the filter leads to %s", u)
		}
	})
	t.Run("over the limit", func(t *testing.T) {
		t.Parallel()
		_, p := openList(t, browsertest.Options{})
		// The browser logs an answer with an error status as a fault of the page, so the status is the script's only.
		browsertest.Eval[bool](p, `(window.fetch = async () => new Response("", { status: 429 }), true)`)
		p.Choose("Stato", "Sospeso (0)")
		waitUntil(t, p, "the limit", func() bool { return p.Text("#results h2") == "L’elenco non è aggiornato" })
		if rows := p.Texts("#results tr"); len(rows) > 0 || !strings.Contains(p.Text("#notices"), "Riprova") {
			t.Errorf("rows %q, announced %q", rows, p.Text("#notices"))
		}
	})
	t.Run("while the answer is awaited", func(t *testing.T) {
		t.Parallel()
		_, p := openList(t, browsertest.Options{})
		browsertest.Eval[bool](p, `(window.fetch = () => new Promise(() => {}), true)`)
		p.Choose("Stato", "Sospeso (0)")
		if !browsertest.Eval[bool](p, `results.inert && results.ariaBusy === "true"`) {
			t.Error("the rows of the old filter can still be used")
		}
		waitUntil(t, p, "the sign", func() bool {
			return browsertest.Eval[bool](p, `getComputedStyle(results, "::before").visibility === "visible"`)
		})
	})
}

// openList opens the list of an institution with two users.
func openList(t *testing.T, options browsertest.Options) (*site.Site, *browsertest.Page) {
	t.Helper()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api")
	p := viewport(t, options)
	s.SignIn(t, "Anna Bianchi").Lend(p)
	p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
	return s, p
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
			t.Fatalf("%s: not reached: %s on %s", what, p.Text("#results"), p.URL())
		case <-again.C:
		}
	}
}
