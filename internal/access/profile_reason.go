package access

import "slices"

// assignReasons are the reasons why a role cannot be assigned or changed to, in the order in which [Decide] checks them,
// except those that are the same for all roles of a product.
var assignReasons = []Reason{
	NoSuchRole, NotAssignable, PhasingOut, NoRoleThere, AlreadyUser, AlreadyHeld, OtherCategory, NeedsSignature, AllSuspendedThere,
	NotCombinable,
}

// nearest is the reason of the role that comes nearest to being assigned, which is the one that [Decide] checks last. It is
// the reason of a control that stands for several roles (rules, section 3). Without roles it is [NotAssignable].
func nearest(reasons []Reason) Reason {
	if len(reasons) == 0 {
		return NotAssignable
	}
	return slices.MaxFunc(reasons, func(a, b Reason) int {
		return slices.Index(assignReasons, a) - slices.Index(assignReasons, b)
	})
}

// assignReasonsOn are the reasons why the roles of a product cannot be assigned to the subject; empty for those that can.
func (p Profile) assignReasonsOn(product Product) []Reason {
	return p.reasonsOn(p.assignAction(), product)
}

// reasonsOn are the reasons why an action would be refused now, for each role of a product; empty where it would be granted.
func (p Profile) reasonsOn(a Action, product Product) []Reason {
	var all []Reason
	for _, r := range product.Roles {
		all = append(all, p.WhyNot(a, Target{product.ID, r.ID}))
	}
	return all
}

// WhyNotNewProduct is the reason why "Assegna ruolo" is not offered; empty if it is offered (rule P4).
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
	var all []Reason
	reason := NotAdministrator
	for _, product := range p.Products {
		if !p.Actor.Administers(product.ID) {
			continue
		}
		if len(p.Subject.AssignmentsOn(product.ID)) > 0 {
			reason = AlreadyHeld
			continue
		}
		all = append(all, nearest(p.assignReasonsOn(product)))
	}
	if len(all) > 0 {
		return nearest(all)
	}
	return reason
}

// WhyNotAssignAnother is the reason why "Assegna un altro ruolo" is not offered on a product; empty if it is offered
// (rule P5).
func (p Profile) WhyNotAssignAnother(product ProductID) Reason {
	of, found := FindProduct(p.Products, product)
	switch {
	case !found:
		return NoSuchRole
	case p.MayAssignAnother(product):
		return ""
	case len(p.Subject.AssignmentsOn(product)) > 0:
		return nearest(p.assignReasonsOn(of))
	case p.IsOwn():
		return SelfAction
	case !p.Actor.Administers(product):
		return NotAdministrator
	}
	return NotHeld
}

// WhyNotAnyGroup is the reason why "Assegna gruppo" is not offered on a product; empty if it is offered (rule P9). Where
// the subject is in all active groups it is [AlreadyMember], where there are only suspended ones [GroupSuspended].
func (p Profile) WhyNotAnyGroup(product ProductID) Reason {
	if reason := reasonOf(Request{Actor: p.Actor, Action: View, Subject: p.Subject}); reason != "" {
		return reason
	}
	if !p.Actor.Administers(product) {
		return NotAdministrator
	}
	reason := NoGroup
	for _, g := range p.Groups {
		if g.Product != product {
			continue
		}
		switch why := p.WhyNotJoin(product, g.ID); {
		case why == "":
			return ""
		case why == NoRoleThere:
			return why
		case g.Status == Active:
			reason = AlreadyMember
		case reason == NoGroup:
			reason = GroupSuspended
		}
	}
	return reason
}

// WhyNotAdd is the reason why "Aggiungi utente" is not offered for a product, or for any product if it is empty; empty if
// it is offered (rule P10).
func (d Directory) WhyNotAdd(product ProductID) Reason {
	if d.MayAdd(product) {
		return ""
	}
	if reason := reasonOf(Request{Actor: d.Actor, Action: EnterUsers}); reason != "" {
		return reason
	}
	p := Profile{Institution: d.Institution, Actor: d.Actor, Products: d.Products}
	var all []Reason
	for _, offered := range d.Products {
		if (product == "" || offered.ID == product) && d.Actor.Administers(offered.ID) {
			all = append(all, nearest(p.assignReasonsOn(offered)))
		}
	}
	if len(all) == 0 {
		return NotAdministrator
	}
	return nearest(all)
}

// IsSoleAdministrator reports whether the actor is the only active Administrator of the product, so that there is no other
// to ask; false if the counts were not read.
func (p Profile) IsSoleAdministrator(product ProductID) bool {
	return p.Actor.Administers(product) && p.UserCounts[product][Facet{State: Active, Category: Administrator}] == 1
}

// HasSuspendedAdministrator reports whether an Administrator of the product is suspended.
func (p Profile) HasSuspendedAdministrator(product ProductID) bool {
	return p.UserCounts[product][Facet{State: Suspended, Category: Administrator}] > 0
}
