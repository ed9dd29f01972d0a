package e2e_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// viewports are the browsers in which the manual's journeys are made.
func viewports() map[string]browsertest.Options {
	return map[string]browsertest.Options{
		"with scripts":              {},
		"without scripts":           {NoScripts: true},
		"at 320 pixels":             {Width: 320, Height: 640},
		"at 320 pixels, no scripts": {Width: 320, Height: 640, NoScripts: true},
	}
}

// enter signs in the first person whom the bridge offers, from a sign-in page whose link has that name. The bridge is
// in Italian.
func enter(p *browsertest.Page, address, link string) {
	p.Goto(address)
	p.Follow("link", link)
	p.Follow("button", "Entra con SPID")
	p.ClickCSS("main form button")
	p.Text("details")
	p.Follow("button", "Acconsenti e accedi")
}

// The manual's seven actions on a profile, one after the other, in both languages.
func TestTheManualsActionsOnAProfile(t *testing.T) {
	t.Parallel()
	journeys := viewports()
	journeys["in English"] = browsertest.Options{English: true}
	journeys["in English at 320 pixels, no scripts"] = browsertest.Options{Width: 320, Height: 640, NoScripts: true, English: true}
	for name, options := range journeys {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			say := func(italian string) string {
				if !options.English {
					return italian
				}
				english, known := inEnglish()[italian]
				if !known {
					t.Fatalf("no English for %q", italian)
				}
				return english
			}
			s := site.Start(t, site.Options{})
			i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
			i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
			oto := i.Operator("Oto Neri", "prod-interop", "security")
			i.Group("prod-interop", "Ufficio protocollo")
			s.Offer("Anna Bianchi")
			p := viewport(t, options)
			enter(p, s.URL, say(htmltest.SignIn))
			p.Goto(s.URL + web.ProfileURL(i.ID, oto))
			noSideways(t, p)
			// ask opens a confirmation, in a dialog where there are scripts, and checks its text.
			ask := func(open func(), says string) {
				t.Helper()
				open()
				where := "main section[data-confirm]"
				if !options.NoScripts {
					where = "dialog[open]"
				}
				if output := p.Text(where); !strings.Contains(output, says) {
					t.Errorf("asked without %q: %q", says, output)
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
			p.Follow("link", say("Assegna ruolo a Oto Neri"))
			noSideways(t, p)
			p.Click("radio", say("Gestore Notifiche"))
			p.Follow("button", say("Assegna"))
			then(say("Ruolo assegnato"), say("Gestore Notifiche"))
			// 2: the data.
			p.Follow("link", say("Modifica i dati di Oto Neri"))
			noSideways(t, p)
			p.Fill(say("E-mail istituzionale"), "oto.neri@altro.example")
			p.Follow("button", say("Salva"))
			then(say("Dati modificati"), "oto.neri@altro.example")
			// 3: another role.
			p.Follow("link", say("Assegna un altro ruolo su Interoperabilità a Oto Neri"))
			noSideways(t, p)
			p.Click("checkbox", say("Operatore API"))
			p.Follow("button", say("Assegna"))
			then(say("Ruolo assegnato"), say("Operatore API"))
			// 4 and 5: suspended, and back again; cancelled, nothing happens.
			ask(link(say(htmltest.Suspend+" Operatore API di Oto Neri")), say("Conserva il ruolo e i gruppi"))
			link(say(htmltest.Cancel))()
			ask(link(say(htmltest.Suspend+" Operatore API di Oto Neri")), say("Conserva il ruolo e i gruppi"))
			p.Follow("button", say(htmltest.Suspend))
			then(say("Ruolo sospeso"), say(htmltest.Suspended))
			ask(func() { p.ClickCSS("main section a[href$='/api/reactivate']") }, say("Potrà di nuovo operare"))
			p.Follow("button", say(htmltest.Reactivate))
			then(say("Ruolo riabilitato"), say("può di nuovo operare"))
			// 7: a group.
			ask(link(say("Assegna gruppo di Interoperabilità a Oto Neri")), "Ufficio protocollo")
			p.Click("radio", "Ufficio protocollo")
			p.Follow("button", say("Assegna gruppo"))
			then(say("Gruppo assegnato"), "Ufficio protocollo")
			// 6: one role of several, the last one on a product, the last one of all.
			ask(link(say(htmltest.Remove+" Operatore API di Oto Neri")), say("conserva gli altri ruoli"))
			p.Follow("button", say(htmltest.Remove))
			then(say("Ruolo rimosso"), say("non è più Operatore API"))
			ask(link(say(htmltest.Remove+" Operatore Sicurezza di Oto Neri")), say("ultimo ruolo su Interoperabilità"))
			p.Follow("button", say(htmltest.Remove))
			then(say("Ruolo rimosso"), say("Gestore Notifiche"))
			ask(link(say(htmltest.Remove+" Gestore Notifiche di Oto Neri")), say("non sarà più tra gli utenti"))
			p.Follow("button", say(htmltest.Remove))
			then(say("Utente rimosso"), "Bianchi Anna")
			if p.Has("link", "Neri Oto") || strings.SplitN(p.URL(), "?", 2)[0] != s.URL+web.UsersURL(i.ID, access.Filter{}) {
				t.Errorf("still there, on %s", p.URL())
			}
			if output := p.ConsoleErrors(); len(output) > 0 {
				t.Errorf("the browser complains: %q", output)
			}
		})
	}
}

// inEnglish translates the texts of the manual's journey, except for data.
func inEnglish() map[string]string {
	return map[string]string{
		htmltest.SignIn:               "Sign in with SPID or CIE",
		"E-mail istituzionale":        "Institutional e-mail",
		htmltest.Cancel:               "Cancel",
		"Gestore Notifiche":           "Notices Operator",
		"Operatore API":               "API Operator",
		"Assegna ruolo a Oto Neri":    "Assign role to Oto Neri",
		"Assegna":                     "Assign",
		"Ruolo assegnato":             "Role assigned",
		"Modifica i dati di Oto Neri": "Edit the data of Oto Neri",
		"Salva":                       "Save",
		"Dati modificati":             "Data changed",
		"Assegna un altro ruolo su Interoperabilità a Oto Neri": "Assign another role on Interoperability to Oto Neri",
		htmltest.Suspend + " Operatore API di Oto Neri":         "Suspend API Operator of Oto Neri",
		"Conserva il ruolo e i gruppi":                          "They keep the role and the groups",
		htmltest.Suspend:                                        "Suspend",
		"Ruolo sospeso":                                         "Role suspended",
		htmltest.Suspended:                                      "Suspended",
		"Potrà di nuovo operare":                                "They can work on Interoperability as API Operator again",
		htmltest.Reactivate:                                     "Re-enable",
		"Ruolo riabilitato":                                     "Role re-enabled",
		"può di nuovo operare":                                  "can work on Interoperability as API Operator again",
		"Assegna gruppo di Interoperabilità a Oto Neri":         "Assign group of Interoperability to Oto Neri",
		"Assegna gruppo":                                        "Assign group",
		"Gruppo assegnato":                                      "Group assigned",
		htmltest.Remove + " Operatore API di Oto Neri":          "Revoke API Operator of Oto Neri",
		"conserva gli altri ruoli":                              "They keep their other roles",
		htmltest.Remove:                                         "Confirm",
		"Ruolo rimosso":                                         "Role revoked",
		"non è più Operatore API":                               "is no longer API Operator",
		htmltest.Remove + " Operatore Sicurezza di Oto Neri":    "Revoke Security Operator of Oto Neri",
		"ultimo ruolo su Interoperabilità":                      "their last role on Interoperability",
		htmltest.Remove + " Gestore Notifiche di Oto Neri":      "Revoke Notices Operator of Oto Neri",
		"non sarà più tra gli utenti":                           "no longer be a user",
		"Utente rimosso":                                        "User removed",
	}
}
