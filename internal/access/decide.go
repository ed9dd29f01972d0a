package access

// Decide answers a request: nil, or a [*Refusal] that says why not. It sees its argument and nothing else, and is closed
// by default: an action without a rule is refused.
//
// Reasons are looked for in the order of their grades: what the actor may not even see, what they may not do, what can't
// be done as things stand.
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
	Suspend:    onRole(suspend),
	Reactivate: onRole(reactivate),
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
		return NotAnywhere
	}
	return ""
}

// view: V4. Everyone sees themselves, Administrators everybody.
func view(q Request) Reason {
	if q.Subject.ID == "" {
		return NotSeen
	}
	if !q.ofOneself() && !q.Actor.IsAdministrator() {
		return NotSeen
	}
	return ""
}

// onRole is the one door to everything that is done to somebody's role: P1, P2. Then comes the action's own rule.
func onRole(rule func(Request) Reason) func(Request) Reason {
	return func(q Request) Reason {
		if reason := view(q); reason != "" {
			return reason
		}
		if _, known := q.Product.Role(q.Role); !known {
			return NoSuchRole
		}
		if q.ofOneself() {
			return OnOneself
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
