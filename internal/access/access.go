// Package access holds the terms and the rules of the Users section: which users an actor may see, what the actor may
// do, and the reason of a refusal.
//
// Start at [Decide]: it answers a [Request] with nil or a [*Refusal]. decide.go and decide_group.go have one short
// function for each action, whose comment names the rule that it implements. Numbers such as "rule P3" are those of
// docs/rules.md; sections ("rules, section 1") are too. Read the rules beside the functions, one by one.
//
// The other files hold what surrounds a decision:
//   - request.go and refusal.go: the actions, and the reasons with their grades;
//   - user.go and product.go: the data that a decision reads;
//   - profile.go, directory.go and group.go: Decide asked for a whole page, so that a control is shown only if its
//     action would be granted;
//   - consequence.go and bulk.go: what follows from an action, and which actions work on several users;
//   - form.go, email.go, fiscalcode.go and import.go: typed data and their errors;
//   - activity.go: the audit log and who sees which event.
//
// The package is pure: standard library only, no context, no clock, no database. Everything that a decision depends on
// is an argument. Pages ask Decide which controls to draw, and package users asks it again under the institution's
// lock. Where SQL must restate a rule, a test compares the SQL with this package.
package access

import "errors"

// ErrNotFound means that the thing does not exist, or that the caller may not see it (rule V9: the two look the same).
var ErrNotFound = errors.New("not found")

// Text is a text of the catalogue in both languages of the interface. English may be empty: real catalogues have
// Italian only.
type Text struct{ It, En string }

// Category divides roles into those that administer a product and those that work with it.
type Category string

// The two categories (rules, section 1).
const (
	Administrator Category = "administrator"
	Operator      Category = "operator"
)

// Status is the state of an assignment or of a group.
type Status string

// A suspended assignment keeps its groups and gives no power. A suspended group keeps its members and takes no new
// ones.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
)
