package web

import (
	"fmt"
	"time"

	"areariservata.example/utenti/internal/access"
)

var englishActivity = ActivityWords{
	Title: "Activity log", Lead: "Who did what, on the products you administer and to users’ data.",
	History: "History", OwnHistory: "Your history",
	HistoryLead:    "What has changed for this person, on the products you administer and in their data.",
	OwnHistoryLead: "Everything that has changed for you in this institution.",
	HistoryOf:      func(name string) string { return "History of " + name },
	When:           "When", Who: "Who", What: "What",
	Filter: "Filter the log", Product: "Product", Action: "Action", From: "From day", To: "To day",
	AnyProduct: "All", AnyAction: "All",
	ByPerson: "Looking for one person only? Open their History from the profile:",
	InLog:    "See also what they did, in the activity log", Export: "Export as CSV",
	Removed: "Removed person", Loading: "Data loading", Service: "The service",
	Nothing: "No activity found", NothingText: "Nothing matches what you are looking for. Widen the period, or remove the filters.",
	NothingYet: "There is no activity to show yet.",
	Newer:      "Newer", Older: "Older", Pages: "Pages of the log",
	Actions: map[access.Action]string{
		access.Add: "User added", access.Edit: "Data changed", access.Assign: "Role assigned",
		access.Suspend: "Role suspended", access.Reactivate: "Role re-enabled", access.Remove: "Role revoked",
		access.Join: "Group assigned", access.Leave: "Removed from a group",
		access.CreateGroup: "Group created", access.RenameGroup: "Group renamed",
		access.SuspendGroup: "Group suspended", access.ReactivateGroup: "Group re-enabled",
		access.DeleteGroup: "Group deleted", access.Export: "List exported",
		access.Load: "Data loaded", access.Verify: "Verified with SPID or CIE",
	},
	Did:   englishDeeds,
	Data:  map[access.Datum]string{access.DatumNames: "first and last name", access.DatumEmail: "e-mail"},
	At:    func(t time.Time) string { return t.Format(englishDay + ", 15:04") },
	Since: func(day time.Time) string { return "From " + day.Format(englishDay) },
	Until: func(day time.Time) string { return "To " + day.Format(englishDay) },
	Faults: map[access.PeriodError]string{
		access.InvalidFrom:     "The first day is not a date. Write it like this: 2026-11-21.",
		access.InvalidTo:       "The last day is not a date. Write it like this: 2026-11-21.",
		access.PeriodBackwards: "The period ends before it starts. Choose a last day that comes after the first.",
	},
	File: "activity-log.csv", HistoryFile: "history.csv",
	Columns: []string{
		"Date and time", "Who", "Action", "Person", "Product", "Role", "State before", "State after", "Group", "Data changed",
		"What", "ID of who", "ID of the person",
	},
	Capped: func(rows int) string {
		return fmt.Sprintf("The list stops after %s rows: there are more. Choose a shorter period and export again.", englishNumber(rows))
	},
}

// englishDay is how a day is said: "21 November 2026".
const englishDay = "2 January 2006"

// englishDeeds follow who did it: "Anna Bianchi" "suspended API Operator of Oto Neri on Interoperabilità".
var englishDeeds = map[access.Action]func(EventArgs) string{
	access.Add: func(d EventArgs) string {
		if d.Role != "" {
			return fmt.Sprintf("added %s to the institution’s users as %s on %s", d.Person, d.Role, d.Product)
		}
		return fmt.Sprintf("added %s to the institution’s users", d.Person)
	},
	access.Edit: func(d EventArgs) string {
		what := "the data of " + d.Person
		if d.IsSelf {
			what = "their own data"
		}
		if d.Data == "" {
			return "changed " + what
		}
		return "changed " + what + ": " + d.Data
	},
	access.Assign: func(d EventArgs) string {
		return fmt.Sprintf("assigned %s the role %s on %s", d.Person, d.Role, d.Product) + englishIfSuspended(d)
	},
	access.Suspend: func(d EventArgs) string {
		return fmt.Sprintf("suspended %s of %s on %s", d.Role, d.Person, d.Product)
	},
	access.Reactivate: func(d EventArgs) string {
		return fmt.Sprintf("re-enabled %s of %s on %s", d.Role, d.Person, d.Product)
	},
	access.Remove: func(d EventArgs) string {
		return fmt.Sprintf("revoked %s of %s on %s", d.Role, d.Person, d.Product)
	},
	access.Join: func(d EventArgs) string {
		if d.Group == "" {
			return fmt.Sprintf("added %s to a group of %s that is no longer there", d.Person, d.Product)
		}
		return fmt.Sprintf("added %s to the group “%s” of %s", d.Person, d.Group, d.Product)
	},
	access.Leave: func(d EventArgs) string {
		if d.Group == "" {
			return fmt.Sprintf("removed %s from a group of %s that is no longer there", d.Person, d.Product)
		}
		return fmt.Sprintf("removed %s from the group “%s” of %s", d.Person, d.Group, d.Product)
	},
	access.CreateGroup: func(d EventArgs) string { return fmt.Sprintf("created the group “%s” of %s", d.Group, d.Product) },
	access.RenameGroup: func(d EventArgs) string {
		return fmt.Sprintf("renamed the group “%s” of %s: it is now called “%s”", d.OldName, d.Product, d.Group)
	},
	access.SuspendGroup: func(d EventArgs) string { return fmt.Sprintf("suspended the group “%s” of %s", d.Group, d.Product) },
	access.ReactivateGroup: func(d EventArgs) string {
		return fmt.Sprintf("re-enabled the group “%s” of %s", d.Group, d.Product)
	},
	access.DeleteGroup: func(d EventArgs) string { return fmt.Sprintf("deleted the group “%s” of %s", d.Group, d.Product) },
	access.Export: func(d EventArgs) string {
		if d.Product == "" {
			return "exported the list of users"
		}
		return "exported the list of users of " + d.Product
	},
	access.Load: func(d EventArgs) string {
		return fmt.Sprintf("gave %s the role %s on %s", d.Person, d.Role, d.Product) + englishIfSuspended(d)
	},
	access.Verify: func(d EventArgs) string {
		what := d.Data
		if what == "" {
			what = "first and last name"
		}
		if d.IsSelf {
			return "confirmed " + what + " by signing in with SPID or CIE"
		}
		return "verified " + what + " of " + d.Person + " with SPID or CIE"
	},
}

// englishIfSuspended ends the sentence of a role that was suspended from the start.
func englishIfSuspended(d EventArgs) string {
	if d.After == access.Suspended {
		return ", suspended from the start"
	}
	return ""
}

// englishNumber groups the digits of a number that isn't negative: "50,000".
func englishNumber(n int) string { return groupThousands(n, ",") }
