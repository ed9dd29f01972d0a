// Package refmodel tells the rules of the Users section a second time, another way, so that the two tellings can be held
// against each other: the decision that runs is a function for each action, this one is a single table of refusals over
// single facts. It shares no type, function or constant with the other; where they differ, one of them has misread the rules.
//
// Only tests use it.
package refmodel

// Roles is a set of one product's roles, a bit each.
type Roles uint64

// Standing is what one person holds on one product.
type Standing struct{ Active, Suspended Roles }

func (s Standing) held() Roles { return s.Active | s.Suspended }

// Product is one of the institution's products. On one that isn't Active (no active subscription) nobody holds anything,
// whatever the standings say.
type Product struct {
	Active            bool
	PhaseOut          bool
	Administrators    Roles
	Operators         Roles
	Signature         Roles   // given with the legal representative's signature only
	NotAssignableHere Roles   // not given from the Users section at all
	Combinable        []Roles // the sets of which any may be held together
}

// Group is the group asked about, as seen from the product that is asked about.
type Group struct {
	Exists    bool // it exists, and is the product's
	Active    bool
	Member    bool // the subject is in it
	NameTaken bool // another of the product's groups bears the name that it is to have
}

// Question is one question: may the actor do this to the subject, as things stand.
type Question struct {
	Action   string
	Products []Product
	Actor    []Standing // by product, in the order of Products
	Subject  []Standing // the same; the actor's own, where Self
	Self     bool
	Known    bool  // the subject is a user of the institution
	Verified bool  // the subject's names are
	Names    bool  // an edit is to change names
	Product  int   // the one asked about; -1 is none of them
	Role     Roles // the role asked about, one bit; 0 is no role of the product
	Group    Group
}

// fact is something that is so or isn't.
type fact uint32

const (
	hasActiveRole      fact = 1 << iota // the actor holds an active role
	administersAny                      // the actor is an active Administrator of something
	administersProduct                  // ... of the product asked about
	sharesProduct                       // ... of something that the subject holds a role on
	self                                // the actor is the subject
	known                               // the subject is a user of the institution
	productActive                       // the product asked about is one of the institution's active ones
	roleExists                          // the role is one of the product's
	signed                              // it needs a signature
	notAssignableHere                   // it isn't given from here
	phaseOut                            // the product is being phased out
	held                                // the subject holds the role
	heldActive                          // ... and it is active
	heldSuspended                       // ... and it is suspended
	holdsOnProduct                      // the subject holds a role on the product
	activeOnProduct                     // ... and one at least is active
	otherCategory                       // ... and one at least is of the other category
	notCombinable                       // ... and one at least doesn't go with the role
	anyRoleActive                       // one at least of all the subject's roles is active
	verified
	names
	groupOnProduct // the group is one of the product's
	groupActive
	member
	nameTaken
)

// facts finds out what is so.
func facts(c Question) fact {
	var f fact
	note := func(what fact, is bool) {
		if is {
			f |= what
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

// roleFacts is what is so of the role and of the subject on the product asked about.
func roleFacts(role Roles, p Product, s Standing) fact {
	var f fact
	rival := p.Administrators
	if role&p.Administrators != 0 {
		rival = p.Operators
	}
	friends := role
	for _, set := range p.Combinable {
		if set&role != 0 {
			friends |= set
		}
	}
	for _, n := range [...]struct {
		what fact
		in   Roles
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
		{notCombinable, s.held() &^ friends},
	} {
		if n.in != 0 {
			f |= n.what
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
