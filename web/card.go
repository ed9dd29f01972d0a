package web

import (
	"slices"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// buildCardNotes give the reasons why a control of a card is not offered, each once.
func buildCardNotes(f Layout, p access.Profile, c access.Card) []string {
	about := f.about(p.Subject.Name(), access.Text{}, c.Product.Title)
	var all []string
	for _, note := range []string{
		noControlsNote(f, p, c, about), noOtherRoleNote(f, p, c, about), noChangeNote(f, p, c, about), noGroupNote(f, p, c, about),
	} {
		if note != "" {
			all = append(all, note)
		}
	}
	return all
}

// noControlsNote is why nothing can be done to any of a card's roles; empty where something can.
func noControlsNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	l, note := f.locale(), ""
	for _, r := range c.Roles {
		for _, a := range access.RoleActions() {
			why := p.WhyNot(a, access.Target{Product: c.Product.ID, Role: r.ID})
			if why == "" {
				return ""
			}
			if why == access.SelfAction && p.Actor.Administers(c.Product.ID) {
				note = ownRolesNote(f, p, c.Product, about)
			} else if text, known := l.Find("reason.*.note", string(why), about); known {
				note = text
			}
		}
	}
	return note
}

// ownRolesNote is who can change the roles of an Administrator: another one, if there is one.
func ownRolesNote(f Layout, p access.Profile, product access.Product, about locale.Args) string {
	l := f.locale()
	switch {
	case !p.IsSoleAdministrator(product.ID):
		return l.T("reason.on-oneself.note_another", about)
	case p.HasSuspendedAdministrator(product.ID):
		return l.T("reason.on-oneself.note_sole_suspended", about)
	case slices.ContainsFunc(product.Roles, func(r access.Role) bool {
		return r.Category == access.Administrator && r.Assignable == access.AssignableHere
	}):
		return l.T("reason.on-oneself.note_sole_assign", about)
	}
	return l.T("reason.on-oneself.note_sole", about)
}

// noOtherRoleNote is why no other role of the card's product can be assigned; empty where one can, or where noControlsNote
// has the reason.
func noOtherRoleNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	note, _ := f.locale().Find("profile.no_other.*", string(p.WhyNotAssignAnother(c.Product.ID)), about)
	return note
}

// noChangeNote is why the roles cannot be changed to others; empty where they can, or where another note has the reason.
func noChangeNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	why := p.WhyNotAnyChange(c.Product.ID)
	if why == p.WhyNotAssignAnother(c.Product.ID) {
		return ""
	}
	note, _ := f.locale().Find("profile.no_change.*", string(why), about)
	return note
}

// noGroupNote is why the person cannot be put into a group of the card's product; empty where that is possible, or where
// noControlsNote has the reason.
func noGroupNote(f Layout, p access.Profile, c access.Card, about locale.Args) string {
	why := p.WhyNotAnyGroup(c.Product.ID)
	if why == access.AlreadyMember && p.IsOwn() {
		return f.locale().T("profile.all_groups_self", about)
	}
	note, _ := f.locale().Find("profile.no_group.*", string(why), about)
	return note
}

// noNewRoleNote is why no role on another product can be assigned; empty where one can, or to an Operator, who assigns
// none.
func noNewRoleNote(f Layout, p access.Profile) string {
	if !f.MayEnterUsers {
		return ""
	}
	note, _ := f.locale().Find("profile.no_new.*", string(p.WhyNotNewProduct()), f.about(p.Subject.Name(), access.Text{}, access.Text{}))
	return note
}

// noEditNote is why the data cannot be edited; empty where they can.
func noEditNote(f Layout, p access.Profile) string {
	why := p.WhyNotEdit(false)
	if why == access.NoSharedProduct && p.IsOwn() {
		return f.locale().T("profile.no_edit.nothing-in-common-self")
	}
	note, _ := f.locale().Find("profile.no_edit.*", string(why))
	return note
}
