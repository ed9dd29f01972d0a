package refmodel

// Catalogue has an institution's products and groups, as strings.
type Catalogue struct {
	Products []CatalogueProduct
	Groups   []CatalogueGroup
}

// CatalogueProduct is a product with its roles for this institution. Active means that the subscription to it is.
type CatalogueProduct struct {
	ID       string
	Active   bool
	PhaseOut bool
	Roles    []CatalogueRole // at most 64
}

// CatalogueRole is a role. Category is "administrator" or "operator", Assignable is "here", "signature" or "elsewhere".
type CatalogueRole struct {
	ID         string
	Category   string
	Combines   []string
	Assignable string
}

// CatalogueGroup is a group at the start of the log. Status is "active" or "suspended".
type CatalogueGroup struct{ ID, Product, Name, Status string }

// modelProduct converts roles to bits, the first role to the lowest. Unknown values of Category and Assignable give
// nothing.
func (p CatalogueProduct) modelProduct() Product {
	modelProduct := Product{Active: p.Active, PhaseOut: p.PhaseOut}
	sets := map[string]Roles{}
	for i, r := range p.Roles {
		bit := Roles(1) << i
		if r.Category == "administrator" {
			modelProduct.Administrators |= bit
		}
		if r.Category == "operator" {
			modelProduct.Operators |= bit
		}
		if r.Assignable == "signature" {
			modelProduct.Signature |= bit
		} else if r.Assignable != "here" {
			modelProduct.NotAssignableHere |= bit
		}
		for _, name := range r.Combines {
			sets[name] |= bit
		}
	}
	for _, set := range sets {
		modelProduct.Combinable = append(modelProduct.Combinable, set)
	}
	return modelProduct
}
