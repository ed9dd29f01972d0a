package access

// Refusal is the answer no. It is an error, so that it travels up to the one place that makes pages of errors.
type Refusal struct {
	Action Action
	Reason Reason
}

// Error is for logs; people read the reason's sentence in their language.
func (r *Refusal) Error() string { return "refused " + string(r.Action) + ": " + string(r.Reason) }

// Grade says how the refusal looks from outside.
func (r *Refusal) Grade() Grade { return r.Reason.Grade() }

// Reason is why not: a word, never a sentence.
type Reason string

// Every reason there is, in the order in which they are looked for: hidden, forbidden, untimely.
const (
	NoPowers          Reason = "no-powers"           // the actor has no active role in the institution (V9)
	NotSeen           Reason = "not-seen"            // an Operator asked for somebody else (V4)
	NoSuchRole        Reason = "no-such-role"        // not a role of one of the institution's products (V9)
	NoRule            Reason = "no-rule"             // nobody may do this from here
	NotAnywhere       Reason = "not-anywhere"        // an Operator asked for the Users section (V3)
	OnOneself         Reason = "on-oneself"          // P2
	NotAdministrator  Reason = "not-administrator"   // P1
	NotHeld           Reason = "not-held"            // the subject doesn't hold the role any more (P6)
	NotActive         Reason = "not-active"          // to be suspended, it must be active (P6)
	NotSuspended      Reason = "not-suspended"       // to be re-enabled, it must be suspended (P6)
	LastAdministrator Reason = "last-administrator"  // P3; found by the database, see Decide
	FormUsed          Reason = "form-used-otherwise" // the form's one-time mark has served for another change (P6)
)

// Grade is how a refusal looks from outside (rule V9).
type Grade int

// Hidden answers as what doesn't exist (404), Forbidden says no (403), Untimely says not now, and shows the present state (409).
const (
	Hidden Grade = iota
	Forbidden
	Untimely
)

// Reasons are all reasons with their grade.
var Reasons = map[Reason]Grade{
	NoPowers: Hidden, NotSeen: Hidden, NoSuchRole: Hidden,
	NoRule: Forbidden, NotAnywhere: Forbidden, OnOneself: Forbidden, NotAdministrator: Forbidden,
	NotHeld: Untimely, NotActive: Untimely, NotSuspended: Untimely, LastAdministrator: Untimely, FormUsed: Untimely,
}

// Grade is the reason's grade; an unknown reason is hidden, which tells least.
func (r Reason) Grade() Grade { return Reasons[r] }
