package access

// Filter selects users of a list, their order and a page (rule V6). The zero value is the first page of "Tutti".
type Filter struct {
	Product  ProductID // the list of one product; empty: "Tutti", grouped by product
	Category Category  // chosen in "Tutti", and kept on the way to a product's list
	Role     Target    // of any product in "Tutti", otherwise of the list's product
	State    Status    // of a role that the user holds, of Role if there is one
	Text     string    // as typed: parts of surname and name in any order, or of the e-mail
	Sort     Sort
	Page     Page
}

// Narrows reports whether the filter leaves out users.
func (f Filter) Narrows() bool {
	return f.Category != "" || f.Role != (Target{}) || f.State != "" || f.Text != ""
}

// Sort is the order of a list: by surname and then name, or by e-mail, ascending or descending.
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

// Page is a page of a list, by the row before or after it; zero is the first page. Pages are not counted by offset, so
// that the last page costs the same as the first and no row is skipped when users are added meanwhile.
type Page struct {
	After  UserID // rows after this one
	Before UserID // rows before this one

	// Key is the row's place in the order, encrypted by the store, so that the page is found when the row was removed or
	// renamed meanwhile. Empty: the row itself is looked up.
	Key string
}

// User is the user whose row the page starts at; empty on the first page.
func (p Page) User() UserID {
	if p.After != "" {
		return p.After
	}
	return p.Before
}

// Directory is the list of users of an institution, with one section for each product.
type Directory struct {
	Institution Institution
	Actor       User
	Products    []Product // the institution's active ones, in the catalogue's order
	Filter      Filter
	Sections    []Section
	UserCounts  map[ProductID]UserCounts // nil if not read
	People      int                      // different users, up to one more than MaxTotal; zero if not read
	Groups      bool                     // the product of the list has an active group
}

// Section is a page of one product's list, or its first rows in "Tutti".
type Section struct {
	Product  Product
	Rows     []Row
	Total    int  // matching users
	Capped   bool // there are more than Total, because users found by text are counted up to MaxTotal only
	Previous Page // zero: no previous page
	Next     Page // zero: no next page
}

// HasMore reports whether there are pages before or after this one. A page without rows may have some, because each
// page scans a limited number of rows.
func (s Section) HasMore() bool { return s.Previous != (Page{}) || s.Next != (Page{}) }

// MaxTotal is how far the users found by a text are counted. Beyond it, a list says "oltre 1.000".
const MaxTotal = 1000

// UserCounts is how many users a product has, by everything that a filter selects by except text.
type UserCounts map[Facet]int

// Facet is what counted users have in common. An empty field matches any value. A role is counted with its category
// only.
type Facet struct {
	State    Status
	Category Category
	Role     RoleID
}

// Count is how many users of the product match the filter, regardless of its text.
func (t UserCounts) Count(f Filter) int {
	if f.Role.Role != "" && f.Category == "" { // a role has one category
		return t[Facet{f.State, Administrator, f.Role.Role}] + t[Facet{f.State, Operator, f.Role.Role}]
	}
	return t[Facet{f.State, f.Category, f.Role.Role}]
}

// Count is how many rows the list would have on all pages with another filter. The count is unknown for a filter with
// text.
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

// Row is one user of one product, as a list shows them (rule V7).
type Row struct {
	User      UserID
	FirstName string
	LastName  string
	Email     string
	Category  Category
	Roles     []HeldRole
}

// HeldRole is a role of a row, with its state.
type HeldRole struct {
	Role   RoleID
	Status Status
}

// Suspended reports whether all roles of the row are suspended; the row has the tag "Sospeso" then.
func (r Row) Suspended() bool {
	for _, h := range r.Roles {
		if h.Status == Active {
			return false
		}
	}
	return true
}

// HasSingleProduct reports whether the institution has one active product only. Its list has no tabs then (rule V5).
func (d Directory) HasSingleProduct() bool { return len(d.Products) == 1 }

// IsEmpty reports whether no user matches.
func (d Directory) IsEmpty() bool {
	for _, s := range d.Sections {
		if len(s.Rows) > 0 || s.HasMore() {
			return false
		}
	}
	return true
}

// Normalize fits a filter to an institution's products. Conditions that cannot apply are dropped: "Tutti" has no pages,
// and an institution with a single product has that list only (rule V5), without a filter by category (rule V6). Returns
// [ErrNotFound] if the product is not one of the institution's.
func (f Filter) Normalize(products []Product) (Filter, error) {
	if f.Product == "" && len(products) == 1 {
		f.Product = products[0].ID
	}
	if len(products) == 1 {
		f.Category = ""
	}
	if f.Product != "" {
		if _, found := FindProduct(products, f.Product); !found {
			return Filter{}, ErrNotFound
		}
		if f.Role.Product != f.Product {
			f.Role = Target{}
		}
	} else {
		f.Page = Page{} // "Tutti" shows the first rows of each product
	}
	product, _ := FindProduct(products, f.Role.Product)
	if _, found := product.Role(f.Role.Role); !found {
		f.Role = Target{}
	}
	return f, nil
}

// WithSections returns the directory with the sections of its products, in their order. One that is not given is empty. Under
// a filter, sections without rows are left out.
func (d Directory) WithSections(sections []Section) Directory {
	d.Sections = nil
	for _, product := range d.Products {
		var s Section
		for _, given := range sections {
			if given.Product.ID == product.ID {
				s = given
			}
		}
		if (d.Filter.Product == "" || d.Filter.Product == product.ID) && (len(s.Rows) > 0 || !d.Filter.Narrows()) {
			s.Product = product
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

// RowPermissions returns a function that reports whether an action on a role of the row would be granted, as far as the
// row's data show. The profile asks the same on all data of the user.
func (d Directory) RowPermissions(product Product, r Row) func(a Action, role RoleID) bool {
	subject := User{ID: r.User, Assignments: make([]Assignment, 0, len(r.Roles))}
	for _, h := range r.Roles {
		subject.Assignments = append(subject.Assignments,
			Assignment{Product: product.ID, Role: h.Role, Category: r.Category, Status: h.Status})
	}
	return func(a Action, role RoleID) bool {
		return Decide(Request{Actor: d.Actor, Action: a, Subject: subject, Product: product, Role: role}) == nil
	}
}

// MayAdd reports whether the actor may add users to the product, or to any product if it is empty (rule P10).
func (d Directory) MayAdd(product ProductID) bool {
	p := Profile{Institution: d.Institution, Actor: d.Actor, Products: d.Products}
	for _, offered := range d.Products {
		if (product == "" || offered.ID == product) && p.mayAssign(offered.ID) {
			return true
		}
	}
	return false
}
