package access

// Action is something that an actor may want to do.
type Action string

// What can be asked. Load is what the operator of the service does with a data file; it has no rule, so no request for it is ever granted.
const (
	EnterUsers Action = "enter-users" // open the Users section (V3)
	View       Action = "view"        // open a profile (V4)
	Suspend    Action = "suspend"     // P6
	Reactivate Action = "reactivate"  // P6
	Load       Action = "load"
)

// Target is the role of a product that an action is about.
type Target struct {
	Product ProductID
	Role    RoleID
}

// Request is the whole question: may this actor do this to that subject, on this product, as everything stands now?
// The actor and the subject are users of the same institution, the product is one of its active ones; whatever
// isn't there stays zero, and the zero value of anything is refused.
type Request struct {
	Actor   User
	Action  Action
	Subject User
	Product Product
	Role    RoleID
}

// held is the subject's assignment that the request is about.
func (q Request) held() (Assignment, bool) { return q.Subject.Holds(q.Product.ID, q.Role) }

// ofOneself reports whether the actor asks about their own person.
func (q Request) ofOneself() bool { return q.Actor.ID == q.Subject.ID }
