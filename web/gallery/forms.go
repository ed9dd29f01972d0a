package gallery

import (
	"fmt"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// richerProducts are products with every case that a form distinguishes: roles that combine and roles that do not,
// roles that need a signature, and a product in phase-out, on which no role can be assigned.
func richerProducts() []access.Product {
	all := products()
	all[0].Roles[0].Assignable = access.AssignableWithSignature
	all[1].Roles = append(all[1].Roles,
		role("viewer", access.Operator, "Lettore", "Consulta, senza modificare nulla"),
		role("reviewer", access.Operator, "Revisore", "Controlla le richieste degli altri enti"))
	all[3].PhaseOut = true
	return append(all, access.Product{
		ID: "prod-sign", Title: text("Firma con IO"), Description: text("Documenti da firmare, nell’app"), PhaseOut: true,
		Roles: []access.Role{role("admin", access.Administrator, "Amministratore", "Gestisce gli utenti")},
	})
}

// allProductsAdmin administers every product.
func allProductsAdmin() access.User {
	u := anna()
	u.Assignments = nil
	for _, p := range richerProducts() {
		u.Assignments = append(u.Assignments, assignment(p.ID, p.Roles[0].ID, access.Administrator, access.Active))
	}
	return u
}

// offeredProfile is a user's profile as the chief sees it; the zero value is a user to be added.
func offeredProfile(subject access.User) access.Profile {
	p := profile(allProductsAdmin(), subject)
	p.Products = richerProducts()
	return p
}

func filledForm() access.UserForm {
	return access.UserForm{
		FiscalCode: "VRDGLI85M12F205T", FirstName: "Giulio", LastName: "Verdi", Email: "giulio.verdi@comune.borgosereno.example",
		Product: "prod-interop", Roles: []access.RoleID{"api", "security"},
	}
}

func addPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	doubtful, confirmed := filledForm(), filledForm()
	wrong := access.UserForm{
		FiscalCode: "vrdgli85m12f205",
		FirstName:  "Giulio <3",
		Email:      "giulio.verdi@pec.borgosereno.example",
		Product:    "prod-interop",
		Roles:      []access.RoleID{"api", "viewer"},
	}
	doubtful.LastName = "Werdy"
	certified := filledForm()
	certified.Email = "giulio.verdi@cert.borgosereno.example"
	confirmed.LastName, confirmed.NamesConfirmed = "Werdy", true
	one := offeredProfile(access.User{})
	one.Actor = anna()
	one.Actor.Assignments = one.Actor.Assignments[1:2]
	product := richerProducts()[1]
	checked := web.CheckUserPage{Form: filledForm(), Product: product, Roles: product.Roles[1:3], IdempotencyKey: "x4T0Zq"}
	longest := longNamesDirectory().Sections[0]
	row := longest.Rows[3]
	manyRoles := web.CheckUserPage{
		Form: access.UserForm{
			FiscalCode:     "ZPNMJA90C41L424W",
			FirstName:      row.FirstName,
			LastName:       row.LastName,
			Email:          row.Email,
			Product:        longest.Product.ID,
			NamesConfirmed: true,
		},
		Product:        longest.Product,
		Roles:          longest.Product.Roles[3:],
		IdempotencyKey: "x4T0Zq",
	}
	thirty := access.Profile{Institution: unione, Actor: allProductsAdmin(), Products: longNamesDirectory().Products}
	inUnione := f
	inUnione.Institution = unione
	faults := access.FieldErrors{
		access.FieldFiscalCode: access.FiscalCodeShape, access.FieldFirstName: access.NameShape, access.FieldLastName: access.Missing,
		access.FieldEmail: access.EmailCertified, access.FieldRole: access.RolesNotCombinable,
	}
	nothing := access.FieldErrors{}
	for _, field := range []access.Field{
		access.FieldFiscalCode, access.FieldFirstName, access.FieldLastName, access.FieldEmail, access.FieldProduct,
	} {
		nothing[field] = access.Missing
	}
	single := doubtful
	single.FirstName = ""
	add := func(p web.AddUserPage) templ.Component {
		if p.Profile.Institution.ID == "" {
			p.Profile = offeredProfile(access.User{})
		}
		return web.AddUser(f, p)
	}
	return []Page{
		{"add", "Aggiungere: prodotti e ruoli, anche quelli che non si possono dare", add(web.AddUserPage{})},
		{"add-product", "Aggiungere, dall’elenco di un prodotto", add(web.AddUserPage{Form: access.UserForm{Product: "prod-interop"}})},
		{"add-single", "Aggiungere, un prodotto solo", add(web.AddUserPage{Profile: one})},
		{"add-thirty", "Aggiungere, trenta ruoli", web.AddUser(inUnione, web.AddUserPage{Profile: thirty})},
		{"add-empty", "Aggiungere: niente è stato scritto", add(web.AddUserPage{Errors: nothing})},
		{"add-wrong", "Aggiungere: errori, tutto resta scritto", add(web.AddUserPage{Form: wrong, Errors: faults})},
		{
			"add-warning",
			"Aggiungere: i nomi non corrispondono al codice fiscale",
			add(web.AddUserPage{Form: doubtful, NeedsConfirmation: true, Errors: access.FieldErrors{access.FieldNames: access.NamesDiffer}}),
		},
		{
			"add-single-name",
			"Aggiungere: manca il nome",
			add(web.AddUserPage{Form: single, NeedsConfirmation: true, Errors: access.FieldErrors{access.FieldNames: access.NoFirstName}}),
		},
		{
			"add-email-warning",
			"Aggiungere: l’indirizzo sembra una PEC",
			add(web.AddUserPage{Form: certified, Errors: access.FieldErrors{access.FieldEmailDoubt: access.EmailDoubtful}}),
		},
		{
			"add-existing", "Aggiungere: c’è già",
			add(web.AddUserPage{Form: filledForm(), Existing: giulio(), AssignURL: web.AddProductURL(comune.ID, uuid(2))}),
		},
		{
			"add-other-person", "Aggiungere: il codice fiscale è di un’altra persona",
			add(web.AddUserPage{
				Form: filledForm(), Existing: marco(), IsOtherPerson: true, AssignURL: web.AddProductURL(comune.ID, uuid(2)),
			}),
		},
		{"add-back", "Aggiungere: tornando a modificare", add(web.AddUserPage{Form: confirmed, NeedsConfirmation: true})},
		{"check", "Controllare prima di aggiungere", web.CheckUser(f, checked)},
		{"check-long", "Controllare: parole lunghe e trenta ruoli", web.CheckUser(inUnione, manyRoles)},
	}
}

func assignPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	elsewhere := marco()
	holder := giulio()
	holder.Assignments = holder.Assignments[:2]
	return []Page{
		{
			"assign",
			"Assegnare un ruolo su un altro prodotto",
			web.AssignRole(f, web.AssignRolePage{Profile: offeredProfile(elsewhere), IdempotencyKey: "x4T0Zq"}),
		},
		{
			"assign-wrong",
			"Assegnare: nessun ruolo scelto",
			web.AssignRole(
				f,
				web.AssignRolePage{
					Profile:        offeredProfile(elsewhere),
					Product:        "prod-interop",
					Errors:         access.FieldErrors{access.FieldRole: access.Missing},
					IdempotencyKey: "x4T0Zq",
				},
			),
		},
		{
			"assign-single",
			"Assegnare, un prodotto solo",
			web.AssignRole(f, web.AssignRolePage{Profile: profile(anna(), marco()), IdempotencyKey: "x4T0Zq"}),
		},
		{
			"assign-another",
			"Assegnare un altro ruolo",
			web.AssignRole(
				f,
				web.AssignRolePage{Profile: offeredProfile(holder), Product: "prod-interop", IsAnotherRole: true, IdempotencyKey: "x4T0Zq"},
			),
		},
		{
			"assign-another-wrong",
			"Assegnare un altro ruolo: nessuno scelto",
			web.AssignRole(
				f,
				web.AssignRolePage{
					Profile:        offeredProfile(holder),
					Product:        "prod-interop",
					IsAnotherRole:  true,
					Errors:         access.FieldErrors{access.FieldRole: access.RoleNotAssignable},
					IdempotencyKey: "x4T0Zq",
				},
			),
		},
	}
}

func editPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	edit := func(actor, subject access.User, p web.EditUserPage) templ.Component {
		p.Profile, p.Version, p.IdempotencyKey = profile(actor, subject), 3, "x4T0Zq"
		if p.Form.Email == "" {
			p.Form = access.UserForm{FirstName: subject.FirstName, LastName: subject.LastName, Email: subject.Email}
		}
		return web.EditUser(f, p)
	}
	verified := giulio()
	verified.Verified = true
	mistyped := access.UserForm{FirstName: "Giulio", LastName: "Verdi", Email: "giulio.verdi"}
	changed := giulio()
	changed.Email = "g.verdi@comune.borgosereno.example"
	return []Page{
		{"edit", "Modificare i dati", edit(anna(), giulio(), web.EditUserPage{})},
		{"edit-verified", "Modificare: nomi verificati", edit(anna(), verified, web.EditUserPage{})},
		{
			"edit-own",
			"Modificare i propri dati",
			web.EditUser(
				layoutFor(l, web.NavOwnProfile),
				web.EditUserPage{Profile: profile(anna(), anna()), Form: access.UserForm{Email: anna().Email}, IdempotencyKey: "x4T0Zq"},
			),
		},
		{
			"edit-wrong",
			"Modificare: errori",
			edit(anna(), giulio(), web.EditUserPage{Form: mistyped, Errors: access.FieldErrors{access.FieldEmail: access.EmailShape}}),
		},
		{
			"edit-conflict",
			"Modificare: qualcuno è arrivato prima",
			edit(
				anna(),
				changed,
				web.EditUserPage{
					Form:     access.UserForm{FirstName: "Giulio", LastName: "Verdi", Email: "verdi.giulio@comune.borgosereno.example"},
					Conflict: &changed,
				},
			),
		},
	}
}

// sampleGroups are the institution's groups.
func sampleGroups() []access.Group {
	all := giulio().Groups
	for i, name := range []string{
		"Messi notificatori", "Segreteria",
		"Gruppo di lavoro per la digitalizzazione dei procedimenti amministrativi dell’area tecnica",
	} {
		all = append(all, access.Group{ID: access.GroupID(fmt.Sprintf("g%d", i+3)), Product: "prod-pn", Name: name, Status: access.Active})
	}
	return all
}

func joinPages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	p := profile(anna(), giulio())
	p.Groups = sampleGroups()
	page := web.JoinGroupPage{Profile: p, Product: products()[0], IdempotencyKey: "x4T0Zq"}
	wrong := page
	wrong.Errors = access.FieldErrors{access.FieldGroup: access.Missing}
	return []Page{
		{"join", "Assegnare un gruppo", web.JoinGroup(f, page)},
		{"join-wrong", "Assegnare un gruppo: nessuno scelto", web.JoinGroup(f, wrong)},
	}
}

// changePages are the change of role of a user in groups.
func changePages(l access.Language) []Page {
	f := layoutFor(l, web.NavUsers)
	page := web.ChangeRolePage{Profile: profile(anna(), giulio()), Product: products()[0], IdempotencyKey: "x4T0Zq"}
	wrong := page
	wrong.Errors = access.FieldErrors{access.FieldRole: access.Missing}
	return []Page{
		{"change-role", "Cambiare ruolo", web.ChangeRole(f, page)},
		{"change-role-wrong", "Cambiare ruolo: nessuno scelto", web.ChangeRole(f, wrong)},
	}
}

// outcomePages are the outcomes that are shown on the profile page.
func outcomePages(l access.Language) []Page {
	layoutWith := func(o web.Outcome) web.Layout {
		f := layoutFor(l, web.NavUsers)
		o.Person, o.Product = "Giulio Verdi", text("Interoperabilità")
		f.Outcome = &o
		return f
	}
	roles := products()[1].Roles
	gone := layoutWith(web.Outcome{Action: access.Remove, Role: roles[1].Label, LeftInstitution: true})
	gone.Outcome.Person = ""
	show := func(o web.Outcome) templ.Component { return web.Profile(layoutWith(o), profile(anna(), giulio())) }
	return []Page{
		{"outcome-added", "Esito: utente aggiunto", show(web.Outcome{Action: access.Add, Roles: []access.Text{roles[1].Label, roles[2].Label}})},
		{"outcome-assigned", "Esito: ruolo assegnato", show(web.Outcome{Action: access.Assign, Role: roles[1].Label})},
		{
			"outcome-assigned-several",
			"Esito: ruoli assegnati",
			show(web.Outcome{Action: access.Assign, Roles: []access.Text{roles[1].Label, roles[2].Label}}),
		},
		{
			"outcome-changed", "Esito: ruolo cambiato",
			show(web.Outcome{
				Action: access.ChangeRole, Roles: []access.Text{roles[1].Label}, Replaced: []access.Text{roles[0].Label},
				ReverseURL: web.ChangeRoleURL(comune.ID, uuid(2), "prod-interop"),
			}),
		},
		{"outcome-edited", "Esito: dati modificati", show(web.Outcome{Action: access.Edit})},
		{"outcome-joined", "Esito: gruppo assegnato", show(web.Outcome{Action: access.Join, Group: "Messi notificatori"})},
		{"outcome-removed", "Esito: ruolo rimosso", show(web.Outcome{Action: access.Remove, Role: roles[1].Label})},
		{"users-gone", "Esito: utente rimosso dall’ente", web.Users(gone, web.UsersPage{Directory: allProductsDirectory(access.Filter{})})},
	}
}
