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

// Every reason there is, by its grade.
const (
	NoPowers   Reason = "no-powers"     // the actor has no active role in the institution (V9)
	NotVisible Reason = "not-seen"      // an Operator asked for somebody else (V4)
	NoSuchRole Reason = "no-such-role"  // not a role of one of the institution's products (V9)
	NoGroup    Reason = "no-such-group" // not a group of that product (V9)

	NoRule              Reason = "no-rule"           // nobody may do this from here
	NotAnyAdministrator Reason = "not-anywhere"      // an Operator asked for the Users section (V3)
	SelfAction          Reason = "on-oneself"        // P2
	NotAdministrator    Reason = "not-administrator" // P1
	NoSharedProduct     Reason = "nothing-in-common" // the actor administers nothing that the subject holds a role on (P8)
	NeedsSignature      Reason = "needs-signature"   // the role is given with the legal representative's signature (rules, section 1)
	NotAssignable       Reason = "not-assignable"    // the role isn't given from here at all (rules, section 1)
	PhasingOut          Reason = "phasing-out"       // nothing new is assigned on the product (rules, section 1)

	AlreadyUser       Reason = "already-user"        // the person is a user of the institution (P10)
	AlreadyHeld       Reason = "already-held"        // P5
	OtherCategory     Reason = "other-category"      // never Administrator and Operator on one product (P5)
	AllSuspendedThere Reason = "all-suspended-there" // all roles on the product are: re-enable first (P5)
	NotCombinable     Reason = "not-combinable"      // the role doesn't go with one that is held (P5)
	NotHeld           Reason = "not-held"            // the subject doesn't hold the role any more (P6)
	NotActive         Reason = "not-active"          // to be suspended, it must be active (P6)
	NotSuspended      Reason = "not-suspended"       // to be re-enabled, it must be suspended (P6)
	AllSuspended      Reason = "all-suspended"       // all the subject's roles are (P8)
	NamesVerified     Reason = "names-verified"      // SPID or CIE has said what they are (P8, D4)
	NoRoleThere       Reason = "no-role-there"       // a group's members hold a role on its product (P9)
	AlreadyMember     Reason = "already-member"      // P9
	NotMember         Reason = "not-member"          // nor leaves a group that one isn't in
	GroupSuspended    Reason = "group-suspended"     // one joins active groups only (P9)
	GroupNotActive    Reason = "group-not-active"    // to be suspended, it must be active
	GroupActive       Reason = "group-active"        // to be re-enabled, it must be suspended
	GroupNameTaken    Reason = "group-name-taken"    // another group of the product bears the name
	LastAdministrator Reason = "last-administrator"  // P3; found by the database, see Decide
	FormUsed          Reason = "form-used-otherwise" // the form's one-time mark has served for another change (P6)
	Edited            Reason = "edited-meanwhile"    // somebody else has changed what the form started from (P8)
)

// Grade is how a refusal looks from outside (rule V9).
type Grade int

// Hidden answers as what doesn't exist (404), Forbidden says no (403), Untimely says not now, and shows the present state (409).
const (
	Hidden Grade = iota
	Forbidden
	Conflict
)

// Reasons are all reasons with their grade.
var Reasons = map[Reason]Grade{
	NoPowers: Hidden, NotVisible: Hidden, NoSuchRole: Hidden, NoGroup: Hidden,

	NoRule: Forbidden, NotAnyAdministrator: Forbidden, SelfAction: Forbidden, NotAdministrator: Forbidden, NoSharedProduct: Forbidden,
	NeedsSignature: Forbidden, NotAssignable: Forbidden, PhasingOut: Forbidden,

	AlreadyUser: Conflict, AlreadyHeld: Conflict, OtherCategory: Conflict, AllSuspendedThere: Conflict, NotCombinable: Conflict,
	NotHeld: Conflict, NotActive: Conflict, NotSuspended: Conflict, AllSuspended: Conflict, NamesVerified: Conflict,
	NoRoleThere: Conflict, AlreadyMember: Conflict, NotMember: Conflict, GroupSuspended: Conflict,
	GroupNotActive: Conflict, GroupActive: Conflict, GroupNameTaken: Conflict,
	LastAdministrator: Conflict, FormUsed: Conflict, Edited: Conflict,
}

// Grade is the reason's grade; an unknown reason is hidden, which tells least.
func (r Reason) Grade() Grade { return Reasons[r] }
