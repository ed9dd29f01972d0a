package web_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
)

// Rules, section 3: a control that is not offered has its reason where it would stand. A card has a note for each, or one
// for all; the profile has one for "Assegna ruolo" and one for "Modifica".
func TestAMissingControlHasItsReasonBesideIt(t *testing.T) {
	t.Parallel()
	missing := 0
	for _, actor := range everyUser("actor") {
		if !actor.IsAdministrator() {
			continue // has no Users section; see below
		}
		for _, subject := range append(everyUser("subject"), actor) {
			p := access.Profile{Institution: access.Institution{ID: "ente"}, Actor: actor, Subject: subject, Products: twoProducts()}
			p.Groups = []access.Group{{ID: "g", Product: "p1", Status: access.Suspended}}
			page := htmltest.ParseString(t, render(t, web.Profile(web.Layout{Institution: p.Institution, MayEnterUsers: true}, p)))
			notes := map[access.Reason]string{
				access.AlreadyHeld: "ha già un ruolo su tutti i prodotti che amministri", access.SelfAction: "Non puoi assegnare ruoli a te",
			}
			if why := p.WhyNotNewProduct(); why != "" && !strings.Contains(page.Text(), notes[why]) {
				t.Fatalf("Assegna ruolo: no reason for %s\nactor %+v\nsubject %+v", why, actor, subject)
			}
			if why := p.WhyNotEdit(
				false,
			); why != "" && len(subject.Assignments) > 0 &&
				!strings.Contains(page.One("region", "Dati").Text(), "dati può") &&
				!strings.Contains(page.One("region", "Dati").Text(), "modificare questi dati") {
				t.Fatalf("Modifica: no reason for %s\nactor %+v\nsubject %+v", why, actor, subject)
			}
			for _, c := range p.Cards() {
				card := page.One("region", c.Product.Title.It).Text()
				for why, texts := range map[access.Reason][]string{
					p.WhyNotAssignAnother(c.Product.ID): {"altro ruolo", "altri ruoli", "i tuoi ruoli", "Gestito dagli"},
					p.WhyNotAnyGroup(c.Product.ID):      {"sono sospesi", "non ha gruppi", "Gestito dagli", "i tuoi ruoli"},
				} {
					if why == "" {
						continue
					}
					missing++
					found := false
					for _, text := range texts {
						found = found || strings.Contains(card, text)
					}
					if !found {
						t.Fatalf("%s, %s: no reason in %q\nactor %+v\nsubject %+v", c.Product.Title.It, why, card, actor, subject)
					}
				}
			}
		}
	}
	if missing < 100 {
		t.Errorf("only %d controls were missing", missing)
	}
}

// One's own profile says who changes what, also to an Operator, and does not send a product's only Administrator to another.
func TestTheOwnProfileNamesWhoCanHelp(t *testing.T) {
	t.Parallel()
	admin := access.Assignment{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active}
	api := access.Assignment{Product: "p1", Role: "ref op", Category: access.Operator, Status: access.Active}
	const another = "chiedi a un altro Amministratore di SEND"
	two, signature := twoProducts(), twoProducts()
	signature[0].Roles[0].Assignable = access.AssignableWithSignature
	for name, c := range map[string]struct {
		held                access.Assignment
		products            []access.Product
		actives, suspendeds int
		says, lacks, own    string
	}{
		"another Administrator":           {admin, two, 2, 1, another, "unico", ""},
		"the only one, another suspended": {admin, two, 1, 1, "puoi riabilitarne uno sospeso", another, ""},
		"the only one":                    {admin, two, 1, 0, "puoi assegnare il ruolo a un collega", another, ""},
		"the only one, with a signature":  {admin, signature, 1, 0, "unico Amministratore attivo di SEND.", "collega", ""},
		"an Operator":                     {api, two, 1, 0, "chiedi a un Amministratore di SEND", "unico", "L’e-mail può cambiarla"},
	} {
		u := access.User{ID: "a", Assignments: []access.Assignment{c.held}}
		p := access.Profile{Actor: u, Subject: u, Products: c.products, UserCounts: map[access.ProductID]access.UserCounts{"p1": {
			{State: access.Active, Category: access.Administrator}:    c.actives,
			{State: access.Suspended, Category: access.Administrator}: c.suspendeds,
		}}}
		page := htmltest.ParseString(t, render(t, web.Profile(web.Layout{MayEnterUsers: c.held == admin}, p)))
		card := page.One("region", "SEND").Text()
		if !strings.Contains(card, c.says) || strings.Contains(card, c.lacks) {
			t.Errorf("%s: the card says %q", name, card)
		}
		if !strings.Contains(page.Text(), c.own) {
			t.Errorf("%s: the page doesn't say %q", name, c.own)
		}
	}
}

// A product's list says why no user can be added there, and offers no file either.
func TestAListWithoutAddSaysWhy(t *testing.T) {
	t.Parallel()
	products := twoProducts()
	products[0].PhaseOut = true
	actor := access.User{ID: "a", Assignments: []access.Assignment{
		{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active},
	}}
	for product, says := range map[access.ProductID]string{
		"p1": "SEND è in dismissione", "p2": "Su App IO possono aggiungere utenti solo i suoi Amministratori",
		"": "i prodotti che amministri sono in dismissione",
	} {
		d := access.Directory{
			Institution: access.Institution{ID: "ente"},
			Actor:       actor,
			Products:    products,
			Filter:      access.Filter{Product: product},
		}
		page := htmltest.ParseString(
			t,
			render(t, web.Users(web.Layout{Institution: d.Institution, MayEnterUsers: true}, web.UsersPage{Directory: d})),
		)
		if !strings.Contains(page.Text(), says) || strings.Contains(page.Text(), "questo prodotto") || page.Has("link", "Aggiungi utente") ||
			page.HasInner("a", "href", web.ImportURL("ente")) {
			t.Errorf("%q: %q, with links %q", product, page.Text(), page.Names("link"))
		}
	}
}

// The menu of the actor's own row says why it offers nothing; where others manage the product, its section says that.
func TestTheActorsOwnRowSaysWhyItOffersNothing(t *testing.T) {
	t.Parallel()
	actor := access.User{ID: "a", Assignments: []access.Assignment{
		{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active},
	}}
	for product, n := range map[access.ProductID]int{"p1": 1, "p2": 0} {
		d := access.Directory{
			Institution: access.Institution{ID: "ente"}, Actor: actor, Products: twoProducts(), Filter: access.Filter{Product: product},
		}
		of, _ := access.FindProduct(d.Products, product)
		d = d.WithSections([]access.Section{{Product: of, Total: 1, Rows: []access.Row{{
			User: "a", FirstName: "Anna", LastName: "Bianchi", Roles: []access.HeldRole{{Role: "admin", Status: access.Active}},
		}}}})
		page := htmltest.ParseString(t, render(t, web.Users(web.Layout{Institution: d.Institution}, web.UsersPage{Directory: d})))
		if got := strings.Count(page.Text(), "I tuoi ruoli non li puoi cambiare tu"); got != n {
			t.Errorf("%s: %d times", product, got)
		}
		if managed := strings.Contains(page.Text(), "Gestito dagli Amministratori"); managed != (n == 0) {
			t.Errorf("%s: managed by others: %v", product, managed)
		}
	}
}
