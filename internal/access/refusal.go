package access

// Refusal is the error of an action that is refused.
type Refusal struct {
	Action Action
	Reason Reason
}

// Error is a text for logs. Pages have a sentence for each reason.
func (r *Refusal) Error() string { return "refused " + string(r.Action) + ": " + string(r.Reason) }

// Grade is the grade of the refusal's reason.
func (r *Refusal) Grade() Grade { return r.Reason.Grade() }

// Reason is the reason of a refusal. Its text is stored with the results of bulk actions, so it never changes.
type Reason string

// All reasons, by grade.
const (
	NoPowers   Reason = "no-powers"     // the actor has no active role in the institution (V9)
	NotVisible Reason = "not-seen"      // an Operator asked for another user (V4)
	NoSuchRole Reason = "no-such-role"  // not a role of the institution's products (V9)
	NoGroup    Reason = "no-such-group" // not a group of the product (V9)

	NoRule              Reason = "no-rule"           // no user may do this
	NotAnyAdministrator Reason = "not-anywhere"      // an Operator asked for the Users section, or to add a user (V3)
	SelfAction          Reason = "on-oneself"        // the actor is the subject (P2)
	NotAdministrator    Reason = "not-administrator" // the actor is not an active Administrator of the product (P1)
	NoSharedProduct     Reason = "nothing-in-common" // the actor administers no product of the subject (P8)
	NeedsSignature      Reason = "needs-signature"   // of the legal representative (rules, section 1)
	NotAssignable       Reason = "not-assignable"    // the role is not assigned from the Users section (rules, section 1)
	PhasingOut          Reason = "phasing-out"       // no new roles are assigned on the product (rules, section 1)

	AlreadyUser       Reason = "already-user"        // the person is a user of the institution (P10)
	AlreadyHeld       Reason = "already-held"        // the subject holds the role (P5)
	OtherCategory     Reason = "other-category"      // the subject holds a role of the other category on the product (P5)
	AllSuspendedThere Reason = "all-suspended-there" // all the subject's roles on the product are suspended (P5)
	NotCombinable     Reason = "not-combinable"      // the role cannot be combined with one that the subject holds (P5)
	NotHeld           Reason = "not-held"            // the subject does not hold the role (P6)
	NotActive         Reason = "not-active"          // the role to be suspended is not active (P6)
	NotSuspended      Reason = "not-suspended"       // the role to be re-enabled is not suspended (P6)
	AllSuspended      Reason = "all-suspended"       // all the subject's roles are suspended (P8)
	NamesVerified     Reason = "names-verified"      // the names are verified by SPID or CIE (P8, D4)
	NoRoleThere       Reason = "no-role-there"       // the subject holds no role on the product (P9, P13)
	AlreadyMember     Reason = "already-member"      // the subject is in the group (P9)
	NotMember         Reason = "not-member"          // the subject is not in the group (P9)
	GroupSuspended    Reason = "group-suspended"     // the group to be joined is suspended (P9)
	GroupNotActive    Reason = "group-not-active"    // the group to be suspended is not active
	GroupActive       Reason = "group-active"        // the group to be re-enabled is not suspended
	GroupNameTaken    Reason = "group-name-taken"    // another group of the product has the name
	LastAdministrator Reason = "last-administrator"  // P3; reported by the database, see Decide
	FormUsed          Reason = "form-used-otherwise" // the idempotency key was used for another change (P6)
	Edited            Reason = "edited-meanwhile"    // the data have changed since the form was shown (P8)
	RolesChanged      Reason = "roles-changed"       // the roles are not those that the form was to change (P13)
	ChangedSince      Reason = "changed-since"       // what is to be undone has been changed again since (P6)
)

// Grade is how a refusal is answered (rule V9).
type Grade int

// All grades. The zero value reveals least.
const (
	Hidden    Grade = iota // as if the thing did not exist: 404
	Forbidden              // visible but not permitted: 403
	Conflict               // permitted but impossible in the present state, which the answer shows: 409
)

// Reasons has all reasons with their grades.
var Reasons = map[Reason]Grade{
	NoPowers: Hidden, NotVisible: Hidden, NoSuchRole: Hidden, NoGroup: Hidden,

	NoRule: Forbidden, NotAnyAdministrator: Forbidden, SelfAction: Forbidden, NotAdministrator: Forbidden, NoSharedProduct: Forbidden,
	NeedsSignature: Forbidden, NotAssignable: Forbidden, PhasingOut: Forbidden,

	AlreadyUser: Conflict, AlreadyHeld: Conflict, OtherCategory: Conflict, AllSuspendedThere: Conflict, NotCombinable: Conflict,
	NotHeld: Conflict, NotActive: Conflict, NotSuspended: Conflict, AllSuspended: Conflict, NamesVerified: Conflict,
	NoRoleThere: Conflict, AlreadyMember: Conflict, NotMember: Conflict, GroupSuspended: Conflict,
	GroupNotActive: Conflict, GroupActive: Conflict, GroupNameTaken: Conflict,
	LastAdministrator: Conflict, FormUsed: Conflict, Edited: Conflict, RolesChanged: Conflict, ChangedSince: Conflict,
}

// Grade is the reason's grade, [Hidden] for an unknown reason.
func (r Reason) Grade() Grade { return Reasons[r] }
