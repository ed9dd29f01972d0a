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
	RoleGone     bool // the address filtered by a role that is not there any more: the filter was dropped

	ActedOn        access.UserID // of the action that the page reports; empty: none
	ActedOnProduct access.ProductID
}

// showsSingleProduct reports whether the list of a single product is shown: selected, or the only one (rule V5).
func (p UsersPage) showsSingleProduct() bool {
	return p.Directory.Filter.Product != "" || p.Directory.HasSingleProduct()
}

// product is the product whose list is shown.
func (p UsersPage) product() access.Product {
	if p.Directory.HasSingleProduct() {
		return p.Directory.Products[0]
	}
	product, _ := access.FindProduct(p.Directory.Products, p.Directory.Filter.Product)
	return product
}

// titles are the first parts of the document's title: what the list is filtered by, and which page of it is shown.
func (p UsersPage) titles(f Layout) []string {
	l := f.locale()
	var all, filters []string
	switch {
	case p.FiscalCode.Error != "":
		all = append(all, l.T("list.wrong_code"))
	case p.FiscalCode.Typed != "":
		all = append(all, l.T("list.unknown"))
	case p.hasNoMatches():
		all = append(all, l.T("list.no_match"))
	}
	for _, applied := range p.appliedFilters(f) {
		filters = append(filters, applied.name)
	}
	if len(filters) > 0 {
		all = append(all, strings.Join(filters, ", "))
	}
	if p.Directory.Filter.Page.After != "" {
		all = append(all, l.T("list.next_page"))
	} else if p.Directory.Filter.Page.Before != "" {
		all = append(all, l.T("list.previous_page"))
	}
	if p.Directory.Filter.Product != "" {
		all = append(all, f.localize(p.product().Title))
	}
	return append(all, l.T("common.users"))
}

// noAddNote is why no user can be added to the list; empty where one can.
func (p UsersPage) noAddNote(f Layout) string {
	why := p.Directory.WhyNotAdd(p.Directory.Filter.Product)
	if !p.showsSingleProduct() {
		note, _ := f.locale().Find("list.no_add_anywhere.*", string(why))
		return note
	}
	note, _ := f.locale().Find("list.no_add.*", string(why), f.about("", access.Text{}, p.product().Title))
	return note
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

// hasNoMatches reports whether no user matches the filters.
func (p UsersPage) hasNoMatches() bool { return p.Directory.IsEmpty() && p.Directory.Filter.Narrows() }

// liveRegionText summarises the list for screen readers when a filter has changed it.
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
	sections := p.visibleSections()
	switch {
	case len(sections) == 0:
		return ""
	case p.showsSingleProduct():
		return p.totalText(f, sections[0])
	case len(sections) == 1:
		return f.localize(sections[0].Product.Title) + ": " + p.totalText(f, sections[0])
	}
	found, isCapped := 0, false
	for _, s := range sections {
		found, isCapped = found+s.Total, isCapped || s.Capped
	}
	about := locale.Args{Count: found, Total: len(sections)}
	if isCapped {
		return l.T("list.found_over", about)
	}
	return l.T("list.found", about)
}

// totalText is the number of users in a section.
func (p UsersPage) totalText(f Layout, s access.Section) string {
	if s.Capped {
		return f.locale().T("list.over", locale.Args{Count: access.MaxTotal})
	}
	return f.locale().T("list.count", locale.Args{Count: s.Total})
}

// headText is the number of users above the list: in "Tutti", of different people.
func (p UsersPage) headText(f Layout) string {
	switch {
	case p.showsSingleProduct():
		for _, s := range p.Directory.Sections {
			return p.totalText(f, s)
		}
		return ""
	case p.Directory.Filter.Narrows() || p.Directory.People == 0: // how many people match is unknown
		return ""
	case p.Directory.People > access.MaxTotal:
		return f.locale().T("list.over", locale.Args{Count: access.MaxTotal})
	default:
		return f.locale().T("list.count", locale.Args{Count: p.Directory.People})
	}
}

// href is the address of the list with another filter, relative to the list's own address: a list has many.
func (p UsersPage) href(f access.Filter) string { return "users" + usersQuery(f) }

// optionCount is the number of rows that a filter would show, in brackets, or empty if it is not known without a search.
func (p UsersPage) optionCount(f Layout, filter access.Filter) string {
	if n, known := p.Directory.Count(filter); known {
		return f.locale().T("list.number", locale.Args{Count: n})
	}
	return ""
}

// filterWithCategory, filterWithRole and filterWithState are the filter with another option selected.
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

// isSelectable reports whether rows can be selected for bulk actions: on a product that the actor administers, for all
// users except the actor.
func (p UsersPage) isSelectable(s access.Section) bool {
	return p.showsSingleProduct() && p.Directory.Actor.Administers(s.Product.ID) &&
		slices.ContainsFunc(s.Rows, func(r access.Row) bool { return r.User != p.Directory.Actor.ID })
}

// returnFields is what the list's address has, for the way back from a bulk action.
func (p UsersPage) returnFields() []hiddenField {
	now := p.Directory.Filter
	all := []hiddenField{
		{"product", string(p.product().ID)},
		{"category", string(now.Category)},
		{"role", roleValue(now.Role)},
		{"state", string(now.State)},
		{"sort", string(now.Sort)},
		{"page", pageValue(now.Page)},
		{"q", now.Text},
	}
	return slices.DeleteFunc(all, func(h hiddenField) bool { return h.value == "" })
}

// layout is the layout of the pages that the list leads to.
func (p UsersPage) layout(f Layout) Layout {
	f.List = p.Directory.Filter
	return f
}

// listRow is a row with the values that several of its cells use, computed once.
type listRow struct {
	*access.Row
	layout       *Layout
	locale       *locale.Locale
	texts        *rowTexts
	product      *access.Product
	person       string    // "Anna Bianchi"
	profileURL   [2]string // in parts, as [rolePath]
	fromList     string    // what the profile's address has of the list
	returnToList string    // what the actions' addresses have of it
	isSelf       bool      // the row is the reader's own
	isManaged    bool      // the reader administers the product
	isActedOn    bool      // by the action that the page reports
	isSelectable bool      // it has a checkbox
	actions      []rowAction
}

// rowAction is an allowed action on one of a row's roles.
type rowAction struct {
	role   access.RoleID
	action access.Action
	index  int // of the action in roleActions
}

// rowTexts are texts that all rows use, looked up once for a list.
type rowTexts struct {
	active, actions       string
	selectUser, actionsOn locale.Message
	ownRoles              string   // why the actor's own row offers nothing
	verbs                 []string // of roleActions
	targets               []locale.Message
	scratch               []byte // see [htmlWriter]
}

func newRowTexts(l *locale.Locale) *rowTexts {
	t := &rowTexts{
		active: l.T("status.active"), actions: l.T("list.actions"), ownRoles: l.T("list.own_roles"),
		selectUser: l.Message("list.select"), actionsOn: l.Message("list.actions_on"),
		verbs: make([]string, len(access.RoleActions())), targets: make([]locale.Message, len(access.RoleActions())),
	}
	for i, a := range access.RoleActions() {
		t.verbs[i], t.targets[i] = l.Of("action.*.verb", string(a)), l.MessageOf("action.*.target", string(a))
	}
	return t
}

// listRows prepares a section's rows.
func (p UsersPage) listRows(f Layout, s access.Section, selectable bool) []listRow {
	l := f.locale()
	texts := newRowTexts(l)
	fromList := FromList("", p.Directory.Filter, f.ListSignature)
	returnToList := ReturnTo("", p.Directory.Filter, f.ListSignature)
	isManaged := p.Directory.Actor.Administers(s.Product.ID)
	all, actions := make([]listRow, 0, len(s.Rows)), make([]rowAction, 0, len(s.Rows)*len(access.RoleActions()))
	for i := range s.Rows {
		r, before := &s.Rows[i], len(actions)
		actions = p.appendRowActions(actions, s.Product, *r)
		all = append(all, listRow{
			Row: r, layout: &f, locale: l, texts: texts, product: &s.Product,
			person:     access.FullName(r.FirstName, r.LastName),
			profileURL: [2]string{"users/", url.PathEscape(string(r.User))}, // relative to the list's address
			fromList:   fromList, returnToList: returnToList,
			isSelf: r.User == p.Directory.Actor.ID, isManaged: isManaged, isSelectable: selectable, actions: actions[before:],
			isActedOn: r.User == p.ActedOn && s.Product.ID == p.ActedOnProduct,
		})
	}
	return all
}

// about are the arguments of the texts of a row's action.
func (r *listRow) about(a rowAction) locale.Args {
	in := r.locale.Language
	return locale.Args{Person: r.person, Role: roleLabel(*r.product, a.role).In(in), Product: r.product.Title.In(in)}
}

// appendRowActions appends the allowed actions of a row, role by role.
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

// roleLabel is a role's name; its code if the catalogue does not have the role.
func roleLabel(p access.Product, id access.RoleID) access.Text {
	if r, known := p.Role(id); known {
		return r.Label
	}
	return access.Text{It: string(id), En: string(id)}
}

// countSuspendedRoles counts a row's suspended roles.
func countSuspendedRoles(r access.Row) int {
	n := 0
	for _, h := range r.Roles {
		if h.Status == access.Suspended {
			n++
		}
	}
	return n
}

// countVisibleRoles is the number of a row's roles that are always visible; if there are many, the others are in a
// disclosure.
func countVisibleRoles(r access.Row) int {
	if len(r.Roles) <= 4 {
		return len(r.Roles)
	}
	return 3
}
