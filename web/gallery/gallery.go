// Package gallery shows every page in every state, on fixed and invented data. One list serves the golden outlines in
// testdata, the accessibility checks in a browser, the HTML checker, and human review in the demo.
//
// After an intended change of a page, go test ./web/gallery -update rewrites the outlines.
package gallery

import (
	"strconv"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// Page is one page in one state.
type Page struct {
	Name      string // valid as a file name and in an address
	Title     string
	Component templ.Component
}

// Kind is a group of related pages. Their golden outlines share a file, so that a change of a label that many pages
// have touches few files.
type Kind struct {
	Name  string
	Pages []Page
}

// Pages returns all pages, in each language.
func Pages() []Page {
	var all []Page
	for _, k := range Kinds(access.Italian) {
		all = append(all, k.Pages...)
	}
	for _, k := range Kinds(access.English) {
		for _, p := range k.Pages {
			p.Name, p.Title = "en-"+p.Name, "In inglese: "+p.Title
			all = append(all, p)
		}
	}
	return all
}

// Kinds are the pages in one language.
func Kinds(l access.Language) []Kind {
	kind := func(name string, groups ...func(access.Language) []Page) Kind {
		k := Kind{Name: name}
		for _, pages := range groups {
			k.Pages = append(k.Pages, pages(l)...)
		}
		return k
	}
	return []Kind{
		kind("entry", signInPages, landingPages, errorPages, textPages),
		kind("lists", listPages, activityPages),
		kind("profile", profilePages, outcomePages, refusalPages),
		kind("forms", addPages, assignPages, editPages, joinPages, changePages, importPages),
		kind("groups", groupPages),
		kind("confirm", confirmPages, bulkPages, offboardingPages),
	}
}

func signInPages(l access.Language) []Page {
	f := layoutWithoutInstitution(l, "")
	all := []Page{
		{"login", "Accesso", web.Login(f, web.LoginPage{StartURL: "/login/start"})},
		{"login-lost-powers", "Accesso, ruoli persi", web.Login(f, web.LoginPage{StartURL: "/login/start", Reason: web.LostPowers})},
		{"login-expired", "Accesso, sessione scaduta", web.Login(f, web.LoginPage{StartURL: "/login/start", Reason: web.Expired})},
		{"login-signed-out", "Accesso, dopo l’uscita", web.Login(f, web.LoginPage{StartURL: "/login/start", Reason: web.AfterLogout})},
		{"signed-out", "Uscita", web.SignedOut(f, web.SignedOutPage{})},
		{
			"signed-out-provider",
			"Uscita, con il servizio di identità",
			web.SignedOut(f, web.SignedOutPage{Provider: "https://identita.example/logout"}),
		},
		{"no-powers", "Nessun ente", web.NoPowers(layoutWithoutInstitution(l, "Anna Bianchi"), web.NoPowersPage{})},
		{
			"no-powers-suspended",
			"Ruoli tutti sospesi",
			web.NoPowers(layoutWithoutInstitution(l, "Marco Ferri"), web.NoPowersPage{Suspended: []web.SuspendedProduct{
				{Institution: comune.Name, Product: text("SEND")}, {Institution: unione.Name, Product: text("Interoperabilità")},
			}}),
		},
	}
	for _, code := range []string{"19", "20", "21", "22", "23", "25", "30", "expired", "unavailable", "level", "identity", "generic"} {
		all = append(
			all,
			Page{
				"login-error-" + code,
				"Accesso non riuscito, " + code,
				web.LoginError(f, web.LoginErrorPage{Code: code, RetryURL: "/login", Reference: "7K2M9Q"}),
			},
		)
	}
	return all
}

func landingPages(l access.Language) []Page {
	return []Page{
		{"institutions", "Scelta dell’ente", web.Institutions(layoutWithoutInstitution(l, "Anna Bianchi"), []access.Institution{comune, unione})},
		{"home", "Panoramica di chi amministra", web.Home(layoutFor(l, web.NavOverview), profile(anna(), anna()))},
		{"home-operator", "Panoramica di un Operatore", web.Home(operatorLayout(l, web.NavOverview), profile(giulio(), giulio()))},
	}
}

// manyRolesProfile holds thirty roles on one product.
func manyRolesProfile() access.Profile {
	d := longNamesDirectory()
	u := access.User{
		ID:         uuid(900),
		FirstName:  d.Sections[0].Rows[3].FirstName,
		LastName:   d.Sections[0].Rows[3].LastName,
		Email:      d.Sections[0].Rows[3].Email,
		FiscalCode: mustFiscalCode("ZPNMJA90C41L424W"),
	}
	for i, h := range d.Sections[0].Rows[3].Roles {
		u.Assignments = append(u.Assignments, assignment("prod-interop", h.Role, access.Operator, h.Status))
		u.Groups = append(
			u.Groups,
			access.Group{
				ID:      access.GroupID(strconv.Itoa(i)),
				Product: "prod-interop",
				Name:    "Gruppo di lavoro per la procedura numero " + strconv.Itoa(i+1),
				Status:  h.Status,
			},
		)
	}
	return access.Profile{Institution: unione, Actor: anna(), Subject: u, Products: d.Products}
}

// unrelatedProfile is a user who shares no product with the actor.
func unrelatedProfile() access.Profile {
	u := marco()
	u.Assignments = []access.Assignment{assignment("prod-pagopa", "operator", access.Operator, access.Active)}
	return profile(anna(), u)
}

func profilePages(l access.Language) []Page {
	users, me := layoutFor(l, web.NavUsers), layoutFor(l, web.NavOwnProfile)
	inUnione := users
	inUnione.Institution = unione
	inGroups := profile(anna(), giulio())
	inGroups.Groups = sampleGroups()
	more := offeredProfile(giulio())
	more.Subject.Assignments = more.Subject.Assignments[:2]
	withoutRoles := giulio()
	withoutRoles.Assignments, withoutRoles.Groups = nil, nil
	return []Page{
		{"profile", "Profilo: stati misti, gruppi, un prodotto altrui", web.Profile(users, profile(anna(), giulio()))},
		{"profile-groups", "Profilo: gruppi da assegnare", web.Profile(users, inGroups)},
		{"profile-more", "Profilo: altri ruoli e altri prodotti da assegnare", web.Profile(users, more)},
		{"profile-other", "Profilo di chi non ha prodotti in comune", web.Profile(users, unrelatedProfile())},
		{"profile-suspended", "Profilo: unico ruolo sospeso", web.Profile(users, profile(anna(), marco()))},
		{"profile-own", "Il proprio profilo, di chi amministra", web.Profile(me, profile(anna(), anna()))},
		{
			"profile-own-operator",
			"Il proprio profilo, di un Operatore",
			web.Profile(operatorLayout(l, web.NavOwnProfile), profile(giulio(), giulio())),
		},
		{"profile-many", "Profilo: nomi lunghi e trenta ruoli", web.Profile(inUnione, manyRolesProfile())},
		{"profile-empty", "Profilo senza ruoli", web.Profile(users, profile(anna(), withoutRoles))},
	}
}

func confirmPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	ask := func(subject access.User, a access.Action, p access.ProductID, r access.RoleID) templ.Component {
		return web.ConfirmRole(
			f,
			web.ConfirmRolePage{Profile: profile(anna(), subject), Action: a, Target: access.Target{Product: p, Role: r}, IdempotencyKey: "x4T0Zq"},
		)
	}
	last := marco()
	last.Assignments = []access.Assignment{assignment("prod-pn", "operator", access.Operator, access.Active)}
	return []Page{
		{"confirm-suspend", "Conferma: sospendere", ask(giulio(), access.Suspend, "prod-interop", "api")},
		{"confirm-suspend-last", "Conferma: sospendere l’ultimo ruolo attivo", ask(last, access.Suspend, "prod-pn", "operator")},
		{"confirm-remove", "Conferma: rimuovere un ruolo fra più ruoli", ask(giulio(), access.Remove, "prod-interop", "api")},
		{"confirm-remove-product", "Conferma: rimuovere l’ultimo ruolo su un prodotto", ask(giulio(), access.Remove, "prod-pn", "operator")},
		{"confirm-remove-all", "Conferma: rimuovere l’ultimo ruolo", ask(last, access.Remove, "prod-pn", "operator")},
		{"confirm-reactivate", "Conferma: riabilitare", ask(giulio(), access.Reactivate, "prod-interop", "security")},
	}
}

// refusalPages also has outcomes: the banners above a profile page.
func refusalPages(l access.Language) []Page {
	all := []Page{}
	api := products()[1].Roles[1].Label
	done := func(a access.Action) web.Layout {
		f := layoutFor(l, web.NavUsers)
		reverse := access.Reactivate
		if a == access.Reactivate {
			reverse = access.Suspend
		}
		f.Outcome = &web.Outcome{
			Action: a, Person: "Giulio Verdi", Role: api, Product: text("Interoperabilità"),
			ReverseURL: web.RoleURL(comune.ID, uuid(2), access.Target{Product: "prod-interop", Role: "api"}, reverse),
		}
		return f
	}
	suspended := giulio()
	suspended.Assignments[1].Status = access.Suspended
	all = append(all,
		Page{"outcome-suspended", "Esito: ruolo sospeso", web.Profile(done(access.Suspend), profile(anna(), suspended))},
		Page{"outcome-reactivated", "Esito: ruolo riabilitato", web.Profile(done(access.Reactivate), profile(anna(), giulio()))},
	)
	for _, why := range []access.Reason{access.NotHeld, access.NotActive, access.NotSuspended, access.LastAdministrator, access.FormUsed} {
		f := layoutFor(l, web.NavUsers)
		f.Refusal = &web.RefusalBanner{Reason: why, Person: "Giulio Verdi", Role: api, Product: text("Interoperabilità")}
		all = append(all, Page{"refused-" + string(why), "Rifiuto: " + string(why), web.Profile(f, profile(anna(), giulio()))})
	}
	return all
}

func errorPages(l access.Language) []Page {
	f := layoutFor(l, "")
	var all []Page
	for _, status := range []int{400, 403, 404, 405, 409, 413, 422, 429, 500, 503} {
		n := strconv.Itoa(status)
		all = append(all, Page{"error-" + n, "Errore " + n, web.Error(f, web.ErrorPage{Status: status, Reference: "7K2M9Q"})})
	}
	return append(
		all,
		Page{
			"error-users-operator",
			"Errore: la sezione Utenti per un Operatore",
			web.Error(
				operatorLayout(l, ""),
				web.ErrorPage{
					Status:        403,
					Reason:        access.NotAnyAdministrator,
					Reference:     "7K2M9Q",
					BackURL:       web.RootURL(),
					OwnProfileURL: web.ProfileURL(comune.ID, uuid(2)),
				},
			),
		},
		Page{
			"error-not-administrator",
			"Errore: prodotto altrui",
			web.Error(
				f,
				web.ErrorPage{
					Status:    403,
					Reason:    access.NotAdministrator,
					Product:   text("App IO"),
					Reference: "7K2M9Q",
					BackURL:   web.ProfileURL(comune.ID, uuid(2)),
				},
			),
		},
		Page{
			"error-on-oneself",
			"Errore: su di sé",
			web.Error(f, web.ErrorPage{Status: 403, Reason: access.SelfAction, Product: text("SEND"), BackURL: web.ProfileURL(comune.ID, uuid(1))}),
		},
		Page{"error-no-rule", "Errore: non previsto", web.Error(f, web.ErrorPage{Status: 403, Reason: access.NoRule})},
		Page{"error-outside", "Errore 404 senza accesso", web.Error(layoutWithoutInstitution(l, ""), web.ErrorPage{Status: 404})},
	)
}

func textPages(l access.Language) []Page {
	return []Page{
		{
			"accessibility",
			"Accessibilità",
			web.Accessibility(layoutFor(l, ""), web.AccessibilityPage{Feedback: "mailto:accessibilita@servizio.example"}),
		},
		{
			"accessibility-no-contact",
			"Accessibilità, senza indirizzo",
			web.Accessibility(layoutWithoutInstitution(l, ""), web.AccessibilityPage{}),
		},
		{
			"privacy",
			"Privacy",
			web.Privacy(layoutWithoutInstitution(l, ""), web.PrivacyPage{Contact: "mailto:privacy@servizio.example", LogYears: 5}),
		},
	}
}
