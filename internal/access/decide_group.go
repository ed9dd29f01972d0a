package access

// membershipRule is the one door to a user's memberships: P9, P1. Unlike roles, they may be one's own.
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

// join: P9. An active group of a product on which the subject holds a role, in any state; also for oneself.
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

// leave: a group that the subject is in, in any state.
func leave(q Request) Reason {
	if !q.isMember() {
		return NotMember
	}
	return ""
}

// groupRule is the one door to groups themselves: they are seen with the Users section (V3), changed by who administers their
// product (P1).
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

// createGroup: of a group to be made there is only the product yet.
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

// checkNameFree: two groups of a product don't bear the same name.
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
