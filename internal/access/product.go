package access

import "slices"

// ProductID identifies a product of the catalogue ("prod-pn").
type ProductID string

// RoleID is a role's code, unique within its product ("api").
type RoleID string

// Product is a service with the roles that it has for institutions of one type, in the catalogue's order.
// In an institution only those exist that it has an active subscription to.
type Product struct {
	ID          ProductID
	Title       Text
	Description Text
	PhaseOut    bool // nothing new is assigned any more
	Roles       []Role
}

// Role is one role of a product's catalogue.
type Role struct {
	ID          RoleID
	Category    Category
	Label       Text
	Description Text
	Combines    []string // the multirole groups: roles of one category that share one may be held together
	Assignable  Assignable
}

// Assignable says whether a role can be given from the Users section (rules, section 1: the catalogue's phases).
type Assignable string

// The three answers: freely; only with the signature of the legal representative (shown, with that reason); not from here.
const (
	AssignableHere          Assignable = "here"
	AssignableWithSignature Assignable = "signature"
	NotAssignableHere       Assignable = "elsewhere"
)

// CombinesWith reports whether two roles of one product and category may be held together: they share a multirole group (rules,
// section 1).
func (r Role) CombinesWith(other Role) bool {
	return slices.ContainsFunc(r.Combines, func(group string) bool { return slices.Contains(other.Combines, group) })
}

// Role finds a role by its code.
func (p Product) Role(id RoleID) (Role, bool) {
	for _, r := range p.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// FindProduct finds a product among some.
func FindProduct(products []Product, id ProductID) (Product, bool) {
	for _, p := range products {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}
