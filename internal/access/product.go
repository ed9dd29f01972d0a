package access

import (
	"hash/fnv"
	"slices"
)

// ProductID identifies a product of the catalogue ("prod-pn").
type ProductID string

// RoleID is a role's code, unique within its product ("api").
type RoleID string

// Product is a service, with its roles for one type of institution in the catalogue's order. Products without an active
// subscription do not exist for an institution.
type Product struct {
	ID          ProductID
	Title       Text
	Description Text
	PhaseOut    bool // no new roles are assigned
	Colour      int  // of its initials, one of [ProductColours]
	Roles       []Role
}

// ProductColours is how many colours the pages have for products.
const ProductColours = 10

// ColourProducts gives an institution's products a colour each: that of the product's id, or the next one that no product
// before it has, so that two have the same one only if there are more products than colours.
func ColourProducts(products []Product) {
	taken := map[int]bool{}
	for i := range products {
		h := fnv.New32a()
		_, _ = h.Write([]byte(products[i].ID))
		colour := int(h.Sum32() % ProductColours)
		for len(taken) < ProductColours && taken[colour] {
			colour = (colour + 1) % ProductColours
		}
		products[i].Colour, taken[colour] = colour, true
	}
}

// Role is one role of a product.
type Role struct {
	ID          RoleID
	Category    Category
	Label       Text
	Description Text
	Combines    []string // multirole groups, see [Role.CombinesWith]
	Assignable  Assignable
}

// Assignable is whether a role can be assigned from the Users section (rules, section 1).
type Assignable string

// All values.
const (
	AssignableHere          Assignable = "here"
	AssignableWithSignature Assignable = "signature" // of the legal representative: shown with that reason
	NotAssignableHere       Assignable = "elsewhere" // not shown
)

// CombinesWith reports whether two roles of one product and category can be held together: they share a multirole group
// (rules, section 1).
func (r Role) CombinesWith(other Role) bool {
	return slices.ContainsFunc(r.Combines, func(group string) bool { return slices.Contains(other.Combines, group) })
}

// Role returns the role with the code.
func (p Product) Role(id RoleID) (Role, bool) {
	for _, r := range p.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// FindProduct returns the product with the ID.
func FindProduct(products []Product, id ProductID) (Product, bool) {
	for _, p := range products {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}
