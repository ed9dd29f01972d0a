package gallery

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// onSEND holds the role of an Operator of SEND in a state, and nothing else.
func onSEND(n int, first, last string, s access.Status) access.User {
	return access.User{
		ID: uuid(700 + n), FirstName: first, LastName: last, Email: strings.ReplaceAll(address(first, last), " ", "."),
		Assignments: []access.Assignment{holds("prod-pn", "operator", access.Operator, s)},
	}
}

// crowd are 25 people with names of sixty letters.
func crowd() []access.User {
	var all []access.User
	for n := range 25 {
		u := onSEND(n, "Massimiliano Bartolomeo Ferdinando", fmt.Sprintf("Castelbarco-Rezzonico %s", surnames[n%len(surnames)]), access.Active)
		if n%3 == 0 {
			u.Assignments = append(u.Assignments, holds("prod-io", "referente operativo", access.Operator, access.Active))
		}
		if n%4 == 1 {
			u.Groups = giulio().Groups
		}
		all = append(all, u)
	}
	return all
}

// chosen are people as the question has them: those with a role in the state that is asked for, and the others with a reason.
func chosen(a access.Action, people ...access.User) web.SeveralPage {
	page := web.SeveralPage{
		Action: a, Product: products()[0], Once: "x4T0Zq",
		Filter: access.Filter{Product: "prod-pn", State: access.Active, Sort: access.ByNameDown},
	}
	for _, g := range grouped() {
		if g.Product == page.Product.ID && g.Status == access.Active && a == access.Join {
			page.Groups = append(page.Groups, g)
		}
	}
	for _, u := range people {
		p := profile(anna(), u)
		p.Groups = grouped()
		one := web.SeveralOne{Profile: p}
		if a == access.Join {
			one.WhyNot = p.WhyNotJoin(page.Product.ID, page.Groups[len(page.Groups)-1].ID)
		} else {
			var refused map[access.Target]access.Reason
			at := access.Target{Product: page.Product.ID, Role: u.On(page.Product.ID)[0].Role}
			one.Roles, refused = p.Several(a, []access.Target{at})
			one.WhyNot = refused[at]
		}
		page.Ones = append(page.Ones, one)
	}
	return page
}

func several(l web.Language) []Page {
	f := frame(l, web.UsersList)
	one, sleeping := onSEND(1, "Elena", "Amato", access.Active), onSEND(2, "Luca", "Bassi", access.Suspended)
	mixed := chosen(access.Suspend, one, sleeping, giulio(), anna())
	mixed.Gone = 2
	removal := chosen(access.Remove, one, giulio(), sleeping)
	unchosen := chosen(access.Join, one, giulio())
	unchosen.Faults = access.Faults{access.FieldGroup: access.Missing}
	ask := func(p web.SeveralPage) templ.Component { return web.Several(f, p) }
	return []Page{
		{"several-suspend", "Più persone: sospenderne una", ask(chosen(access.Suspend, one))},
		{"several-suspend-25", "Più persone: sospenderne 25, nomi lunghi", ask(chosen(access.Suspend, crowd()...))},
		{"several-suspend-mixed", "Più persone: alcune sì, altre no", ask(mixed)},
		{"several-suspend-none", "Più persone: nessuna si può sospendere", ask(chosen(access.Suspend, sleeping, anna()))},
		{"several-reactivate", "Più persone: riabilitare", ask(chosen(access.Reactivate, sleeping, one))},
		{"several-remove", "Più persone: rimuovere", ask(removal)},
		{"several-join", "Più persone: assegnare un gruppo", ask(chosen(access.Join, one, giulio(), anna()))},
		{"several-join-wrong", "Più persone: nessun gruppo scelto", ask(unchosen)},
		{"several-nobody", "Più persone: nessuna scelta", web.SeveralNotAsked(f, mixed.Filter, false)},
		{"several-too-many", "Più persone: troppe", web.SeveralNotAsked(f, mixed.Filter, true)},
		{"several-done", "Più persone: fatto", severalDone(f, access.Suspend, crowd()[:6]...)},
		{"several-done-mixed", "Più persone: fatto in parte", web.SeveralDone(f, web.SeveralDonePage{
			Action: access.Remove, Product: products()[0], Done: []access.Profile{profile(anna(), marco())}, Left: 3, Gone: 1,
			Refused: []web.SeveralOne{{Profile: profile(anna(), giulio()), WhyNot: access.NotHeld}},
		})},
		{"several-done-none", "Più persone: non fatto", web.SeveralDone(f, web.SeveralDonePage{
			Action: access.Suspend, Product: products()[0], Refused: []web.SeveralOne{{Profile: profile(anna(), marco()), WhyNot: access.NotActive}},
		})},
		{"several-done-join", "Più persone: gruppo assegnato", severalDone(f, access.Join, giulio(), anna())},
	}
}

// severalDone tells that all went well.
func severalDone(f web.Frame, a access.Action, people ...access.User) templ.Component {
	page := web.SeveralDonePage{Action: a, Product: products()[0], Filter: access.Filter{Product: "prod-pn"}}
	for _, u := range people {
		if a == access.Suspend {
			u.Assignments[0].Status = access.Suspended
		}
		page.Done = append(page.Done, profile(anna(), u))
	}
	return web.SeveralDone(f, page)
}

func cessations(l web.Language) []Page {
	f := frame(l, web.UsersList)
	ask := func(p access.Profile) templ.Component {
		return web.Cessation(f, web.CessationPage{Profile: p, Once: "x4T0Zq"})
	}
	done := f
	done.Outcome = &web.Outcome{Action: access.Remove, Person: "Giulio Verdi", Ceased: true}
	gone := f
	gone.Outcome = &web.Outcome{Action: access.Remove, Ceased: true, Gone: true}
	left := giulio()
	left.Assignments, left.Groups = left.Assignments[3:], nil
	crowded := many()
	crowded.Actor.Assignments = append(crowded.Actor.Assignments, holds("prod-interop", "admin", access.Administrator, access.Active))
	return []Page{
		{"cessation", "Cessazione: qualcosa resta", ask(profile(anna(), giulio()))},
		{"cessation-all", "Cessazione: non resta nulla", ask(profile(anna(), onSEND(1, "Elena", "Amato", access.Active)))},
		{"cessation-many", "Cessazione: trenta ruoli", ask(crowded)},
		{"outcome-ceased", "Esito: cessazione eseguita", web.Profile(done, profile(anna(), left))},
		{"users-ceased", "Esito: cessazione eseguita, utente rimosso", web.Users(gone, web.UsersPage{Directory: tutti(access.Filter{})})},
	}
}
