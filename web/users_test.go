package web_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/web"
)

func list(t *testing.T, d access.Directory, unknown string) htmltest.Element {
	t.Helper()
	d.Institution = access.Institution{ID: "ente"}
	page := web.UsersPage{Directory: d, FiscalCode: web.UnknownFiscalCode{Typed: unknown, Code: unknown}}
	return htmltest.ParseString(t, render(t, web.Users(web.Layout{Institution: d.Institution}, page)))
}

func TestTheFilterFormIsPostedAndKeepsItsValues(t *testing.T) {
	t.Parallel()
	want := access.Filter{
		Category: access.Operator,
		Role:     access.Target{Product: "p2", Role: "ref op"},
		State:    access.Suspended,
		Text:     "verdi",
		Sort:     access.ByNameDesc,
	}
	form := list(t, access.Directory{Products: twoProducts(), Filter: want}, "").One("button", "Filtra").Form()
	if form.Method != "POST" || form.Action != "/dashboard/ente/users/search" {
		t.Errorf("the form is sent by %s to %s", form.Method, form.Action)
	}
	if got := web.ReadFilter(form.Values); got != want {
		t.Errorf("the form sends %+v, want %+v", got, want)
	}
}

func TestAProductsListHasNoCategoryAndOnlyItsOwnRoles(t *testing.T) {
	t.Parallel()
	page := list(t, access.Directory{Products: twoProducts(), Filter: access.Filter{Product: "p2"}}, "")
	form := page.One("button", "Filtra").Form()
	if form.Values.Has("category") || form.Values.Get("product") != "p2" {
		t.Errorf("the form sends %v", form.Values)
	}
	// A category chosen in "Tutti" is kept, and can be removed (rule V6).
	kept := access.Filter{Product: "p2", Category: access.Operator}
	page = list(t, access.Directory{Products: twoProducts(), Filter: kept}, "")
	if got := page.One("button", "Filtra").Form().Values.Get("category"); got != "operator" || page.HasInner("select", "name", "category") {
		t.Errorf("the form sends the category %q", got)
	}
	if got := linkInList(page, "Rimuovi il filtro Operatore"); got != web.UsersURL("ente", access.Filter{Product: "p2"}) {
		t.Errorf("without the category: %s", got)
	}
	if strings.Contains(strings.Join(values(page.Field("Ruolo")), " "), "p1:") {
		t.Error("another product's roles are offered")
	}
}

// linkInList is the address of a link, which is relative to the list's.
func linkInList(page htmltest.Element, name string) string {
	return resolveInList(page.One("link", name).Attr("href"))
}

func resolveInList(href string) string {
	if strings.HasPrefix(href, "users") {
		return "/dashboard/ente/" + href
	}
	return href
}

func values(field htmltest.Element) []string {
	var all []string
	for _, option := range field.All("option", "") {
		all = append(all, option.Attr("value"))
	}
	return all
}

func TestEachAppliedFilterCanBeRemoved(t *testing.T) {
	t.Parallel()
	now := access.Filter{Category: access.Operator, Role: access.Target{Product: "p1", Role: "admin"}, State: access.Active, Text: "verdi"}
	page := list(t, access.Directory{Products: twoProducts(), Filter: now}, "")
	want := map[string]access.Filter{
		"Rimuovi il filtro “verdi”":               {Category: now.Category, Role: now.Role, State: now.State},
		"Rimuovi il filtro Operatore":             {Role: now.Role, State: now.State, Text: now.Text},
		"Rimuovi il filtro Amministratore (SEND)": {Category: now.Category, State: now.State, Text: now.Text},
		"Rimuovi il filtro Attivo":                {Category: now.Category, Role: now.Role, Text: now.Text},
	}
	for name, filter := range want {
		if got := linkInList(page, name); got != web.UsersURL("ente", filter) {
			t.Errorf("%q leads to %s", name, got)
		}
	}
}

func TestOneProductHasNoTabs(t *testing.T) {
	t.Parallel()
	if list(t, access.Directory{Products: twoProducts()[:1]}, "").Has("navigation", "Elenchi per prodotto") {
		t.Error("a single product has tabs")
	}
	page := list(t, access.Directory{Products: twoProducts()}, "")
	if diff := cmp.Diff([]string{"Tutti", "SEND", "App IO"}, page.One("navigation", "Elenchi per prodotto").Names("link")); diff != "" {
		t.Errorf("tabs (-want +got):\n%s", diff)
	}
}

func TestARowShowsThePersonAndTheState(t *testing.T) {
	t.Parallel()
	row := func(id access.UserID, states ...access.Status) access.Row {
		r := access.Row{User: id, FirstName: "Anna", LastName: string(id), Email: "a@b.example"}
		for i, s := range states {
			r.Roles = append(r.Roles, access.HeldRole{Role: []access.RoleID{"admin", "ref op"}[i], Status: s})
		}
		return r
	}
	rows := []access.Row{row("Active", access.Active), row("Gone", access.Suspended), row("Mixed", access.Active, access.Suspended)}
	d := access.Directory{
		Actor:    access.User{ID: "Active"},
		Products: twoProducts(),
		Sections: []access.Section{{Product: twoProducts()[0], Rows: rows, Total: 3}},
	}
	var got []string
	for _, r := range list(t, d, "").One("table", "Utenti di SEND").All("row", "")[1:] {
		got = append(got, r.Text())
	}
	want := []string{
		"Active Anna (tu) a@b.example Amministratore Attivo",
		"Gone Anna a@b.example Amministratore Sospeso",
		"Mixed Anna a@b.example Amministratore Operatore Sospeso Attivo 1 ruolo su 2 sospeso",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// The title says what the list is filtered by and where in it the page is, so that two pages have two titles (WCAG 2.4.2).
func TestTheTitleHasFilterAndPage(t *testing.T) {
	t.Parallel()
	section := access.Section{Product: twoProducts()[0], Rows: []access.Row{{User: "u"}}, Total: 1}
	for want, f := range map[string]access.Filter{
		"SEND – Utenti":                     {Product: "p1"},
		"“verdi”, Sospeso – SEND – Utenti":  {Product: "p1", Text: "verdi", State: access.Suspended},
		"pagina successiva – SEND – Utenti": {Product: "p1", Page: access.Page{After: "u"}},
		"pagina precedente – SEND – Utenti": {Product: "p1", Page: access.Page{Before: "u"}},
	} {
		page := list(t, access.Directory{Products: twoProducts(), Filter: f, Sections: []access.Section{section}}, "")
		if got := page.Title(); !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	page := list(t, access.Directory{Products: twoProducts(), Filter: access.Filter{Text: "verdi"}}, "")
	if got := page.Title(); !strings.HasPrefix(got, "Nessun utente trovato – “verdi” – Utenti") {
		t.Errorf("%q", got)
	}
}

func TestALongListLinksToItsPages(t *testing.T) {
	t.Parallel()
	products := twoProducts()
	section := access.Section{Product: products[0], Rows: []access.Row{{User: "u"}}, Total: 2}
	page := list(t, access.Directory{Products: products, Sections: []access.Section{section}}, "")
	if got := linkInList(page, "Mostra tutti gli utenti di SEND"); got != "/dashboard/ente/users?product=p1" {
		t.Errorf("the whole list is at %s", got)
	}
	section.Next, section.Previous = access.Page{After: "u"}, access.Page{Before: "u"}
	page = list(
		t,
		access.Directory{Products: products, Filter: access.Filter{Product: "p1", Text: "x"}, Sections: []access.Section{section}},
		"",
	)
	if got := linkInList(page, "Successiva"); got != "/dashboard/ente/users?page=after.u&product=p1&q=x" {
		t.Errorf("the next page is at %s", got)
	}
	if got := linkInList(page, "Precedente"); got != "/dashboard/ente/users?page=before.u&product=p1&q=x" {
		t.Errorf("the previous page is at %s", got)
	}
}

func TestAnotherOrderOrFilterStartsFromTheFirstPage(t *testing.T) {
	t.Parallel()
	section := access.Section{Product: twoProducts()[0], Rows: []access.Row{{User: "u"}}, Total: 1}
	now := access.Filter{Product: "p1", Text: "x", State: access.Active, Page: access.Page{After: "u"}}
	page := list(t, access.Directory{Products: twoProducts(), Filter: now, Sections: []access.Section{section}}, "")
	links := []string{"Cognome e nome, ordina dalla Z alla A", "Rimuovi il filtro Attivo", "Rimuovi filtri", "Tutti", "SEND", "App IO"}
	for _, name := range links {
		if address := linkInList(page, name); strings.Contains(address, "page=") {
			t.Errorf("%q leads into the middle of a list: %s", name, address)
		}
	}
}

func TestAnEmptyListExplainsWhatToDo(t *testing.T) {
	t.Parallel()
	emptySections := []access.Section{{Product: twoProducts()[0]}}
	page := list(t, access.Directory{Products: twoProducts(), Filter: access.Filter{Text: "zzz"}, Sections: emptySections}, "")
	if !page.Has("heading", "Nessun utente trovato") || len(page.All("link", "Rimuovi filtri")) == 0 {
		t.Errorf("with filters: %s", page.Text())
	}
	page = list(t, access.Directory{Products: twoProducts(), Sections: emptySections}, "RSSMRA80A01H501U")
	if !page.Has("heading", "Codice fiscale non trovato") || page.Field("Nome, e-mail o codice fiscale").Value() != "RSSMRA80A01H501U" {
		t.Errorf("with an unknown fiscal code: %s", page.Text())
	}
	page = list(t, access.Directory{Products: twoProducts(), Sections: emptySections}, "")
	if !strings.Contains(page.Text(), "Nessuno lavora ancora su questo prodotto.") {
		t.Errorf("without users: %s", page.Text())
	}
}

func TestAColumnShowsItsOrderAndLinksToTheReverse(t *testing.T) {
	t.Parallel()
	const name, email = "Cognome e nome", "E-mail"
	for sort, want := range map[access.Sort]map[string]string{
		access.ByName:      {name: "ascending", name + ", ordina dalla Z alla A": "-name", email + ", ordina dalla A alla Z": "email"},
		access.ByNameDesc:  {name: "descending", name + ", ordina dalla A alla Z": "", email + ", ordina dalla A alla Z": "email"},
		access.ByEmail:     {email: "ascending", email + ", ordina dalla Z alla A": "-email", name + ", ordina dalla A alla Z": ""},
		access.ByEmailDesc: {email: "descending", email + ", ordina dalla A alla Z": "email", name + ", ordina dalla A alla Z": ""},
	} {
		section := access.Section{Product: twoProducts()[0], Rows: []access.Row{{User: "u"}}, Total: 1}
		page := list(
			t,
			access.Directory{
				Products: twoProducts(),
				Filter:   access.Filter{Product: "p1", Text: "x", Sort: sort},
				Sections: []access.Section{section},
			},
			"",
		)
		sorted := 0
		for _, column := range page.All("columnheader", "") {
			if how := column.Attr("aria-sort"); how != "" {
				sorted++
				if !strings.HasPrefix(column.Text(), name) && want[email] != how || strings.HasPrefix(column.Text(), name) && want[name] != how {
					t.Errorf("%q: %q is sorted %s", sort, column.Text(), how)
				}
			}
		}
		if sorted != 1 {
			t.Errorf("%q: %d columns are what the list is sorted by", sort, sorted)
		}
		for link, next := range want {
			if !strings.Contains(link, ",") {
				continue
			}
			if got := linkInList(page, link); got != web.UsersURL(
				"ente",
				access.Filter{Product: "p1", Text: "x", Sort: access.Sort(next)},
			) {
				t.Errorf("%q: %q leads to %s", sort, link, got)
			}
		}
	}
}

func TestTabsAndOptionsSayHowManyTheyWouldShow(t *testing.T) {
	t.Parallel()
	userCounts := map[access.ProductID]access.UserCounts{
		"p1": {
			{}:                               1234,
			{State: access.Suspended}:        3,
			{State: access.Active}:           1233,
			{Category: access.Administrator}: 34,
			{Category: access.Operator}:      1200,
			{Category: access.Administrator, Role: "admin"}:                          34,
			{Category: access.Administrator, State: access.Suspended}:                2,
			{Category: access.Administrator, Role: "admin", State: access.Suspended}: 2,
		},
		"p2": {{}: 7, {State: access.Active}: 7, {Category: access.Operator}: 7, {Category: access.Operator, Role: "ref op"}: 7},
	}
	options := func(page htmltest.Element, label string) (all []string) {
		for _, option := range page.Field(label).All("option", "") {
			all = append(all, option.Text())
		}
		return all
	}
	for name, row := range map[string]struct {
		filter                         access.Filter
		tabs, categories, roles, state []string
	}{
		"all users": {
			access.Filter{},
			[]string{"Tutti", "SEND (1.234)", "App IO (7)"},
			[]string{"Tutte", "Amministratore (34)", "Operatore (1.207)"},
			[]string{"Tutti", "Amministratore (34)", "Operatore (0)", "Revisore (0)", "Amministratore (0)", "Operatore (7)", "Revisore (0)"},
			[]string{"Tutti", "Attivo (1.240)", "Sospeso (3)"},
		},
		"beside other filters": {
			access.Filter{State: access.Suspended, Category: access.Administrator},
			[]string{"Tutti", "SEND (2)", "App IO (0)"},
			[]string{"Tutte", "Amministratore (2)", "Operatore (0)"},
			[]string{"Tutti", "Amministratore (2)", "Operatore (0)", "Revisore (0)", "Amministratore (0)", "Operatore (0)", "Revisore (0)"},
			[]string{"Tutti", "Attivo (0)", "Sospeso (2)"},
		},
		"the matches of a text are not counted": {
			access.Filter{Text: "x"},
			[]string{"Tutti", "SEND", "App IO"},
			[]string{"Tutte", "Amministratore", "Operatore"},
			[]string{"Tutti", "Amministratore", "Operatore", "Revisore", "Amministratore", "Operatore", "Revisore"},
			[]string{"Tutti", "Attivo", htmltest.Suspended},
		},
	} {
		page := list(t, access.Directory{Products: twoProducts(), Filter: row.filter, UserCounts: userCounts}, "")
		got := [][]string{
			page.One("navigation", "Elenchi per prodotto").Names("link"),
			options(page, "Categoria"),
			options(page, "Ruolo"),
			options(page, "Stato"),
		}
		if diff := cmp.Diff([][]string{row.tabs, row.categories, row.roles, row.state}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A row has a checkbox if an action may be allowed: on a product that the actor administers, for all users except the
// actor.
func TestRowsThatAllowAnActionAreSelectable(t *testing.T) {
	t.Parallel()
	anna := access.User{
		ID:          "anna",
		Assignments: []access.Assignment{{Product: "p1", Role: "admin", Category: access.Administrator, Status: access.Active}},
	}
	rows := []access.Row{{User: "anna", FirstName: "Anna", LastName: "Bianchi"}, {User: "oto", FirstName: "Oto", LastName: "Neri"}}
	show := func(f access.Filter, product int, groups bool, rows []access.Row) htmltest.Element {
		section := access.Section{Product: twoProducts()[product], Rows: rows, Total: len(rows)}
		return list(t, access.Directory{Actor: anna, Products: twoProducts(), Filter: f, Sections: []access.Section{section}, Groups: groups}, "")
	}
	f := access.Filter{
		Product: "p1",
		Role:    access.Target{Product: "p1", Role: "admin"},
		State:   access.Active,
		Text:    "cerco",
		Sort:    access.ByEmail,
		Page:    access.Page{After: "u"},
	}
	page := show(f, 0, true, rows)
	if diff := cmp.Diff([]string{"Seleziona Oto Neri"}, page.Names("checkbox")); diff != "" {
		t.Errorf("check boxes (-want +got):\n%s", diff)
	}
	bar := page.One("group", "Utenti selezionati:")
	if diff := cmp.Diff([]string{htmltest.Suspend, htmltest.Reactivate, "Assegna gruppo", htmltest.Remove}, bar.Names("button")); diff != "" {
		t.Errorf("what can be done (-want +got):\n%s", diff)
	}
	form := bar.One("button", htmltest.Remove).Form()
	if form.Method != "POST" || form.Action != "/dashboard/ente/users/several" {
		t.Errorf("the form is sent by %s to %s", form.Method, form.Action)
	}
	if got := web.ReadFilter(form.Values); got != f || form.Values.Has("user") {
		t.Errorf("the form sends %v", form.Values)
	}
	if strings.Join(
		show(f, 0, false, rows).One("group", "Utenti selezionati:").Names("button"),
		" ",
	) != htmltest.Suspend+" "+htmltest.Reactivate+" "+htmltest.Remove {
		t.Error("a group is offered where there is none")
	}
	for name, page := range map[string]htmltest.Element{
		"in Tutti": show(access.Filter{}, 0, true, rows), "on another's product": show(access.Filter{Product: "p2"}, 1, true, rows),
		"with the actor only": show(access.Filter{Product: "p1"}, 0, true, rows[:1]),
	} {
		if page.Has("checkbox", "Seleziona Oto Neri") || page.Has("group", "Utenti selezionati:") {
			t.Errorf("%s: check boxes that lead nowhere", name)
		}
	}
}

// A row escapes names in texts, attributes and messages.
func TestARowEscapesNames(t *testing.T) {
	t.Parallel()
	layout, page := fullList()
	page.Directory.Sections[0].Rows[0].LastName = `D'Amico <b>&"`
	var b bytes.Buffer
	if err := web.Users(layout, page).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	const escaped = `D&#39;Amico &lt;b&gt;&amp;&#34;`
	if strings.Contains(b.String(), "D'Amico") || strings.Count(b.String(), escaped) < 4 {
		t.Errorf("%d times escaped, want the link, the check box and the actions", strings.Count(b.String(), escaped))
	}
}
