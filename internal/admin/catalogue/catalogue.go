// Package catalogue reads products and their roles from a file in the format of the real system. The catalogue is data,
// never code (rules, section 1): another file is another catalogue, without a build.
//
// Keys that are not known are ignored. A file with a fault is refused as a whole, with all its faults.
package catalogue

import "areariservata.example/utenti/internal/access"

// Catalogue is the products, in the file's order.
type Catalogue struct{ Products []Product }

// Product is one product, for institutions of all types.
type Product struct {
	ID          access.ProductID
	Title       access.Text
	Description access.Text
	Status      Status
	Parent      access.ProductID // of a child, which has no users of its own; it may have no roles either
	// Offers are the roles by type of institution; "" is for all types that are not listed.
	Offers map[access.InstitutionType][]access.Role
}

// Status is the phase of a product's life.
type Status string

// The four statuses (rules, section 1).
const (
	Active   Status = "active"
	Testing  Status = "testing"   // like Active
	PhaseOut Status = "phase_out" // nothing new is assigned
	Inactive Status = "inactive"  // does not exist for any user
)

// Product returns a product by its id.
func (c Catalogue) Product(id access.ProductID) (Product, bool) {
	for _, p := range c.Products {
		if p.ID == id {
			return p, true
		}
	}
	return Product{}, false
}

// For returns the roles that the product offers to institutions of a type.
func (p Product) For(t access.InstitutionType) []access.Role {
	if roles, listed := p.Offers[t]; listed {
		return roles
	}
	return p.Offers[""]
}

// Role returns one of the roles for institutions of a type.
func (p Product) Role(t access.InstitutionType, id access.RoleID) (access.Role, bool) {
	return access.Product{Roles: p.For(t)}.Role(id)
}

// Categories returns the category of each role. A code has one category, for all types of institution.
func (p Product) Categories() map[access.RoleID]access.Category {
	categories := map[access.RoleID]access.Category{}
	for _, roles := range p.Offers {
		for _, r := range roles {
			categories[r.ID] = r.Category
		}
	}
	return categories
}
