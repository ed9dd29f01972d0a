package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// An Administrator signs in by SPID, opens a colleague's profile from the list, cancels a suspension, suspends,
// re-enables and signs out. With scripts the confirmation is a dialog; without, a page.
func TestAJourneyOfAnAdministrator(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts":               {},
		"without scripts":            {NoScripts: true},
		"on a telephone":             {Width: 320, Height: 640},
		"on one that has no scripts": {Width: 320, Height: 640, NoScripts: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
			i.Admin("Anna Bianchi", "prod-interop")
			i.Admin("Ivo Rossi", "prod-io")
			oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
			s.Offer("Anna Bianchi")
			p := viewport(t, options)
			confirm := func(button string) {
				if options.NoScripts {
					p.Follow("link", button+" Operatore API di Oto Neri")
				} else {
					p.Click("link", button+" Operatore API di Oto Neri")
					p.Text("dialog[open] h1")
				}
			}

			enter(p, s.URL, htmltest.SignIn)
			p.ClickCSS(`nav a[href$="/users"]`)
			p.Text("table.users")
			noSideways(t, p)
			p.Follow("link", "Neri Oto")
			noSideways(t, p)
			if p.Has("link", htmltest.Suspend+" Amministratore di Anna Bianchi") {
				t.Error("a control of another user's page")
			}

			confirm(htmltest.Suspend)
			if cancel := htmltest.Cancel; options.NoScripts {
				p.Follow("link", cancel)
			} else {
				p.Press(kb.Escape)
				if !browsertest.Eval[bool](
					p,
					`!document.querySelector("dialog[open]") && document.activeElement.textContent.includes("`+htmltest.Suspend+`")`,
				) {
					t.Error("the dialog does not close, or does not return the focus")
				}
			}
			confirm(htmltest.Suspend)
			noSideways(t, p)
			p.Follow("button", htmltest.Suspend)
			if !strings.HasPrefix(p.Title(), "Ruolo sospeso") || p.URL()[:strings.Index(p.URL(), "?")] != s.URL+web.ProfileURL(i.ID, oto) {
				t.Errorf("after it: %q, %s", p.Title(), p.URL())
			}
			if !options.NoScripts &&
				!browsertest.Eval[bool](p, `document.activeElement !== document.body && document.activeElement.textContent.includes("Oto Neri")`) {
				t.Error("the outcome does not have the focus")
			}
			noSideways(t, p)
			p.ClickCSS("main section a[href$='/reactivate']")
			if options.NoScripts {
				p.Text("form[action$='/reactivate']")
			} else {
				p.Text("dialog[open] h1")
			}
			p.Follow("button", htmltest.Reactivate)
			if !strings.HasPrefix(p.Title(), "Ruolo riabilitato") {
				t.Errorf("re-enabled: %q", p.Title())
			}
			p.Follow("button", "Esci")
			p.Goto(s.URL + web.UsersURL(i.ID, access.Filter{}))
			if !strings.Contains(p.URL(), "/login") {
				t.Errorf("still in: %s", p.URL())
			}
			if output := p.ConsoleErrors(); len(output) > 0 {
				t.Errorf("the browser complains: %q", output)
			}
		})
	}
}

// An Operator reaches their own profile, and no other.
func TestAJourneyOfAnOperator(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Operator("Oto Neri", "prod-interop", "api", "security suspended")
	s.Offer("Oto Neri")
	p := viewport(t, browsertest.Options{})
	p.Goto(s.URL)
	p.Follow("link", htmltest.SignIn)
	p.Follow("button", "Entra con CIE")
	p.ClickCSS("main form button")
	p.Text("details")
	p.Follow("button", "Acconsenti e accedi")
	p.ClickCSS(`nav a[href*="/users/"]`)
	output := p.Text("main")
	for _, says := range []string{
		"Oto Neri", "(tu)", "Operatore API", "Operatore Sicurezza", htmltest.Suspended,
		s.Seed.FiscalCode("Oto Neri").Reveal(),
	} {
		if !strings.Contains(output, says) {
			t.Errorf("the own profile lacks %q", says)
		}
	}
	if strings.Contains(p.Text("body"), htmltest.Suspend) || len(p.Texts(`nav a[href$="/users"]`)) > 0 {
		t.Error("an Operator sees controls of an Administrator")
	}
}

// noSideways checks that nothing is wider than the window.
func noSideways(t *testing.T, p *browsertest.Page) {
	t.Helper()
	if !browsertest.Eval[bool](p, "document.documentElement.scrollWidth <= window.innerWidth") {
		t.Errorf("%s scrolls sideways", p.URL())
	}
}
