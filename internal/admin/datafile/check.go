package datafile

import (
	"maps"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
)

// Existing is the existing data of what a file names. The zero value is an empty database.
type Existing struct {
	People       map[access.FiscalCode]ExistingPerson
	Institutions map[string]ExistingInstitution // by code
}

// ExistingPerson is a person of the database.
type ExistingPerson struct {
	Verified            bool
	FirstName, LastName string // if verified
}

// ExistingInstitution is an institution of the database.
type ExistingInstitution struct {
	Name          string
	Type          access.InstitutionType
	Subscriptions map[access.ProductID]bool // whether it is active
	Groups        map[GroupName]access.Status
	Assignments   map[access.FiscalCode][]access.Assignment // of users that the file names; the key exists also without assignments
	Members       map[access.FiscalCode]map[GroupName]bool
	Administered  map[access.ProductID]bool // has an active Administrator
}

// Check compares the data with the catalogue and the existing data, by the rules of the pages. Two rules do not apply,
// because a file reports what was decided elsewhere: a role need not be assignable, also on products in phase-out; and a
// group that the file creates as suspended can have members.
//
// Existing data that pages can have changed (a role's or a group's state, an e-mail, unverified names) may differ, so that
// the same file can be loaded again later. Any other difference is a fault. The error is [Faults].
func (d Data) Check(c catalogue.Catalogue, present Existing) error {
	k := &checker{catalogue: c, present: present, Faults: slices.Clone(d.Faults)}
	for _, p := range d.People {
		k.person(p)
	}
	for _, i := range d.Institutions {
		k.institution(i)
	}
	return k.sorted()
}

type checker struct {
	catalogue catalogue.Catalogue
	present   Existing
	Faults
}

func (k *checker) person(p Person) {
	before, known := k.present.People[p.FiscalCode]
	switch {
	case !known || !p.Verified:
	case !before.Verified:
		k.add(p.At, "this person exists, with names that are not verified: remove verified; they are verified at the sign-in with SPID or CIE")
	case before.FirstName != p.FirstName || before.LastName != p.LastName:
		k.add(p.At, "the verified names of this person are different: correct them, they never change")
	}
}

// mergedInstitution is an institution after the import: the existing data and those of the file.
type mergedInstitution struct {
	Institution
	before        ExistingInstitution
	subscriptions map[access.ProductID]bool
	groups        map[GroupName]access.Status
	administered  map[access.ProductID]bool
}

func (k *checker) institution(i Institution) {
	before, known := k.present.Institutions[i.Code]
	if known && before.Name != i.Name {
		k.add(i.At, "institution %q exists with the name %q: use that name, or another code", i.Code, before.Name)
	}
	if known && before.Type != i.Type {
		k.add(i.At, "institution %q exists with the type %q: use that type, it never changes", i.Code, before.Type)
	}
	b := mergedInstitution{
		Institution: i, before: before,
		subscriptions: map[access.ProductID]bool{}, groups: map[GroupName]access.Status{}, administered: map[access.ProductID]bool{},
	}
	maps.Copy(b.subscriptions, before.Subscriptions)
	maps.Copy(b.groups, before.Groups)
	for product := range before.Administered {
		b.administered[product] = true
	}
	for _, s := range i.Subscriptions {
		k.subscription(b, s)
	}
	for _, g := range i.Groups {
		k.group(b, g)
	}
	for _, u := range i.Users {
		k.user(b, u)
	}
	k.administrators(b)
}

func (k *checker) subscription(b mergedInstitution, s Subscription) {
	product, known := k.catalogue.Product(s.Product)
	active, there := b.before.Subscriptions[s.Product]
	switch {
	case s.Product == "":
		return
	case !known:
		k.add(s.At, "product %q is not in the catalogue: correct it, or import the catalogue first", s.Product)
	case product.Parent != "":
		k.add(s.At, "product %s is a child of %s and has no users of its own: use that one", s.Product, product.Parent)
	case there && active != s.Active:
		k.add(s.At, "the subscription to %s exists in another state: use that state, an import does not change it", s.Product)
	}
	b.subscriptions[s.Product] = s.Active
}

func (k *checker) group(b mergedInstitution, g Group) {
	if _, there := b.subscriptions[g.Product]; !there && g.Product != "" {
		k.add(g.At, "group %q: the institution has no subscription to %s: add it to subscriptions", g.Name, g.Product)
	}
	if _, there := b.groups[g.GroupName]; !there {
		b.groups[g.GroupName] = access.Active // it is suspended only after its members have joined
	}
}

func (k *checker) user(b mergedInstitution, u User) {
	held := slices.Clone(b.before.Assignments[u.FiscalCode])
	_, isUser := b.before.Assignments[u.FiscalCode]
	known := k.present.People[u.FiscalCode]
	if !isUser && known.Verified && (known.FirstName != u.FirstName || known.LastName != u.LastName) {
		k.add(u.At, "the verified names of this person are different: correct them, they hold in every institution")
	}
	for _, r := range u.Roles {
		held = k.role(b, r, held)
	}
	subject := access.User{Assignments: held}
	for _, m := range u.Groups {
		status, there := b.groups[m.GroupName]
		switch {
		case b.before.Members[u.FiscalCode][m.GroupName]:
		case !there:
			k.add(m.At, "group %q of %s does not exist: add it to the institution's groups", m.Name, m.Product)
		case len(subject.AssignmentsOn(m.Product)) == 0:
			k.add(m.At, "group %q: the user has no role on %s: add one, or remove the group", m.Name, m.Product)
		case status == access.Suspended:
			k.add(m.At, "group %q of %s is suspended: users join only active groups", m.Name, m.Product)
		}
	}
}

// role checks one role against those that the user holds so far, and returns them with it.
func (k *checker) role(b mergedInstitution, r Role, held []access.Assignment) []access.Assignment {
	subject := access.User{Assignments: held}
	product, known := k.catalogue.Product(r.Product)
	if !known || product.Parent != "" {
		if _, subscribed := b.subscriptions[r.Product]; !subscribed {
			k.add(r.At, "role %s/%s: the product is not in the catalogue, or is a child of another", r.Product, r.Role)
		}
		return held
	}
	role, offered := product.Role(b.Type, r.Role)
	if _, there := subject.FindAssignment(r.Product, r.Role); there {
		return held
	}
	if _, subscribed := b.subscriptions[r.Product]; !subscribed {
		k.add(r.At, "role %s/%s: the institution has no subscription to %s: add it to subscriptions", r.Product, r.Role, r.Product)
	}
	if !offered {
		k.add(r.At, "role %q does not exist on %s for institutions of type %s: use one of the catalogue", r.Role, r.Product, b.Type)
		return held
	}
	for _, other := range subject.AssignmentsOn(r.Product) {
		with, _ := product.Role(b.Type, other.Role)
		switch {
		case other.Category != role.Category:
			k.add(r.At, "on %s the user is already %s (%s), and %q makes an %s: the two categories exclude each other",
				r.Product, other.Category, other.Role, r.Role, role.Category)
		case !role.CombinesWith(with):
			k.add(r.At, "on %s the roles %q and %q cannot be held together: leave one", r.Product, other.Role, r.Role)
		}
	}
	if role.Category == access.Administrator && r.Status == access.Active {
		b.administered[r.Product] = true
	}
	return append(held, access.Assignment{Product: r.Product, Role: r.Role, Category: role.Category, Status: r.Status})
}

// administrators reports products with users and no active Administrator (rule P3), once each, at the first role.
func (k *checker) administrators(b mergedInstitution) {
	for _, u := range b.Users {
		for _, r := range u.Roles {
			if b.administered[r.Product] {
				continue
			}
			b.administered[r.Product] = true
			if p, known := k.catalogue.Product(r.Product); known && p.Parent == "" {
				k.add(r.At, "on %s the institution has users and no active Administrator: add one", r.Product)
			}
		}
	}
}
