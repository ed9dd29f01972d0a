package access

// ImportRow is one row of a file with people to be added (rule P10): what it says, and what it would do after the rows
// above it. Like a [UserForm], it is personal data.
type ImportRow struct {
	Line     int      // of the file, from 1
	Form     UserForm // as typed, with the product and the role that were recognized
	Product  string   // as typed
	Role     string   // as typed
	Subject  User     // zero: the person is not a user of the institution yet
	Action   Action   // Add; Assign, to a user who exists or is added by a row above; empty: nothing to do
	Existing Status   // state of the role if the user holds it already
	Doubts   []Doubt  // to be confirmed together, in the order of their constants
	Errors   FieldErrors
	Reason   Reason // why the role cannot be assigned; empty: it can, or it was not recognized
}

// Doubt is what the actor has to confirm about a row, each row by itself.
type Doubt string

// The doubts.
const (
	DoubtfulNames  Doubt = "names"  // they do not match the fiscal code (rule D2)
	NameMissing    Doubt = "name"   // there is no first name (rule D2)
	DoubtfulEmail  Doubt = "email"  // it may be certified mail (rule D3)
	DoubtfulPerson Doubt = "person" // the fiscal code is that of a user with other names, or another e-mail (rule P10)
)

// Invalid reports whether the row cannot be imported.
func (r ImportRow) Invalid() bool { return len(r.Errors) > 0 || r.Reason != "" }

// Doubtful reports whether the row would do something that has to be confirmed first.
func (r ImportRow) Doubtful() bool { return len(r.Doubts) > 0 && r.Action != "" && !r.Invalid() }

// ImportPlan is the rows of a file, in order.
type ImportPlan []ImportRow

// ImportCounts is how many rows of a plan do what.
type ImportCounts struct {
	Added             int // people to be added
	Assigned          int // roles for users who exist or are added by another row
	Unchanged         int // rows with nothing to do
	Invalid           int
	NeedsConfirmation int // valid rows with a doubt
}

// Changes is how many rows would change something.
func (c ImportCounts) Changes() int { return c.Added + c.Assigned }

// Count counts the rows of the plan.
func (p ImportPlan) Count() (c ImportCounts) {
	for _, r := range p {
		switch {
		case r.Invalid():
			c.Invalid++
			continue
		case r.Action == Add:
			c.Added++
		case r.Action == Assign:
			c.Assigned++
		default:
			c.Unchanged++
		}
		if r.Doubtful() {
			c.NeedsConfirmation++
		}
	}
	return c
}
