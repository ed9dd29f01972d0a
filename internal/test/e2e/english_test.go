package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// The English manual, step by step: how to create an Operator and revoke the role.
func TestTheEnglishTutorial(t *testing.T) {
	t.Parallel()
	for name, options := range viewports() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
			i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
			s.Offer("Anna Bianchi")
			options.English = true
			p := viewport(t, options)
			enter(p, s.URL, "Sign in with SPID or CIE")
			listed := func() bool {
				t.Helper()
				noSideways(t, p)
				return strings.Contains(p.Text("main"), "Neri Oto")
			}

			// Creating: the Users section, "Add a user", the details and the role, "Add".
			p.Follow("link", "Users")
			if listed() {
				t.Fatal("there before being added")
			}
			p.Follow("link", "Add a user")
			noSideways(t, p)
			p.Fill("Fiscal Code", strings.ToLower(s.Seed.FiscalCode("Oto Neri").Reveal()))
			p.Fill("First Name", "Oto")
			p.Fill("Last Name", "Neri")
			p.Fill("Institutional e-mail", "oto.neri@ente.example")
			p.Click("radio", "Interoperability")
			if !p.Has("checkbox", "Security Operator") {
				t.Error("no Security Operator to choose")
			}
			noSideways(t, p)
			p.Click("checkbox", "API Operator")
			p.Follow("button", "Continue")
			noSideways(t, p)
			p.Follow("button", "Add")
			if !strings.HasPrefix(p.Title(), "User added – Oto Neri") || !strings.Contains(p.Text("main"), "API Operator") {
				t.Fatalf("added: %q", p.Title())
			}
			noSideways(t, p)
			p.ClickCSS(`nav.sections a[href$="/users"]`)
			p.Text("table.users")
			if !listed() {
				t.Error("not listed")
			}
			oto := s.SignIn(t, "Oto Neri")
			if at := oto.Get(web.HomeURL(i.ID)); at.Status != http.StatusOK {
				t.Errorf("the new user cannot sign in: %d", at.Status)
			}

			// Revoking: the user's row, "Revoke", "Confirm".
			p.ClickCSS("table.users tr:not(:has(.you)) details[name=actions] summary")
			revoke := "Revoke API Operator of Oto Neri"
			if options.NoScripts {
				p.Follow("link", revoke)
			} else {
				p.Click("link", revoke)
				p.Text("dialog[open] h1")
			}
			noSideways(t, p)
			p.Follow("button", "Confirm")
			if !strings.HasPrefix(p.Title(), "User removed") || listed() {
				t.Errorf("revoked: %q, %s", p.Title(), p.Text("main"))
			}
			if strings.SplitN(p.URL(), "?", 2)[0] != s.URL+web.UsersURL(i.ID, access.Filter{}) {
				t.Errorf("on %s", p.URL())
			}
			if at := oto.Get(web.HomeURL(i.ID)); at.Status == http.StatusOK && strings.HasPrefix(at.URL.Path, "/dashboard") {
				t.Error("the revoked user is still in")
			}
			if complaints := p.ConsoleErrors(); len(complaints) > 0 {
				t.Errorf("the browser complains: %q", complaints)
			}
		})
	}
}
