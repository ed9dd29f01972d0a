package access

// GroupRow is a group in a list of groups.
type GroupRow struct {
	Group
	Members int // beyond [MaxTotal], pages say "oltre 1.000"
}

// WhyNotAddMembers is the reason why no user can be put into a group now; empty if users can who hold a role on its
// product and are not members (rule P9). It asks [Join] for such a user.
func (p Profile) WhyNotAddMembers(g Group) Reason {
	p.Subject = User{ID: "any user", Assignments: []Assignment{{Product: g.Product}}}
	return p.WhyNotJoin(g.Product, g.ID)
}

// MayRemoveMember reports whether the actor may take a member out of the group now.
func (p Profile) MayRemoveMember(g Group, member UserID) bool {
	p.Subject = User{ID: member, Groups: []Group{g}}
	return p.MayActOnGroup(Leave, g)
}

// MayCreateGroup reports whether the actor may create groups of the product.
func (p Profile) MayCreateGroup(product ProductID) bool {
	return p.May(CreateGroup, Target{Product: product})
}
