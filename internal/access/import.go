package access

// ImportRow is one row of a file with people to be added (rule P10): what it says, and what it would do after the rows
// above it. Like a [UserForm], it is personal data.
type ImportRow struct {
	Line              int      // of the file, from 1
	Form              UserForm // as typed, with the product and the role that were recognized
	Product           string   // as typed
	Role              string   // as typed
	Subject           User     // zero: the person is not a user of the institution yet
	Action            Action   // Add; Assign, to a user who exists or is added by a row above; empty: nothing to do
	Existing          Status   // state of the role if the user holds it already
	NeedsConfirmation bool     // one of the doubts below
	NamesDiffer       bool     // the names do not match the fiscal code (rule D2)
	EmailDoubtful     bool     // the e-mail may be certified mail (rule D3)
	Errors            FieldErrors
	Reason            Reason // why the role cannot be assigned; empty: it can, or it was not recognized
}

// Invalid reports whether the row cannot be imported.
func (r ImportRow) Invalid() bool { return len(r.Errors) > 0 || r.Reason != "" }

// ImportPlan is the rows of a file, in order.
type ImportPlan []ImportRow

// ImportCounts is how many rows of a plan do what.
type ImportCounts struct {
	Added             int // people to be added
	Assigned          int // roles for users who exist or are added by another row
	Unchanged         int // rows with nothing to do
	Invalid           int
	NeedsConfirmation int // valid rows whose names or e-mail are to be confirmed
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
		if r.NeedsConfirmation {
			c.NeedsConfirmation++
		}
	}
	return c
}
