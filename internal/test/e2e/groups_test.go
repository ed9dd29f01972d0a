package e2e_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// An Administrator creates a group, adds and removes users, suspends, re-enables and deletes it: with scripts
// (confirmations in dialogs) and without (pages), on a wide screen and on a narrow one.
func TestAJourneyThroughTheGroups(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts":                       {},
		"without scripts":                    {NoScripts: true},
		"on a telephone":                     {Width: 320, Height: 640},
		"on one that has no scripts, either": {Width: 320, Height: 640, NoScripts: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
			i.Admin("Anna Bianchi", "prod-interop")
			i.Admin("Ivo Rossi", "prod-io")
			i.Operator("Oto Neri", "prod-interop", "api")
			i.Operator("Pia Gialli", "prod-interop", "api suspended")
			s.Offer("Anna Bianchi")
			p := viewport(t, options)
			ask := func(link string) {
				t.Helper()
				if options.NoScripts {
					p.Follow("link", link)
				} else {
					p.Click("link", link)
					p.Text("dialog[open] h1")
				}
				noSideways(t, p)
			}
			expectNotice := func(want string) {
				t.Helper()
				if !strings.HasPrefix(p.Title(), want+" – ") {
					t.Errorf("title %q, want %q first", p.Title(), want)
				}
				if !options.NoScripts && !browsertest.Eval[bool](p, `document.activeElement.id === "outcome"`) {
					t.Errorf("%s: the outcome does not have the focus", want)
				}
				noSideways(t, p)
			}

			enter(p, s.URL, htmltest.SignIn)
			p.Follow("link", "Gruppi")
			noSideways(t, p)
			ask("Crea gruppo di Interoperabilità")
			p.Fill("Nome del gruppo", "Sviluppo")
			p.Follow("button", "Crea gruppo")
			expectNotice("Gruppo creato")
			p.Follow("link", "Aggiungi persone")
			noSideways(t, p)
			p.Click("checkbox", "Neri Oto")
			p.Click("checkbox", "Gialli Pia")
			p.Follow("button", "Aggiungi al gruppo")
			expectNotice("2 persone aggiunte")
			ask("Togli Oto Neri dal gruppo")
			p.Follow("button", "Togli")
			expectNotice("Tolto dal gruppo")
			ask(htmltest.Suspend + " il gruppo “Sviluppo” di Interoperabilità")
			p.Follow("button", htmltest.Suspend)
			expectNotice("Gruppo sospeso")
			p.ClickCSS("#outcome a")
			if options.NoScripts {
				p.Text("form[action$='/reactivate']")
			} else {
				p.Text("dialog[open] h1")
			}
			p.Follow("button", htmltest.Reactivate)
			expectNotice("Gruppo riabilitato")
			p.Follow("link", "Gialli Pia")
			p.Follow("link", "Sviluppo")
			if !strings.Contains(p.URL(), web.HomeURL(i.ID)+"/groups/") {
				t.Errorf("the chip leads to %s", p.URL())
			}
			ask("Elimina il gruppo “Sviluppo” di Interoperabilità")
			p.Follow("button", "Elimina")
			expectNotice("Gruppo eliminato")
			if complaints := p.ConsoleErrors(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}
