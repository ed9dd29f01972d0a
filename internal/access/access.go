// Package access holds the words and the rules of the Users section: who may see whom, who may do what to whom, and why not.
//
// It is pure: the standard library only, no context, no clock, no database. Everything that a decision depends on is an
// argument, so that a rule can be read, tested and believed by itself. The page asks [Decide] which controls to draw,
// the service asks it again under the lock: there is no third place where a rule is written.
package access

import "errors"

// ErrNotFound says that what was asked for doesn't exist, or not for whoever asked (rule V9: the two look the same).
var ErrNotFound = errors.New("not found")

// Text is a phrase of the catalogue in the interface's languages. English may be missing: real catalogues have Italian only.
type Text struct{ It, En string }

// Category is what every role comes down to: whoever administers a product, and whoever works with it.
type Category string

// The two categories (rules, section 1).
const (
	Administrator Category = "administrator"
	Operator      Category = "operator"
)

// Status is the state of an assignment or of a group.
type Status string

// The two states. A suspended assignment keeps its place and its groups, and gives no power.
const (
	Active    Status = "active"
	Suspended Status = "suspended"
)
