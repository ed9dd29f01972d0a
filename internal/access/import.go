package access

// ImportRow is one row of a file with people to be added (rule P10), looked at: what it says, and what would follow from it
// after the rows above. Like a [UserForm] it is personal data.
type ImportRow struct {
	Line              int         // of the file, from 1
	Form              UserForm    // as typed; product and role as they were understood
	Product           string      // as typed
	Role              string      // as typed
	Subject           User        // who is a user of the institution already; zero: nobody is
	Action            Action      // Add; Assign, to who is a user already or is added by a row above; empty: nothing
	Existing          Status      // of who holds the role already: its state
	NeedsConfirmation bool        // the names don't fit the fiscal code: to be confirmed (rule D2)
	Errors            FieldErrors // what has to be mended
	Reason            Reason      // why the role can't be given; empty: it can, or it isn't known which
}

// Invalid reports whether the row can't be done.
func (r ImportRow) Invalid() bool { return len(r.Errors) > 0 || r.Reason != "" }

// ImportPlan is a file, row by row.
type ImportPlan []ImportRow

// ImportCounts is what a plan comes to.
type ImportCounts struct {
	Added             int // people
	Assigned          int // roles of who is a user already, or is added by another row
	Unchanged         int // rows from which nothing follows
	Invalid           int // rows
	NeedsConfirmation int // rows to be done whose names are to be confirmed
}

// Changes is how many rows would be done.
func (c ImportCounts) Changes() int { return c.Added + c.Assigned }

// Count counts.
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
