package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var englishProfile = ProfileWords{
	Data: "Data", Roles: "Roles", Groups: "Groups",
	FirstName: "First Name", LastName: "Last Name", FiscalCode: "Fiscal Code", Email: "Institutional e-mail",
	Verified: "First and last name verified by SPID or CIE", NotVerified: "First and last name not verified by SPID or CIE yet",
	CopyFiscalCode: "Copy the Fiscal Code", SuspendedGroup: "suspended",
	NoRoles: func(a About) string {
		if a.Oneself {
			return "You have no role in this institution."
		}
		return a.Person + " has no role in this institution."
	},
	Another:   "Assign another role",
	AnotherOf: func(a About) string { return englishOn(a.Product) + " to " + englishSomeone(a) },
	NoOther: map[access.Reason]sentence{
		access.AllSuspendedThere: func(a About) string {
			return "To assign another role on " + a.Product + ", re-enable one first."
		},
		access.PhasingOut: func(a About) string {
			return a.Product + " is being phased out: no more roles are assigned."
		},
		access.NotCombinable: func(a About) string {
			return "The other roles of " + a.Product + " can’t be held together with the present ones."
		},
		access.NeedsSignature: func(a About) string {
			return "The other roles of " + a.Product + " need the signature of the legal representative."
		},
		access.OtherCategory: func(a About) string {
			return "There are no other roles to add on " + a.Product + ": Administrator and Operator don’t go together."
		},
	},
	NoEdit: map[access.Reason]string{
		access.NoSharedProduct: "These data can be changed by who administers one of their products.",
		access.AllSuspended:    "All roles are suspended: to change these data, re-enable one first.",
	},
	AllGroups: func(a About) string {
		if a.Oneself {
			return "You are already in all active groups " + englishOf(a.Product) + "."
		}
		return "Already in all active groups " + englishOf(a.Product) + "."
	},
}

var englishConfirm = ConfirmWords{
	Follows: "What will happen",
	Buttons: map[access.Action]string{access.Suspend: "Suspend", access.Reactivate: "Re-enable", access.Remove: "Confirm"},
	Consequences: map[access.Action][]sentence{
		access.Suspend: {
			func(a About) string {
				return fmt.Sprintf("They can no longer work on %s as %s, from now on.", a.Product, a.Role)
			},
			func(About) string {
				return "They keep the role and the groups: you can re-enable the role at any time."
			},
		},
		access.Reactivate: {
			func(a About) string {
				return fmt.Sprintf("They can work on %s as %s again, from now on.", a.Product, a.Role)
			},
			func(About) string { return "They are back in the groups they had." },
		},
	},
	RemoveOne: []sentence{
		func(a About) string {
			return fmt.Sprintf("They can no longer work on %s as %s, from now on.", a.Product, a.Role)
		},
		func(a About) string { return "They keep their other roles and their groups on " + a.Product + "." },
	},
	RemoveLastOnProduct: []sentence{
		func(a About) string { return "They can no longer work on " + a.Product + ", from now on." },
		func(a About) string {
			return fmt.Sprintf("It is their last role on %s: they lose the groups of %s too.", a.Product, a.Product)
		},
	},
	RemoveLastAtAll: []sentence{
		func(a About) string {
			return fmt.Sprintf("It is their last role: %s will no longer be a user of the institution, from now on.", englishSomeone(a))
		},
		func(About) string { return "Their groups and their institutional e-mail are deleted." },
		func(About) string { return "If they are needed again, you will have to add all their data anew." },
	},
	Temporary: "If they are away for a time only, suspend: role and groups stay.",
	LastPower: func(About) string {
		return "It is their last active role in this institution: they can no longer get in, and what they have open is closed."
	},
}
