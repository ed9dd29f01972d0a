package access

import (
	"errors"
	"slices"
)

// Profile is a user as seen by another user, or by themselves. Pages ask it which controls to draw, and package users
// asks it before a change.
type Profile struct {
	Institution Institution
	Actor       User
	Subject     User
	Products    []Product // the institution's active ones, in the catalogue's order
	Groups      []Group   // the institution's, of those products

	UserCounts map[ProductID]UserCounts // for [Profile.IsSoleAdministrator]; nil if not read
}

// Card is the part of a profile about one product (rule V8).
type Card struct {
	Product   Product
	Roles     []CardRole
	Groups    []Group
	Suspended bool // all its roles are suspended
}

// CardRole is a role that the subject holds, with the catalogue's data.
type CardRole struct {
	Role
	Held Assignment
}

// Cards are the products on which the subject holds a role in any state, in the catalogue's order.
func (p Profile) Cards() []Card {
	var cards []Card
	for _, product := range p.Products {
		c := Card{Product: product, Groups: p.Subject.GroupsOn(product.ID), Suspended: true}
		for _, role := range product.Roles {
			if a, held := p.Subject.FindAssignment(product.ID, role.ID); held {
				c.Roles = append(c.Roles, CardRole{Role: role, Held: a})
				c.Suspended = c.Suspended && a.Status == Suspended
			}
		}
		if len(c.Roles) > 0 {
			cards = append(cards, c)
		}
	}
	return cards
}

// IsOwn reports whether the profile is the actor's own.
func (p Profile) IsOwn() bool { return p.Actor.ID == p.Subject.ID }

// Request is the request for an action on the subject's role.
func (p Profile) Request(a Action, t Target) Request {
	product, _ := FindProduct(p.Products, t.Product) // zero if the institution does not have it; then refused
	return Request{Actor: p.Actor, Action: a, Subject: p.Subject, Product: product, Role: t.Role}
}

// May reports whether the action would be granted now. A control is shown if and only if it would (rules, section 3).
func (p Profile) May(a Action, t Target) bool { return Decide(p.Request(a, t)) == nil }

// WhyNot is the reason why the action would be refused now; empty if it would be granted.
func (p Profile) WhyNot(a Action, t Target) Reason {
	return reasonOf(p.Request(a, t))
}

// reasonOf is the reason why a request would be refused; empty if it would be granted.
func reasonOf(q Request) Reason {
	var no *Refusal
	if errors.As(Decide(q), &no) {
		return no.Reason
	}
	return ""
}

// MayEdit reports whether the actor may change the subject's e-mail, and the names if asked (rule P8).
func (p Profile) MayEdit(names bool) bool { return p.WhyNotEdit(names) == "" }

// WhyNotEdit is the reason why [Profile.MayEdit] is false; empty if it is true.
func (p Profile) WhyNotEdit(names bool) Reason {
	return reasonOf(Request{Actor: p.Actor, Action: Edit, Subject: p.Subject, ChangesNames: names})
}

// GroupRequest is the request for an action on a group of the product: to put the subject into it, to take the subject
// out of it or, without a subject, to change the group itself.
func (p Profile) GroupRequest(a Action, product ProductID, group GroupID) Request {
	q := p.Request(a, Target{Product: product})
	for _, g := range p.Groups {
		if g.ID == group {
			q.Group = g
		}
	}
	return q
}

// MayActOnGroup reports whether an action on the group would be granted now.
func (p Profile) MayActOnGroup(a Action, g Group) bool {
	return p.WhyNotOnGroup(a, g) == ""
}

// WhyNotOnGroup is the reason why [Profile.MayActOnGroup] is false; empty if it is true.
func (p Profile) WhyNotOnGroup(a Action, g Group) Reason {
	return reasonOf(p.GroupRequest(a, g.Product, g.ID))
}

// WhyNotJoin is the reason why the subject cannot be put into a group of the product; empty if it is possible (rule
// P9).
func (p Profile) WhyNotJoin(product ProductID, group GroupID) Reason {
	return reasonOf(p.GroupRequest(Join, product, group))
}

// Joinable are the groups of a product that the actor may put the subject into now (rule P9).
func (p Profile) Joinable(product ProductID) []Group {
	var all []Group
	for _, g := range p.Groups {
		if p.WhyNotJoin(product, g.ID) == "" {
			all = append(all, g)
		}
	}
	return all
}

// Offer is a role shown for assigning.
type Offer struct {
	Role
	WhyNot Reason // why it cannot be assigned now; empty: it can
}

// Offers are a product's roles as shown for assigning one to the subject. Roles that are never assigned from the Users
// section are left out (rules, section 1).
func (p Profile) Offers(product ProductID) []Offer { return p.offersOf(p.assignAction(), product) }

// ChangeOffers are a product's roles as shown for a change of the subject's role (rule P13).
func (p Profile) ChangeOffers(product ProductID) []Offer { return p.offersOf(ChangeRole, product) }

func (p Profile) offersOf(a Action, product ProductID) []Offer {
	of, _ := FindProduct(p.Products, product)
	var all []Offer
	for _, r := range of.Roles {
		if reason := p.WhyNot(a, Target{product, r.ID}); reason != NotAssignable {
			all = append(all, Offer{r, reason})
		}
	}
	return all
}

// mayAssign reports whether the actor may assign any role of the product to the subject now.
func (p Profile) mayAssign(product ProductID) bool {
	of, _ := FindProduct(p.Products, product)
	for _, r := range of.Roles {
		if p.WhyNot(p.assignAction(), Target{product, r.ID}) == "" {
			return true
		}
	}
	return false
}

// assignAction is [Add] for a person to be added, [Assign] for a user.
func (p Profile) assignAction() Action {
	if p.Subject.ID == "" {
		return Add
	}
	return Assign
}

// AssignableProducts are the products on which the subject holds no role and can be assigned one. "Assegna ruolo" is
// offered if there are any (rule P4). For a person to be added they are all that can be chosen (rule P10).
func (p Profile) AssignableProducts() []Product {
	var all []Product
	for _, product := range p.Products {
		if len(p.Subject.AssignmentsOn(product.ID)) == 0 && p.mayAssign(product.ID) {
			all = append(all, product)
		}
	}
	return all
}

// MayAssignAnother reports whether "Assegna un altro ruolo" is offered on a product (rule P5).
func (p Profile) MayAssignAnother(product ProductID) bool {
	return len(p.Subject.AssignmentsOn(product)) > 0 && p.mayAssign(product)
}

// WithRole returns the profile with one more active role of the subject, for deciding on roles that are assigned
// together, one after the other.
func (p Profile) WithRole(t Target) Profile {
	product, _ := FindProduct(p.Products, t.Product)
	role, _ := product.Role(t.Role)
	held := append([]Assignment{}, p.Subject.Assignments...)
	p.Subject.Assignments = append(held, Assignment{Product: t.Product, Role: t.Role, Category: role.Category, Status: Active})
	return p
}

// WithStatus returns the profile with the subject's roles in another state.
func (p Profile) WithStatus(s Status, roles ...Target) Profile {
	p.Subject.Assignments = slices.Clone(p.Subject.Assignments)
	for i, a := range p.Subject.Assignments {
		if slices.Contains(roles, Target{Product: a.Product, Role: a.Role}) {
			p.Subject.Assignments[i].Status = s
		}
	}
	return p
}

// WithoutRoles returns the profile without some of the subject's roles.
func (p Profile) WithoutRoles(roles ...Target) Profile {
	p.Subject.Assignments = slices.DeleteFunc(slices.Clone(p.Subject.Assignments), func(a Assignment) bool {
		return slices.Contains(roles, Target{Product: a.Product, Role: a.Role})
	})
	return p
}

// DecideEach splits roles into those on which the action would be granted now and the others, with the reason for each.
func (p Profile) DecideEach(a Action, targets []Target) (granted []Target, refused map[Target]Reason) {
	refused = map[Target]Reason{}
	for _, t := range targets {
		if no := p.WhyNot(a, t); no != "" {
			refused[t] = no
			continue
		}
		granted = append(granted, t)
	}
	return granted, refused
}

// HeldRoles are all roles of the subject, product by product in the catalogue's order.
func (p Profile) HeldRoles() []Target {
	var all []Target
	for _, c := range p.Cards() {
		for _, r := range c.Roles {
			all = append(all, Target{c.Product.ID, r.ID})
		}
	}
	return all
}
