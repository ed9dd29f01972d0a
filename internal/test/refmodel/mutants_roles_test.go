package refmodel_test

import "slices"

// allMutants are what somebody might write, or leave out, without noticing.
func allMutants() []mutant {
	return slices.Concat(roleMutants(), groupMutants(), profileMutants())
}

func roleMutants() []mutant {
	return []mutant{
		// Who has powers, and where.
		{"decide.go", "if !q.Actor.HasPowers() {", "if false {"},
		{"user.go", "return anyActive(u.Assignments)", "return len(u.Assignments) > 0"},
		{"user.go", "a.Product == p && a.Category == Administrator && a.Status == Active", "a.Category == Administrator && a.Status == Active"},
		{"user.go", "a.Product == p && a.Category == Administrator && a.Status == Active", "a.Product == p && a.Status == Active"},
		{"user.go", "a.Product == p && a.Category == Administrator && a.Status == Active", "a.Product == p && a.Category == Administrator"},
		{"user.go", "if a.Category == Administrator && a.Status == Active {", "if a.Category == Administrator {"},
		{"user.go", "if a.Category == Administrator && a.Status == Active {", "if a.Status == Active {"},

		// What is held, and where.
		{"user.go", "if a.Product == p && a.Role == r {", "if a.Role == r {"},
		{"user.go", "if a.Product == p {\n\t\t\ton", "if a.Product != \"\" {\n\t\t\ton"},
		{"product.go", "if r.ID == id {", "if r.ID != \"\" {"},

		// Closed by default, and who is seen.
		{"decide.go", "if !known {\n\t\treturn NoRule", "if !known {\n\t\treturn \"\""},
		{"decide.go", "if !q.Actor.IsAdministrator() {\n\t\treturn NotAnyAdministrator\n\t}\n\treturn \"\"", "if !q.Actor.HasPowers() {\n\t\treturn NotAnyAdministrator\n\t}\n\treturn \"\""},
		{"decide.go", "if q.Subject.ID == \"\" {", "if false {"},
		{"decide.go", "!q.isSelf() && !q.Actor.IsAdministrator()", "!q.Actor.IsAdministrator()"},
		{"decide.go", "!q.isSelf() && !q.Actor.IsAdministrator()", "!q.isSelf() && !q.Actor.Administers(q.Product.ID)"},
		{"request.go", "return q.Actor.ID == q.Subject.ID", "return q.Actor.ID == q.Subject.ID && q.Action != Assign"},

		// The one door to roles.
		{"decide.go", "if q.isSelf() {\n\t\t\treturn SelfAction", "if false {\n\t\t\treturn SelfAction"},
		{"decide.go", "if !q.Actor.Administers(q.Product.ID) {\n\t\t\treturn NotAdministrator", "if !q.Actor.IsAdministrator() {\n\t\t\treturn NotAdministrator"},
		{"decide.go", "!known {\n\t\t\treturn NoSuchRole", "!known {\n\t\t\treturn NotHeld"},
		{"decide.go", "Remove:     roleRule(remove),", "Remove:     remove,"},
		{"decide.go", "Assign:     roleRule(assign),", "Assign:     assign,"},

		// Suspending, re-enabling, removing.
		{"decide.go", "if a.Status != Active {", "if a.Status == \"\" {"},
		{"decide.go", "if a.Status != Suspended {", "if a.Status == \"\" {"},
		{"decide.go", "return NotSuspended", "return NotActive"},
		{"decide.go", "if _, held := q.held(); !held {", "if a, held := q.held(); !held || a.Status != Active {"},

		// Assigning.
		{"decide.go", "return NeedsSignature", "return NotAssignable"},
		{"decide.go", "if role.Assignable == AssignableWithSignature {", "if false {"},
		{"decide.go", "if role.Assignable != AssignableHere {", "if role.Assignable == NotAssignableHere {"},
		{"decide.go", "if q.Product.PhaseOut {", "if q.Product.PhaseOut && q.Action == Add {"},
		{"decide.go", "held := q.held(); held {", "held := q.held(); false && held {"},
		{"decide.go", "if a.Category != role.Category {", "if a.Category != role.Category && a.Status == Active {"},
		{"decide.go", "if a.Category != role.Category {", "if a.Category == Administrator && role.Category == Operator {"},
		{"decide.go", "if len(on) > 0 && !anyActive(on) {", "if false {"},
		{"decide.go", "if len(on) > 0 && !anyActive(on) {", "if len(on) > 0 && !anyActive(q.Subject.Assignments) {"},
		{"decide.go", "if !role.CombinesWith(other) {", "if a.Status == Active && !role.CombinesWith(other) {"},
		{"decide.go", "for _, a := range on {\n\t\tother", "for _, a := range on[:min(1, len(on))] {\n\t\tother"},
		{"product.go", "return slices.Contains(other.Combines, group)", "return len(other.Combines) > 0"},
		{"product.go", "ContainsFunc(r.Combines,", "ContainsFunc(r.Combines[:min(1, len(r.Combines))],"},

		// Adding.
		{"decide.go", "if !q.Actor.IsAdministrator() {\n\t\treturn NotAnyAdministrator\n\t}\n\tif _, known", "if false {\n\t\treturn NotAnyAdministrator\n\t}\n\tif _, known"},
		{"decide.go", "if !q.Actor.Administers(q.Product.ID) {\n\t\treturn NotAdministrator\n\t}\n\tif reason := checkAssignable(q)", "if false {\n\t\treturn NotAdministrator\n\t}\n\tif reason := checkAssignable(q)"},
		{"decide.go", "if q.Subject.ID != \"\" {", "if len(q.Subject.Assignments) > 0 {"},
		{"decide.go", "return AlreadyUser\n\t}\n\treturn checkCombination(q)", "return AlreadyUser\n\t}\n\treturn \"\""},

		// Editing.
		{"decide.go", "common = common || q.Actor.Administers(a.Product)", "common = common || a.Product != \"\" && q.Actor.IsAdministrator()"},
		{"decide.go", "common = common || q.Actor.Administers(a.Product)", "common = q.Actor.Administers(a.Product)"},
		{"decide.go", "if q.ChangesNames && q.isSelf() {", "if q.isSelf() {"},
		{"decide.go", "if !anyActive(q.Subject.Assignments) {", "if false {"},
		{"decide.go", "if q.ChangesNames && q.Subject.Verified {", "if q.Subject.Verified {"},
		{"decide.go", "if q.ChangesNames && q.Subject.Verified {", "if false {"},
	}
}
