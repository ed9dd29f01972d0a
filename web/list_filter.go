package web

import "areariservata.example/utenti/internal/access"

// UnknownFiscalCode is a searched fiscal code that leads to no user.
type UnknownFiscalCode struct {
	Typed string            // the text shown back in the field, never in an address; empty: none was searched
	Code  string            // its part that is meant as a code
	Error access.FieldError // what is wrong with the code; empty: no user has it
}

// errorText is what is wrong with the code, in words.
func (c UnknownFiscalCode) errorText(f Layout) string {
	return f.fieldErrorText(access.FieldErrors{access.FieldFiscalCode: c.Error}, access.FieldFiscalCode)
}

// searchText is the content of the search field.
func (p UsersPage) searchText() string {
	if p.FiscalCode.Typed != "" {
		return p.FiscalCode.Typed
	}
	return p.Directory.Filter.Text
}

// tabFilter is the filter of another product's list, or of "Tutti". It keeps the conditions that apply there.
func (p UsersPage) tabFilter(id access.ProductID) access.Filter {
	now := p.Directory.Filter
	next := access.Filter{Product: id, Category: now.Category, State: now.State, Text: now.Text, Sort: now.Sort}
	if id == "" || now.Role.Product == id {
		next.Role = now.Role
	}
	return next
}

// clearedFilter is the filter with only the product and the order.
func (p UsersPage) clearedFilter() access.Filter {
	return access.Filter{Product: p.Directory.Filter.Product, Sort: p.Directory.Filter.Sort}
}

// sortedFilter is the filter with another order, on the first page.
func (p UsersPage) sortedFilter(s access.Sort) access.Filter {
	next := p.Directory.Filter
	next.Sort, next.Page = s, access.Page{}
	return next
}

// pageFilter is the filter of another page of the same list.
func (p UsersPage) pageFilter(page access.Page) access.Filter {
	next := p.Directory.Filter
	next.Page = page
	return next
}

// appliedFilter is one active condition, and the filter without it.
type appliedFilter struct {
	name    string
	without access.Filter
}

// appliedFilters lists the active conditions in the form's order.
func (p UsersPage) appliedFilters(f Layout) []appliedFilter {
	now, l := p.Directory.Filter, f.locale()
	now.Page = access.Page{}
	var all []appliedFilter
	add := func(name string, drop func(*access.Filter)) {
		without := now
		drop(&without)
		all = append(all, appliedFilter{name, without})
	}
	if now.Text != "" {
		add("“"+now.Text+"”", func(g *access.Filter) { g.Text = "" })
	}
	if now.Category != "" {
		add(l.Of("category.*", string(now.Category)), func(g *access.Filter) { g.Category = "" })
	}
	if now.Role != (access.Target{}) {
		product, _ := access.FindProduct(p.Directory.Products, now.Role.Product)
		name := f.localize(roleLabel(product, now.Role.Role))
		if !p.showsSingleProduct() {
			name += " (" + f.localize(product.Title) + ")"
		}
		add(name, func(g *access.Filter) { g.Role = access.Target{} })
	}
	if now.State != "" {
		add(l.Of("status.*", string(now.State)), func(g *access.Filter) { g.State = "" })
	}
	return all
}
