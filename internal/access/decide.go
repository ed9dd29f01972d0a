package access

import "slices"

// Decide answers a request: nil if it is granted, otherwise a [*Refusal] with the reason. It depends on its argument
// only. It is closed by default: an action without a rule is refused.
//
// Reasons are checked in the order of their grades: what the actor may not see ([Hidden]), what the actor may not do
// ([Forbidden]), what the present state does not allow ([Conflict]). Three are checked before their grade: an action
// without a rule is refused for every subject, and [Add] and the actions on groups are refused to an Operator for every
// role and group. One is checked after its grade: a role is not said to need a signature if the signature would not help
// ([NeedsSignature]).
//
// Rule P3 (a product never loses its last active Administrator) needs no check here. By P1 the actor is an active
// Administrator of the product, and by P2 the actor is not the subject, so one Administrator remains after every
// granted action. The request must still be true when the action takes effect, which the institution's lock ensures. A
// trigger of the database checks P3 too.
func Decide(q Request) error {
	if reason := decide(q); reason != "" {
		return &Refusal{Action: q.Action, Reason: reason}
	}
	return nil
}

// rules has the rule of each action: a function that returns the reason of a refusal, or nothing.
var rules = map[Action]func(Request) Reason{
	EnterUsers: enterUsers,
	View:       view,
	Add:        add,
	Edit:       edit,
	Assign:     roleRule(assign),
	ChangeRole: roleRule(changeRole),
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

// enterUsers: V3. The Users section is open to an active Administrator of any product.
func enterUsers(q Request) Reason {
	if !q.Actor.IsAdministrator() {
		return NotAnyAdministrator
	}
	return ""
}

// view: V4. Users see their own profile, Administrators see all profiles.
func view(q Request) Reason {
	if q.Subject.ID == "" {
		return NotVisible
	}
	if !q.isSelf() && !q.Actor.IsAdministrator() {
		return NotVisible
	}
	return ""
}

// roleRule checks what all actions on a user's role have in common (V9, P1, P2), then the rule of the action.
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

// suspend: P6. The role is held and active.
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

// reactivate: P6. The role is held and suspended.
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

// remove: P7. The role is held, in any state.
func remove(q Request) Reason {
	if _, held := q.held(); !held {
		return NotHeld
	}
	return ""
}

// assign: P4, P5. The role is assignable, is not held yet, and can be combined with the roles held on the product.
func assign(q Request) Reason {
	if reason := checkOffered(q); reason != "" {
		return reason
	}
	return checkCombination(q, q.Subject.AssignmentsOn(q.Product.ID))
}

// changeRole: P13. The role is assignable, and takes the place of all roles that are active on the product. Suspended ones
// stay as they are, so it can be combined with them.
func changeRole(q Request) Reason {
	if reason := checkOffered(q); reason != "" {
		return reason
	}
	on := q.Subject.AssignmentsOn(q.Product.ID)
	if len(on) == 0 {
		return NoRoleThere
	}
	return checkCombination(q, slices.DeleteFunc(on, func(a Assignment) bool { return a.Status == Active }))
}

// add: P10. The first role of a person who is not a user of the institution yet, or one more role that can be combined
// with it. An Operator gets the same answer for every role, even one that does not exist.
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
	if reason := checkOffered(q); reason != "" {
		return reason
	}
	if q.Subject.ID != "" {
		if needsSignature(q) { // the answer about an unknown person: only an actor who may add learns who is a user
			return NeedsSignature
		}
		return AlreadyUser
	}
	return checkCombination(q, q.Subject.AssignmentsOn(q.Product.ID))
}

// checkOffered: rules, section 1. The catalogue offers the role in the Users section, with or without a signature, and the
// product still takes roles.
func checkOffered(q Request) Reason {
	role, _ := q.Product.Role(q.Role)
	if role.Assignable != AssignableHere && role.Assignable != AssignableWithSignature {
		return NotAssignable
	}
	if q.Product.PhaseOut {
		return PhasingOut
	}
	return ""
}

// checkCombination: P5. A new role can be combined with all roles that the subject holds beside it on the product,
// suspended ones included. While all the subject's roles there are suspended, no role is added: a suspension cannot be
// bypassed. A role that needs a signature is refused (rules, section 1), unless the category refuses it with a signature too.
func checkCombination(q Request, beside []Assignment) Reason {
	role, _ := q.Product.Role(q.Role)
	if _, held := q.held(); held {
		return AlreadyHeld
	}
	for _, a := range beside {
		if a.Category != role.Category {
			return OtherCategory
		}
	}
	if needsSignature(q) {
		return NeedsSignature
	}
	if on := q.Subject.AssignmentsOn(q.Product.ID); len(on) > 0 && !anyActive(on) {
		return AllSuspendedThere
	}
	for _, a := range beside {
		other, _ := q.Product.Role(a.Role)
		if !role.CombinesWith(other) {
			return NotCombinable
		}
	}
	return ""
}

func needsSignature(q Request) bool {
	role, _ := q.Product.Role(q.Role)
	return role.Assignable == AssignableWithSignature
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

// edit: P8. The actor administers a product on which the subject holds a role. Names can be edited until they are
// verified, and never the actor's own.
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
