package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// englishPeople is "1 person" or "6 people".
func englishPeople(n int) string { return englishCount(n, "person", "people") }

var englishSeveral = SeveralWords{
	Ask: map[access.Action]func(int, string) string{
		access.Suspend: func(n int, product string) string {
			return "Suspend " + englishPeople(n) + " " + englishOn(product) + "?"
		},
		access.Reactivate: func(n int, product string) string {
			return "Re-enable " + englishPeople(n) + " " + englishOn(product) + "?"
		},
		access.Remove: func(n int, product string) string { return "Remove " + englishPeople(n) + " from " + product + "?" },
		access.Join: func(n int, product string) string {
			return "Which group of " + product + " should " + englishPeople(n) + " join?"
		},
	},
	Nobody: map[access.Action]func(string) string{
		access.Suspend:    func(product string) string { return "There is nobody to suspend " + englishOn(product) },
		access.Reactivate: func(product string) string { return "There is nobody to re-enable " + englishOn(product) },
		access.Remove:     func(product string) string { return "There is nobody to remove from " + product },
		access.Join:       func(product string) string { return "There is nobody to put into a group of " + product },
	},
	Will: map[access.Action]func(string, int) string{
		access.Suspend:    func(roles string, _ int) string { return "Can no longer work as " + roles + "." },
		access.Reactivate: func(roles string, _ int) string { return "Can work as " + roles + " again." },
		access.Remove:     func(roles string, n int) string { return "Loses the " + which(n, "role ", "roles ") + roles + "." },
	},
	Consequences: map[access.Action][]string{
		access.Suspend:    {"It takes effect at once, and everybody is told by e-mail.", "They keep roles and groups: you can re-enable all of them at any time."},
		access.Reactivate: {"It takes effect at once, and everybody is told by e-mail.", "They are back in the groups they had."},
		access.Remove:     {"It takes effect at once, and everybody is told by e-mail.", "If a role is needed again, you will have to assign it anew."},
		access.Join:       {"It takes effect at once. Roles and other groups don’t change."},
	},
	Button: map[access.Action]func(int) string{
		access.Suspend:    func(n int) string { return "Suspend " + englishPeople(n) },
		access.Reactivate: func(n int) string { return "Re-enable " + englishPeople(n) },
		access.Remove:     func(n int) string { return "Remove " + englishPeople(n) },
		access.Join:       func(n int) string { return "Assign group to " + englishPeople(n) },
	},
	Done: map[access.Action]func(int) string{
		access.Suspend:    func(n int) string { return englishDone(n, "suspended") },
		access.Reactivate: func(n int) string { return englishDone(n, "re-enabled") },
		access.Remove:     func(n int) string { return englishDone(n, "removed") },
		access.Join:       func(n int) string { return englishDone(n, "added to the group") },
	},
	NotDone:   func(n int) string { return fmt.Sprintf(", %d not", n) },
	NotFor:    "Nothing changes for",
	Did:       "Done",
	DidNot:    "Not done",
	Them:      "the same people",
	ToList:    "Back to the list",
	Missing:   "What you asked to change isn’t there any more.",
	Leaves:    "Will no longer be a user of the institution: groups and institutional e-mail are deleted.",
	LastPower: "No active role is left in this institution: they can’t get in any more, and what they have open is closed.",
	Temporary: "If it is for a time only, suspend instead: roles and groups stay.",
	InNoGroup: "In no group.",
	As:        func(roles string) string { return "Roles: " + roles + "." },
	InGroups:  func(groups string) string { return "In: " + groups + "." },
	LosesGroups: func(groups string) string {
		return "Loses the groups too: " + groups + "."
	},
	Outcome: func(product string) string { return "Outcome " + englishOn(product) },
	Legend:  func(product string) string { return "Active groups of " + product },
	NoRole:  func(product string) string { return "No role " + englishOn(product) + "." },
	Members: func(n int) string {
		return which(n, "1 person is in it already", fmt.Sprintf("%d people are in it already", n))
	},
	Gone: func(n int) string {
		return englishPeople(n) + " you chose " + which(n, "is no longer a user", "are no longer users") + " of the institution."
	},
	Left: func(n int) string {
		return englishPeople(n) + " " + which(n, "is no longer a user", "are no longer users") + " of the institution."
	},
	NobodyChosen: Notice{"You haven’t chosen anybody", "Go back to the list, select the people and press the button again."},
	TooMany:      Notice{"You have chosen too many people", fmt.Sprintf("You can choose up to %d at a time. Go back to the list and choose fewer.", access.MaxBulk)},
	WhyNot: map[access.Reason]sentence{
		access.SelfAction:   func(About) string { return "This is you: you can’t change your own roles." },
		access.NotActive:    func(a About) string { return "All they have " + englishOn(a.Product) + " is suspended already." },
		access.NotSuspended: func(a About) string { return "All they have " + englishOn(a.Product) + " is active already." },
		access.NotHeld:      func(a About) string { return "They have no role " + englishOn(a.Product) + "." },
		access.NoRoleThere: func(a About) string {
			return "They have no role " + englishOn(a.Product) + ", and without one nobody is in a group."
		},
		access.AlreadyMember: func(a About) string { return "Already in all active groups " + englishOf(a.Product) + "." },
		access.NoGroup:       func(a About) string { return "There are no active groups " + englishOf(a.Product) + "." },
		access.NotAdministrator: func(a About) string {
			return "You don’t administer this product: the Administrators " + englishOf(a.Product) + " manage it."
		},
	},
}

// englishDone is "Nobody suspended", "1 person suspended", "6 people suspended".
func englishDone(n int, done string) string {
	if n == 0 {
		return "Nobody " + done
	}
	return englishPeople(n) + " " + done
}

var englishCessation = CessationWords{
	Verb: "Termination",
	Of:   func(a About) string { return "of " + englishSomeone(a) },
	Ask: func(a About) string {
		return "Revoke the roles of " + englishSomeone(a) + " on all products that you administer?"
	},
	Goes: "What is revoked, from now on", Stays: "What stays",
	On:     func(product, roles string) string { return product + ": " + roles },
	Groups: func(product, groups string) string { return "The groups of " + product + ": " + groups },
	Kept: func(product, roles string, n int) string {
		return fmt.Sprintf("%s of %s: the Administrators of %s manage %s", roles, product, product, which(n, "it", "them"))
	},
	StillUser: "They are still a user of the institution.",
	Afresh:    "If they are needed again, you will have to add all data anew.",
	Button:    "Revoke the roles",
	Done:      "Termination carried out",
	Said: func(a About) string {
		if a.Gone {
			return "Roles revoked: " + englishSomeone(a) + " is no longer a user of the institution."
		}
		return "Roles revoked: below you see what stays with " + englishSomeone(a) + "."
	},
}
