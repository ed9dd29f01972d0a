package access

// Action is something that an actor may want to do.
type Action string

// What can be asked. Load and Verify are what the operator of the service does with a data file and what a first sign-in
// does to a person's names: they have no rule, so no request for them is ever granted.
const (
	EnterUsers Action = "enter-users" // open the Users section, and its log (V3)
	View       Action = "view"        // open a profile (V4)
	Add        Action = "add"         // P10
	Edit       Action = "edit"        // P8
	Assign     Action = "assign"      // P4, P5
	Suspend    Action = "suspend"     // P6
	Reactivate Action = "reactivate"  // P6
	Remove     Action = "remove"      // P6, P7
	Join       Action = "join"        // P9
	Leave      Action = "leave"       // what Join did, undone
	Export     Action = "export"      // take a list along as a file (V3)
	Load       Action = "load"
	Verify     Action = "verify" // D4
)

// What can be asked about a group itself, by who administers its product (P1, P9).
const (
	CreateGroup     Action = "create-group"
	RenameGroup     Action = "rename-group"
	SuspendGroup    Action = "suspend-group"
	ReactivateGroup Action = "reactivate-group"
	DeleteGroup     Action = "delete-group"
)

// Actions are those that a log tells of, in the order in which its filter offers them.
var Actions = []Action{
	Add, Edit, Assign, Suspend, Reactivate, Remove, Join, Leave,
	CreateGroup, RenameGroup, SuspendGroup, ReactivateGroup, DeleteGroup, Export, Load, Verify,
}

// Target is the role of a product that an action is about.
type Target struct {
	Product ProductID
	Role    RoleID
}

// Request is the whole question: may this actor do this to that subject, on this product, as everything stands now?
// The actor and the subject are users of the same institution, the product is one of its active ones; whatever
// isn't there stays zero, and the zero value of anything is refused. Of somebody to be added, the subject has no ID.
type Request struct {
	Actor        User
	Action       Action
	Subject      User
	Product      Product
	Role         RoleID
	Group        Group // that somebody joins or leaves, or that is to change itself
	ChangesNames bool  // of an edit: first name or surname are to change, not only the e-mail
	NameTaken    bool  // of a group's name: another group of the product bears it
}

// held is the subject's assignment that the request is about.
func (q Request) held() (Assignment, bool) { return q.Subject.FindAssignment(q.Product.ID, q.Role) }

// isSelf reports whether the actor asks about their own person.
func (q Request) isSelf() bool { return q.Actor.ID == q.Subject.ID }
