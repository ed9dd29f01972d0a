package access

import "errors"

// Profile is one user as another sees them: the page's question and the service's are both asked of it.
type Profile struct {
	Institution Institution
	Actor       User
	Subject     User
	Products    []Product // the institution's active ones, in the catalogue's order
}

// Card is what a profile shows of one product (rule V8).
type Card struct {
	Product   Product
	Roles     []Held
	Groups    []Group
	Suspended bool // all its roles are
}

// Held is a role that the subject holds, with what the catalogue says of it.
type Held struct {
	Role
	Status Status
}

// Cards are the subject's products: those on which a role is held, in any state, in the catalogue's order.
func (p Profile) Cards() []Card {
	var cards []Card
	for _, product := range p.Products {
		c := Card{Product: product, Groups: p.Subject.GroupsOn(product.ID), Suspended: true}
		for _, role := range product.Roles {
			if a, held := p.Subject.Holds(product.ID, role.ID); held {
				c.Roles = append(c.Roles, Held{Role: role, Status: a.Status})
				c.Suspended = c.Suspended && a.Status == Suspended
			}
		}
		if len(c.Roles) > 0 {
			cards = append(cards, c)
		}
	}
	return cards
}

// Oneself reports whether the actor looks at their own profile.
func (p Profile) Oneself() bool { return p.Actor.ID == p.Subject.ID }

// Request is the question whether the actor may do this to the subject's role.
func (p Profile) Request(a Action, t Target) Request {
	product, _ := ProductOf(p.Products, t.Product) // a product that the institution doesn't have stays zero, and is refused
	return Request{Actor: p.Actor, Action: a, Subject: p.Subject, Product: product, Role: t.Role}
}

// May reports whether the action would be granted now; a control is shown if and only if it would (rules, section 3).
func (p Profile) May(a Action, t Target) bool { return Decide(p.Request(a, t)) == nil }

// WhyNot is the reason why the action would be refused now; empty if it wouldn't.
func (p Profile) WhyNot(a Action, t Target) Reason {
	var no *Refusal
	if errors.As(Decide(p.Request(a, t)), &no) {
		return no.Reason
	}
	return ""
}
