package gallery

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// The institution, and another one to switch to.
var (
	comune = access.Institution{ID: "0b7f9d5e-0000-4000-8000-000000000001", Name: "Comune di Borgo Sereno", Type: "PA"}
	unione = access.Institution{
		ID:   "0b7f9d5e-0000-4000-8000-000000000002",
		Name: "Unione dei Comuni della Valle dei Mulini e dell’Alto Torrente Bianco",
		Type: "PA",
	}
)

// text is a text of the catalogue, with its English translation if there is one.
func text(s string) access.Text { return access.Text{It: s, En: inEnglish[s]} }

// inEnglish is read only. A text without a translation shows what English pages look like with an Italian-only
// catalogue.
var inEnglish = map[string]string{
	"Ha tutti i permessi e gestisce gli utenti": "Has all permissions and manages users",
	"SEND":             "SEND",
	"Interoperabilità": "Interoperability",
	"App IO":           "IO App",
	"Comunicazioni a valore legale, in digitale": "Legal notices, digitally",
	"Scambio di dati con gli altri enti":         "Data exchange with other institutions",
	"I servizi dell’ente in un solo canale":      "The institution’s services in one channel",
	"Amministratore":      "Administrator",
	"Operatore":           "Operator",
	"Operatore API":       "API Operator",
	"Operatore Sicurezza": "Security Operator",
	"Lettore":             "Reader",
	"Revisore":            "Reviewer",
	"Gestisce il ciclo di vita degli e-service":             "Manages the life cycle of e-services",
	"Gestisce il ciclo di vita dei client di connessione":   "Manages the life cycle of connecting clients",
	"Cura l’integrazione tecnica e l’invio delle notifiche": "Looks after technical integration and the sending of notices",
	"Consulta, senza modificare nulla":                      "Reads, and changes nothing",
	"Controlla le richieste degli altri enti":               "Checks the requests of other institutions",
	"Prepara e pubblica i servizi":                          "Prepares and publishes services",
}

func role(id access.RoleID, c access.Category, label, description string, combines ...string) access.Role {
	return access.Role{
		ID:          id,
		Category:    c,
		Label:       text(label),
		Description: text(description),
		Combines:    combines,
		Assignable:  access.AssignableHere,
	}
}

// products are the institution's: invented catalogue entries with codes, spaces included, as the field writes them.
func products() []access.Product {
	manages := "Ha tutti i permessi e gestisce gli utenti"
	all := []access.Product{
		{ID: "prod-pn", Title: text("SEND"), Description: text("Comunicazioni a valore legale, in digitale"), Roles: []access.Role{
			role("admin", access.Administrator, "Amministratore", manages),
			role("operator", access.Operator, "Gestore Notifiche", "Cura l’integrazione tecnica e l’invio delle notifiche"),
		}},
		{ID: "prod-interop", Title: text("Interoperabilità"), Description: text("Scambio di dati con gli altri enti"), Roles: []access.Role{
			role("admin", access.Administrator, "Amministratore", manages),
			role("api", access.Operator, "Operatore API", "Gestisce il ciclo di vita degli e-service", "work"),
			role("security", access.Operator, "Operatore Sicurezza", "Gestisce il ciclo di vita dei client di connessione", "work"),
		}},
		{ID: "prod-io", Title: text("App IO"), Description: text("I servizi dell’ente in un solo canale"), Roles: []access.Role{
			role("referente amministrativo", access.Administrator, "Amministratore", manages),
			role("referente operativo", access.Operator, "Operatore", "Prepara e pubblica i servizi"),
		}},
		{ID: "prod-pagopa", Title: text("Pagamenti pagoPA"), Description: text("Gli incassi dell’ente"), Roles: []access.Role{
			role("admin", access.Administrator, "Referente dei Pagamenti", manages),
			role("operator", access.Operator, "Operatore", "Cura l’integrazione tecnica e gli incassi"),
		}},
	}
	access.ColourProducts(all)
	return all
}

func mustFiscalCode(s string) access.FiscalCode {
	c, err := access.ParseFiscalCode(s)
	if err != nil {
		panic("gallery: " + err.Error())
	}
	return c
}

func uuid(n int) access.UserID {
	return access.UserID(fmt.Sprintf("5d3c1a2b-0000-4000-8000-%012d", n))
}

func assignment(p access.ProductID, r access.RoleID, c access.Category, s access.Status) access.Assignment {
	return access.Assignment{Product: p, Role: r, Category: c, Status: s}
}

// anna administers SEND and Interoperabilità, and works with App IO.
func anna() access.User {
	return access.User{
		ID: uuid(
			1,
		),
		FirstName:  "Anna",
		LastName:   "Bianchi",
		Verified:   true,
		Email:      "anna.bianchi@comune.borgosereno.example",
		FiscalCode: mustFiscalCode("BNCNNA82D55H501N"),
		Assignments: []access.Assignment{
			assignment("prod-pn", "admin", access.Administrator, access.Active),
			assignment("prod-interop", "admin", access.Administrator, access.Active),
			assignment("prod-io", "referente operativo", access.Operator, access.Active),
		},
		Groups: []access.Group{{ID: "g1", Product: "prod-pn", Name: "Ufficio Tributi", Status: access.Active}},
	}
}

// giulio works with three products; on Interoperabilità he holds two roles, one of them suspended.
func giulio() access.User {
	return access.User{
		ID: uuid(
			2,
		),
		FirstName:  "Giulio",
		LastName:   "Verdi",
		Email:      "giulio.verdi@comune.borgosereno.example",
		FiscalCode: mustFiscalCode("VRDGLI85M12F205T"),
		Assignments: []access.Assignment{
			assignment("prod-pn", "operator", access.Operator, access.Active),
			assignment("prod-interop", "api", access.Operator, access.Active),
			assignment("prod-interop", "security", access.Operator, access.Suspended),
			assignment("prod-pagopa", "operator", access.Operator, access.Active),
		},
		Groups: []access.Group{
			{ID: "g1", Product: "prod-pn", Name: "Ufficio Tributi", Status: access.Active},
			{ID: "g2", Product: "prod-pn", Name: "Polizia Locale", Status: access.Suspended},
		},
	}
}

// marco's only role is suspended.
func marco() access.User {
	return access.User{
		ID: uuid(
			3,
		),
		FirstName:   "Marco",
		LastName:    "Ferri",
		Verified:    true,
		Email:       "marco.ferri@comune.borgosereno.example",
		FiscalCode:  mustFiscalCode("FRRMRC79T10L219K"),
		Assignments: []access.Assignment{assignment("prod-pn", "operator", access.Operator, access.Suspended)},
	}
}

func profile(actor, subject access.User) access.Profile {
	return access.Profile{Institution: comune, Actor: actor, Subject: subject, Products: products()}
}

// layoutFor is the layout of a page for anna.
func layoutFor(l access.Language, here web.NavItem) web.Layout {
	return web.Layout{
		Lang: l, Address: web.PrivacyURL(),
		Person: "Anna Bianchi", UserID: uuid(1), Institution: comune, Institutions: []access.Institution{comune, unione},
		MayEnterUsers: true, ActiveNav: here, Manual: "https://manuale.example/", Assistance: "mailto:assistenza@servizio.example", Demo: true,
	}
}

// operatorLayout is the layout of a page for giulio.
func operatorLayout(l access.Language, here web.NavItem) web.Layout {
	f := layoutFor(l, here)
	f.Person, f.UserID, f.MayEnterUsers, f.Institutions = "Giulio Verdi", uuid(2), false, nil
	return f
}

// layoutWithoutInstitution is the layout of a page without a selected institution.
func layoutWithoutInstitution(l access.Language, person string) web.Layout {
	return web.Layout{
		Lang:       l,
		Address:    web.PrivacyURL(),
		Person:     person,
		Manual:     "https://manuale.example/",
		Assistance: "mailto:assistenza@servizio.example",
		Demo:       true,
	}
}
