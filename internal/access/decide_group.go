package access

// membershipRule checks what joining and leaving have in common (V9, P1), then the rule of the action. Unlike roles,
// actors may change their own memberships (P9).
func membershipRule(rule func(Request) Reason) func(Request) Reason {
	return func(q Request) Reason {
		if reason := view(q); reason != "" {
			return reason
		}
		if !q.groupExists() {
			return NoGroup
		}
		if !q.Actor.Administers(q.Product.ID) {
			return NotAdministrator
		}
		return rule(q)
	}
}

// join: P9. The group is active, and the subject holds a role on its product, in any state.
func join(q Request) Reason {
	if len(q.Subject.AssignmentsOn(q.Product.ID)) == 0 {
		return NoRoleThere
	}
	if q.isMember() {
		return AlreadyMember
	}
	if q.Group.Status != Active {
		return GroupSuspended
	}
	return ""
}

// leave: P9. The subject is a member. The group may be suspended.
func leave(q Request) Reason {
	if !q.isMember() {
		return NotMember
	}
	return ""
}

// groupRule checks what all actions on a group itself have in common (P21): the actor may enter the Users section (V3) and
// administers the group's product. Then comes the rule of the action.
func groupRule(rule func(Request) Reason) func(Request) Reason {
	return func(q Request) Reason {
		if reason := enterUsers(q); reason != "" {
			return reason
		}
		if !q.groupExists() {
			return NoGroup
		}
		if !q.Actor.Administers(q.Product.ID) {
			return NotAdministrator
		}
		return rule(q)
	}
}

// createGroup: P21. The same checks as [groupRule] without the group, which does not exist yet.
func createGroup(q Request) Reason {
	if reason := enterUsers(q); reason != "" {
		return reason
	}
	if q.Product.ID == "" {
		return NoGroup
	}
	if !q.Actor.Administers(q.Product.ID) {
		return NotAdministrator
	}
	return checkNameFree(q)
}

// checkNameFree: P21. Names of groups are unique within a product.
func checkNameFree(q Request) Reason {
	if q.NameTaken {
		return GroupNameTaken
	}
	return ""
}

func suspendGroup(q Request) Reason {
	if q.Group.Status != Active {
		return GroupNotActive
	}
	return ""
}

func reactivateGroup(q Request) Reason {
	if q.Group.Status != Suspended {
		return GroupActive
	}
	return ""
}

func allowAlways(Request) Reason { return "" }

// groupExists reports whether the group is one of the product's.
func (q Request) groupExists() bool {
	return q.Group.ID != "" && q.Product.ID != "" && q.Group.Product == q.Product.ID
}

// isMember reports whether the subject is in the group.
func (q Request) isMember() bool {
	for _, g := range q.Subject.Groups {
		if g.ID == q.Group.ID {
			return true
		}
	}
	return false
}
