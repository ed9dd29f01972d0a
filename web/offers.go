package web

import (
	"fmt"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// offer is a product in a form, with its roles.
type offer struct {
	product     access.Product
	id          string // of its radio button
	isChosen    bool
	refusalText string // why none of its roles can be assigned; empty if one can
	roles       []offeredRole
	inputType   string // of its roles' fields: "radio" if roles exclude each other, otherwise "checkbox"
	hint        string // describes which roles combine
}

// offeredRole is a role in a form.
type offeredRole struct {
	access.Role
	id, value   string
	isChosen    bool
	isDisabled  bool
	isHeld      bool
	refusalText string // why it cannot be selected; empty if it can
}

// offers lists the products with a role that the profile's subject can get, then the other products with the reason: a
// control is never hidden without a reason.
func offers(f Layout, p access.Profile, chosen access.ProductID, roles []access.RoleID) []offer {
	var all, closed []offer
	for _, product := range p.Products {
		if len(p.Subject.AssignmentsOn(product.ID)) > 0 {
			continue
		}
		switch o := newOffer(f, p, product, chosen, roles); {
		case o.refusalText == "":
			all = append(all, o)
		case o.roles != nil:
			closed = append(closed, o)
		}
	}
	all = append(all, closed...)
	for i := range all {
		all[i].setIDs(i)
	}
	if isSingleOffer(all) {
		all[0].isChosen = true
	}
	return all
}

// newOffer builds the offer of a product. If the actor does not administer it, there are no roles, and a reason.
func newOffer(f Layout, p access.Profile, product access.Product, chosen access.ProductID, roles []access.RoleID) offer {
	o, given := buildOffer(f, p, product, product.ID == chosen, roles, p.Offers(product.ID))
	for i := range o.roles {
		o.roles[i].isChosen = o.roles[i].isChosen || o.roles[i].isHeld
	}
	o.inputType, o.hint = roleInput(f, given, len(p.Subject.AssignmentsOn(product.ID)) > 0)
	return o
}

// changeOffer builds the offer of the roles that the subject's roles on a product can be changed to.
func changeOffer(f Layout, p access.Profile, product access.Product, roles []access.RoleID) offer {
	o, given := buildOffer(f, p, product, true, roles, p.ChangeOffers(product.ID))
	o.inputType, o.hint = roleInput(f, given, false)
	return o
}

// buildOffer is the offer of these roles, and those of them that can be selected.
func buildOffer(
	f Layout, p access.Profile, product access.Product, isChosen bool, roles []access.RoleID, offered []access.Offer,
) (o offer, given []access.Role) {
	l := f.locale()
	o = offer{product: product, isChosen: isChosen}
	for _, r := range offered {
		note, known := l.Find("reason.*.note", string(r.WhyNot), f.about(p.Subject.Name(), r.Label, product.Title))
		if r.WhyNot != "" && !known || r.WhyNot == access.NotAdministrator || r.WhyNot == access.SelfAction {
			continue
		}
		role := offeredRole{Role: r.Role, value: roleValue(access.Target{Product: product.ID, Role: r.ID})}
		for _, c := range roles {
			role.isChosen = role.isChosen || o.isChosen && c == r.ID
		}
		if r.WhyNot == "" {
			given = append(given, r.Role)
		} else {
			role.isDisabled, role.isChosen, role.isHeld = true, false, r.WhyNot == access.AlreadyHeld
			role.refusalText = note
		}
		o.roles = append(o.roles, role)
	}
	switch {
	case len(given) > 0:
	case len(o.roles) > 0:
		o.refusalText = o.roles[0].refusalText
	default:
		o.refusalText = l.T("form.none_to_give")
	}
	o.setIDs(0)
	return o, given
}

// setIDs sets the ids of the fields. An error links to the product's first field that can be selected.
func (o *offer) setIDs(n int) {
	o.id = fmt.Sprintf("product-%d", n)
	for i := range o.roles {
		o.roles[i].id = fmt.Sprintf("role-%d-%d", n, i)
	}
}

// roleInput chooses the type of the roles' fields: one role, any of them, or those that share a group. The server
// checks whether the selected roles combine.
func roleInput(f Layout, roles []access.Role, another bool) (kind, hint string) {
	l := f.locale()
	groups := combinableGroups(roles)
	switch {
	case len(groups) == 0 && !another:
		return "radio", l.T("form.choose_one")
	case len(groups) == 0:
		return "checkbox", l.T("form.choose_one")
	case len(groups) == 1 && len(groups[0]) == len(roles):
		return "checkbox", l.T("form.choose_more")
	}
	var combinations []string
	for _, group := range groups {
		var names []string
		for _, r := range group {
			names = append(names, f.localize(r.Label))
		}
		const most = 6
		if rest := len(names) - most; rest > 0 {
			names = append(names[:most], l.T("form.others", locale.Args{Count: rest}))
		}
		combinations = append(combinations, f.joinNames(names))
	}
	return "checkbox", l.T("form.together", locale.Args{Roles: strings.Join(combinations, l.T("form.together_or"))})
}

// combinableGroups lists the groups of two or more roles that combine.
func combinableGroups(roles []access.Role) [][]access.Role {
	type key struct {
		category access.Category
		group    string
	}
	var order []key
	members := map[key][]access.Role{}
	for _, r := range roles {
		for _, group := range r.Combines {
			k := key{r.Category, group}
			if members[k] == nil {
				order = append(order, k)
			}
			members[k] = append(members[k], r)
		}
	}
	var groups [][]access.Role
	for _, k := range order {
		if len(members[k]) > 1 {
			groups = append(groups, members[k])
		}
	}
	return groups
}

// isSingleOffer reports whether there is only one product, which is then not a choice.
func isSingleOffer(all []offer) bool { return len(all) == 1 && all[0].refusalText == "" }

// fieldID is the id of the field to which an error in the summary links.
func fieldID(field access.Field, all []offer) string {
	if field == access.FieldGroup {
		return "group-0"
	}
	if field == access.FieldMember {
		return firstMemberID
	}
	if (field != access.FieldProduct && field != access.FieldRole) || len(all) == 0 {
		return string(field)
	}
	if field == access.FieldRole {
		for _, o := range all {
			for _, r := range o.roles {
				if o.isChosen && !r.isDisabled {
					return r.id
				}
			}
		}
	}
	return all[0].id
}
