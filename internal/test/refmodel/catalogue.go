package refmodel

// Catalogue is what one institution has, in plain words: every product on which anybody may hold anything, and the groups.
type Catalogue struct {
	Products []CatalogueProduct
	Groups   []CatalogueGroup
}

// CatalogueProduct is a product with its roles for this institution. Active: the institution's subscription to it is.
type CatalogueProduct struct {
	ID       string
	Active   bool
	PhaseOut bool
	Roles    []CatalogueRole // 64 at most
}

// CatalogueRole is a role: its category is "administrator" or "operator", Assignable "here", "signature" or "elsewhere".
type CatalogueRole struct {
	ID         string
	Category   string
	Combines   []string
	Assignable string
}

// CatalogueGroup is a group as it is before the log begins; its status is "active" or "suspended".
type CatalogueGroup struct{ ID, Product, Name, Status string }

// modelProduct is the product in bits: the first role is the lowest. A category or a way of giving that isn't known gives nothing.
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
