// Package refmodel is a reference model of the rules: a second, independent implementation that tests compare with
// package access. There each action has a function; here one table lists the refusals by facts. The packages share no
// type, function or constant, so a difference means that one of them misreads the rules.
//
// Only tests use it.
package refmodel

// Roles is a set of one product's roles, one bit each.
type Roles uint64

// Standing has the roles that one person holds on one product.
type Standing struct{ Active, Suspended Roles }

func (s Standing) held() Roles { return s.Active | s.Suspended }

// Product is one of the institution's products. On a product that is not Active (no active subscription) no standing
// counts.
type Product struct {
	Active            bool
	PhaseOut          bool
	Administrators    Roles
	Operators         Roles
	Signature         Roles   // assigned only with the legal representative's signature
	NotAssignableHere Roles   // never assigned from the Users section
	Combinable        []Roles // sets of roles that may be held together
}

// Group is the group of a question, as seen from the question's product.
type Group struct {
	Exists    bool // on the product
	Active    bool
	Member    bool // the subject is a member
	NameTaken bool // another group of the product has the requested name
}

// Question asks whether the actor may perform the action on the subject now.
type Question struct {
	Action   string
	Products []Product
	Actor    []Standing // one a product, in the order of Products
	Subject  []Standing // likewise; equal to Actor if Self
	Self     bool
	Known    bool  // the subject is a user of the institution
	Verified bool  // the subject's names are verified
	Names    bool  // an edit changes names
	Product  int   // an index of Products, or -1
	Role     Roles // one bit; 0 if the product has no such role
	Group    Group
}

// fact is a set of statements about a question, one bit each.
type fact uint32

const (
	hasActiveRole          fact = 1 << iota // the actor holds an active role
	administersAny                          // the actor is an active Administrator of any product
	administersProduct                      // ... of the question's product
	sharesProduct                           // ... of a product on which the subject holds a role
	self                                    // the actor is the subject
	known                                   // the subject is a user of the institution
	productActive                           // the question's product is active
	roleExists                              // the product has the role
	signed                                  // the role needs a signature
	notAssignableHere                       // the role is not assigned from the Users section
	phaseOut                                // the product is being phased out
	held                                    // the subject holds the role
	heldActive                              // ... and it is active
	heldSuspended                           // ... and it is suspended
	holdsOnProduct                          // the subject holds a role on the product
	activeOnProduct                         // ... at least one of them active
	otherCategory                           // ... at least one of the other category
	notCombinable                           // ... at least one that does not combine with the role
	suspendedOfOther                        // ... at least one suspended of the other category
	suspendedNotCombinable                  // ... at least one suspended that does not combine with the role
	anyRoleActive                           // the subject holds an active role on any product
	verified
	names
	groupOnProduct // the group is on the question's product
	groupActive
	member
	nameTaken
)

// facts evaluates all facts of a question.
func facts(c Question) fact {
	var f fact
	note := func(statement fact, holds bool) {
		if holds {
			f |= statement
		}
	}
	for i, p := range c.Products {
		if !p.Active {
			continue
		}
		actor, subject := standingAt(c.Actor, i), standingAt(c.Subject, i)
		administers := actor.Active&p.Administrators != 0
		note(hasActiveRole, actor.Active != 0)
		note(administersAny, administers)
		note(administersProduct, administers && i == c.Product)
		note(sharesProduct, administers && subject.held() != 0)
		note(anyRoleActive, subject.Active != 0)
		if i == c.Product {
			f |= roleFacts(c.Role, p, subject)
			note(productActive, true)
			note(groupOnProduct, c.Group.Exists)
		}
	}
	note(self, c.Self)
	note(known, c.Known)
	note(verified, c.Verified)
	note(names, c.Names)
	note(groupActive, c.Group.Active)
	note(member, c.Group.Member)
	note(nameTaken, c.Group.NameTaken)
	return f
}

// roleFacts evaluates the facts about the role and the subject's standing on the question's product.
func roleFacts(role Roles, p Product, s Standing) fact {
	var f fact
	rival := p.Administrators
	if role&p.Administrators != 0 {
		rival = p.Operators
	}
	combinable := role
	for _, set := range p.Combinable {
		if set&role != 0 {
			combinable |= set
		}
	}
	for _, n := range [...]struct {
		statement fact
		in        Roles
	}{
		{roleExists, role & (p.Administrators | p.Operators)},
		{signed, role & p.Signature},
		{notAssignableHere, role & p.NotAssignableHere},
		{held, role & s.held()},
		{heldActive, role & s.Active},
		{heldSuspended, role & s.Suspended},
		{holdsOnProduct, s.held()},
		{activeOnProduct, s.Active},
		{otherCategory, s.held() & rival},
		{notCombinable, s.held() &^ combinable},
		{suspendedOfOther, s.Suspended & rival},
		{suspendedNotCombinable, s.Suspended &^ combinable},
	} {
		if n.in != 0 {
			f |= n.statement
		}
	}
	if p.PhaseOut {
		f |= phaseOut
	}
	return f
}

func standingAt(standings []Standing, product int) Standing {
	if product < len(standings) {
		return standings[product]
	}
	return Standing{}
}
