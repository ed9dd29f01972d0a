package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// englishRole is the end of a link's name: "API Operator of Oto Neri".
func englishRole(a About) string { return a.Role + " of " + a.Person }

var englishActions = map[access.Action]ActionWords{
	access.Add: {
		Verb: "Add a user",
		Of:   englishSomeone,
		Done: "User added",
		Said: func(a About) string {
			return fmt.Sprintf("%s can work on %s as %s: they sign in with SPID or CIE.", englishSomebody(a.Person), a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Add %s?", englishSomeone(a)) },
	},
	access.Edit: {
		Verb: "Edit",
		Of:   func(a About) string { return "the data of " + englishSomeone(a) },
		Done: "Data changed",
		Said: func(a About) string { return fmt.Sprintf("The data of %s are up to date.", englishSomeone(a)) },
		Ask:  func(a About) string { return fmt.Sprintf("Edit the data of %s?", englishSomeone(a)) },
	},
	access.Assign: {
		Verb: "Assign role",
		Of:   func(a About) string { return "to " + englishSomeone(a) },
		Done: "Role assigned",
		Said: func(a About) string {
			return fmt.Sprintf("%s can work on %s as %s.", englishSomebody(a.Person), a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Assign %s to %s?", a.Role, englishSomeone(a)) },
	},
	access.Suspend: {
		Verb: "Suspend",
		Of:   englishRole,
		Done: "Role suspended",
		Said: func(a About) string {
			return fmt.Sprintf("%s can no longer work on %s as %s.", a.Person, a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Suspend %s as %s on %s?", a.Person, a.Role, a.Product) },
	},
	access.Reactivate: {
		Verb: "Re-enable",
		Of:   englishRole,
		Done: "Role re-enabled",
		Said: func(a About) string {
			return fmt.Sprintf("%s can work on %s as %s again.", a.Person, a.Product, a.Role)
		},
		Ask: func(a About) string { return fmt.Sprintf("Re-enable %s as %s on %s?", a.Person, a.Role, a.Product) },
	},
	access.Remove: {
		Verb: "Revoke",
		Of:   englishRole,
		Done: "Role revoked",
		Said: func(a About) string {
			if a.Gone {
				return fmt.Sprintf("It was their last role: %s is no longer a user of the institution.", englishSomeone(a))
			}
			return fmt.Sprintf("%s is no longer %s on %s.", englishSomebody(a.Person), a.Role, a.Product)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Revoke the role %s of %s on %s?", a.Role, a.Person, a.Product)
		},
	},
	access.Join: {
		Verb: "Assign group",
		Of:   func(a About) string { return fmt.Sprintf("of %s to %s", a.Product, englishSomeone(a)) },
		Done: "Group assigned",
		Said: func(a About) string {
			return fmt.Sprintf("%s is in the group “%s” of %s.", englishSomebody(a.Person), a.Group, a.Product)
		},
		Ask: func(a About) string { return fmt.Sprintf("Assign a group to %s?", englishSomeone(a)) },
	},
	access.EnterUsers: plainAction("Open the users", "Section opened", "Open the Users section?"),
	access.View:       plainAction("Open the profile", "Profile opened", "Open the profile?"),
	access.Load:       plainAction("Load", "Data loaded", "Load the data?"),
	access.Verify:     plainAction("Verify", "First and last name verified", "Verify first and last name?"),
}
