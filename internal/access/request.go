package access

import "slices"

// Action is what an actor asks to do, and what an event of the log records.
type Action string

// All actions, except those on a group itself. Load (an operator imports a data file) and Verify (a first sign-in
// verifies a person's names) are recorded in the log only: they have no rule, so no request for them is granted.
const (
	EnterUsers Action = "enter-users" // open the Users section, and its log (V3)
	View       Action = "view"        // open a profile (V4)
	Add        Action = "add"         // P10
	Edit       Action = "edit"        // P8
	Assign     Action = "assign"      // P4, P5
	ChangeRole Action = "change-role" // P13
	Suspend    Action = "suspend"     // P6
	Reactivate Action = "reactivate"  // P6
	Remove     Action = "remove"      // P6, P7
	Join       Action = "join"        // P9
	Leave      Action = "leave"       // P9
	Export     Action = "export"      // download a list as a file (V3)
	Load       Action = "load"
	Verify     Action = "verify" // D4
)

// Actions on a group itself (P1, P9).
const (
	CreateGroup     Action = "create-group"
	RenameGroup     Action = "rename-group"
	SuspendGroup    Action = "suspend-group"
	ReactivateGroup Action = "reactivate-group"
	DeleteGroup     Action = "delete-group"
)

// Actions are those that the log records, in the order of its filter.
var Actions = []Action{
	Add, Edit, Assign, ChangeRole, Suspend, Reactivate, Remove, Join, Leave,
	CreateGroup, RenameGroup, SuspendGroup, ReactivateGroup, DeleteGroup, Export, Load, Verify,
}

// Transition is what an action does that only changes the state of a role held.
type Transition struct{ Before, After Status }

var transitions = map[Action]Transition{ // P6
	Suspend:    {Active, Suspended},
	Reactivate: {Suspended, Active},
}

// Transition returns what the action does to the state of a role; zero if it does something else.
func (a Action) Transition() Transition { return transitions[a] }

// roleActions is read only: a list of users asks for it once a row.
var roleActions = slices.DeleteFunc(slices.Clone(Actions), func(a Action) bool {
	return a != Remove && a.Transition() == Transition{}
})

// RoleActions are what can be done to a role held, in the order in which pages offer it.
func RoleActions() []Action { return roleActions }

// TakesPower reports whether a role gives no power after the action (rules, section 2).
func (a Action) TakesPower() bool { return a == Remove || a.Transition().Before == Active }

// Target is a role of a product.
type Target struct {
	Product ProductID
	Role    RoleID
}

// Request is everything that a decision depends on. The actor and the subject are users of one institution, and the
// product is one of its active ones. What does not exist stays zero, and is refused. A person to be added is a subject
// without ID.
type Request struct {
	Actor        User
	Action       Action
	Subject      User
	Product      Product
	Role         RoleID
	Group        Group // to be joined, left or changed
	ChangesNames bool  // an edit changes first name or surname, not only the e-mail
	NameTaken    bool  // another group of the product has the name wanted
}

// held is the subject's assignment of the requested role.
func (q Request) held() (Assignment, bool) { return q.Subject.FindAssignment(q.Product.ID, q.Role) }

// isSelf reports whether the actor is the subject.
func (q Request) isSelf() bool { return q.Actor.ID == q.Subject.ID }
