package web

import (
	"net/url"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// UsersPage is the list of users.
type UsersPage struct {
	Directory    access.Directory
	FiscalCode   UnknownFiscalCode
	AskCodeAgain bool // a fiscal code was dropped from the address (rule D7)
}

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

// showsSingleProduct reports whether a single product's list is shown: chosen, or the only one there is (rule V5).
func (p UsersPage) showsSingleProduct() bool {
	return p.Directory.Filter.Product != "" || p.Directory.HasSingleProduct()
}

// product is the one whose list is shown.
func (p UsersPage) product() access.Product {
	if p.Directory.HasSingleProduct() {
		return p.Directory.Products[0]
	}
	product, _ := access.FindProduct(p.Directory.Products, p.Directory.Filter.Product)
	return product
}

// titles are the list's part of the page's title.
func (p UsersPage) titles(f Layout) []string {
	if p.Directory.Filter.Product == "" {
		return []string{f.locale().T("common.users")}
	}
	return []string{f.localize(p.product().Title), f.locale().T("common.users")}
}

// visibleSections are the sections worth showing: under a filter, those with users.
func (p UsersPage) visibleSections() []access.Section {
	if !p.Directory.Filter.Narrows() {
		return p.Directory.Sections
	}
	var some []access.Section
	for _, s := range p.Directory.Sections {
		if len(s.Rows) > 0 || s.HasMore() {
			some = append(some, s)
		}
	}
	return some
}

// hasNoMatches reports whether the filters leave no user.
func (p UsersPage) hasNoMatches() bool { return p.Directory.IsEmpty() && p.Directory.Filter.Narrows() }

// liveRegionText is the list in a few words, for those who hear that it has changed while they filled in the filters.
func (p UsersPage) liveRegionText(f Layout) string {
	l := f.locale()
	switch {
	case p.FiscalCode.Error != "":
		return l.T("list.wrong_code") + ". " + p.FiscalCode.errorText(f)
	case p.FiscalCode.Typed != "":
		return l.T("list.unknown")
	case p.hasNoMatches():
		return l.T("list.no_match")
	}
	var all []string
	for _, s := range p.visibleSections() {
		if p.showsSingleProduct() {
			return p.totalText(f, s)
		}
		all = append(all, f.localize(s.Product.Title)+": "+p.totalText(f, s))
	}
	return strings.Join(all, ". ")
}

// totalText is how many there are in a section.
func (p UsersPage) totalText(f Layout, s access.Section) string {
	if s.Capped {
		return f.locale().T("list.over", locale.Args{Count: access.MaxTotal})
	}
	return f.locale().T("list.count", locale.Args{Count: s.Total})
}

// optionCount is the number of rows that a filter would show, in brackets, or empty if it is not known without a search.
func (p UsersPage) optionCount(f Layout, filter access.Filter) string {
	if n, known := p.Directory.Count(filter); known {
		return f.locale().T("list.number", locale.Args{Count: n})
	}
	return ""
}

// withCategory, withRole and withState are the filter with another option chosen.
func (p UsersPage) filterWithCategory(c access.Category) access.Filter {
	next := p.Directory.Filter
	next.Category = c
	return next
}

func (p UsersPage) filterWithRole(t access.Target) access.Filter {
	next := p.Directory.Filter
	next.Role = t
	return next
}

func (p UsersPage) filterWithState(s access.Status) access.Filter {
	next := p.Directory.Filter
	next.State = s
	return next
}

// isSelectable reports whether something could be done to several of the rows at once: on a product that the actor
// administers, to all users but themselves.
func (p UsersPage) isSelectable(s access.Section) bool {
	return p.showsSingleProduct() && p.Directory.Actor.Administers(s.Product.ID) &&
		slices.ContainsFunc(s.Rows, func(r access.Row) bool { return r.User != p.Directory.Actor.ID })
}

// returnFields is what the list's address says, for the way back from what is done to several; never what is searched for, which
// may be anything.
func (p UsersPage) returnFields() []hiddenField {
	now := p.Directory.Filter
	all := []hiddenField{
		{"product", string(p.product().ID)},
		{"role", roleValue(now.Role)},
		{"state", string(now.State)},
		{"sort", string(now.Sort)},
		{"page", pageValue(now.Page)},
	}
	return slices.DeleteFunc(all, func(h hiddenField) bool { return h.value == "" })
}

// listRow is a row with what all its cells speak of, made once.
type listRow struct {
	*access.Row
	layout       *Layout
	locale       *locale.Locale
	texts        *rowTexts
	product      *access.Product
	person       string    // "Anna Bianchi"
	profileURL   [2]string // in parts, as [rolePath]
	isSelf       bool      // the row is about who looks at it
	isSelectable bool      // it has a check box
	actions      []rowAction
}

// rowAction is something that can be done to one of a row's roles.
type rowAction struct {
	role   access.RoleID
	action access.Action
	index  int // of the action in roleActions
}

// rowTexts are the texts that all rows repeat, looked up once for a list.
type rowTexts struct {
	active, actions       string
	selectUser, actionsOn locale.Message
	verbs                 []string // of roleActions
	targets               []locale.Message
	scratch               []byte // see [htmlWriter]
}

func newRowTexts(l *locale.Locale) *rowTexts {
	t := &rowTexts{
		active: l.T("status.active"), actions: l.T("list.actions"),
		selectUser: l.Message("list.select"), actionsOn: l.Message("list.actions_on"),
		verbs: make([]string, len(access.RoleActions())), targets: make([]locale.Message, len(access.RoleActions())),
	}
	for i, a := range access.RoleActions() {
		t.verbs[i], t.targets[i] = l.Of("action.*.verb", string(a)), l.MessageOf("action.*.target", string(a))
	}
	return t
}

// listRows are a section's rows.
func (p UsersPage) listRows(f Layout, s access.Section, selectable bool) []listRow {
	l := f.locale()
	texts := newRowTexts(l)
	base := HomeURL(f.Institution.ID) + "/users/"
	all, actions := make([]listRow, 0, len(s.Rows)), make([]rowAction, 0, len(s.Rows)*len(access.RoleActions()))
	for i := range s.Rows {
		r, before := &s.Rows[i], len(actions)
		actions = p.appendRowActions(actions, s.Product, *r)
		all = append(all, listRow{
			Row: r, layout: &f, locale: l, texts: texts, product: &s.Product,
			person: r.FirstName + " " + r.LastName, profileURL: [2]string{base, url.PathEscape(string(r.User))},
			isSelf: r.User == p.Directory.Actor.ID, isSelectable: selectable, actions: actions[before:],
		})
	}
	return all
}

// about is what a row's action speaks of.
func (r *listRow) about(a rowAction) locale.Args {
	in := r.locale.Language
	return locale.Args{Person: r.person, Role: roleLabel(*r.product, a.role).In(in), Product: r.product.Title.In(in)}
}

// appendRowActions adds those of a row, role by role.
func (p UsersPage) appendRowActions(all []rowAction, product access.Product, r access.Row) []rowAction {
	may := p.Directory.RowPermissions(product, r)
	for _, h := range r.Roles {
		for i, a := range access.RoleActions() {
			if may(a, h.Role) {
				all = append(all, rowAction{h.Role, a, i})
			}
		}
	}
	return all
}

// searchText is what the search field shows.
func (p UsersPage) searchText() string {
	if p.FiscalCode.Typed != "" {
		return p.FiscalCode.Typed
	}
	return p.Directory.Filter.Text
}

// tabFilter is the filter of another product's list, or of "Tutti": what can be kept, is.
func (p UsersPage) tabFilter(id access.ProductID) access.Filter {
	now := p.Directory.Filter
	next := access.Filter{Product: id, State: now.State, Text: now.Text, Sort: now.Sort}
	if id == "" || now.Role.Product == id {
		next.Role = now.Role
	}
	if id == "" {
		next.Category = now.Category
	}
	return next
}

// clearedFilter keeps the product and the order.
func (p UsersPage) clearedFilter() access.Filter {
	return access.Filter{Product: p.Directory.Filter.Product, Sort: p.Directory.Filter.Sort}
}

// sortedFilter starts again from the first page.
func (p UsersPage) sortedFilter(s access.Sort) access.Filter {
	next := p.Directory.Filter
	next.Sort, next.Page = s, access.Page{}
	return next
}

// pageFilter is another page of the same list.
func (p UsersPage) pageFilter(page access.Page) access.Filter {
	next := p.Directory.Filter
	next.Page = page
	return next
}

// appliedFilter is one thing that narrows the list, and the filter without it.
type appliedFilter struct {
	name    string
	without access.Filter
}

// appliedFilters are all of them, in the form's order.
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

// roleLabel is what a role is called; its code, where the catalogue doesn't know it.
func roleLabel(p access.Product, id access.RoleID) access.Text {
	if r, known := p.Role(id); known {
		return r.Label
	}
	return access.Text{It: string(id), En: string(id)}
}

// countSuspendedRoles counts a row's suspended ones.
func countSuspendedRoles(r access.Row) int {
	n := 0
	for _, h := range r.Roles {
		if h.Status == access.Suspended {
			n++
		}
	}
	return n
}

// countVisibleRoles is how many of a row's roles are in sight: where there are many, the others unfold.
func countVisibleRoles(r access.Row) int {
	if len(r.Roles) <= 4 {
		return len(r.Roles)
	}
	return 3
}
