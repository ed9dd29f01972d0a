package access

// Filter is what a list of users is narrowed by and how it is walked (rule V6). The zero value is "Tutti", the first page.
type Filter struct {
	Product  ProductID // one product's list; empty: "Tutti", grouped by product
	Category Category  // in "Tutti" only
	Role     Target    // in "Tutti" with its product, in a product's list on that product
	State    Status    // somebody who holds a role (the chosen one, if any) in that state
	Text     string    // as typed: parts of surname and name in any order, or of the e-mail
	Sort     Sort
	Page     Page
}

// Narrows reports whether the filter leaves anybody out.
func (f Filter) Narrows() bool {
	return f.Category != "" || f.Role != (Target{}) || f.State != "" || f.Text != ""
}

// Sort is the order of a list: by surname, then name, or by e-mail; either way.
type Sort string

// The four orders.
const (
	ByName      Sort = ""
	ByNameDesc  Sort = "-name"
	ByEmail     Sort = "email"
	ByEmailDesc Sort = "-email"
)

// IsDescending reports whether the order is from Z to A.
func (s Sort) IsDescending() bool { return s == ByNameDesc || s == ByEmailDesc }

// Page says where in a list one is: from the start, or next to somebody. A list is walked by its rows, not by counting
// them, so that the last page costs the same as the first and nobody is skipped when somebody is added meanwhile.
type Page struct {
	After  UserID // the rows after this one
	Before UserID // the rows before this one
}

// Directory is the list of users of an institution: one section a product.
type Directory struct {
	Institution Institution
	Actor       User
	Products    []Product // the institution's active ones, in the catalogue's order
	Filter      Filter
	Sections    []Section
	UserCounts  map[ProductID]UserCounts // nil where nobody has read them
	Groups      bool                     // the product whose list is shown has an active group
}

// Section is one product's list, or its first rows in "Tutti".
type Section struct {
	Product  Product
	Rows     []Row
	Total    int  // how many match
	Capped   bool // there are more than the total: what is searched for is counted no further than MaxTotal
	Previous Page // zero: there is none
	Next     Page // zero: there is none
}

// HasMore reports whether there are pages beside this one. One without rows may lead on: it shows what it found on its stretch.
func (s Section) HasMore() bool { return s.Previous != (Page{}) || s.Next != (Page{}) }

// MaxTotal is where the counting of what a text finds stops: beyond it, a list says "oltre 1.000".
const MaxTotal = 1000

// UserCounts is how many users a product has, by whatever a list is narrowed by but text.
type UserCounts map[Facet]int

// Facet is what those counted have in common; an empty field is any. A role stands with its category only.
type Facet struct {
	State    Status
	Category Category
	Role     RoleID
}

// Count is how many the filter shows of the product, its text aside.
func (t UserCounts) Count(f Filter) int {
	if f.Role.Role != "" && f.Category == "" { // a role is of one of them
		return t[Facet{f.State, Administrator, f.Role.Role}] + t[Facet{f.State, Operator, f.Role.Role}]
	}
	return t[Facet{f.State, f.Category, f.Role.Role}]
}

// Count is how many rows the list would have under another filter, all its pages together. It is unknown of what a text
// finds: nobody counts that beforehand.
func (d Directory) Count(f Filter) (n int, known bool) {
	if f.Text != "" || d.UserCounts == nil {
		return 0, false
	}
	for _, p := range d.Products {
		if (f.Product == "" || f.Product == p.ID) && (f.Role.Product == "" || f.Role.Product == p.ID) {
			n += d.UserCounts[p.ID].Count(f)
		}
	}
	return n, true
}

// Row is one user of one product, with everything that a list shows of them (rule V7).
type Row struct {
	User      UserID
	FirstName string
	LastName  string
	Email     string
	Category  Category
	Roles     []HeldRole
}

// HeldRole is a role on a row, with its state.
type HeldRole struct {
	Role   RoleID
	Status Status
}

// Suspended reports whether all the row's roles are: the row bears the tag "Sospeso".
func (r Row) Suspended() bool {
	for _, h := range r.Roles {
		if h.Status == Active {
			return false
		}
	}
	return true
}

// HasSingleProduct reports whether the institution has one active product: then there are no tabs, and its list is the only one (rule V5).
func (d Directory) HasSingleProduct() bool { return len(d.Products) == 1 }

// IsEmpty reports whether nobody matches.
func (d Directory) IsEmpty() bool {
	for _, s := range d.Sections {
		if len(s.Rows) > 0 || s.HasMore() {
			return false
		}
	}
	return true
}

// Normalize makes a filter fit an institution's products: what asks for nothing that there is, is left out. A product's list
// of its own has no filter by category (rule V6), and an institution with a single product has that list only (rule V5).
// A product that isn't the institution's doesn't exist: [ErrNotFound].
func (f Filter) Normalize(products []Product) (Filter, error) {
	if f.Product == "" && len(products) == 1 {
		f.Product = products[0].ID
	}
	if f.Product != "" {
		if _, found := FindProduct(products, f.Product); !found {
			return Filter{}, ErrNotFound
		}
		f.Category = ""
		if f.Role.Product != f.Product {
			f.Role = Target{}
		}
	} else {
		f.Page = Page{} // "Tutti" shows the first rows of each
	}
	product, _ := FindProduct(products, f.Role.Product)
	if _, found := product.Role(f.Role.Role); !found {
		f.Role = Target{}
	}
	return f, nil
}

// WithSections gives the directory its sections, as they were read; where a filter narrows, products with nobody to show are left out.
func (d Directory) WithSections(sections []Section) Directory {
	d.Sections = nil
	for _, s := range sections {
		if product, found := FindProduct(d.Products, s.Product.ID); found && (len(s.Rows) > 0 || !d.Filter.Narrows()) {
			s.Product = product
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

// RowPermissions is the question whether the actor may do something to a role on a row of a product's list, as far as the list knows: the
// one that the profile asks, on what the row shows.
func (d Directory) RowPermissions(product Product, r Row) func(a Action, role RoleID) bool {
	subject := User{ID: r.User, Assignments: make([]Assignment, 0, len(r.Roles))}
	for _, h := range r.Roles {
		subject.Assignments = append(subject.Assignments, Assignment{Product: product.ID, Role: h.Role, Category: r.Category, Status: h.Status})
	}
	return func(a Action, role RoleID) bool {
		return Decide(Request{Actor: d.Actor, Action: a, Subject: subject, Product: product, Role: role}) == nil
	}
}

// MayAdd reports whether the actor may add users: to a product, or to any (rule P10).
func (d Directory) MayAdd(product ProductID) bool {
	p := Profile{Institution: d.Institution, Actor: d.Actor, Products: d.Products}
	for _, offered := range d.Products {
		if (product == "" || offered.ID == product) && p.mayAssign(offered.ID) {
			return true
		}
	}
	return false
}
