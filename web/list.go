package web

import (
	"net/url"
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// UsersPage is the list of users.
type UsersPage struct {
	Directory access.Directory
	Unknown   string // a fiscal code searched for that nobody here has: shown back in the field, never in an address
}

// oneProduct reports whether a single product's list is shown: chosen, or the only one there is (rule V5).
func (p UsersPage) oneProduct() bool {
	return p.Directory.Filter.Product != "" || p.Directory.Single()
}

// product is the one whose list is shown.
func (p UsersPage) product() access.Product {
	if p.Directory.Single() {
		return p.Directory.Products[0]
	}
	product, _ := access.ProductOf(p.Directory.Products, p.Directory.Filter.Product)
	return product
}

// titles are the list's part of the page's title.
func (p UsersPage) titles(f Frame) []string {
	if p.Directory.Filter.Product == "" {
		return []string{f.words().Users}
	}
	return []string{f.say(p.product().Title), f.words().Users}
}

// shown are the sections worth showing: where something narrows the list, those that have somebody.
func (p UsersPage) shown() []access.Section {
	if !p.Directory.Filter.Narrows() {
		return p.Directory.Sections
	}
	var some []access.Section
	for _, s := range p.Directory.Sections {
		if len(s.Rows) > 0 || s.Leads() {
			some = append(some, s)
		}
	}
	return some
}

// nobody reports whether it is the filters that leave nobody.
func (p UsersPage) nobody() bool { return p.Directory.Empty() && p.Directory.Filter.Narrows() }

// said is the list in a few words, for those who hear that it has changed while they filled in the filters.
func (p UsersPage) said(f Frame) string {
	w := f.words().List
	switch {
	case p.Unknown != "":
		return w.Unknown
	case p.nobody():
		return w.NobodyMatches
	}
	var all []string
	for _, s := range p.shown() {
		if p.oneProduct() {
			return p.total(f, s)
		}
		all = append(all, f.say(s.Product.Title)+": "+p.total(f, s))
	}
	return strings.Join(all, ". ")
}

// total is how many there are in a section.
func (p UsersPage) total(f Frame, s access.Section) string {
	if s.Over {
		return f.words().List.Over
	}
	return f.words().List.Count(s.Total)
}

// told is how many a filter would show, in brackets after a space; empty where nobody knows it beforehand.
func (p UsersPage) told(f Frame, filter access.Filter) string {
	if n, known := p.Directory.Count(filter); known {
		return " " + f.words().List.Number(n)
	}
	return ""
}

// withCategory, withRole and withState are the filter with another option chosen.
func (p UsersPage) withCategory(c access.Category) access.Filter {
	next := p.Directory.Filter
	next.Category = c
	return next
}

func (p UsersPage) withRole(t access.Target) access.Filter {
	next := p.Directory.Filter
	next.Role = t
	return next
}

func (p UsersPage) withState(s access.Status) access.Filter {
	next := p.Directory.Filter
	next.State = s
	return next
}

// selectable reports whether something could be done to several of the rows at once: on a product that the actor
// administers, to everybody but themselves.
func (p UsersPage) selectable(s access.Section) bool {
	return p.oneProduct() && p.Directory.Actor.Administers(s.Product.ID) &&
		slices.ContainsFunc(s.Rows, func(r access.Row) bool { return r.User != p.Directory.Actor.ID })
}

// severalActions are what can be done to several users at once.
func (p UsersPage) severalActions() []access.Action {
	if p.Directory.Groups {
		return []access.Action{access.Suspend, access.Reactivate, access.Join, access.Remove}
	}
	return []access.Action{access.Suspend, access.Reactivate, access.Remove}
}

// wayBack is what the list's address says, for the way back from what is done to several; never what is searched for, which
// may be anything.
func (p UsersPage) wayBack() []hiddenField {
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

// listed is a row with what all its cells speak of, made once.
type listed struct {
	*access.Row
	frame      *Frame
	words      *Words
	product    *access.Product
	person     string // "Anna Bianchi"
	profile    string // its address
	oneself    bool   // the row is about who looks at it
	selectable bool   // it has a check box
	actions    []rowAction
}

// rowAction is something that can be done to one of a row's roles.
type rowAction struct {
	role   access.RoleID
	action access.Action
}

// listed are a section's rows.
func (p UsersPage) listed(f Frame, s access.Section, selectable bool) []listed {
	w := f.words()
	base := HomeURL(f.Institution.ID) + "/users/"
	all, actions := make([]listed, 0, len(s.Rows)), make([]rowAction, 0, len(s.Rows)*len(roleActions()))
	for i := range s.Rows {
		r, before := &s.Rows[i], len(actions)
		actions = p.actions(actions, s.Product, *r)
		all = append(all, listed{
			Row: r, frame: &f, words: w, product: &s.Product, person: r.FirstName + " " + r.LastName, profile: base + url.PathEscape(string(r.User)),
			oneself: r.User == p.Directory.Actor.ID, selectable: selectable, actions: actions[before:],
		})
	}
	return all
}

// about is what a row's action speaks of.
func (r *listed) about(a rowAction) About {
	return r.frame.about(r.person, roleLabel(*r.product, a.role), r.product.Title)
}

// confirm is where a row's action is asked for.
func (r *listed) confirm(a rowAction) string {
	return roleURL(r.profile, access.Target{Product: r.product.ID, Role: a.role}, a.action)
}

// actions adds those of a row, role by role.
func (p UsersPage) actions(all []rowAction, product access.Product, r access.Row) []rowAction {
	may := p.Directory.On(product, r)
	for _, h := range r.Roles {
		for _, a := range roleActions() {
			if may(a, h.Role) {
				all = append(all, rowAction{h.Role, a})
			}
		}
	}
	return all
}

// typed is what the search field shows.
func (p UsersPage) typed() string {
	if p.Unknown != "" {
		return p.Unknown
	}
	return p.Directory.Filter.Text
}

// tab is the filter of another product's list, or of "Tutti": what can be kept, is.
func (p UsersPage) tab(id access.ProductID) access.Filter {
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

// cleared keeps the product and the order.
func (p UsersPage) cleared() access.Filter {
	return access.Filter{Product: p.Directory.Filter.Product, Sort: p.Directory.Filter.Sort}
}

// sorted starts again from the first page.
func (p UsersPage) sorted(s access.Sort) access.Filter {
	next := p.Directory.Filter
	next.Sort, next.Page = s, access.Page{}
	return next
}

// at is another page of the same list.
func (p UsersPage) at(page access.Page) access.Filter {
	next := p.Directory.Filter
	next.Page = page
	return next
}

// appliedFilter is one thing that narrows the list, and the filter without it.
type appliedFilter struct {
	name    string
	without access.Filter
}

// applied are all of them, in the form's order.
func (p UsersPage) applied(f Frame) []appliedFilter {
	now, w := p.Directory.Filter, f.words()
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
		add(w.Categories[now.Category], func(g *access.Filter) { g.Category = "" })
	}
	if now.Role != (access.Target{}) {
		product, _ := access.ProductOf(p.Directory.Products, now.Role.Product)
		name := f.say(roleLabel(product, now.Role.Role))
		if !p.oneProduct() {
			name += " (" + f.say(product.Title) + ")"
		}
		add(name, func(g *access.Filter) { g.Role = access.Target{} })
	}
	if now.State != "" {
		add(w.Statuses[now.State], func(g *access.Filter) { g.State = "" })
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

// suspendedRoles counts a row's suspended ones.
func suspendedRoles(r access.Row) int {
	n := 0
	for _, h := range r.Roles {
		if h.Status == access.Suspended {
			n++
		}
	}
	return n
}

// shownRoles is how many of a row's roles are in sight: where there are many, the others unfold.
func shownRoles(r access.Row) int {
	if len(r.Roles) <= 4 {
		return len(r.Roles)
	}
	return 3
}
