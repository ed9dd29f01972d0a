package access

import "errors"

// Profile is one user as another sees them: the page's question and the service's are both asked of it.
type Profile struct {
	Institution Institution
	Actor       User
	Subject     User
	Products    []Product // the institution's active ones, in the catalogue's order
	Groups      []Group   // the institution's, of those products
}

// Card is what a profile shows of one product (rule V8).
type Card struct {
	Product   Product
	Roles     []CardRole
	Groups    []Group
	Suspended bool // all its roles are
}

// CardRole is a role that the subject holds, with what the catalogue says of it.
type CardRole struct {
	Role
	Status Status
}

// Cards are the subject's products: those on which a role is held, in any state, in the catalogue's order.
func (p Profile) Cards() []Card {
	var cards []Card
	for _, product := range p.Products {
		c := Card{Product: product, Groups: p.Subject.GroupsOn(product.ID), Suspended: true}
		for _, role := range product.Roles {
			if a, held := p.Subject.FindAssignment(product.ID, role.ID); held {
				c.Roles = append(c.Roles, CardRole{Role: role, Status: a.Status})
				c.Suspended = c.Suspended && a.Status == Suspended
			}
		}
		if len(c.Roles) > 0 {
			cards = append(cards, c)
		}
	}
	return cards
}

// IsOwn reports whether the actor looks at their own profile.
func (p Profile) IsOwn() bool { return p.Actor.ID == p.Subject.ID }

// Request is the question whether the actor may do this to the subject's role.
func (p Profile) Request(a Action, t Target) Request {
	product, _ := FindProduct(p.Products, t.Product) // a product that the institution doesn't have stays zero, and is refused
	return Request{Actor: p.Actor, Action: a, Subject: p.Subject, Product: product, Role: t.Role}
}

// May reports whether the action would be granted now; a control is shown if and only if it would (rules, section 3).
func (p Profile) May(a Action, t Target) bool { return Decide(p.Request(a, t)) == nil }

// WhyNot is the reason why the action would be refused now; empty if it wouldn't.
func (p Profile) WhyNot(a Action, t Target) Reason {
	return reasonOf(p.Request(a, t))
}

// reasonOf is the reason why a request would be refused; empty if it wouldn't.
func reasonOf(q Request) Reason {
	var no *Refusal
	if errors.As(Decide(q), &no) {
		return no.Reason
	}
	return ""
}

// MayEdit reports whether the actor may change the subject's e-mail, or the names too (rule P8).
func (p Profile) MayEdit(names bool) bool { return p.WhyNotEdit(names) == "" }

// WhyNotEdit is the reason why not; empty if the actor may.
func (p Profile) WhyNotEdit(names bool) Reason {
	return reasonOf(Request{Actor: p.Actor, Action: Edit, Subject: p.Subject, ChangesNames: names})
}

// GroupRequest is the question whether the actor may do this about a group of the product: put the subject into it, take
// them out of it, or, of no subject, change the group itself.
func (p Profile) GroupRequest(a Action, product ProductID, group GroupID) Request {
	q := p.Request(a, Target{Product: product})
	for _, g := range p.Groups {
		if g.ID == group {
			q.Group = g
		}
	}
	return q
}

// MayActOnGroup reports whether it would be granted now.
func (p Profile) MayActOnGroup(a Action, g Group) bool {
	return Decide(p.GroupRequest(a, g.Product, g.ID)) == nil
}

// WhyNotJoin is the reason why the subject can't be put into a group of the product; empty if they can (rule P9).
func (p Profile) WhyNotJoin(product ProductID, group GroupID) Reason {
	return reasonOf(p.GroupRequest(Join, product, group))
}

// Joinable are the groups of a product that the subject may be put into now (rule P9).
func (p Profile) Joinable(product ProductID) []Group {
	var all []Group
	for _, g := range p.Groups {
		if p.WhyNotJoin(product, g.ID) == "" {
			all = append(all, g)
		}
	}
	return all
}

// Offer is a role that an administrator may come to look for, and why it can't be given now; empty if it can.
type Offer struct {
	Role
	WhyNot Reason
}

// Offers are a product's roles for the subject: those that can be given, and those that can't with the reason. Roles that
// are never given from here are not among them (rules, section 1).
func (p Profile) Offers(product ProductID) []Offer {
	of, _ := FindProduct(p.Products, product)
	var all []Offer
	for _, r := range of.Roles {
		if reason := p.WhyNot(p.assignAction(), Target{product, r.ID}); reason != NotAssignable {
			all = append(all, Offer{r, reason})
		}
	}
	return all
}

// mayAssign reports whether any role of the product can be given to the subject now.
func (p Profile) mayAssign(product ProductID) bool {
	of, _ := FindProduct(p.Products, product)
	for _, r := range of.Roles {
		if p.WhyNot(p.assignAction(), Target{product, r.ID}) == "" {
			return true
		}
	}
	return false
}

// assignAction is the action by which a role is given: to a user, or to somebody to be added.
func (p Profile) assignAction() Action {
	if p.Subject.ID == "" {
		return Add
	}
	return Assign
}

// AssignableProducts are those on which the subject holds no role yet and can be given one: "Assegna ruolo" is offered if there
// are any (rule P4). Of somebody to be added, they are all that can be given (rule P10).
func (p Profile) AssignableProducts() []Product {
	var all []Product
	for _, product := range p.Products {
		if len(p.Subject.AssignmentsOn(product.ID)) == 0 && p.mayAssign(product.ID) {
			all = append(all, product)
		}
	}
	return all
}

// MayAssignAnother reports whether "Assegna un altro ruolo" is offered on a product on which the subject holds one (rule P5).
func (p Profile) MayAssignAnother(product ProductID) bool {
	return len(p.Subject.AssignmentsOn(product)) > 0 && p.mayAssign(product)
}

// WhyNotNewProduct is the reason why "Assegna ruolo" isn't offered; empty if it is (rule P4).
func (p Profile) WhyNotNewProduct() Reason {
	if len(p.AssignableProducts()) > 0 {
		return ""
	}
	if reason := reasonOf(Request{Actor: p.Actor, Action: View, Subject: p.Subject}); reason != "" {
		return reason
	}
	if p.IsOwn() {
		return SelfAction
	}
	reason := NotAdministrator
	for _, product := range p.Products {
		if p.Actor.Administers(product.ID) {
			reason = AlreadyHeld // on all that the actor administers, unless there is one of which nothing can be given
			if offers := p.Offers(product.ID); len(p.Subject.AssignmentsOn(product.ID)) == 0 && len(offers) > 0 {
				return offers[0].WhyNot
			}
		}
	}
	return reason
}

// WhyNotAssignAnother is the reason why "Assegna un altro ruolo" isn't offered on a product; empty if it is (rule P5).
func (p Profile) WhyNotAssignAnother(product ProductID) Reason {
	if p.MayAssignAnother(product) {
		return ""
	}
	held := p.Subject.AssignmentsOn(product)
	switch {
	case len(held) > 0:
	case p.IsOwn():
		return SelfAction
	case !p.Actor.Administers(product):
		return NotAdministrator
	default:
		return NotHeld
	}
	// Of the roles of the subject's category, the reason that tells most: that one is held already tells least.
	reason := NoSuchRole
	for _, o := range p.Offers(product) {
		if o.Category == held[0].Category && (reason == NoSuchRole || reason == AlreadyHeld) {
			reason = o.WhyNot
		}
	}
	return reason
}

// WithRole is the profile as it would be if the subject held one more active role: roles that are given together are decided
// one after the other.
func (p Profile) WithRole(t Target) Profile {
	product, _ := FindProduct(p.Products, t.Product)
	role, _ := product.Role(t.Role)
	held := append([]Assignment{}, p.Subject.Assignments...)
	p.Subject.Assignments = append(held, Assignment{Product: t.Product, Role: t.Role, Category: role.Category, Status: Active})
	return p
}

// DecideEach are those of the targets that the action would be granted on now, and for the others the reason why not.
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

// HeldRoles are all the roles that the subject holds, product by product in the catalogue's order.
func (p Profile) HeldRoles() []Target {
	var all []Target
	for _, c := range p.Cards() {
		for _, r := range c.Roles {
			all = append(all, Target{c.Product.ID, r.ID})
		}
	}
	return all
}
