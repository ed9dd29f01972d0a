package web

import (
	"maps"
	"net/url"
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// BulkURL takes the people chosen in a list and what is to be done to them, and asks (POST). Nothing about them stands in
// an address.
func BulkURL(i access.InstitutionID) string { return HomeURL(i) + "/users/several" }

// BulkConfirmURL takes the answer, and does it.
func BulkConfirmURL(i access.InstitutionID) string { return BulkURL(i) + "/confirm" }

// BulkResultURL tells what the form with the mark has done, and leads back to the list that it was asked from.
func BulkResultURL(i access.InstitutionID, f access.Filter, idempotencyKey string) string {
	v := listQuery(i, f)
	v.Set("done", idempotencyKey)
	return BulkURL(i) + "/done?" + v.Encode()
}

// OffboardingURL asks whether all of a user's roles that the actor may take away are to go (GET), and takes them (POST).
func OffboardingURL(i access.InstitutionID, u access.UserID) string {
	return ProfileURL(i, u) + "/cessation"
}

// listQuery is a list's filter as an address says it, but for the text that was searched for, which may be a person's name.
func listQuery(i access.InstitutionID, f access.Filter) url.Values {
	f.Text = ""
	address, err := url.Parse(UsersURL(i, f))
	if err != nil {
		return url.Values{} // it is an address of ours
	}
	return address.Query()
}

// UserRoleValue names a user's role in a form. Users are UUIDs: the first colon ends the user, also if a role's code has one.
func UserRoleValue(u access.UserID, r access.RoleID) string { return string(u) + ":" + string(r) }

// BulkPage asks before the same is done to several users.
type BulkPage struct {
	Action         access.Action // to suspend, re-enable or remove what they hold on the product, or to put them into a group of it
	Product        access.Product
	Filter         access.Filter // of the list that it was asked from
	Items          []BulkItem
	GoneCount      int            // those chosen who aren't users any more
	Groups         []access.Group // the product's active ones, to choose from
	Group          access.GroupID // chosen
	Errors         access.FieldErrors
	IdempotencyKey string // the form's one-time mark
}

// BulkItem is one of the users: what would be done, or why nothing can be.
type BulkItem struct {
	Profile access.Profile
	Roles   []access.Target // those that would change
	WhyNot  access.Reason

	LeftAlone []access.Target // of an undo: roles that were changed again since
}

// grantedItems are those to whom it would be done.
func (p BulkPage) grantedItems() []BulkItem {
	return slices.DeleteFunc(slices.Clone(p.Items), func(o BulkItem) bool { return o.WhyNot != "" })
}

// refusedItems are the others.
func (p BulkPage) refusedItems() []BulkItem {
	return slices.DeleteFunc(slices.Clone(p.Items), func(o BulkItem) bool { return o.WhyNot == "" })
}

// title asks for confirmation, or says that no user can be changed.
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

// countMembers counts those of them who are in a group already.
func (p BulkPage) countMembers(g access.Group) int {
	n := 0
	for _, o := range p.grantedItems() {
		if slices.ContainsFunc(o.Profile.Subject.Groups, func(in access.Group) bool { return in.ID == g.ID }) {
			n++
		}
	}
	return n
}

// consequences says what would happen to one of them, sentence by sentence.
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

// roleNames are the names of roles of a product, one after the other.
func (f Layout) roleNames(p access.Product, roles []access.Target) string {
	var all []string
	for _, t := range roles {
		all = append(all, f.localize(roleLabel(p, t.Role)))
	}
	return f.joinNames(all)
}

// rolesWithState are the roles that a user holds on a product; suspended ones say so.
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

// canSuspendAny reports whether any of the roles could be suspended.
func canSuspendAny(p access.Profile, roles []access.Target) bool {
	some, _ := p.DecideEach(access.Suspend, roles)
	return len(some) > 0
}

// bulkRefusalText says beforehand why a user cannot be changed.
func (f Layout) bulkRefusalText(o BulkItem, product access.Product) string {
	about := f.about(o.Profile.Subject.Name(), access.Text{}, product.Title)
	if text, known := f.locale().Find("bulk.reason.*", string(o.WhyNot), about); known {
		return text
	}
	return f.bulkFailureText(o.WhyNot)
}

// bulkFailureText says it afterwards.
func (f Layout) bulkFailureText(why access.Reason) string {
	if why.Grade() == access.Hidden { // the person is there: it is what they were to lose or to enter that isn't
		return f.locale().T("bulk.missing")
	}
	return f.locale().Of("reason.*.title", string(why)) + "."
}

// BulkResultPage tells what was done to several users, one by one.
type BulkResultPage struct {
	Action    access.Action
	Product   access.Product
	Filter    access.Filter
	Changed   []access.Profile // as they are now
	LeftCount int              // to whom it was done, and who aren't users any more
	Refused   []BulkItem
	GoneCount int    // to whom nothing could be done: they weren't users any more
	UndoKey   string // of the form, to undo what it has changed; empty: not offered
}

// title counts.
func (p BulkResultPage) title(f Layout) string {
	l := f.locale()
	done, not := len(p.Changed)+p.LeftCount, len(p.Refused)+p.GoneCount
	if done == 0 {
		return l.Of("bulk.done_none.*", string(p.Action))
	}
	title := l.Of("bulk.done.*", string(p.Action), locale.Args{Count: done})
	if not == 0 {
		return title
	}
	return title + l.T("bulk.not_done", locale.Args{Count: not})
}

// currentRolesText is what one of them holds on the product, or is in.
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

// listStateFields are the fields that lead back to a list, and the product whose it is.
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
