package web_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/htmltest"
	"areariservata.example/utenti/web"
)

func list(t *testing.T, d access.Directory, unknown string) htmltest.Element {
	t.Helper()
	d.Institution = access.Institution{ID: "ente"}
	return htmltest.ParseString(t, render(t, web.Users(web.Frame{Institution: d.Institution}, web.UsersPage{Directory: d, Unknown: unknown})))
}

func TestTheFilterFormIsPostedAndKeepsWhatWasChosen(t *testing.T) {
	t.Parallel()
	want := access.Filter{Category: access.Operator, Role: access.Target{Product: "p2", Role: "ref op"}, State: access.Suspended, Text: "verdi", Sort: access.ByNameDown}
	form := list(t, access.Directory{Products: twoProducts(), Filter: want}, "").One("button", "Filtra").Form()
	if form.Method != "POST" || form.Action != "/dashboard/ente/users/search" {
		t.Errorf("the form goes by %s to %s", form.Method, form.Action)
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
	if strings.Contains(strings.Join(values(page.Field("Ruolo")), " "), "p1:") {
		t.Error("another product's roles are offered")
	}
}

func values(field htmltest.Element) []string {
	var all []string
	for _, option := range field.All("option", "") {
		all = append(all, option.Attr("value"))
	}
	return all
}

func TestEachAppliedFilterCanBeTakenAway(t *testing.T) {
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
		if got := page.One("link", name).Attr("href"); got != web.UsersURL("ente", filter) {
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

func TestARowShowsWhoAndInWhichState(t *testing.T) {
	t.Parallel()
	row := func(id access.UserID, states ...access.Status) access.Row {
		r := access.Row{User: id, FirstName: "Anna", LastName: string(id), Email: "a@b.example"}
		for i, s := range states {
			r.Roles = append(r.Roles, access.HeldRole{Role: []access.RoleID{"admin", "ref op"}[i], Status: s})
		}
		return r
	}
	rows := []access.Row{row("Active", access.Active), row("Gone", access.Suspended), row("Mixed", access.Active, access.Suspended)}
	d := access.Directory{Actor: access.User{ID: "Active"}, Products: twoProducts(), Sections: []access.Section{{Product: twoProducts()[0], Rows: rows, Total: 3}}}
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

func TestALongListLeadsOn(t *testing.T) {
	t.Parallel()
	products := twoProducts()
	section := access.Section{Product: products[0], Rows: []access.Row{{User: "u"}}, Total: 2}
	page := list(t, access.Directory{Products: products, Sections: []access.Section{section}}, "")
	if got := page.One("link", "Mostra tutti gli utenti di SEND").Attr("href"); got != "/dashboard/ente/users?product=p1" {
		t.Errorf("the whole list is at %s", got)
	}
	section.Next, section.Previous = access.Page{After: "u"}, access.Page{Before: "u"}
	page = list(t, access.Directory{Products: products, Filter: access.Filter{Product: "p1", Text: "x"}, Sections: []access.Section{section}}, "")
	if got := page.One("link", "Successiva").Attr("href"); got != "/dashboard/ente/users?page=after.u&product=p1&q=x" {
		t.Errorf("the next page is at %s", got)
	}
	if got := page.One("link", "Precedente").Attr("href"); got != "/dashboard/ente/users?page=before.u&product=p1&q=x" {
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
		if address := page.One("link", name).Attr("href"); strings.Contains(address, "page=") {
			t.Errorf("%q leads into the middle of a list: %s", name, address)
		}
	}
}

func TestAnEmptyListSaysWhatToDo(t *testing.T) {
	t.Parallel()
	nobody := []access.Section{{Product: twoProducts()[0]}}
	page := list(t, access.Directory{Products: twoProducts(), Filter: access.Filter{Text: "zzz"}, Sections: nobody}, "")
	if !page.Has("heading", "Nessun utente trovato") || len(page.All("link", "Rimuovi filtri")) == 0 {
		t.Errorf("with filters: %s", page.Text())
	}
	page = list(t, access.Directory{Products: twoProducts(), Sections: nobody}, "RSSMRA80A01H501U")
	if !page.Has("heading", "Codice fiscale non trovato") || page.Field("Nome, e-mail o codice fiscale").Value() != "RSSMRA80A01H501U" {
		t.Errorf("with an unknown fiscal code: %s", page.Text())
	}
	page = list(t, access.Directory{Products: twoProducts(), Sections: nobody}, "")
	if !strings.Contains(page.Text(), "Nessuno lavora ancora su questo prodotto.") {
		t.Errorf("with nobody at all: %s", page.Text())
	}
}
