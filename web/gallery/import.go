package gallery

import (
	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// importPages are the pages that add people from a file.
func importPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	columns := []access.Field{
		access.FieldFiscalCode, access.FieldLastName, access.FieldFirstName, access.FieldEmail, access.FieldProduct, access.FieldRole,
	}
	ask := func(p web.ImportPage) web.ImportPage {
		p.Profile, p.Columns = offeredProfile(access.User{}), columns
		return p
	}
	const rows = "VRDGLI85M12F205T;Verdi;Giulio;giulio.verdi@comune.borgosereno.example;Interoperabilità;Operatore API"
	check := web.CheckImportPage{Products: richerProducts(), IdempotencyKey: "x4T0Zq"}
	all, right, doubtful, none := check, check, check, check
	all.Plan, right.Plan = importPlan(), importPlan()[:2]
	doubtful.Plan, doubtful.IsIncomplete = importPlan()[:4], true
	none.Plan = importPlan()[6:]
	return []Page{
		{"import", "Aggiungere da un file", web.Import(f, ask(web.ImportPage{}))},
		{"import-wrong", "Aggiungere da un file: niente file", web.Import(f, ask(web.ImportPage{Error: web.ImportErrorText(f, web.NoFile)}))},
		{
			"import-check-expired",
			"Aggiungere da un file: controllo scaduto",
			web.Import(f, ask(web.ImportPage{Error: web.ImportErrorText(f, web.CheckExpired)})),
		},
		{
			"import-columns",
			"Aggiungere da un file: mancano colonne",
			web.Import(f, ask(web.ImportPage{Text: rows, Error: web.MissingColumnsText(f, columns[3:5])})),
		},
		{"import-kept", "Aggiungere da un file: sessione scaduta", web.Import(f, ask(web.ImportPage{Text: rows, IsRestored: true}))},
		{"import-check", "Controllare un file: tutti i casi", web.CheckImport(f, all)},
		{"import-check-right", "Controllare un file: niente da correggere", web.CheckImport(f, right)},
		{"import-check-names", "Controllare un file: nomi da confermare", web.CheckImport(f, doubtful)},
		{"import-check-none", "Controllare un file: niente da fare", web.CheckImport(f, none)},
		{"import-done", "Esito di un file", web.ImportResult(f, web.ImportResultPage{Rows: importResults(), Products: richerProducts()})},
		{"import-expired", "Esito di un file che non c’è più", web.ImportResult(f, web.ImportResultPage{})},
	}
}

// importPlan is a row of every kind.
func importPlan() access.ImportPlan {
	row := func(line int, last, first, product, role string, p access.ProductID, r access.RoleID) access.ImportRow {
		d := access.UserForm{LastName: last, FirstName: first, Email: "nome.cognome@comune.borgosereno.example", Product: p}
		if r != "" {
			d.Roles = []access.RoleID{r}
		}
		return access.ImportRow{Line: line, Form: d, Product: product, Role: role}
	}
	added := row(2, "Neri", "Oto", "Interoperabilità", "Operatore API", "prod-interop", "api")
	added.Action = access.Add
	another := row(3, "Neri", "Oto", "interoperabilita", "security", "prod-interop", "security")
	another.Action = access.Assign
	doubtful := row(4, "Werdy", "Jürgen Maria", "SEND", "Gestore Notifiche", "prod-pn", "operator")
	doubtful.Action, doubtful.Doubts = access.Add, []access.Doubt{access.DoubtfulNames, access.DoubtfulEmail}
	assigned := row(5, "Ferri", "Marco", "Interoperabilità", "Operatore API", "prod-interop", "api")
	assigned.Subject, assigned.Action = marco(), access.Assign
	other := row(5, "Rossi", "Mario", "SEND", "Gestore Notifiche", "prod-pn", "operator")
	other.Subject, other.Action, other.Doubts = marco(), access.Assign, []access.Doubt{access.DoubtfulPerson}
	held := row(6, "Verdi", "Giulio", "Interoperabilità", "Operatore API", "prod-interop", "api")
	held.Subject, held.Existing = giulio(), access.Active
	asleep := row(7, "Ferri", "Marco", "SEND", "Gestore Notifiche", "prod-pn", "operator")
	asleep.Subject, asleep.Existing = marco(), access.Suspended
	wrong := row(8, "", "Pia <3", "Interoperabilità", "Re", "prod-interop", "")
	wrong.Errors = access.FieldErrors{
		access.FieldFiscalCode: access.FiscalCodeShape,
		access.FieldFirstName:  access.NameShape,
		access.FieldLastName:   access.Missing,
		access.FieldRole:       access.RoleNotRecognized,
	}
	refused := row(9, "Gialli", "Pia", "App IO", "Operatore", "prod-io", "referente operativo")
	refused.Reason = access.NotAdministrator
	return access.ImportPlan{added, another, doubtful, other, assigned, held, asleep, wrong, refused}
}

func importResults() []web.ImportResultRow {
	oto := access.User{ID: uuid(40), FirstName: "Oto", LastName: "Neri"}
	line := func(n int) access.ImportRow { return access.ImportRow{Line: n} }
	plan := importPlan()
	return []web.ImportResultRow{
		{Planned: line(2), User: oto, Result: "added"},
		{Planned: line(3), User: oto, Result: "assigned"},
		{Planned: plan[2], Result: "declined"},
		{Planned: plan[3], User: marco(), Result: "changed"},
		{Planned: line(6), User: giulio(), Result: "nothing-to-do"},
		{Planned: plan[7], Result: "left-out"},
		{Planned: plan[8], Reason: access.NotAdministrator},
		{Planned: line(10), Result: "left-out"},
	}
}
