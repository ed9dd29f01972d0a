// Package catalogue reads the products and their roles from a file in the format that the field uses. The catalogue is
// data, never code (rules, section 1): another file gives another catalogue, without a build.
//
// The format has more than is read here; what isn't known is passed over. A file with any fault is refused whole, and
// told all its faults at once.
package catalogue

import "areariservata.example/utenti/internal/access"

// Catalogue is all there is to subscribe to and to be assigned, in the file's order.
type Catalogue struct{ Products []Product }

// Product is one product for institutions of every type.
type Product struct {
	ID          access.ProductID
	Title       access.Text
	Description access.Text
	Status      Status
	Parent      access.ProductID // of a child, which has no users of its own; it may have no roles either
	// Offers are the roles by institution type; "" is for every type that isn't listed.
	Offers map[access.InstitutionType][]access.Role
}

// Status is where a product is in its life.
type Status string

// The four states (rules, section 1).
const (
	Active   Status = "active"
	Testing  Status = "testing"   // like Active
	PhaseOut Status = "phase_out" // nothing new is assigned
	Inactive Status = "inactive"  // doesn't exist for anybody
)

// Product finds a product by its id.
func (c Catalogue) Product(id access.ProductID) (Product, bool) {
	for _, p := range c.Products {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}

// For are the roles that the product has for institutions of a type.
func (p Product) For(t access.InstitutionType) []access.Role {
	if roles, listed := p.Offers[t]; listed {
		return roles
	}
	return p.Offers[""]
}

// Role finds a role among those for institutions of a type.
func (p Product) Role(t access.InstitutionType, id access.RoleID) (access.Role, bool) {
	return access.Product{Roles: p.For(t)}.Role(id)
}

// Categories are the category of each of the product's roles, for whatever institution: a code has one only.
func (p Product) Categories() map[access.RoleID]access.Category {
	categories := map[access.RoleID]access.Category{}
	for _, roles := range p.Offers {
		for _, r := range roles {
			categories[r.ID] = r.Category
		}
	}
	return categories
}
