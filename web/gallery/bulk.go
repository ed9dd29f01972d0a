package gallery

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// sendOperator holds the role of an Operator of SEND in a state, and nothing else.
func sendOperator(n int, first, last string, s access.Status) access.User {
	return access.User{
		ID: uuid(700 + n), FirstName: first, LastName: last, Email: strings.ReplaceAll(emailOf(first, last), " ", "."),
		Assignments: []access.Assignment{assignment("prod-pn", "operator", access.Operator, s)},
	}
}

// twentyFiveUsers are 25 people with names of sixty letters.
func twentyFiveUsers() []access.User {
	var all []access.User
	for n := range 25 {
		u := sendOperator(
			n,
			"Massimiliano Bartolomeo Ferdinando",
			fmt.Sprintf("Castelbarco-Rezzonico %s", surnames[n%len(surnames)]),
			access.Active,
		)
		if n%3 == 0 {
			u.Assignments = append(u.Assignments, assignment("prod-io", "referente operativo", access.Operator, access.Active))
		}
		if n%4 == 1 {
			u.Groups = giulio().Groups
		}
		all = append(all, u)
	}
	return all
}

// bulkPage is the confirmation of a bulk action: people with a role in the required state are affected, the others are
// listed with a reason.
func bulkPage(a access.Action, people ...access.User) web.BulkPage {
	page := web.BulkPage{
		Action: a, Product: products()[0], IdempotencyKey: "x4T0Zq",
		Filter: access.Filter{Product: "prod-pn", State: access.Active, Sort: access.ByNameDesc},
	}
	for _, g := range sampleGroups() {
		if g.Product == page.Product.ID && g.Status == access.Active && a == access.Join {
			page.Groups = append(page.Groups, g)
		}
	}
	for _, u := range people {
		p := profile(anna(), u)
		p.Groups = sampleGroups()
		one := web.BulkItem{Profile: p}
		if a == access.Join {
			one.WhyNot = p.WhyNotJoin(page.Product.ID, page.Groups[len(page.Groups)-1].ID)
		} else {
			var refused map[access.Target]access.Reason
			at := access.Target{Product: page.Product.ID, Role: u.AssignmentsOn(page.Product.ID)[0].Role}
			one.Roles, refused = p.DecideEach(a, []access.Target{at})
			one.WhyNot = refused[at]
		}
		page.Items = append(page.Items, one)
	}
	return page
}

func bulkPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	one, sleeping := sendOperator(1, "Elena", "Amato", access.Active), sendOperator(2, "Luca", "Bassi", access.Suspended)
	mixed := bulkPage(access.Suspend, one, sleeping, giulio(), anna())
	mixed.GoneCount = 2
	removal := bulkPage(access.Remove, one, giulio(), sleeping)
	undo := bulkPage(access.Reactivate, sleeping, sendOperator(3, "Ada", "Conti", access.Suspended))
	undo.Items[1].LeftAlone, undo.Items[1].Roles, undo.Items[1].WhyNot = undo.Items[1].Roles, nil, access.ChangedSince
	unchosen := bulkPage(access.Join, one, giulio())
	unchosen.Errors = access.FieldErrors{access.FieldGroup: access.Missing}
	ask := func(p web.BulkPage) templ.Component { return web.BulkConfirm(f, p) }
	return []Page{
		{"several-suspend", "Più persone: sospenderne una", ask(bulkPage(access.Suspend, one))},
		{"several-suspend-25", "Più persone: sospenderne 25, nomi lunghi", ask(bulkPage(access.Suspend, twentyFiveUsers()...))},
		{"several-suspend-mixed", "Più persone: alcune sì, altre no", ask(mixed)},
		{"several-suspend-none", "Più persone: nessuna si può sospendere", ask(bulkPage(access.Suspend, sleeping, anna()))},
		{"several-reactivate", "Più persone: riabilitare", ask(bulkPage(access.Reactivate, sleeping, one))},
		{"several-undo", "Più persone: annullare una sospensione", ask(undo)},
		{"several-remove", "Più persone: rimuovere", ask(removal)},
		{"several-join", "Più persone: assegnare un gruppo", ask(bulkPage(access.Join, one, giulio(), anna()))},
		{"several-join-wrong", "Più persone: nessun gruppo scelto", ask(unchosen)},
		{"several-nobody", "Più persone: nessuna scelta", web.BulkSelectionError(f, mixed.Filter, false)},
		{"several-too-many", "Più persone: troppe", web.BulkSelectionError(f, mixed.Filter, true)},
		{"several-done", "Più persone: fatto", bulkResult(f, access.Suspend, twentyFiveUsers()[:6]...)},
		{"several-done-mixed", "Più persone: fatto in parte", web.BulkResult(f, web.BulkResultPage{
			Action:    access.Remove,
			Product:   products()[0],
			Changed:   []access.Profile{profile(anna(), marco())},
			Left:      []string{"Bruno Conti", "Carla Sala", "Dario Villa"},
			GoneCount: 1,
			Refused:   []web.BulkItem{{Profile: profile(anna(), giulio()), WhyNot: access.NotHeld}},
		})},
		{"several-done-none", "Più persone: non fatto", web.BulkResult(f, web.BulkResultPage{
			Action: access.Suspend, Product: products()[0], Refused: []web.BulkItem{{Profile: profile(anna(), marco()), WhyNot: access.NotActive}},
		})},
		{"several-done-join", "Più persone: gruppo assegnato", bulkResult(f, access.Join, giulio(), anna())},
	}
}

// bulkResult is the result of a bulk action that succeeded for everyone in people.
func bulkResult(f web.Layout, a access.Action, people ...access.User) templ.Component {
	page := web.BulkResultPage{Action: a, Product: products()[0], Filter: access.Filter{Product: "prod-pn"}}
	if a.Reverse() != "" {
		page.UndoKey = "x4T0Zq"
	}
	for _, u := range people {
		if a == access.Suspend {
			u.Assignments[0].Status = access.Suspended
		}
		page.Changed = append(page.Changed, profile(anna(), u))
	}
	return web.BulkResult(f, page)
}

func offboardingPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	ask := func(p access.Profile) templ.Component {
		return web.Offboarding(f, web.OffboardingPage{Profile: p, IdempotencyKey: "x4T0Zq"})
	}
	done := f
	done.Outcome = &web.Outcome{Action: access.Remove, Person: "Giulio Verdi", Offboarded: true}
	gone := f
	gone.Outcome = &web.Outcome{Action: access.Remove, Offboarded: true, LeftInstitution: true}
	left := giulio()
	left.Assignments, left.Groups = left.Assignments[3:], nil
	crowded := manyRolesProfile()
	crowded.Actor.Assignments = append(crowded.Actor.Assignments, assignment("prod-interop", "admin", access.Administrator, access.Active))
	return []Page{
		{"cessation", "Cessazione: qualcosa resta", ask(profile(anna(), giulio()))},
		{"cessation-all", "Cessazione: non resta nulla", ask(profile(anna(), sendOperator(1, "Elena", "Amato", access.Active)))},
		{"cessation-many", "Cessazione: trenta ruoli", ask(crowded)},
		{"outcome-ceased", "Esito: cessazione eseguita", web.Profile(done, profile(anna(), left))},
		{
			"users-ceased",
			"Esito: cessazione eseguita, utente rimosso",
			web.Users(gone, web.UsersPage{Directory: allProductsDirectory(access.Filter{})}),
		},
	}
}
