package e2e_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P13: a role is changed on the card with three clicks and no typing, and back from the outcome.
func TestAJourneyOfARoleChanged(t *testing.T) {
	t.Parallel()
	for name, options := range map[string]browsertest.Options{
		"with scripts": {}, "without scripts": {NoScripts: true}, "narrow": {Width: 320},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-fd")
			i.Admin("Anna Bianchi", "prod-fd")
			oto := i.Operator("Oto Neri", "prod-fd", "READ_ONLY")
			p := viewport(t, options)
			s.SignIn(t, "Anna Bianchi").Lend(p)
			p.Goto(s.URL + web.ProfileURL(i.ID, oto))
			choose := func(role string) {
				if options.NoScripts {
					p.Text("form[action*='roles/change']")
				} else {
					p.Text("dialog[open] h1")
				}
				p.Click("radio", role)
				noSideways(t, p)
				p.Follow("button", htmltest.ChangeRole)
			}
			const row = ".roles"
			p.ClickCSS(`.panel-foot a[href*="roles/change"]`)
			choose("Amministratore")
			if !strings.HasPrefix(p.Title(), "Ruolo cambiato") || !strings.Contains(p.Text(row), "Amministratore") {
				t.Errorf("changed: %q, %s", p.Title(), p.Text(row))
			}
			noSideways(t, p)
			p.ClickCSS("#outcome a")
			if options.NoScripts {
				p.Text("form[action*='roles/change']")
			} else {
				p.Text("dialog[open] h1")
			}
			p.Follow("button", htmltest.ChangeRole) // the role of before is chosen
			if !strings.HasPrefix(p.Title(), "Ruolo cambiato") || strings.Contains(p.Text(row), "Amministratore") {
				t.Errorf("changed back: %q, %s", p.Title(), p.Text(row))
			}
			if output := p.ConsoleErrors(); len(output) > 0 {
				t.Errorf("the browser complains: %q", output)
			}
		})
	}
}
