package gallery

import (
	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// files are the pages that add people from a file.
func files(l web.Language) []Page {
	f := frame(l, web.UsersList)
	columns := []access.Field{
		access.FieldFiscalCode, access.FieldLastName, access.FieldFirstName, access.FieldEmail, access.FieldProduct, access.FieldRole,
	}
	ask := func(p web.ImportPage) web.ImportPage {
		p.Profile, p.Columns = offered(access.User{}), columns
		return p
	}
	const rows = "VRDGLI85M12F205T;Verdi;Giulio;giulio.verdi@comune.borgosereno.example;Interoperabilità;Operatore API"
	check := web.CheckImportPage{Products: richer(), Text: rows, Once: "x4T0Zq"}
	all, right, doubtful, none := check, check, check, check
	all.Plan, right.Plan = planned(), planned()[:2]
	doubtful.Plan, doubtful.Unsure = planned()[:3], true
	none.Plan = planned()[5:]
	return []Page{
		{"import", "Aggiungere da un file", web.Import(f, ask(web.ImportPage{}))},
		{"import-wrong", "Aggiungere da un file: niente file", web.Import(f, ask(web.ImportPage{Fault: web.FaultIn(f, web.NoFile)}))},
		{"import-columns", "Aggiungere da un file: mancano colonne", web.Import(f, ask(web.ImportPage{Text: rows, Fault: web.NoColumns(f, columns[3:5])}))},
		{"import-kept", "Aggiungere da un file: sessione scaduta", web.Import(f, ask(web.ImportPage{Text: rows, Kept: true}))},
		{"import-check", "Controllare un file: tutti i casi", web.CheckImport(f, all)},
		{"import-check-right", "Controllare un file: niente da correggere", web.CheckImport(f, right)},
		{"import-check-names", "Controllare un file: nomi da confermare", web.CheckImport(f, doubtful)},
		{"import-check-none", "Controllare un file: niente da fare", web.CheckImport(f, none)},
		{"import-done", "Esito di un file", web.Imported(f, web.ImportedPage{Rows: imported()})},
		{"import-expired", "Esito di un file che non c’è più", web.Imported(f, web.ImportedPage{})},
	}
}

// planned is a row of every kind.
func planned() access.Plan {
	row := func(line int, last, first, product, role string, p access.ProductID, r access.RoleID) access.Planned {
		d := access.Draft{LastName: last, FirstName: first, Email: "nome.cognome@comune.borgosereno.example", Product: p}
		if r != "" {
			d.Roles = []access.RoleID{r}
		}
		return access.Planned{Line: line, Draft: d, Product: product, Role: role}
	}
	added := row(2, "Neri", "Oto", "Interoperabilità", "Operatore API", "prod-interop", "api")
	added.Does = access.Add
	another := row(3, "Neri", "Oto", "interoperabilita", "security", "prod-interop", "security")
	another.Does = access.Assign
	doubtful := row(4, "Werdy", "Jürgen Maria", "SEND", "Gestore Notifiche", "prod-pn", "operator")
	doubtful.Does, doubtful.Warned = access.Add, true
	assigned := row(5, "Ferri", "Marco", "Interoperabilità", "Operatore API", "prod-interop", "api")
	assigned.Subject, assigned.Does = marco(), access.Assign
	held := row(6, "Verdi", "Giulio", "Interoperabilità", "Operatore API", "prod-interop", "api")
	held.Subject, held.Held = giulio(), access.Active
	asleep := row(7, "Ferri", "Marco", "SEND", "Gestore Notifiche", "prod-pn", "operator")
	asleep.Subject, asleep.Held = marco(), access.Suspended
	wrong := row(8, "", "Pia <3", "Interoperabilità", "Re", "prod-interop", "")
	wrong.Faults = access.Faults{access.FieldFiscalCode: access.FiscalCodeShape, access.FieldFirstName: access.NameShape, access.FieldLastName: access.Missing, access.FieldRole: access.NoRoleCalledSo}
	refused := row(9, "Gialli", "Pia", "App IO", "Operatore", "prod-io", "referente operativo")
	refused.Why = access.NotAdministrator
	return access.Plan{added, another, doubtful, assigned, held, asleep, wrong, refused}
}

func imported() []web.ImportedRow {
	oto := access.User{ID: uuid(40), FirstName: "Oto", LastName: "Neri"}
	return []web.ImportedRow{
		{Line: 2, User: oto, Note: "added"},
		{Line: 3, User: oto, Note: "assigned"},
		{Line: 6, User: giulio(), Note: "nothing-to-do"},
		{Line: 8, Note: "left-out"},
		{Line: 9, User: marco(), Why: access.AllSuspendedThere},
	}
}
