package datafile

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// Read reads a file's content; file is what its faults call it. The error is [Faults]. The data that comes with it bears
// them too, and may be checked all the same: [Data.Check] then tells them together with its own.
func Read(file string, data []byte) (Data, error) {
	r := &reader{file: file, people: map[access.FiscalCode]Person{}}
	var d Data
	if root := r.document(data); root != nil {
		fields := r.fields(root, "il file", "people", "institutions")
		for _, n := range r.list(fields["people"], "people") {
			d.People = append(d.People, r.person(n))
		}
		codes := map[string]bool{}
		for _, n := range r.list(fields["institutions"], "institutions") {
			i := r.institution(n)
			if i.Code != "" && codes[i.Code] {
				r.add(i.At, "l'ente %q è già in questo file: uniscili", i.Code)
			}
			codes[i.Code] = true
			d.Institutions = append(d.Institutions, i)
		}
	}
	err := r.sorted()
	d.Faults = r.Faults
	return d, err
}

// reader goes through the file and gathers the faults; it never stops at one.
type reader struct {
	file   string
	people map[access.FiscalCode]Person
	Faults
}

func (r *reader) add(at Place, format string, args ...any) { r.Faults.add(at, format, args...) }

// fiscalCodeFaults are the faults of a fiscal code (rule D1) for whoever must mend it.
var fiscalCodeFaults = map[error]string{
	access.ErrFiscalCodeShape:     "non ha i 16 caratteri di quello di una persona",
	access.ErrFiscalCodeTemporary: "è di 11 cifre: ci vuole quello di una persona, di 16 caratteri",
	access.ErrFiscalCodeDate:      "ha una data di nascita che non esiste",
	access.ErrFiscalCodeCheck:     "ha il carattere di controllo sbagliato: ricontrollalo lettera per lettera",
}

// emailFaults are the faults of an e-mail address (rule D3).
var emailFaults = map[error]string{
	access.ErrEmailShape:     "non è un indirizzo: scrivilo come nome@ente.it",
	access.ErrEmailTooLong:   "è più lunga di 254 caratteri: indicane una più breve",
	access.ErrEmailCertified: "è una PEC: indica la casella di posta ordinaria della persona",
}

func explainError(err error, faults map[error]string) string {
	for fault, sentence := range faults {
		if errors.Is(err, fault) {
			return sentence
		}
	}
	return err.Error()
}

func (r *reader) fiscalCode(of *yaml.Node, fields map[string]*yaml.Node, key string) access.FiscalCode {
	text := r.required(of, fields, key, "il codice fiscale")
	if text == "" {
		return access.FiscalCode{}
	}
	code, err := access.ParseFiscalCode(text)
	if err != nil {
		r.add(r.at(fields[key]), "il codice fiscale %s", explainError(err, fiscalCodeFaults))
	}
	return code
}

// name is a name as it is kept: one Unicode form, single spaces, no control characters.
func (r *reader) name(at Place, text, what string) string {
	if text == "" {
		return ""
	}
	clean, err := form.Clean(text)
	if err != nil {
		r.add(at, "%s contiene caratteri che un nome non ha, o è più lungo di 100: riscrivilo", what)
		return ""
	}
	return clean
}

func (r *reader) requiredName(of *yaml.Node, fields map[string]*yaml.Node, key, what string) string {
	text := r.required(of, fields, key, what)
	if text == "" {
		return ""
	}
	return r.name(r.at(fields[key]), text, what)
}

func (r *reader) person(n *yaml.Node) Person {
	fields := r.fields(n, "persona", "fiscalCode", "firstName", "lastName", "verified")
	p := Person{
		At:         r.at(n),
		FiscalCode: r.fiscalCode(n, fields, "fiscalCode"),
		FirstName:  r.requiredName(n, fields, "firstName", "il nome"),
		LastName:   r.requiredName(n, fields, "lastName", "il cognome"),
		Verified:   r.boolean(fields["verified"], "verified", false),
	}
	if p.FiscalCode.IsZero() {
		return p
	}
	if before, twice := r.people[p.FiscalCode]; twice {
		r.add(p.At, "questo codice fiscale è già di una persona di questo file (riga %d): lasciane una", before.At.Line)
	} else {
		r.people[p.FiscalCode] = p
	}
	return p
}

func (r *reader) institution(n *yaml.Node) Institution {
	fields := r.fields(n, "ente", "code", "name", "type", "subscriptions", "groups", "users")
	i := Institution{
		At:   r.at(n),
		Code: r.required(n, fields, "code", "il codice dell'ente"),
		Name: r.requiredName(n, fields, "name", "il nome dell'ente"),
		Type: access.InstitutionType(r.required(n, fields, "type", "il tipo dell'ente (PA, PSP, GSP, ...)")),
	}
	subscribed := map[access.ProductID]bool{}
	for _, item := range r.texts(fields["subscriptions"], "subscriptions") {
		s := r.subscription(item)
		if s.Product != "" && subscribed[s.Product] {
			r.add(s.At, "l'adesione a %s compare due volte: lasciane una", s.Product)
		}
		subscribed[s.Product] = true
		i.Subscriptions = append(i.Subscriptions, s)
	}
	named := map[GroupName]bool{}
	for _, item := range r.texts(fields["groups"], "groups") {
		text, status := stateOf(item.Value)
		g := Group{At: r.at(item), GroupName: r.groupName(item, text), Status: status}
		if named[g.GroupName] {
			r.add(g.At, "il gruppo %q di %s compare due volte: lasciane uno", g.Name, g.Product)
		}
		named[g.GroupName] = true
		i.Groups = append(i.Groups, g)
	}
	users := map[access.FiscalCode]bool{}
	for _, item := range r.list(fields["users"], "users") {
		u := r.user(item)
		if !u.FiscalCode.IsZero() && users[u.FiscalCode] {
			r.add(u.At, "questa persona è già tra gli utenti dell'ente: unisci ruoli e gruppi")
		}
		users[u.FiscalCode] = true
		i.Users = append(i.Users, u)
	}
	return i
}

// subscription is a product, with "inactive" after it if the subscription is over.
func (r *reader) subscription(n *yaml.Node) Subscription {
	words := strings.Fields(n.Value)
	s := Subscription{At: r.at(n), Active: true}
	if len(words) == 2 && (words[1] == "active" || words[1] == "inactive") {
		s.Active = words[1] == "active"
		words = words[:1]
	}
	if len(words) != 1 {
		r.add(s.At, "adesione %q: scrivi il prodotto, seguito da inactive se non è più attiva (prod-pn, prod-io inactive)", n.Value)
		return s
	}
	s.Product = access.ProductID(words[0])
	return s
}

// stateOf takes the state from the end of a role or group: "suspended", or "active", which is what no state means.
func stateOf(text string) (string, access.Status) {
	for _, status := range []access.Status{access.Active, access.Suspended} {
		if rest, found := strings.CutSuffix(strings.TrimSpace(text), " "+string(status)); found {
			return strings.TrimSpace(rest), status
		}
	}
	return strings.TrimSpace(text), access.Active
}

// groupName is "prod-pn/Ufficio Notifiche".
func (r *reader) groupName(n *yaml.Node, text string) GroupName {
	product, name, _ := strings.Cut(text, "/")
	name = r.name(r.at(n), strings.TrimSpace(name), "il nome del gruppo")
	if product == "" || name == "" {
		r.add(r.at(n), "gruppo %q: scrivi prodotto/nome (prod-pn/Ufficio Notifiche)", text)
	}
	return GroupName{access.ProductID(strings.TrimSpace(product)), name}
}

func (r *reader) user(n *yaml.Node) User {
	fields := r.fields(n, "utente", "person", "firstName", "lastName", "email", "roles", "groups")
	u := User{At: r.at(n), FiscalCode: r.fiscalCode(n, fields, "person")}
	person, known := r.people[u.FiscalCode]
	if !known && !u.FiscalCode.IsZero() {
		r.add(r.at(fields["person"]), "questa persona non è tra le people del file: aggiungila, con nome e cognome")
	}
	u.FirstName, u.LastName = r.ownNames(fields, person)
	if typed := r.required(n, fields, "email", "l'e-mail"); typed != "" {
		email, err := access.ParseEmail(typed)
		if err != nil {
			r.add(r.at(fields["email"]), "l'e-mail %s", explainError(err, emailFaults))
		}
		u.Email = email
	}
	u.Roles = r.roles(n, fields)
	in := map[GroupName]bool{}
	for _, item := range r.texts(fields["groups"], "groups") {
		m := Membership{At: r.at(item), GroupName: r.groupName(item, strings.TrimSpace(item.Value))}
		if in[m.GroupName] {
			r.add(m.At, "il gruppo %q di %s compare due volte: lasciane uno", m.Name, m.Product)
		}
		in[m.GroupName] = true
		u.Groups = append(u.Groups, m)
	}
	return u
}

// ownNames are the names that the institution knows the person by: its own only while nobody has verified them (rule D4).
func (r *reader) ownNames(fields map[string]*yaml.Node, person Person) (first, last string) {
	first, last = person.FirstName, person.LastName
	for key, name := range map[string]*string{"firstName": &first, "lastName": &last} {
		n := fields[key]
		if n == nil {
			continue
		}
		if person.Verified {
			r.add(r.at(n), "nome e cognome di questa persona sono verificati e valgono ovunque: togli %s", key)
			continue
		}
		if text := r.text(n, key); text != "" {
			*name = r.name(r.at(n), text, key)
		} else if n.Kind == yaml.ScalarNode {
			r.add(r.at(n), "%s è vuoto: indicalo, o togli la chiave", key)
		}
	}
	return first, last
}

func (r *reader) roles(of *yaml.Node, fields map[string]*yaml.Node) []Role {
	var roles []Role
	held := map[access.Target]bool{}
	for _, n := range r.texts(fields["roles"], "roles") {
		text, status := stateOf(n.Value)
		product, code, _ := strings.Cut(text, "/")
		role := Role{At: r.at(n), Target: access.Target{Product: access.ProductID(product), Role: access.RoleID(code)}, Status: status}
		switch {
		case product == "" || code == "":
			r.add(role.At, "ruolo %q: scrivi prodotto/ruolo, seguito da suspended se è sospeso (prod-pn/operator suspended)", n.Value)
			continue
		case held[role.Target]:
			r.add(role.At, "il ruolo %s/%s compare due volte: lasciane uno", product, code)
			continue
		}
		held[role.Target] = true
		roles = append(roles, role)
	}
	if fields != nil && len(roles) == 0 && (fields["roles"] == nil || len(fields["roles"].Content) == 0) {
		r.add(r.at(of), "un utente ha almeno un ruolo: aggiungi roles")
	}
	return roles
}
