package access

// GroupRow is a group as a list of groups shows it.
type GroupRow struct {
	Group
	Members int // all of them; beyond [MaxTotal] pages say "oltre 1.000"
}

// WhyNotAddMembers is the reason why nobody can be put into a group now; empty if whoever holds a role on its product, and isn't in
// it, can (rule P9). It is [Join]'s own question, asked of such a person.
func (p Profile) WhyNotAddMembers(g Group) Reason {
	p.Subject = User{ID: "anybody", Assignments: []Assignment{{Product: g.Product}}}
	return p.WhyNotJoin(g.Product, g.ID)
}

// MayRemoveMember reports whether a member may be taken out of a group now, as far as the group's page knows them.
func (p Profile) MayRemoveMember(g Group, member UserID) bool {
	p.Subject = User{ID: member, Groups: []Group{g}}
	return p.MayActOnGroup(Leave, g)
}

// MayCreateGroup reports whether the actor may make groups of a product.
func (p Profile) MayCreateGroup(product ProductID) bool {
	return p.May(CreateGroup, Target{Product: product})
}
