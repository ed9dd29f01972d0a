package refmodel_test

// groupMutants are those about groups and who is in them.
func groupMutants() []mutant {
	return []mutant{
		// Who is in a group.
		{"decide_group.go", "if reason := view(q); reason != \"\" {", "if reason := view(q); false && reason != \"\" {"},
		{"decide_group.go", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif q.Group.ID == \"\" {"},
		{"decide_group.go", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif !q.Actor.Administers(q.Product.ID) {", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif !q.Actor.IsAdministrator() {"},
		{"decide_group.go", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif !q.Actor.Administers(q.Product.ID) {", "if reason := view(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif q.isSelf() || !q.Actor.Administers(q.Product.ID) {"},
		{"decide_group.go", "if len(q.Subject.AssignmentsOn(q.Product.ID)) == 0 {", "if !anyActive(q.Subject.AssignmentsOn(q.Product.ID)) {"},
		{"decide_group.go", "if q.isMember() {\n\t\treturn AlreadyMember", "if q.isMember() && q.Group.Status == Active {\n\t\treturn AlreadyMember"},
		{"decide_group.go", "if q.Group.Status != Active {\n\t\treturn GroupSuspended", "if false {\n\t\treturn GroupSuspended"},
		{"decide_group.go", "if !q.isMember() {", "if !q.isMember() || q.Group.Status != Active {"},
		{"decide_group.go", "if !q.isMember() {", "if len(q.Subject.Groups) == 0 {"},
		{"decide_group.go", "return NotMember", "return NoRoleThere"},
		{"decide_group.go", "if g.ID == q.Group.ID {", "if g.Product == q.Group.Product {"},
		{"decide.go", "Leave:      membershipRule(leave),", "Leave:      leave,"},
		{"decide.go", "Leave:      membershipRule(leave),", "Leave:      groupRule(leave),"},

		// Groups themselves.
		{"decide_group.go", "\t\tif reason := enterUsers(q); reason != \"\" ", "\t\tif reason := enterUsers(q); false && reason != \"\" "},
		{"decide_group.go", "\t\tif reason := enterUsers(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {", "\t\tif reason := enterUsers(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif q.Group.ID == \"\" {"},
		{"decide_group.go", "\t\tif reason := enterUsers(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif !q.Actor.Administers(q.Product.ID) {", "\t\tif reason := enterUsers(q); reason != \"\" {\n\t\t\treturn reason\n\t\t}\n\t\tif !q.groupExists() {\n\t\t\treturn NoGroup\n\t\t}\n\t\tif !q.Actor.IsAdministrator() {"},
		{"decide_group.go", "func createGroup(q Request) Reason {\n\tif reason := enterUsers(q); reason != \"\" {", "func createGroup(q Request) Reason {\n\tif reason := enterUsers(q); false && reason != \"\" {"},
		{"decide_group.go", "if q.Product.ID == \"\" {", "if q.Product.ID == \"\" || q.Product.PhaseOut {"},
		{"decide_group.go", "if q.Product.ID == \"\" {", "if false {"},
		{"decide_group.go", "if !q.Actor.Administers(q.Product.ID) {\n\t\treturn NotAdministrator\n\t}\n\treturn checkNameFree", "if !q.Actor.IsAdministrator() {\n\t\treturn NotAdministrator\n\t}\n\treturn checkNameFree"},
		{"decide_group.go", "return checkNameFree(q)", "return \"\""},
		{"decide_group.go", "if q.NameTaken {", "if q.NameTaken && q.Group.ID == \"\" {"},
		{"decide_group.go", "if q.NameTaken {", "if q.NameTaken && q.Group.Status != Suspended {"},
		{"decide_group.go", "if q.Group.Status != Active {\n\t\treturn GroupNotActive", "if q.Group.Status == \"\" {\n\t\treturn GroupNotActive"},
		{"decide_group.go", "if q.Group.Status != Suspended {", "if q.Group.Status == Active {"},
		{"decide_group.go", "return GroupActive", "return GroupNotActive"},
		{"decide_group.go", " && q.Group.Product == q.Product.ID", ""},
		{"decide_group.go", "q.Product.ID != \"\" && ", ""},
		{"decide.go", "RenameGroup:     groupRule(checkNameFree),", "RenameGroup:     groupRule(allowAlways),"},
		{"decide.go", "SuspendGroup:    groupRule(suspendGroup),", "SuspendGroup:    membershipRule(suspendGroup),"},
		{"decide.go", "DeleteGroup:     groupRule(allowAlways),", "DeleteGroup:     allowAlways,"},
		{"decide.go", "Export:     enterUsers,", "Export:     view,"},
	}
}

// profileMutants are those about what a page asks: the decision stays right, the question is wrong.
func profileMutants() []mutant {
	return []mutant{
		// What is asked of a profile.
		{"profile.go", "if g.ID == group {", "if g.ID == group && g.Status == Active {"},
		{"profile.go", "if g.ID == group {", "if g.Product == product {"},
		{"profile.go", "p.GroupRequest(a, g.Product, g.ID)", "p.GroupRequest(Join, g.Product, g.ID)"},
		{"profile.go", "refused[t] = no\n\t\t\tcontinue", "refused[t] = no"},
		{"profile.go", "if no := p.WhyNot(a, t); no != \"\" {", "if no := p.WhyNot(a, t); no != \"\" && len(granted) == 0 {"},
		{"profile.go", "all = append(all, Target{c.Product.ID, r.ID})", "if r.Status == Active {\n\t\t\t\tall = append(all, Target{c.Product.ID, r.ID})\n\t\t\t}"},
		{"profile.go", "last = last || left[t.Product] == 0", "last = left[t.Product] == 0"},
		{"profile.go", "last = last || left[t.Product] == 0", "last = last || all == 0"},
		{"profile.go", "left[t.Product]--\n\t\tall--", "left[t.Product]--\n\t\tall = left[t.Product]"},
		{"profile.go", "all == 0 && !p.Subject.HasInactiveRoles", "all == 0"},
		{"profile.go", "left[a.Product]++", "if a.Status == Active {\n\t\t\tleft[a.Product]++\n\t\t}"},
	}
}
