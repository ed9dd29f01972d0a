package datafile

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// Read reads a file's content; faults contain the name. The error is [Faults]. The data then contains them too, and
// [Data.Check] reports them together with its own.
func Read(file string, data []byte) (Data, error) {
	r := &reader{file: file, people: map[access.FiscalCode]Person{}}
	var d Data
	if root := r.document(data); root != nil {
		fields := r.fields(root, "file", "people", "institutions")
		for _, n := range r.list(fields["people"], "people") {
			d.People = append(d.People, r.person(n))
		}
		codes := map[string]bool{}
		for _, n := range r.list(fields["institutions"], "institutions") {
			i := r.institution(n)
			if i.Code != "" && codes[i.Code] {
				r.add(i.At, "institution %q is already in this file: merge them", i.Code)
			}
			codes[i.Code] = true
			d.Institutions = append(d.Institutions, i)
		}
	}
	err := r.sorted()
	d.Faults = r.Faults
	return d, err
}

// reader reads the file and collects all faults.
type reader struct {
	file   string
	people map[access.FiscalCode]Person
	Faults
}

func (r *reader) add(at Place, format string, args ...any) { r.Faults.add(at, format, args...) }

// fiscalCodeFaults are the messages for faults of a fiscal code (rule D1).
var fiscalCodeFaults = map[error]string{
	access.ErrFiscalCodeShape:     "does not have the 16 characters of a person's",
	access.ErrFiscalCodeTemporary: "has 11 digits: use a person's, of 16 characters",
	access.ErrFiscalCodeDate:      "contains a date of birth that does not exist",
	access.ErrFiscalCodeCheck:     "has a wrong check character: compare it letter by letter",
}

// emailFaults are the messages for faults of an e-mail address (rule D3).
var emailFaults = map[error]string{
	access.ErrEmailShape:     "is not an address: write it like name@institution.example",
	access.ErrEmailTooLong:   "has more than 254 characters: use a shorter one",
	access.ErrEmailCode:      "contains a fiscal code, which lists would show: use another mailbox",
	access.ErrEmailCertified: "is certified mail (PEC): use the person's ordinary mailbox",
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
	text := r.required(of, fields, key, "the fiscal code")
	if text == "" {
		return access.FiscalCode{}
	}
	code, err := access.ParseFiscalCode(text)
	if err != nil {
		r.add(r.at(fields[key]), "the fiscal code %s", explainError(err, fiscalCodeFaults))
	}
	return code
}

// name returns a name in one Unicode form, with single spaces, and reports what the form for it would refuse: normalize
// is [form.Clean] for a person's, [form.Title] for another.
func (r *reader) name(at Place, text, what string, normalize func(string) (string, error)) string {
	if text == "" {
		return ""
	}
	clean, err := normalize(text)
	if err != nil {
		r.add(at, "%s contains characters that no name has, or more than 100: correct it", what)
		return ""
	}
	return clean
}

func (r *reader) requiredName(
	of *yaml.Node, fields map[string]*yaml.Node, key, what string, normalize func(string) (string, error),
) string {
	text := r.required(of, fields, key, what)
	if text == "" {
		return ""
	}
	return r.name(r.at(fields[key]), text, what, normalize)
}

// firstName is a person's first name; written as empty, the person has none (rule D2).
func (r *reader) firstName(of *yaml.Node, fields map[string]*yaml.Node) string {
	if n := fields["firstName"]; isEmptyText(n) {
		return ""
	}
	return r.requiredName(of, fields, "firstName", "the first name", form.Clean)
}

// isEmptyText reports whether a text is there, and empty: "".
func isEmptyText(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.ScalarNode && n.Tag == "!!str" && strings.TrimSpace(n.Value) == ""
}

func (r *reader) person(n *yaml.Node) Person {
	fields := r.fields(n, "person", "fiscalCode", "firstName", "lastName", "verified")
	p := Person{
		At:         r.at(n),
		FiscalCode: r.fiscalCode(n, fields, "fiscalCode"),
		FirstName:  r.firstName(n, fields),
		LastName:   r.requiredName(n, fields, "lastName", "the last name", form.Clean),
		Verified:   r.boolean(fields["verified"], "verified", false),
	}
	if p.FiscalCode.IsZero() {
		return p
	}
	if before, twice := r.people[p.FiscalCode]; twice {
		r.add(p.At, "another person of this file has this fiscal code (line %d): leave one", before.At.Line)
	} else {
		r.people[p.FiscalCode] = p
	}
	return p
}

func (r *reader) institution(n *yaml.Node) Institution {
	fields := r.fields(n, "institution", "code", "name", "type", "subscriptions", "groups", "users")
	i := Institution{
		At:   r.at(n),
		Code: r.required(n, fields, "code", "the institution's code"),
		Name: r.requiredName(n, fields, "name", "the institution's name", form.Title),
		Type: access.InstitutionType(r.required(n, fields, "type", "the institution's type (PA, PSP, GSP, ...)")),
	}
	subscribed := map[access.ProductID]bool{}
	for _, item := range r.texts(fields["subscriptions"], "subscriptions") {
		s := r.subscription(item)
		if s.Product != "" && subscribed[s.Product] {
			r.add(s.At, "the subscription to %s appears twice: leave one", s.Product)
		}
		subscribed[s.Product] = true
		i.Subscriptions = append(i.Subscriptions, s)
	}
	named := map[GroupName]bool{}
	for _, item := range r.texts(fields["groups"], "groups") {
		text, status := stateOf(item.Value)
		g := Group{At: r.at(item), GroupName: r.groupName(item, text), Status: status}
		if named[g.GroupName] {
			r.add(g.At, "group %q of %s appears twice: leave one", g.Name, g.Product)
		}
		named[g.GroupName] = true
		i.Groups = append(i.Groups, g)
	}
	users := map[access.FiscalCode]bool{}
	for _, item := range r.list(fields["users"], "users") {
		u := r.user(item)
		if !u.FiscalCode.IsZero() && users[u.FiscalCode] {
			r.add(u.At, "this person is already a user of the institution: merge roles and groups")
		}
		users[u.FiscalCode] = true
		i.Users = append(i.Users, u)
	}
	return i
}

// subscription reads a product, with "inactive" after it if the subscription has ended.
func (r *reader) subscription(n *yaml.Node) Subscription {
	words := strings.Fields(n.Value)
	s := Subscription{At: r.at(n), Active: true}
	if len(words) == 2 && (words[1] == "active" || words[1] == "inactive") {
		s.Active = words[1] == "active"
		words = words[:1]
	}
	if len(words) != 1 {
		r.add(s.At,
			"subscription %q: write the product, with inactive after it if the subscription has ended (prod-pn, prod-io inactive)",
			n.Value)
		return s
	}
	s.Product = access.ProductID(words[0])
	return s
}

// stateOf splits the state from the end of a role or group: "suspended", or "active", which is the default.
func stateOf(text string) (string, access.Status) {
	for _, status := range []access.Status{access.Active, access.Suspended} {
		if rest, found := strings.CutSuffix(strings.TrimSpace(text), " "+string(status)); found {
			return strings.TrimSpace(rest), status
		}
	}
	return strings.TrimSpace(text), access.Active
}

// groupName reads "prod-pn/Ufficio Notifiche".
func (r *reader) groupName(n *yaml.Node, text string) GroupName {
	product, name, _ := strings.Cut(text, "/")
	name = r.name(r.at(n), strings.TrimSpace(name), "the group's name", form.Title)
	if product == "" || name == "" {
		r.add(r.at(n), "group %q: write product/name (prod-pn/Ufficio Notifiche)", text)
	}
	return GroupName{access.ProductID(strings.TrimSpace(product)), name}
}

func (r *reader) user(n *yaml.Node) User {
	fields := r.fields(n, "user", "person", "firstName", "lastName", "email", "roles", "groups")
	u := User{At: r.at(n), FiscalCode: r.fiscalCode(n, fields, "person")}
	person, known := r.people[u.FiscalCode]
	if !known && !u.FiscalCode.IsZero() {
		r.add(r.at(fields["person"]), "this person is not in the file's people: add them, with first and last name")
	}
	u.FirstName, u.LastName = r.ownNames(fields, person)
	if typed := r.required(n, fields, "email", "the e-mail"); typed != "" {
		email, err := access.ParseEmail(typed)
		if err != nil {
			r.add(r.at(fields["email"]), "the e-mail %s", explainError(err, emailFaults))
		}
		u.Email = email
	}
	u.Roles = r.roles(n, fields)
	in := map[GroupName]bool{}
	for _, item := range r.texts(fields["groups"], "groups") {
		m := Membership{At: r.at(item), GroupName: r.groupName(item, strings.TrimSpace(item.Value))}
		if in[m.GroupName] {
			r.add(m.At, "group %q of %s appears twice: leave one", m.Name, m.Product)
		}
		in[m.GroupName] = true
		u.Groups = append(u.Groups, m)
	}
	return u
}

// ownNames are the names of the person in the institution, which can differ only while they are not verified (rule D4).
func (r *reader) ownNames(fields map[string]*yaml.Node, person Person) (first, last string) {
	first, last = person.FirstName, person.LastName
	for key, name := range map[string]*string{"firstName": &first, "lastName": &last} {
		n := fields[key]
		if n == nil {
			continue
		}
		if person.Verified {
			r.add(r.at(n), "the names of this person are verified and hold everywhere: remove %s", key)
			continue
		}
		if key == "firstName" && isEmptyText(n) {
			*name = ""
		} else if text := r.text(n, key); text != "" {
			*name = r.name(r.at(n), text, key, form.Clean)
		} else if n.Kind == yaml.ScalarNode {
			r.add(r.at(n), "%s is empty: fill it in, or remove the key", key)
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
			r.add(role.At, "role %q: write product/role, with suspended after it if it is suspended (prod-pn/operator suspended)", n.Value)
			continue
		case held[role.Target]:
			r.add(role.At, "role %s/%s appears twice: leave one", product, code)
			continue
		}
		held[role.Target] = true
		roles = append(roles, role)
	}
	if fields != nil && len(roles) == 0 && (fields["roles"] == nil || len(fields["roles"].Content) == 0) {
		r.add(r.at(of), "a user has at least one role: add roles")
	}
	return roles
}
