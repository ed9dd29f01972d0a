package server_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/browsertest"
	"areariservata.example/utenti/web"
)

// windows are those that the manual's journeys are made in.
func windows() map[string]browsertest.Options {
	return map[string]browsertest.Options{
		"with scripts":              {},
		"without scripts":           {NoScripts: true},
		"at 320 pixels":             {Width: 320, Height: 640},
		"at 320 pixels, no scripts": {Width: 320, Height: 640, NoScripts: true},
	}
}

// enter signs somebody in, from the sign-in page whose link is called so; the provider's screens are Italian.
func enter(p *browsertest.Page, address, link string) {
	p.Goto(address)
	p.Follow("link", link)
	p.Follow("button", "Entra con SPID")
	p.ClickCSS("main form button")
	p.Text("details")
	p.Follow("button", "Acconsenti e accedi")
}

// The manual's seven actions on a profile, one after the other.
func TestTheManualsActionsOnAProfile(t *testing.T) {
	t.Parallel()
	for name, options := range windows() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
			i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
			oto := i.Operator("Oto Neri", "prod-interop", "security")
			i.Group("prod-interop", "Ufficio protocollo")
			s.people = []string{"Anna Bianchi"}
			p := browsertest.Open(t, options)
			enter(p, s.URL, "Entra con SPID o CIE")
			p.Goto(s.URL + web.ProfileURL(i.ID, oto))
			noSideways(t, p)
			// ask opens a confirmation, which must say something; where there are scripts, in a dialog.
			ask := func(open func(), says string) {
				t.Helper()
				open()
				where := "main section[data-confirm]"
				if !options.NoScripts {
					where = "dialog[open]"
				}
				if said := p.Text(where); !strings.Contains(said, says) {
					t.Errorf("asked without %q: %q", says, said)
				}
				noSideways(t, p)
			}
			link := func(name string) func() {
				return func() {
					t.Helper()
					if options.NoScripts {
						p.Follow("link", name)
					} else {
						p.Click("link", name)
					}
				}
			}
			then := func(title, body string) {
				t.Helper()
				if !strings.HasPrefix(p.Title(), title) || !strings.Contains(p.Text("main"), body) {
					t.Fatalf("then %q, without %q or %q: %s", p.Title(), title, body, p.Text("main"))
				}
				noSideways(t, p)
			}

			// 1: a role on a new product.
			p.Follow("link", "Assegna ruolo a Oto Neri")
			noSideways(t, p)
			p.Click("radio", "Gestore Notifiche")
			p.Follow("button", "Assegna")
			then("Ruolo assegnato", "Gestore Notifiche")
			// 2: the data.
			p.Follow("link", "Modifica i dati di Oto Neri")
			noSideways(t, p)
			p.Fill("E-mail istituzionale", "oto.neri@altro.example")
			p.Follow("button", "Salva")
			then("Dati modificati", "oto.neri@altro.example")
			// 3: another role.
			p.Follow("link", "Assegna un altro ruolo su Interoperabilità a Oto Neri")
			noSideways(t, p)
			p.Click("checkbox", "Operatore API")
			p.Follow("button", "Assegna")
			then("Ruolo assegnato", "Operatore API")
			// 4 and 5: suspended, and back again; cancelled, nothing happens.
			ask(link("Sospendi Operatore API di Oto Neri"), "Conserva il ruolo e i gruppi")
			link("Annulla")()
			ask(link("Sospendi Operatore API di Oto Neri"), "Conserva il ruolo e i gruppi")
			p.Follow("button", "Sospendi")
			then("Ruolo sospeso", "Sospeso")
			ask(func() { p.ClickCSS("main section a[href$='/api/reactivate']") }, "Potrà di nuovo operare")
			p.Follow("button", "Riabilita")
			then("Ruolo riabilitato", "può di nuovo operare")
			// 7: a group.
			ask(link("Assegna gruppo di Interoperabilità a Oto Neri"), "Ufficio protocollo")
			p.Click("radio", "Ufficio protocollo")
			p.Follow("button", "Assegna gruppo")
			then("Gruppo assegnato", "Ufficio protocollo")
			// 6: one role of several, the last one on a product, the last one of all.
			ask(link("Rimuovi Operatore API di Oto Neri"), "conserva gli altri ruoli")
			p.Follow("button", "Rimuovi")
			then("Ruolo rimosso", "non è più Operatore API")
			ask(link("Rimuovi Operatore Sicurezza di Oto Neri"), "ultimo ruolo su Interoperabilità")
			p.Follow("button", "Rimuovi")
			then("Ruolo rimosso", "Gestore Notifiche")
			ask(link("Rimuovi Gestore Notifiche di Oto Neri"), "non sarà più tra gli utenti")
			p.Follow("button", "Rimuovi")
			then("Utente rimosso", "Bianchi Anna")
			if p.Has("link", "Neri Oto") || strings.SplitN(p.URL(), "?", 2)[0] != s.URL+web.UsersURL(i.ID, access.Filter{}) {
				t.Errorf("still there, on %s", p.URL())
			}
			if said := p.Complaints(); len(said) > 0 {
				t.Errorf("the browser complains: %q", said)
			}
		})
	}
}
