package gallery

import (
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// longName is a group's name of sixty letters.
const longName = "Ufficio per la digitalizzazione dei procedimenti autorizzativi"

// taxOffice is a group of SEND, which anna administers.
func taxOffice(s access.Status) access.Group {
	return access.Group{ID: "5d3c1a2b-0000-4000-8000-000000000701", Product: "prod-pn", Name: "Ufficio Tributi", Status: s}
}

// groupRows are groups of SEND and one of a product that anna doesn't administer.
func groupRows() []access.GroupRow {
	return []access.GroupRow{
		{Group: access.Group{ID: "g3", Product: "prod-pn", Name: "Messi comunali", Status: access.Active}, Members: 1},
		{Group: taxOffice(access.Active), Members: 12},
		{Group: access.Group{ID: "g4", Product: "prod-pn", Name: "Vecchio ufficio", Status: access.Suspended}},
		{Group: access.Group{ID: "g5", Product: "prod-io", Name: "Redazione", Status: access.Active}, Members: access.MaxTotal + 1},
	}
}

// thirtyGroups all have long names.
func thirtyGroups() []access.GroupRow {
	var all []access.GroupRow
	for n := range 30 {
		all = append(all, access.GroupRow{
			Group: access.Group{
				ID:      access.GroupID(fmt.Sprint(n)),
				Product: "prod-pn",
				Name:    fmt.Sprintf("%s %d", longName, n+1),
				Status:  []access.Status{access.Active, access.Suspended}[n%2],
			},
			Members: n * 37,
		})
	}
	return all
}

// groupsProfile is the profile on which a page's decisions about groups are made.
func groupsProfile(actor access.User, groups ...access.Group) access.Profile {
	p := profile(actor, access.User{})
	p.Groups = groups
	return p
}

// groupPage is anna's page of a group with these members.
func groupPage(g access.Group, people []access.Row) web.GroupPage {
	product, _ := access.FindProduct(products(), g.Product)
	return web.GroupPage{
		Profile: groupsProfile(anna(), g), Group: g, Product: product,
		Members: access.Section{Product: product, Rows: people, Total: len(people)},
	}
}

func groupPages(l access.Language) []Page {
	f := layoutFor(l, web.NavGroups)
	suspended, empty := f, f
	suspended.Outcome = &web.Outcome{
		Action: access.SuspendGroup, Group: "Ufficio Tributi", Product: text("SEND"),
		ReverseURL: web.GroupActionURL(comune.ID, taxOffice(access.Active).ID, access.ReactivateGroup),
	}
	empty.Outcome = &web.Outcome{Action: access.CreateGroup, Group: "Ufficio Tributi", Product: text("SEND")}
	stale := f
	stale.Refusal = &web.RefusalBanner{Reason: access.GroupNotActive, Product: text("SEND")}
	single := profile(anna(), access.User{})
	single.Products = products()[:1]
	people := insertActor(rows(products()[0], 8))
	middle := groupPage(taxOffice(access.Active), people)
	middle.Members.Total, middle.Members.Capped = access.MaxTotal, true
	middle.Members.Previous, middle.Members.Next = access.Page{Before: uuid(100)}, access.Page{After: uuid(107)}
	foreign := access.Group{ID: "g5", Product: "prod-io", Name: "Redazione", Status: access.Active}
	longest := taxOffice(access.Active)
	longest.Name = longName
	longPeople := groupPage(longest, longNamesDirectory().Sections[0].Rows)
	longPeople.Product = longNamesDirectory().Sections[0].Product
	return append([]Page{
		{"groups", "Gruppi, tutti i prodotti", web.Groups(f, web.GroupsPage{Profile: groupsProfile(anna()), Rows: groupRows()})},
		{
			"groups-product",
			"Gruppi di un prodotto che non si amministra",
			web.Groups(f, web.GroupsPage{Profile: groupsProfile(anna()), Rows: groupRows(), Product: "prod-io"}),
		},
		{"groups-many", "Gruppi, trenta dal nome lungo, un prodotto solo", web.Groups(f, web.GroupsPage{Profile: single, Rows: thirtyGroups()})},
		{"groups-none", "Gruppi, nessuno", web.Groups(f, web.GroupsPage{Profile: groupsProfile(anna())})},
		{"group", "Gruppo, una pagina in mezzo", web.Group(f, middle)},
		{"group-suspended", "Gruppo appena sospeso", web.Group(suspended, groupPage(taxOffice(access.Suspended), people))},
		{"group-empty", "Gruppo appena creato", web.Group(empty, groupPage(taxOffice(access.Active), nil))},
		{"group-foreign", "Gruppo di un prodotto che non si amministra", web.Group(f, groupPage(foreign, rows(products()[2], 3)))},
		{"group-long", "Gruppo dal nome lungo, con chi ha trenta ruoli", web.Group(f, longPeople)},
		{"group-refused", "Gruppo, rifiuto: già sospeso", web.Group(stale, groupPage(taxOffice(access.Suspended), people))},
	}, append(addMembersPages(l), groupFormPages(l)...)...)
}

// addMembersPages are the pages that add people to a group.
func addMembersPages(l access.Language) []Page {
	f := layoutFor(l, web.NavGroups)
	people := insertActor(rows(products()[0], 6))
	add := func(p web.AddMembersPage) templ.Component {
		p.Group, p.Product, p.IdempotencyKey = taxOffice(access.Active), products()[0], "x4T0Zq"
		return web.AddMembers(f, p)
	}
	after := func(a web.AddMembersResult) templ.Component {
		p := groupPage(taxOffice(access.Active), people)
		p.AddResult = &a
		return web.Group(f, p)
	}
	some := access.Section{Rows: people, Total: len(people)}
	more := some
	more.Total, more.Next = 214, access.Page{After: uuid(105)}
	return []Page{
		{"group-add", "Aggiungere a un gruppo", add(web.AddMembersPage{People: more})},
		{
			"group-add-search",
			"Aggiungere a un gruppo, cercando, con scelte",
			add(web.AddMembersPage{People: some, Filter: access.Filter{Text: "ro"}, Chosen: []access.UserID{people[1].User}}),
		},
		{
			"group-add-wrong",
			"Aggiungere a un gruppo, nessuno scelto",
			add(web.AddMembersPage{People: some, Errors: access.FieldErrors{access.FieldMember: access.Missing}}),
		},
		{"group-add-long", "Aggiungere a un gruppo, nomi lunghi", add(web.AddMembersPage{People: longNamesDirectory().Sections[0]})},
		{"group-add-none", "Aggiungere a un gruppo di cui fanno parte tutti", add(web.AddMembersPage{})},
		{
			"group-add-no-match",
			"Aggiungere a un gruppo, codice fiscale sconosciuto",
			add(web.AddMembersPage{FiscalCode: searchedCode("")}),
		},
		{"group-added", "Gruppo, persone aggiunte", after(web.AddMembersResult{AddedCount: 3})},
		{"group-added-some", "Gruppo, persone aggiunte e no", after(web.AddMembersResult{AddedCount: 1, Refused: []web.RefusedMember{
			{
				Person: "Giulio Verdi",
				Reason: access.AlreadyMember,
			},
			{Person: "Marco Ferri", Reason: access.GroupSuspended},
			{Reason: access.NotVisible},
		}})},
		{
			"group-added-none",
			"Gruppo, nessuno aggiunto",
			after(web.AddMembersResult{Refused: []web.RefusedMember{{Person: "Giulio Verdi", Reason: access.AlreadyMember}}}),
		},
	}
}

func groupFormPages(l access.Language) []Page {
	f := layoutFor(l, web.NavGroups)
	form := func(p web.GroupFormPage) templ.Component {
		p.Product, p.IdempotencyKey = products()[0], "x4T0Zq"
		return web.GroupForm(f, p)
	}
	ask := func(a access.Action, p web.ConfirmGroupPage) templ.Component {
		p.Action, p.Product, p.IdempotencyKey = a, products()[0], "x4T0Zq"
		if p.Group.ID == "" {
			p.Group = taxOffice(access.Active)
		}
		return web.ConfirmGroup(f, p)
	}
	wrong := func(why access.FieldError) access.FieldErrors { return access.FieldErrors{access.FieldTitle: why} }
	longest := taxOffice(access.Active)
	longest.Name = longName
	return []Page{
		{"group-new", "Creare un gruppo", form(web.GroupFormPage{})},
		{"group-new-missing", "Creare un gruppo senza nome", form(web.GroupFormPage{Errors: wrong(access.Missing)})},
		{
			"group-new-taken",
			"Creare un gruppo, nome già usato",
			form(web.GroupFormPage{Title: "Ufficio tributi", Errors: wrong(access.TitleTaken)}),
		},
		{
			"group-new-long",
			"Creare un gruppo, nome troppo lungo",
			form(web.GroupFormPage{Title: strings.Repeat("Ufficio ", 14), Errors: wrong(access.TitleTooLong)}),
		},
		{"group-rename", "Rinominare un gruppo", form(web.GroupFormPage{Group: taxOffice(access.Active), Title: "Ufficio Tributi"})},
		{
			"group-rename-wrong",
			"Rinominare un gruppo, solo segni",
			form(web.GroupFormPage{Group: taxOffice(access.Active), Title: "***", Errors: wrong(access.TitleShape)}),
		},
		{"confirm-group-suspend", "Conferma: sospendere un gruppo", ask(access.SuspendGroup, web.ConfirmGroupPage{})},
		{
			"confirm-group-reactivate",
			"Conferma: riabilitare un gruppo",
			ask(access.ReactivateGroup, web.ConfirmGroupPage{Group: taxOffice(access.Suspended)}),
		},
		{
			"confirm-group-delete",
			"Conferma: eliminare un gruppo",
			ask(access.DeleteGroup, web.ConfirmGroupPage{Group: longest, Members: access.Section{Total: 12}}),
		},
		{"confirm-group-delete-empty", "Conferma: eliminare un gruppo vuoto", ask(access.DeleteGroup, web.ConfirmGroupPage{})},
		{"confirm-group-leave", "Conferma: togliere da un gruppo", ask(access.Leave, web.ConfirmGroupPage{Person: giulio()})},
	}
}
