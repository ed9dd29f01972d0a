package access

// Planned is one row of a file with people to be added (rule P10), looked at: what it says, and what would follow from it
// after the rows above. Like a [Draft] it is personal data.
type Planned struct {
	Line    int    // of the file, from 1
	Draft   Draft  // as typed; product and role as they were understood
	Product string // as typed
	Role    string // as typed
	Subject User   // who is a user of the institution already; zero: nobody is
	Does    Action // Add; Assign, to who is a user already or is added by a row above; empty: nothing
	Held    Status // of who holds the role already: its state
	Warned  bool   // the names don't fit the fiscal code: to be confirmed (rule D2)
	Faults  Faults // what has to be mended
	Why     Reason // why the role can't be given; empty: it can, or it isn't known which
}

// Wrong reports whether the row can't be done.
func (r Planned) Wrong() bool { return len(r.Faults) > 0 || r.Why != "" }

// Plan is a file, row by row.
type Plan []Planned

// Count is what a plan comes to.
type Count struct {
	Added    int // people
	Assigned int // roles of who is a user already, or is added by another row
	Nothing  int // rows from which nothing follows
	Wrong    int // rows
	Warned   int // rows to be done whose names are to be confirmed
}

// Doable is how many rows would be done.
func (c Count) Doable() int { return c.Added + c.Assigned }

// Count counts.
func (p Plan) Count() (c Count) {
	for _, r := range p {
		switch {
		case r.Wrong():
			c.Wrong++
			continue
		case r.Does == Add:
			c.Added++
		case r.Does == Assign:
			c.Assigned++
		default:
			c.Nothing++
		}
		if r.Warned {
			c.Warned++
		}
	}
	return c
}
