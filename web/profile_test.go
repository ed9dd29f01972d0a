package web_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
)

// twoProducts have an Administrator and an Operator role each.
func twoProducts() []access.Product {
	roles := []access.Role{
		{ID: "admin", Category: access.Administrator, Label: access.Text{It: "Amministratore"}, Assignable: access.AssignableHere},
		{
			ID:         "ref op",
			Category:   access.Operator,
			Label:      access.Text{It: "Operatore"},
			Assignable: access.AssignableHere,
			Combines:   []string{"work"},
		},
		{
			ID:         "other",
			Category:   access.Operator,
			Label:      access.Text{It: "Revisore"},
			Assignable: access.AssignableHere,
			Combines:   []string{"work"},
		},
	}
	return []access.Product{
		{ID: "p1", Title: access.Text{It: "SEND"}, Roles: roles},
		{ID: "p2", Title: access.Text{It: "App IO"}, Roles: roles},
	}
}

// everyUser lists every combination: one role or none on each of two products, and two roles on the first.
func everyUser(id access.UserID) []access.User {
	var ways [][]access.Assignment
	for _, product := range []access.ProductID{"p1", "p2"} {
		none := [][]access.Assignment{nil}
		for _, role := range []access.RoleID{"admin", "ref op"} {
			for _, status := range []access.Status{access.Active, access.Suspended} {
				category := access.Operator
				if role == "admin" {
					category = access.Administrator
				}
				none = append(none, []access.Assignment{{Product: product, Role: role, Category: category, Status: status}})
			}
		}
		if ways == nil {
			ways = none
			continue
		}
		var both [][]access.Assignment
		for _, one := range ways {
			for _, other := range none {
				both = append(both, append(append([]access.Assignment{}, one...), other...))
			}
		}
		ways = both
	}
	var users []access.User
	for _, held := range ways {
		users = append(users, access.User{ID: id, FirstName: "Giulio", LastName: "Verdi", Assignments: held})
	}
	return users
}

// Rules, section 3: a control is shown if, and only if, the action would be allowed now.
func TestAControlIsDrawnIfAndOnlyIfItWouldBeGranted(t *testing.T) {
	t.Parallel()
	drawn, withheld, found := 0, 0, map[string]bool{}
	actors := everyUser("actor")
	for _, actor := range actors {
		for _, subject := range append(everyUser("subject"), actor) {
			p := access.Profile{Institution: access.Institution{ID: "ente"}, Actor: actor, Subject: subject, Products: twoProducts()}
			p.Groups = []access.Group{{ID: "g", Product: "p1", Status: access.Active}}
			source := render(t, web.Profile(web.Layout{Institution: p.Institution}, p))
			other := map[string]bool{
				web.AddProductURL("ente", subject.ID):     len(p.AssignableProducts()) > 0,
				web.EditURL("ente", subject.ID):           p.MayEdit(false),
				web.AddRoleURL("ente", subject.ID, "p1"):  p.MayAssignAnother("p1"),
				web.AddRoleURL("ente", subject.ID, "p2"):  p.MayAssignAnother("p2"),
				web.AddGroupURL("ente", subject.ID, "p1"): len(p.Joinable("p1")) > 0,
				web.AddGroupURL("ente", subject.ID, "p2"): len(p.Joinable("p2")) > 0,
			}
			for address, want := range other {
				if got := strings.Contains(source, `href="`+address+`"`); got != want {
					t.Fatalf("%s: drawn %v, granted %v\nactor %+v\nsubject %+v", address, got, want, actor, subject)
				}
				if want {
					found[address] = true
				}
			}
			for _, product := range p.Products {
				for _, role := range product.Roles {
					for _, action := range []access.Action{access.Suspend, access.Reactivate, access.Remove} {
						target := access.Target{Product: product.ID, Role: role.ID}
						want := p.May(action, target)
						got := strings.Contains(source, `href="`+web.RoleURL("ente", subject.ID, target, action)+`"`)
						if got != want {
							t.Fatalf("%s of %v: drawn %v, granted %v\nactor %+v\nsubject %+v", action, target, got, want, actor, subject)
						}
						if got {
							drawn++
						} else {
							withheld++
						}
					}
				}
			}
		}
	}
	if drawn == 0 || withheld == 0 || len(found) < 5 {
		t.Errorf("%d controls drawn, %d withheld, besides %v: not everything was compared", drawn, withheld, found)
	}
}

func TestACardWithoutControlsExplainsItOnce(t *testing.T) {
	t.Parallel()
	api := access.Assignment{Product: "p1", Role: "ref op", Category: access.Operator, Status: access.Active}
	admin := access.Assignment{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active}
	other := access.Assignment{Product: "p2", Role: "admin", Category: access.Administrator, Status: access.Active}
	cases := map[string]struct {
		actor, subject access.User
		says           string
	}{
		"a product administered by others": {
			access.User{ID: "a", Assignments: []access.Assignment{other}},
			access.User{ID: "b", Assignments: []access.Assignment{api, admin}},
			"Gestito dagli Amministratori di SEND",
		},
		"one's own, as an Administrator": {
			access.User{ID: "a", Assignments: []access.Assignment{admin}},
			access.User{ID: "a", Assignments: []access.Assignment{admin}},
			"chiedi a un altro Amministratore di SEND",
		},
		"one's own, as an Operator": {
			access.User{ID: "a", Assignments: []access.Assignment{api}},
			access.User{ID: "a", Assignments: []access.Assignment{api}},
			"chiedi a un Amministratore di SEND",
		},
		"one that can be changed": {
			access.User{ID: "a", Assignments: []access.Assignment{admin}},
			access.User{ID: "b", Assignments: []access.Assignment{api}},
			"",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := access.Profile{Actor: c.actor, Subject: c.subject, Products: twoProducts()}
			card := htmltest.ParseString(t, render(t, web.Profile(web.Layout{}, p))).One("region", "SEND").Text()
			if c.says != "" && strings.Count(card, c.says) != 1 {
				t.Errorf("the card says %q, want once %q", card, c.says)
			}
			if c.says == "" && strings.Contains(card, "Amministratori di") {
				t.Errorf("the card says %q beside a control", card)
			}
		})
	}
}

func TestAControlHasASelfContainedName(t *testing.T) {
	t.Parallel()
	admin := access.User{
		ID:          "a",
		Assignments: []access.Assignment{{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active}},
	}
	giulio := access.User{
		ID:          "b",
		FirstName:   "Giulio",
		LastName:    "Verdi",
		Assignments: []access.Assignment{{Product: "p1", Role: "ref op", Category: access.Operator, Status: access.Active}},
	}
	page := htmltest.ParseString(
		t,
		render(t, web.Profile(web.Layout{}, access.Profile{Actor: admin, Subject: giulio, Products: twoProducts()})),
	)
	if link := page.One("link", htmltest.Suspend+" Operatore di Giulio Verdi"); !link.HasAttr("data-dialog") {
		t.Error("the control does not open its page in a dialog")
	}
}

func TestTheLastActiveRoleIsWarnedAbout(t *testing.T) {
	t.Parallel()
	held := []access.Assignment{
		{Product: "p1", Role: "ref op", Category: access.Operator, Status: access.Active},
		{Product: "p2", Role: "ref op", Category: access.Operator, Status: access.Suspended},
	}
	ask := func(a access.Action, on access.ProductID, assignments ...access.Assignment) string {
		p := web.ConfirmRolePage{
			Profile: access.Profile{Subject: access.User{ID: "b", Assignments: assignments}, Products: twoProducts()},
			Action:  a, Target: access.Target{Product: on, Role: "ref op"},
		}
		return render(t, web.ConfirmRole(web.Layout{}, p))
	}
	const warning = "ultimo ruolo attivo"
	for _, a := range []access.Action{access.Suspend, access.Remove} {
		if !strings.Contains(ask(a, "p1", held...), warning) {
			t.Errorf("the confirmation to %s the last active role has no warning", a)
		}
	}
	lastPower := access.Assignment{Product: "p1", Role: "ref op", Category: access.Operator, Status: access.Suspended}
	if strings.Contains(ask(access.Remove, "p2", lastPower, held[1]), warning) ||
		strings.Contains(ask(access.Remove, "p2", held...), warning) {
		t.Error("removing a suspended role warns of the loss of the last power")
	}
	both := []access.Assignment{held[0], {Product: "p2", Role: "ref op", Category: access.Operator, Status: access.Active}}
	if strings.Contains(ask(access.Suspend, "p1", both...), warning) {
		t.Error("suspending one of two active roles warns of the loss of the last power")
	}
	if strings.Contains(ask(access.Reactivate, "p2", held...), warning) {
		t.Error("re-enabling warns of a last role")
	}
}

func TestAnOutcomeStartsTheTitleAndOffersTheReverse(t *testing.T) {
	t.Parallel()
	f := web.Layout{
		Outcome: &web.Outcome{
			Action:     access.Suspend,
			Person:     "Giulio Verdi",
			Role:       access.Text{It: "Operatore"},
			Product:    access.Text{It: "SEND"},
			ReverseURL: "/back",
		},
	}
	page := htmltest.ParseString(t, render(t, web.Profile(f, access.Profile{})))
	if !strings.HasPrefix(page.Title(), "Ruolo sospeso – ") {
		t.Errorf("title %q", page.Title())
	}
	if got := page.One("link", htmltest.Reactivate+" Operatore di Giulio Verdi").Attr("href"); got != "/back" {
		t.Errorf("the reverse action leads to %q", got)
	}
	f = web.Layout{Refusal: &web.RefusalBanner{Reason: access.NotActive}}
	if got := htmltest.ParseString(t, render(t, web.Profile(f, access.Profile{}))).
		Title(); !strings.HasPrefix(
		got,
		"Errore: Il ruolo era già sospeso – ",
	) {
		t.Errorf("title %q", got)
	}
}
