package access

import "slices"

// Removal is what follows from removing roles (rule P7), besides the roles themselves.
type Removal struct {
	LastOnProduct bool // the user leaves the product's groups
	LastAtAll     bool // the user is removed from the institution
}

// PreviewRemoval is what would follow from removing the roles together. LastOnProduct is about any of their products.
func (p Profile) PreviewRemoval(roles ...Target) Removal {
	left := map[ProductID]int{}
	for _, a := range p.Subject.Assignments {
		left[a.Product]++
	}
	all, last := len(p.Subject.Assignments), false
	for _, t := range roles {
		left[t.Product]--
		all--
		last = last || left[t.Product] == 0
	}
	return Removal{LastOnProduct: last, LastAtAll: all == 0 && !p.Subject.HasInactiveRoles}
}

// LosesLastPower reports whether the subject has powers in the institution now, and would have none after these roles
// were suspended or removed (rule P11).
func (p Profile) LosesLastPower(roles ...Target) bool {
	rest := User{}
	for _, a := range p.Subject.Assignments {
		if !slices.Contains(roles, Target{Product: a.Product, Role: a.Role}) {
			rest.Assignments = append(rest.Assignments, a)
		}
	}
	return p.Subject.HasPowers() && !rest.HasPowers()
}

// Reverse is the action that undoes another one; empty if there is none.
func (a Action) Reverse() Action { return reverses[a] }

var reverses = map[Action]Action{
	Suspend: Reactivate, Reactivate: Suspend, ChangeRole: ChangeRole,
	SuspendGroup: ReactivateGroup, ReactivateGroup: SuspendGroup,
}
