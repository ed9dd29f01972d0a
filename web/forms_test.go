package web_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
)

// offeredProfile has two products: one with some roles that combine, one whose roles exclude each other.
func offeredProfile() []access.Product {
	role := func(id access.RoleID, c access.Category, label string, how access.Assignable, combines ...string) access.Role {
		return access.Role{ID: id, Category: c, Label: access.Text{It: label}, Assignable: how, Combines: combines}
	}
	return []access.Product{
		{ID: "p1", Title: access.Text{It: "Interoperabilità"}, Roles: []access.Role{
			role("admin", access.Administrator, "Amministratore", access.AssignableWithSignature),
			role("hidden", access.Operator, "Ruolo di altri", access.NotAssignableHere),
			role("api", access.Operator, "Operatore API", access.AssignableHere, "work"),
			role("security", access.Operator, "Operatore Sicurezza", access.AssignableHere, "work"),
			role("viewer", access.Operator, "Lettore", access.AssignableHere),
		}},
		{ID: "p2", Title: access.Text{It: "SEND"}, Roles: []access.Role{
			role("admin", access.Administrator, "Responsabile", access.AssignableHere),
			role("ref op", access.Operator, "Gestore", access.AssignableHere),
		}},
		{
			ID:       "p3",
			Title:    access.Text{It: "Firma"},
			PhaseOut: true,
			Roles:    []access.Role{role("admin", access.Administrator, "Firmatario", access.AssignableHere)},
		},
		{
			ID:    "p4",
			Title: access.Text{It: "App IO"},
			Roles: []access.Role{role("admin", access.Administrator, "Referente", access.AssignableHere)},
		},
	}
}

// administrator administers all products but the last.
func administrator() access.User {
	u := access.User{ID: "boss"}
	for _, p := range offeredProfile()[:3] {
		u.Assignments = append(
			u.Assignments,
			access.Assignment{Product: p.ID, Role: "admin", Category: access.Administrator, Status: access.Active},
		)
	}
	return u
}

func addingProfile() access.Profile {
	return access.Profile{Institution: access.Institution{ID: "ente"}, Actor: administrator(), Products: offeredProfile()}
}

func enteLayout() web.Layout {
	return web.Layout{Institution: access.Institution{ID: "ente"}, MayEnterUsers: true}
}

func addPage(t *testing.T, p web.AddUserPage) htmltest.Element {
	t.Helper()
	p.Profile = addingProfile()
	return htmltest.ParseString(t, render(t, web.AddUser(enteLayout(), p)))
}

func TestAFormKeepsEverythingTyped(t *testing.T) {
	t.Parallel()
	userForm := access.UserForm{
		FiscalCode: " vrdgli85m12 ", FirstName: `Giulio "il Gufo"`, LastName: "D’Amico", Email: "a@", Product: "p1",
		Roles: []access.RoleID{"api", "viewer"}, NamesConfirmed: true,
	}
	page := addPage(
		t,
		web.AddUserPage{Form: userForm, NeedsConfirmation: true, Errors: access.FieldErrors{access.FieldEmail: access.EmailShape}},
	)
	form := page.One("button", "Continua").Form()
	if form.Method != "POST" || form.Action != "/dashboard/ente/users/add" {
		t.Errorf("the form is sent by %s to %s", form.Method, form.Action)
	}
	want := map[string][]string{
		"fiscal_code": {userForm.FiscalCode}, "first_name": {userForm.FirstName}, "last_name": {userForm.LastName}, "email": {userForm.Email},
		"product": {"p1"}, "role": {"p1:api", "p1:viewer"}, "names_confirmed": {"1"},
	}
	if diff := cmp.Diff(want, map[string][]string(form.Values)); diff != "" {
		t.Errorf("the form sends (-want +got):\n%s", diff)
	}
}

func TestOffersAreAssignableRolesAndTheOthersWithReasons(t *testing.T) {
	t.Parallel()
	page := addPage(t, web.AddUserPage{})
	if diff := cmp.Diff([]string{"Interoperabilità", "SEND", "Responsabile", "Gestore", "Firma"}, page.Names("radio")); diff != "" {
		t.Errorf("radio buttons (-want +got):\n%s", diff)
	}
	// If some roles combine, all are checkboxes, with a sentence on which ones; roles that cannot be assigned here are not
	// listed.
	if diff := cmp.Diff([]string{"Amministratore", "Operatore API", "Operatore Sicurezza", "Lettore"}, page.Names("checkbox")); diff != "" {
		t.Errorf("boxes (-want +got):\n%s", diff)
	}
	if !strings.Contains(page.Text(), "insieme solo Operatore API e Operatore Sicurezza;") {
		t.Error("the page does not state which roles combine")
	}
	for role, name := range map[string]string{"checkbox": "Amministratore", "radio": "Firma"} {
		field := page.One(role, name)
		why := page.ByID(field.Attr("aria-describedby")).Text()
		if !field.HasAttr("disabled") || !strings.Contains(why, "firma del legale") && !strings.Contains(why, "dismissione") {
			t.Errorf("%s can be chosen, or says only %q", name, why)
		}
	}
	if strings.Contains(page.Text(), "App IO") {
		t.Error("a product of other Administrators is offered")
	}
}

func TestAProductAloneIsntAskedFor(t *testing.T) {
	t.Parallel()
	p := addingProfile()
	p.Actor.Assignments = p.Actor.Assignments[1:2]
	page := htmltest.ParseString(
		t,
		render(t, web.AddUser(enteLayout(), web.AddUserPage{Profile: p, Errors: access.FieldErrors{access.FieldRole: access.Missing}})),
	)
	if diff := cmp.Diff([]string{"Responsabile", "Gestore"}, page.Names("radio")); diff != "" {
		t.Errorf("radio buttons (-want +got):\n%s", diff)
	}
	if got := page.One("button", "Continua").Form().Values.Get("product"); got != "p2" {
		t.Errorf("the form sends the product %q", got)
	}
	if got := page.One("link", "Scegli almeno un ruolo").Attr("href"); got != "#"+page.One("radio", "Responsabile").Attr("id") {
		t.Errorf("the summary leads to %s", got)
	}
}

func TestErrorsAreListedOnTopAndAtTheirFields(t *testing.T) {
	t.Parallel()
	fieldErrors := access.FieldErrors{
		access.FieldFiscalCode: access.FiscalCodeDate, access.FieldFirstName: access.Missing, access.FieldLastName: access.NameShape,
		access.FieldEmail: access.EmailCertified, access.FieldNames: access.NamesDiffer,
	}
	page := addPage(t, web.AddUserPage{Errors: fieldErrors, NeedsConfirmation: true, Form: access.UserForm{Product: "p1"}})
	if !strings.HasPrefix(page.Title(), "Errore: Aggiungi utente – ") {
		t.Errorf("title %q", page.Title())
	}
	summary := page.One("alert", "C’è un problema")
	if !summary.HasAttr("data-focus") || len(summary.All("link", "")) != len(fieldErrors) {
		t.Errorf("the summary has %q", summary.Names("link"))
	}
	for _, link := range summary.All("link", "") {
		field := page.ByID(strings.TrimPrefix(link.Attr("href"), "#"))
		reported := false
		for id := range strings.FieldsSeq(field.Attr("aria-describedby")) {
			reported = reported || page.ByID(id).Text() == "Errore: "+link.Text()
		}
		if field.Attr("aria-invalid") != "true" || !reported {
			t.Errorf("the field %[2]q lacks the error %[1]q", link.Text(), field.Attr("name"))
		}
	}
	role := addPage(
		t,
		web.AddUserPage{Errors: access.FieldErrors{access.FieldRole: access.RolesNotCombinable}, Form: access.UserForm{Product: "p1"}},
	)
	if n := strings.Count(role.Text(), "I ruoli scelti non vanno insieme"); n != 2 {
		t.Errorf("the error of the roles occurs %d times, want it in the summary and at the selected product", n)
	}
}

func TestAnExistingUserLinksToTheProfile(t *testing.T) {
	t.Parallel()
	existing := access.User{ID: "u9", FirstName: "Oto", LastName: "Neri", Email: "oto@ente.example"}
	page := addPage(t, web.AddUserPage{
		Existing: existing, IsOtherPerson: true, AssignURL: "/assign", Form: access.UserForm{FirstName: "Giulio"},
	})
	if got := page.One("link", "Apri il profilo").Attr("href"); !strings.HasSuffix(got, "/users/u9") {
		t.Errorf("the link leads to %s", got)
	}
	if got := page.One("link", "È la stessa persona: continua con il ruolo che hai scelto").Attr("href"); got != "/assign" {
		t.Errorf("the link leads to %s", got)
	}
	for _, name := range []string{"Oto Neri (oto@ente.example)", "Giulio"} {
		if !strings.Contains(page.Text(), name) {
			t.Errorf("the page doesn't name %s", name)
		}
	}
	if page.Field("Nome").Value() != "Giulio" || !strings.HasPrefix(page.Title(), "Errore: ") {
		t.Errorf("title %q, name %q", page.Title(), page.Field("Nome").Value())
	}
}

func TestTheCheckPageSendsTheFormOnAndBack(t *testing.T) {
	t.Parallel()
	userForm := access.UserForm{
		FiscalCode:     "VRDGLI85M12F205T",
		FirstName:      "Giulio",
		LastName:       "Verdi",
		Email:          "g@b.example",
		Product:        "p1",
		Roles:          []access.RoleID{"api", "security"},
		NamesConfirmed: true,
	}
	page := htmltest.ParseString(
		t,
		render(
			t,
			web.CheckUser(
				enteLayout(),
				web.CheckUserPage{Form: userForm, Product: offeredProfile()[0], Roles: offeredProfile()[0].Roles[2:4], IdempotencyKey: "mark"},
			),
		),
	)
	want := map[string][]string{
		"fiscal_code": {userForm.FiscalCode}, "first_name": {"Giulio"}, "last_name": {"Verdi"}, "email": {"g@b.example"},
		"product": {"p1"}, "role": {"p1:api", "p1:security"}, "names_confirmed": {"1"}, "once": {"mark"},
	}
	on, back := page.One("button", "Aggiungi").Form(), page.One("button", "Modifica").Form()
	if diff := cmp.Diff(want, map[string][]string(on.Values)); diff != "" || on.Action != "/dashboard/ente/users/add/confirm" {
		t.Errorf("sent on to %s (-want +got):\n%s", on.Action, diff)
	}
	want["back"] = []string{"1"}
	if diff := cmp.Diff(want, map[string][]string(back.Values)); diff != "" || back.Action != "/dashboard/ente/users/add" {
		t.Errorf("sent back to %s (-want +got):\n%s", back.Action, diff)
	}
	for _, shown := range []string{
		"VRDGLI85M12F205T", "Giulio", "Verdi", "g@b.example", "Interoperabilità", "Operatore API", "Operatore Sicurezza",
	} {
		if !strings.Contains(page.Text(), shown) {
			t.Errorf("%q is not shown", shown)
		}
	}
}

// colleagueProfile holds one role on the first product, which combines with another.
func colleagueProfile() access.Profile {
	p := addingProfile()
	p.Subject = access.User{
		ID:        "u",
		FirstName: "Giulio",
		LastName:  "Verdi",
		Email:     "g@b.example",
		Version:   7,
		Assignments: []access.Assignment{
			{Product: "p1", Role: "api", Category: access.Operator, Status: access.Active},
		},
	}
	return p
}

func TestHeldRolesAreShownAndNotSent(t *testing.T) {
	t.Parallel()
	page := htmltest.ParseString(t, render(t, web.AssignRole(enteLayout(), web.AssignRolePage{
		Profile: colleagueProfile(), Product: "p1", IsAnotherRole: true, Roles: []access.RoleID{"security"}, IdempotencyKey: "mark",
	})))
	held := page.One("checkbox", "Operatore API")
	if !held.HasAttr("checked") || !held.HasAttr("disabled") {
		t.Error("the held role is not checked and disabled")
	}
	form := page.One("button", "Assegna").Form()
	if diff := cmp.Diff(
		[]string{"p1:security"},
		form.Values["role"],
	); diff != "" || form.Action != "/dashboard/ente/users/u/products/p1/roles/add" ||
		form.Values.Get("once") != "mark" {
		t.Errorf("sent to %s with %v", form.Action, form.Values)
	}
}

func TestNewProductsAreThoseWithoutARole(t *testing.T) {
	t.Parallel()
	page := htmltest.ParseString(
		t,
		render(t, web.AssignRole(enteLayout(), web.AssignRolePage{Profile: colleagueProfile(), IdempotencyKey: "mark"})),
	)
	if diff := cmp.Diff([]string{"SEND", "Responsabile", "Gestore", "Firma"}, page.Names("radio")); diff != "" {
		t.Errorf("radio buttons (-want +got):\n%s", diff)
	}
	if got := page.One("button", "Assegna").Form().Action; got != "/dashboard/ente/users/u/add-product" {
		t.Errorf("sent to %s", got)
	}
}

func TestOnlyEditableDataAreFields(t *testing.T) {
	t.Parallel()
	edit := func(verified bool) htmltest.Element {
		p := colleagueProfile()
		p.Subject.Verified = verified
		userForm := access.UserForm{FirstName: "Giulio", LastName: "Verdi", Email: "new@b.example"}
		return htmltest.ParseString(
			t,
			render(t, web.EditUser(enteLayout(), web.EditUserPage{Profile: p, Form: userForm, Version: 7, IdempotencyKey: "mark"})),
		)
	}
	if diff := cmp.Diff([]string{"Nome", "Cognome", "E-mail istituzionale"}, visibleFields(edit(false))); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"E-mail istituzionale"}, visibleFields(edit(true))); diff != "" {
		t.Errorf("fields of a verified user (-want +got):\n%s", diff)
	}
	if !strings.Contains(edit(true).Text(), "verificati con SPID o CIE") {
		t.Error("the page does not explain why names are not fields")
	}
	want := map[string][]string{
		"first_name": {"Giulio"},
		"last_name":  {"Verdi"},
		"email":      {"new@b.example"},
		"version":    {"7"},
		"once":       {"mark"},
	}
	for _, verified := range []bool{false, true} {
		if diff := cmp.Diff(want, map[string][]string(edit(verified).One("button", "Salva").Form().Values)); diff != "" {
			t.Errorf("verified %v: sent (-want +got):\n%s", verified, diff)
		}
	}
}

func visibleFields(page htmltest.Element) []string {
	return slices.DeleteFunc(page.Names("textbox"), func(s string) bool { return s == "" })
}

func TestAConflictShowsBothTexts(t *testing.T) {
	t.Parallel()
	p := colleagueProfile()
	userForm := access.UserForm{FirstName: "Giulio", LastName: "Verdi", Email: "mine@b.example"}
	page := htmltest.ParseString(
		t,
		render(t, web.EditUser(enteLayout(), web.EditUserPage{Profile: p, Form: userForm, Version: 8, Conflict: &p.Subject})),
	)
	alert := page.One("alert", "Qualcuno ha modificato i dati prima di te").Text()
	if !strings.Contains(alert, "Adesso: g@ b.example Hai scritto: mine@ b.example") &&
		!strings.Contains(alert, "Adesso: g@b.example Hai scritto: mine@b.example") {
		t.Errorf("the alert says %q", alert)
	}
	if form := page.One("button", "Salva").Form(); form.Values.Get("version") != "8" || form.Values.Get("email") != "mine@b.example" {
		t.Errorf("the form sends %v", form.Values)
	}
}

func TestOnlyGroupsThatCanBeJoinedAreOffered(t *testing.T) {
	t.Parallel()
	p := colleagueProfile()
	p.Groups = []access.Group{
		{ID: "1", Product: "p1", Name: "Tributi", Status: access.Active},
		{ID: "2", Product: "p1", Name: "Chiuso", Status: access.Suspended},
		{ID: "3", Product: "p2", Name: "Altrove", Status: access.Active},
		{ID: "4", Product: "p1", Name: "Segreteria", Status: access.Active},
	}
	page := htmltest.ParseString(
		t,
		render(t, web.JoinGroup(enteLayout(), web.JoinGroupPage{Profile: p, Product: offeredProfile()[0], Group: "4", IdempotencyKey: "mark"})),
	)
	if diff := cmp.Diff([]string{"Tributi", "Segreteria"}, page.Names("radio")); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	form := page.One("button", "Assegna gruppo").Form()
	if form.Action != "/dashboard/ente/users/u/products/p1/groups/add" || form.Values.Get("group") != "4" ||
		form.Values.Get("once") != "mark" {
		t.Errorf("sent to %s with %v", form.Action, form.Values)
	}
}

func TestARemovalDescribesWhatRemains(t *testing.T) {
	t.Parallel()
	held := func(p access.ProductID, r access.RoleID) access.Assignment {
		return access.Assignment{Product: p, Role: r, Category: access.Operator, Status: access.Active}
	}
	cases := map[string]struct {
		held      []access.Assignment
		elsewhere bool
		says      string
		not       string
		groups    []access.Group
	}{
		"one of several": {
			[]access.Assignment{held("p1", "api"), held("p1", "security")},
			false,
			"conserva gli altri ruoli e i gruppi",
			"ultimo",
			nil,
		},
		"the last one on the product": {
			[]access.Assignment{held("p1", "api"), held("p2", "ref op")},
			false,
			"perde anche i gruppi di Interoperabilità",
			"non sarà più",
			[]access.Group{{ID: "g", Product: "p1"}},
		},
		"the last one on the product, without groups": {
			[]access.Assignment{held("p1", "api"), held("p2", "ref op")},
			false,
			"È il suo ultimo ruolo su Interoperabilità.",
			"perde anche i gruppi",
			[]access.Group{{ID: "g", Product: "p2"}},
		},
		"the last one of all": {[]access.Assignment{held("p1", "api")}, false, "non sarà più tra gli utenti", "conserva", nil},
		"others on an inactive product": {
			[]access.Assignment{held("p1", "api")},
			true,
			"perde anche i gruppi di Interoperabilità",
			"non sarà più tra",
			[]access.Group{{ID: "g", Product: "p1"}},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := colleagueProfile()
			p.Subject.Assignments, p.Subject.HasInactiveRoles = c.held, c.elsewhere
			p.Subject.Groups = c.groups
			page := htmltest.ParseString(
				t,
				render(
					t,
					web.ConfirmRole(
						enteLayout(),
						web.ConfirmRolePage{Profile: p, Action: access.Remove, Target: access.Target{Product: "p1", Role: "api"}},
					),
				),
			)
			if reported := page.Text(); !strings.Contains(reported, c.says) || strings.Contains(reported, c.not) ||
				!strings.Contains(reported, "sospendi") {
				t.Errorf("the page says %q", reported)
			}
			if got := page.One("button", htmltest.Remove).Form().Action; got != "/dashboard/ente/users/u/products/p1/roles/api/remove" {
				t.Errorf("sent to %s", got)
			}
		})
	}
}

func TestEveryOutcomeHasABanner(t *testing.T) {
	t.Parallel()
	roles := []access.Text{{It: "Operatore API"}, {It: "Operatore Sicurezza"}}
	cases := []struct {
		outcome     web.Outcome
		title, says string
	}{
		{
			web.Outcome{Action: access.Add, Roles: roles},
			"Utente aggiunto",
			"Giulio Verdi può operare su SEND come Operatore API e Operatore Sicurezza: entra con SPID o CIE.",
		},
		{web.Outcome{Action: access.Assign, Roles: roles[:1]}, "Ruolo assegnato", "Giulio Verdi può operare su SEND come Operatore API."},
		{web.Outcome{Action: access.Assign, Roles: roles}, "Ruoli assegnati", "come Operatore API e Operatore Sicurezza."},
		{web.Outcome{Action: access.Edit}, "Dati modificati", "I dati di Giulio Verdi sono aggiornati."},
		{web.Outcome{Action: access.Join, Group: "Tributi"}, "Gruppo assegnato", "fa parte del gruppo “Tributi” di SEND."},
		{web.Outcome{Action: access.Remove, Role: roles[0]}, "Ruolo rimosso", "Giulio Verdi non è più Operatore API su SEND."},
		{
			web.Outcome{Action: access.Remove, Role: roles[0], LeftInstitution: true},
			"Utente rimosso dall’ente",
			"non è più tra gli utenti dell’ente.",
		},
	}
	for _, c := range cases {
		c.outcome.Person, c.outcome.Product = "Giulio Verdi", access.Text{It: "SEND"}
		if c.outcome.LeftInstitution {
			c.outcome.Person = ""
		}
		page := htmltest.ParseString(
			t,
			render(t, web.Users(web.Layout{Outcome: &c.outcome}, web.UsersPage{Directory: access.Directory{Products: offeredProfile()}})),
		)
		if got := page.ByID("outcome").Text(); !strings.HasPrefix(got, c.title+".") || !strings.HasSuffix(got, c.says) {
			t.Errorf("%s says %q", c.outcome.Action, got)
		}
		if !strings.HasPrefix(page.Title(), c.title+" – ") {
			t.Errorf("title %q", page.Title())
		}
	}
}

func TestARowOffersTheAllowedActions(t *testing.T) {
	t.Parallel()
	rows := []access.Row{
		{User: "boss", Category: access.Administrator, Roles: []access.HeldRole{{Role: "admin", Status: access.Active}}},
		{
			User:      "u",
			FirstName: "Giulio",
			LastName:  "Verdi",
			Category:  access.Operator,
			Roles:     []access.HeldRole{{Role: "api", Status: access.Active}, {Role: "security", Status: access.Suspended}},
		},
	}
	d := access.Directory{Actor: administrator(), Products: offeredProfile()}
	d.Sections = []access.Section{
		{Product: offeredProfile()[0], Rows: rows, Total: 2},
		{Product: offeredProfile()[3], Rows: []access.Row{{User: "other", Category: access.Administrator, Roles: rows[0].Roles}}, Total: 1},
	}
	page := list(t, d, "")
	drawn := 0
	for _, s := range d.Sections {
		for _, row := range s.Rows {
			for _, h := range row.Roles {
				for _, a := range []access.Action{access.Suspend, access.Reactivate, access.Remove} {
					address := web.ReturnTo(web.RoleURL("ente", row.User, access.Target{Product: s.Product.ID, Role: h.Role}, a), d.Filter, "")
					want, got := d.RowPermissions(s.Product, row)(a, h.Role), false
					for _, link := range page.All("link", "") {
						got = got || resolveInList(link.Attr("href")) == address
					}
					if got != want {
						t.Errorf("%s: drawn %v, granted %v", address, got, want)
					}
					if got {
						drawn++
					}
				}
			}
		}
	}
	if drawn == 0 {
		t.Error("no control is drawn")
	}
}

func TestAddingStartsFromWhereItMay(t *testing.T) {
	t.Parallel()
	for product, want := range map[access.ProductID]string{
		"": "/dashboard/ente/users/add", "p1": "/dashboard/ente/users/add?product=p1&from=p1", "p3": "", "p4": "",
	} {
		page := list(t, access.Directory{Actor: administrator(), Products: offeredProfile(), Filter: access.Filter{Product: product}}, "")
		got := ""
		if links := page.All("link", "Aggiungi utente"); len(links) == 1 {
			got = links[0].Attr("href")
		}
		if got != want {
			t.Errorf("from the list %q it leads to %q, want %q", product, got, want)
		}
	}
}
