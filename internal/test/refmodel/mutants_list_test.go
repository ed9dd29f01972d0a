package refmodel_test

// mutants lists plausible mistakes in the decision, and in the questions that a profile page asks of it.
func mutants() []mutant {
	return []mutant{
		// Who has powers, and where.
		{"decide", `!q.Actor.HasPowers()`, `false`},
		{"User.HasPowers", `anyActive(u.Assignments)`, `len(u.Assignments) > 0`},
		{"User.Administers", `a.Product == p`, `true`},
		{"User.Administers", `a.Category == Administrator`, `true`},
		{"User.Administers", `a.Status == Active`, `true`},
		{"User.IsAdministrator", `a.Status == Active`, `true`},
		{"User.IsAdministrator", `a.Category == Administrator`, `true`},

		// What is held, and where.
		{"User.FindAssignment", `a.Product == p`, `true`},
		{"User.AssignmentsOn", `a.Product == p`, `a.Product != ""`},
		{"Product.Role", `r.ID == id`, `r.ID != ""`},

		// Closed by default, and who is visible.
		{"decide", `NoRule`, `""`},
		{"enterUsers", `q.Actor.IsAdministrator()`, `q.Actor.HasPowers()`},
		{"view", `q.Subject.ID == ""`, `false`},
		{"view", `!q.isSelf()`, `true`},
		{"view", `q.Actor.IsAdministrator()`, `q.Actor.Administers(q.Product.ID)`},
		{"Request.isSelf", `q.Actor.ID == q.Subject.ID`, `q.Actor.ID == q.Subject.ID && q.Action != Assign`},

		// What every change of a role needs.
		{"roleRule", `q.isSelf()`, `false`},
		{"roleRule", `q.Actor.Administers(q.Product.ID)`, `q.Actor.IsAdministrator()`},
		{"roleRule", `NoSuchRole`, `NotHeld`},
		{"rules", `roleRule(remove)`, `remove`},
		{"rules", `roleRule(assign)`, `assign`},

		// Suspending, re-enabling, removing.
		{"suspend", `a.Status != Active`, `a.Status == ""`},
		{"reactivate", `a.Status != Suspended`, `a.Status == ""`},
		{"reactivate", `NotSuspended`, `NotActive`},
		{"remove", `!held`, `!held || suspend(q) == NotActive`},

		// Assigning.
		{"needsSignature", `role.Assignable == AssignableWithSignature`, `false`},
		{"checkCombination", `needsSignature(q)`, `needsSignature(q) && q.Action == Add`},
		{"add", `needsSignature(q)`, `false`},
		{"checkOffered", `role.Assignable != AssignableHere`, `role.Assignable == NotAssignableHere`},
		{"checkOffered", `role.Assignable != AssignableWithSignature`, `true`},
		{"checkOffered", `q.Product.PhaseOut`, `q.Product.PhaseOut && q.Action == Add`},
		{"nearest", `slices.Index(assignReasons, a) - slices.Index(assignReasons, b)`, `0`},
		{"Profile.WhyNotNewProduct", `AlreadyHeld`, `NotAdministrator`},
		{"Profile.WhyNotNewProduct", `p.IsOwn()`, `false`},
		{"Profile.WhyNotAssignAnother", `nearest(p.assignReasonsOn(of))`, `NotCombinable`},
		{"Profile.WhyNotAnyGroup", `g.Status == Active`, `true`},
		{"Profile.WhyNotAnyGroup", `g.Product != product`, `false`},
		{"Directory.WhyNotAdd", `d.Actor.Administers(offered.ID)`, `true`},
		{"checkCombination", `return AlreadyHeld`, ``},
		{"checkCombination", `a.Category != role.Category`, `a.Category != role.Category && a.Status == Active`},
		{"checkCombination", `a.Category != role.Category`, `a.Category == Administrator && role.Category == Operator`},
		{"checkCombination", `len(on) > 0 && !anyActive(on)`, `false`},
		{"checkCombination", `anyActive(on)`, `anyActive(q.Subject.Assignments)`},
		{"checkCombination", `!role.CombinesWith(other)`, `a.Status == Active && !role.CombinesWith(other)`},
		{"checkCombination", `!role.CombinesWith(other)`, `a == beside[0] && !role.CombinesWith(other)`},
		{"Role.CombinesWith", `slices.Contains(other.Combines, group)`, `len(other.Combines) > 0`},
		{"Role.CombinesWith", `r.Combines`, `r.Combines[:min(1, len(r.Combines))]`},

		// Adding.
		{"add", `!q.Actor.IsAdministrator()`, `false`},
		{"add", `!q.Actor.Administers(q.Product.ID)`, `false`},
		{"add", `q.Subject.ID != ""`, `len(q.Subject.Assignments) > 0`},
		{"add", `checkCombination(q, q.Subject.AssignmentsOn(q.Product.ID))`, `""`},

		// Changing.
		{"rules", `roleRule(changeRole)`, `changeRole`},
		{"rules", `roleRule(changeRole)`, `roleRule(assign)`},
		{"changeRole", `reason != ""`, `false`},
		{"changeRole", `len(on) == 0`, `false`},
		{"changeRole", `a.Status == Active`, `true`},
		{"changeRole", `a.Status == Active`, `false`},
		{"changeRole", `a.Status == Active`, `a.Status == Suspended`},
		{"checkCombination", `return AlreadyHeld`, `if q.Action != ChangeRole { return AlreadyHeld }`},
		{"checkCombination", `len(on) > 0 && !anyActive(on)`, `q.Action != ChangeRole && len(on) > 0 && !anyActive(on)`},
		{"checkCombination", `needsSignature(q)`, `needsSignature(q) && q.Action != ChangeRole`},
		{"checkOffered", `q.Product.PhaseOut`, `q.Product.PhaseOut && q.Action != ChangeRole`},
		{"Profile.ChangedRoles", `a.Status == Active`, `true`},
		{"Profile.WithChange", `p.WithoutRoles(p.ChangedRoles(product)...)`, `p`},
		{"Profile.WhyNotChange", `roles[1:]`, `roles[:0]`},
		{"Profile.WhyNotChange", `ChangeRole`, `Assign`},
		{
			"Profile.WhyNotChange", `p.WhyNot(ChangeRole, Target{product, role})`,
			`p.WhyNot(ChangeRole, Target{product, []RoleID{roles[0], role}[0]})`,
		},
		{"Profile.WhyNotChange", `Assign`, `ChangeRole`},
		{"Profile.WhyNotChange", `after = after.WithRole(t)`, ``},
		{"Profile.WhyNotAnyChange", `slices.Contains(reasons, "")`, `slices.Contains(reasons[:1], "")`},
		{"Profile.WhyNotAnyChange", `nearest(reasons)`, `reasons[0]`},

		// Editing.
		{"edit", `q.Actor.Administers(a.Product)`, `a.Product != "" && q.Actor.IsAdministrator()`},
		{"edit", `common || q.Actor.Administers(a.Product)`, `q.Actor.Administers(a.Product)`},
		{"edit", `q.ChangesNames && q.isSelf()`, `q.isSelf()`},
		{"edit", `!anyActive(q.Subject.Assignments)`, `false`},
		{"edit", `q.ChangesNames && q.Subject.Verified`, `q.Subject.Verified`},
		{"edit", `q.ChangesNames && q.Subject.Verified`, `false`},

		// Members of a group.
		{"membershipRule", `reason != ""`, `false`},
		{"membershipRule", `!q.groupExists()`, `q.Group.ID == ""`},
		{"membershipRule", `q.Actor.Administers(q.Product.ID)`, `q.Actor.IsAdministrator()`},
		{"membershipRule", `!q.Actor.Administers(q.Product.ID)`, `q.isSelf() || !q.Actor.Administers(q.Product.ID)`},
		{"join", `len(q.Subject.AssignmentsOn(q.Product.ID)) == 0`, `!anyActive(q.Subject.AssignmentsOn(q.Product.ID))`},
		{"join", `q.isMember()`, `q.isMember() && q.Group.Status == Active`},
		{"join", `q.Group.Status != Active`, `false`},
		{"leave", `!q.isMember()`, `!q.isMember() || q.Group.Status != Active`},
		{"leave", `q.isMember()`, `len(q.Subject.Groups) > 0`},
		{"leave", `NotMember`, `NoRoleThere`},
		{"Request.isMember", `g.ID == q.Group.ID`, `g.Product == q.Group.Product`},
		{"rules", `membershipRule(leave)`, `leave`},
		{"rules", `membershipRule(leave)`, `groupRule(leave)`},

		// Groups themselves.
		{"groupRule", `reason != ""`, `false`},
		{"groupRule", `!q.groupExists()`, `q.Group.ID == ""`},
		{"groupRule", `q.Actor.Administers(q.Product.ID)`, `q.Actor.IsAdministrator()`},
		{"createGroup", `reason != ""`, `false`},
		{"createGroup", `q.Product.ID == ""`, `q.Product.ID == "" || q.Product.PhaseOut`},
		{"createGroup", `q.Product.ID == ""`, `false`},
		{"createGroup", `q.Actor.Administers(q.Product.ID)`, `q.Actor.IsAdministrator()`},
		{"createGroup", `checkNameFree(q)`, `""`},
		{"checkNameFree", `q.NameTaken`, `q.NameTaken && q.Group.ID == ""`},
		{"checkNameFree", `q.NameTaken`, `q.NameTaken && q.Group.Status != Suspended`},
		{"suspendGroup", `q.Group.Status != Active`, `q.Group.Status == ""`},
		{"reactivateGroup", `q.Group.Status != Suspended`, `q.Group.Status == Active`},
		{"reactivateGroup", `GroupActive`, `GroupNotActive`},
		{"Request.groupExists", `q.Group.Product == q.Product.ID`, `true`},
		{"Request.groupExists", `q.Product.ID != ""`, `true`},
		{"rules", `groupRule(checkNameFree)`, `groupRule(allowAlways)`},
		{"rules", `groupRule(suspendGroup)`, `membershipRule(suspendGroup)`},
		{"rules", `groupRule(allowAlways)`, `allowAlways`},
		{"rules", `Export: enterUsers`, `Export: view`},

		// What a profile page asks: the decision is right, the question is wrong.
		{"Profile.GroupRequest", `g.ID == group`, `g.ID == group && g.Status == Active`},
		{"Profile.GroupRequest", `g.ID == group`, `g.Product == product`},
		{"Profile.WhyNotOnGroup", `p.GroupRequest(a, g.Product, g.ID)`, `p.GroupRequest(Join, g.Product, g.ID)`},
		{"Profile.DecideEach", `continue`, ``},
		{"Profile.DecideEach", `no != ""`, `no != "" && len(granted) == 0`},
		{
			"Profile.HeldRoles", `all = append(all, Target{c.Product.ID, r.ID})`,
			`if r.Status == Active { all = append(all, Target{c.Product.ID, r.ID}) }`,
		},
		{"Profile.PreviewRemoval", `last || left[t.Product] == 0`, `left[t.Product] == 0`},
		{"Profile.PreviewRemoval", `last || left[t.Product] == 0`, `last || all == 0`},
		{"Profile.PreviewRemoval", `all--`, `all = left[t.Product]`},
		{"Profile.PreviewRemoval", `!p.Subject.HasInactiveRoles`, `true`},
		{"Profile.PreviewRemoval", `left[a.Product]++`, `if a.Status == Active { left[a.Product]++ }`},
	}
}
