package web

import (
	"maps"
	"net/url"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// BulkURL is the confirmation of a bulk action (POST). The selection is in the body, because an address must not
// contain it.
func BulkURL(i access.InstitutionID) string { return HomeURL(i) + "/users/several" }

// BulkConfirmURL executes a confirmed bulk action (POST).
func BulkConfirmURL(i access.InstitutionID) string { return BulkURL(i) + "/confirm" }

// BulkResultURL is the result of the bulk action with that idempotency key. The page links back to the list with filter
// f.
func BulkResultURL(i access.InstitutionID, f access.Filter, idempotencyKey string) string {
	v := listQuery(i, f)
	v.Set("done", idempotencyKey)
	return BulkURL(i) + "/done?" + v.Encode()
}

// OffboardingURL is the confirmation of a user's offboarding (GET), which removes all roles that the actor may remove
// (POST).
func OffboardingURL(i access.InstitutionID, u access.UserID) string {
	return ProfileURL(i, u) + "/cessation"
}

// listQuery is a list's filter as query parameters, without the search text, which may be a person's name.
func listQuery(i access.InstitutionID, f access.Filter) url.Values {
	f.Text = ""
	address, err := url.Parse(UsersURL(i, f))
	if err != nil {
		return url.Values{} // cannot happen: the application built the address
	}
	return address.Query()
}

// UserRoleValue identifies a user's role in a form. User ids are UUIDs, so the first colon separates them from the
// role's code, even if that contains colons.
func UserRoleValue(u access.UserID, r access.RoleID) string { return string(u) + ":" + string(r) }

// BulkPage is the confirmation of a bulk action.
type BulkPage struct {
	Action         access.Action // suspends, re-enables or removes roles on the product, or adds to a group of it
	Product        access.Product
	Filter         access.Filter // of the list in which the users were selected
	Items          []BulkItem
	GoneCount      int            // selected people who are no longer users
	Groups         []access.Group // active groups of the product
	Group          access.GroupID // selected
	Errors         access.FieldErrors
	IdempotencyKey string // of the form
	Undoes         string // the key of the form that the page undoes; empty: it is no undo
}

// BulkItem is a selected user: the changes, or the reason why there are none.
type BulkItem struct {
	Profile access.Profile
	Roles   []access.Target // those that would change
	WhyNot  access.Reason

	LeftAlone []access.Target // of an undo: roles that were changed again since
}

// grantedItems are the users to be changed.
func (p BulkPage) grantedItems() []BulkItem {
	return slices.DeleteFunc(slices.Clone(p.Items), func(o BulkItem) bool { return o.WhyNot != "" })
}

// refusedItems are the users who cannot be changed.
func (p BulkPage) refusedItems() []BulkItem {
	return slices.DeleteFunc(slices.Clone(p.Items), func(o BulkItem) bool { return o.WhyNot == "" })
}

// layout is the layout of the page, which has a form unless there is nothing to confirm.
func (p BulkPage) layout(f Layout) Layout {
	if len(p.grantedItems()) > 0 {
		return f.withForm()
	}
	return f
}

// title is the page's question, or a statement that no user can be changed.
func (p BulkPage) title(f Layout) string {
	l, product := f.locale(), f.localize(p.Product.Title)
	if n := len(p.grantedItems()); n > 0 {
		return l.Of("bulk.question.*", string(p.Action), locale.Args{Count: n, Product: product})
	}
	return l.Of("bulk.none.*", string(p.Action), locale.Args{Product: product})
}

// canSuspendInstead reports whether a removal could be a suspension instead.
func (p BulkPage) canSuspendInstead() bool {
	return p.Action == access.Remove && slices.ContainsFunc(p.grantedItems(), func(o BulkItem) bool {
		return canSuspendAny(o.Profile, o.Roles)
	})
}

// countMembers counts the selected users who are already members of a group.
func (p BulkPage) countMembers(g access.Group) int {
	n := 0
	for _, o := range p.grantedItems() {
		if slices.ContainsFunc(o.Profile.Subject.Groups, func(in access.Group) bool { return in.ID == g.ID }) {
			n++
		}
	}
	return n
}

// consequences describes what changes for a user, one sentence for each change.
func (o BulkItem) consequences(f Layout, p BulkPage) []string {
	l := f.locale()
	groups := groupNames(o.Profile.Subject.GroupsOn(p.Product.ID))
	if p.Action == access.Join {
		all := []string{l.T("bulk.roles", locale.Args{Roles: f.rolesWithState(p.Product, o.Profile.Subject.AssignmentsOn(p.Product.ID))})}
		if len(groups) > 0 {
			all = append(all, l.T("bulk.groups", locale.Args{Groups: f.joinNames(groups)}))
		}
		return all
	}
	all := []string{l.Of("bulk.will.*", string(p.Action), locale.Args{Roles: f.roleNames(p.Product, o.Roles), Count: len(o.Roles)})}
	if len(o.LeftAlone) > 0 {
		all = append(all, l.T("bulk.left_alone", locale.Args{Roles: f.roleNames(p.Product, o.LeftAlone), Count: len(o.LeftAlone)}))
	}
	if !p.Action.TakesPower() {
		return all
	}
	follow := o.Profile.PreviewRemoval(o.Roles...)
	switch {
	case p.Action == access.Remove && follow.LastAtAll:
		return append(all, l.T("bulk.leaves"))
	case p.Action == access.Remove && follow.LastOnProduct && len(groups) > 0:
		all = append(all, l.T("bulk.loses_groups", locale.Args{Groups: f.joinNames(groups)}))
	}
	if o.Profile.LosesLastPower(o.Roles...) {
		all = append(all, l.T("bulk.last_power"))
	}
	return all
}

// roleNames lists the names of roles of a product.
func (f Layout) roleNames(p access.Product, roles []access.Target) string {
	var all []string
	for _, t := range roles {
		all = append(all, f.localize(roleLabel(p, t.Role)))
	}
	return f.joinNames(all)
}

// rolesWithState lists a user's roles on a product; suspended ones are marked.
func (f Layout) rolesWithState(p access.Product, held []access.Assignment) string {
	var all []string
	for _, a := range held {
		name := f.localize(roleLabel(p, a.Role))
		if a.Status == access.Suspended {
			name += " (" + f.locale().Of("status.*", string(a.Status)) + ")"
		}
		all = append(all, name)
	}
	return f.joinNames(all)
}

func groupNames(groups []access.Group) []string {
	var all []string
	for _, g := range groups {
		all = append(all, g.Name)
	}
	return all
}

// canSuspendAny reports whether any of the roles can be suspended.
func canSuspendAny(p access.Profile, roles []access.Target) bool {
	some, _ := p.DecideEach(access.Suspend, roles)
	return len(some) > 0
}

// bulkRefusalText explains on the confirmation why a user cannot be changed.
func (f Layout) bulkRefusalText(o BulkItem, product access.Product) string {
	about := f.about(o.Profile.Subject.Name(), access.Text{}, product.Title)
	if text, known := f.locale().Find("bulk.reason.*", string(o.WhyNot), about); known {
		return text
	}
	return f.bulkFailureText(o.WhyNot)
}

// bulkFailureText explains on the result why a user was not changed.
func (f Layout) bulkFailureText(why access.Reason) string {
	if why.Grade() == access.Hidden { // the user is visible: the role or the group no longer exists
		return f.locale().T("bulk.missing")
	}
	return f.locale().Of("reason.*.title", string(why)) + "."
}

// BulkResultPage is the result of a bulk action, user by user.
type BulkResultPage struct {
	Action    access.Action
	Product   access.Product
	Filter    access.Filter
	Changed   []access.Profile // in their new state
	Left      []string         // names of changed people who are no longer users
	Refused   []BulkItem
	GoneCount int    // unchanged people, who were no longer users
	UndoKey   string // of the form, to undo what it has changed; empty: not offered
}

// title has the number of changed users.
func (p BulkResultPage) title(f Layout) string {
	l := f.locale()
	done, not := len(p.Changed)+len(p.Left), len(p.Refused)+p.GoneCount
	if done == 0 {
		return l.Of("bulk.done_none.*", string(p.Action))
	}
	title := l.Of("bulk.done.*", string(p.Action), locale.Args{Count: done})
	if not == 0 {
		return title
	}
	return title + l.T("bulk.not_done", locale.Args{Count: not})
}

// currentRolesText describes a user's current roles on the product, or groups.
func (p BulkResultPage) currentRolesText(f Layout, of access.Profile) string {
	l := f.locale()
	if groups := groupNames(of.Subject.GroupsOn(p.Product.ID)); p.Action == access.Join {
		if len(groups) == 0 {
			return l.T("bulk.in_no_group")
		}
		return l.T("bulk.groups", locale.Args{Groups: f.joinNames(groups)})
	}
	held := of.Subject.AssignmentsOn(p.Product.ID)
	if len(held) == 0 {
		return l.T("bulk.no_role", locale.Args{Product: f.localize(p.Product.Title)})
	}
	return l.T("bulk.roles", locale.Args{Roles: f.rolesWithState(p.Product, held)})
}

// listStateFields are the hidden fields that identify the product and lead back to the list.
func listStateFields(f Layout, p access.Product, filter access.Filter, a access.Action) []hiddenField {
	v := listQuery(f.Institution.ID, filter)
	v.Set("product", string(p.ID))
	if a != "" {
		v.Set("action", string(a))
	}
	var all []hiddenField
	for _, name := range slices.Sorted(maps.Keys(v)) {
		all = append(all, hiddenField{name, v.Get(name)})
	}
	return all
}
