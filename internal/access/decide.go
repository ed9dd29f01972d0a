package access

// Decide answers a request: nil, or a [*Refusal] that says why not. It sees its argument and nothing else, and is closed
// by default: an action without a rule is refused.
//
// Reasons are looked for in the order of their grades: what the actor may not even see, what they may not do, what can't
// be done as things stand. Two come sooner than their grade: an action without a rule is refused whatever it is about, and
// adding is closed to an Operator whichever role they ask to give.
//
// Rule P3 (a product never loses its last active Administrator) needs no line of its own here: by P1 the actor is an
// active Administrator of the product, by P2 not the subject, so one remains after whatever is granted. That holds as
// long as the request is true when it takes effect, which the store's lock sees to; the database checks it once more.
func Decide(q Request) error {
	if reason := decide(q); reason != "" {
		return &Refusal{Action: q.Action, Reason: reason}
	}
	return nil
}

// rules has one rule an action; each gives the reason why not, or nothing.
var rules = map[Action]func(Request) Reason{
	EnterUsers: enterUsers,
	View:       view,
	Add:        add,
	Edit:       edit,
	Assign:     roleRule(assign),
	Suspend:    roleRule(suspend),
	Reactivate: roleRule(reactivate),
	Remove:     roleRule(remove),
	Join:       membershipRule(join),
	Leave:      membershipRule(leave),
	Export:     enterUsers,

	CreateGroup:     createGroup,
	RenameGroup:     groupRule(checkNameFree),
	SuspendGroup:    groupRule(suspendGroup),
	ReactivateGroup: groupRule(reactivateGroup),
	DeleteGroup:     groupRule(allowAlways),
}

func decide(q Request) Reason {
	if !q.Actor.HasPowers() {
		return NoPowers
	}
	rule, known := rules[q.Action]
	if !known {
		return NoRule
	}
	return rule(q)
}

// enterUsers: V3. Open to who administers something.
func enterUsers(q Request) Reason {
	if !q.Actor.IsAdministrator() {
		return NotAnyAdministrator
	}
	return ""
}

// view: V4. Everyone sees themselves, Administrators everybody.
func view(q Request) Reason {
	if q.Subject.ID == "" {
		return NotVisible
	}
	if !q.isSelf() && !q.Actor.IsAdministrator() {
		return NotVisible
	}
	return ""
}

// roleRule is the one door to everything that is done to somebody's role: P1, P2. Then comes the action's own rule.
func roleRule(rule func(Request) Reason) func(Request) Reason {
	return func(q Request) Reason {
		if reason := view(q); reason != "" {
			return reason
		}
		if _, known := q.Product.Role(q.Role); !known {
			return NoSuchRole
		}
		if q.isSelf() {
			return SelfAction
		}
		if !q.Actor.Administers(q.Product.ID) {
			return NotAdministrator
		}
		return rule(q)
	}
}

// suspend: P6. A role that is held and active.
func suspend(q Request) Reason {
	a, held := q.held()
	if !held {
		return NotHeld
	}
	if a.Status != Active {
		return NotActive
	}
	return ""
}

// reactivate: P6. A role that is held and suspended.
func reactivate(q Request) Reason {
	a, held := q.held()
	if !held {
		return NotHeld
	}
	if a.Status != Suspended {
		return NotSuspended
	}
	return ""
}

// remove: P7. A role that is held, in any state.
func remove(q Request) Reason {
	if _, held := q.held(); !held {
		return NotHeld
	}
	return ""
}

// assign: P4, P5. A role that may be given from here, isn't held yet and goes with those that are.
func assign(q Request) Reason {
	if reason := checkAssignable(q); reason != "" {
		return reason
	}
	return checkCombination(q)
}

// add: P10. A first role for somebody who isn't a user of the institution yet; another one, if they go together. To an
// Operator the answer is the same whichever role is asked for, one that isn't there included.
func add(q Request) Reason {
	if !q.Actor.IsAdministrator() {
		return NotAnyAdministrator
	}
	if _, known := q.Product.Role(q.Role); !known {
		return NoSuchRole
	}
	if !q.Actor.Administers(q.Product.ID) {
		return NotAdministrator
	}
	if reason := checkAssignable(q); reason != "" {
		return reason
	}
	if q.Subject.ID != "" {
		return AlreadyUser
	}
	return checkCombination(q)
}

// checkAssignable: rules, section 1. What the catalogue lets be given from the Users section.
func checkAssignable(q Request) Reason {
	role, _ := q.Product.Role(q.Role)
	if role.Assignable == AssignableWithSignature {
		return NeedsSignature
	}
	if role.Assignable != AssignableHere {
		return NotAssignable
	}
	if q.Product.PhaseOut {
		return PhasingOut
	}
	return ""
}

// checkCombination: P5. Whether a new role goes with those that the subject holds on the product, the suspended ones included. A
// suspension isn't walked around: while all of them are suspended, nothing is added.
func checkCombination(q Request) Reason {
	role, _ := q.Product.Role(q.Role)
	on := q.Subject.AssignmentsOn(q.Product.ID)
	if _, held := q.held(); held {
		return AlreadyHeld
	}
	for _, a := range on {
		if a.Category != role.Category {
			return OtherCategory
		}
	}
	if len(on) > 0 && !anyActive(on) {
		return AllSuspendedThere
	}
	for _, a := range on {
		other, _ := q.Product.Role(a.Role)
		if !role.CombinesWith(other) {
			return NotCombinable
		}
	}
	return ""
}

// anyActive: rules, section 2. A suspended assignment gives no power.
func anyActive(assignments []Assignment) bool {
	for _, a := range assignments {
		if a.Status == Active {
			return true
		}
	}
	return false
}

// edit: P8. Whoever administers a product on which the subject holds a role; names only until they are verified, and
// not one's own.
func edit(q Request) Reason {
	if reason := view(q); reason != "" {
		return reason
	}
	common := false
	for _, a := range q.Subject.Assignments {
		common = common || q.Actor.Administers(a.Product)
	}
	if !common {
		return NoSharedProduct
	}
	if q.ChangesNames && q.isSelf() {
		return SelfAction
	}
	if !anyActive(q.Subject.Assignments) {
		return AllSuspended
	}
	if q.ChangesNames && q.Subject.Verified {
		return NamesVerified
	}
	return ""
}
