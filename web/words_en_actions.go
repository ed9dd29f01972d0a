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
	access.Leave: {
		Verb: "Remove from the group",
		Of:   englishSomeone,
		Done: "Removed from the group",
		Said: func(a About) string {
			return fmt.Sprintf("%s is no longer in the group “%s” of %s.", englishSomebody(a.Person), a.Group, a.Product)
		},
		Ask: func(a About) string {
			return fmt.Sprintf("Remove %s from the group “%s”?", englishSomeone(a), a.Group)
		},
	},
	access.CreateGroup: {
		Verb: "Create group",
		Of:   func(a About) string { return "of " + a.Product },
		Done: "Group created",
		Said: func(a About) string {
			return fmt.Sprintf("The group “%s” of %s is ready: add the people who belong to it.", a.Group, a.Product)
		},
		Ask: func(a About) string { return fmt.Sprintf("Create a group of %s?", a.Product) },
	},
	access.RenameGroup: {
		Verb: "Rename",
		Of:   englishGroup,
		Done: "Group renamed",
		Said: func(a About) string { return fmt.Sprintf("The group is called “%s”.", a.Group) },
		Ask:  func(a About) string { return fmt.Sprintf("What should the group “%s” be called?", a.Group) },
	},
	access.SuspendGroup: {
		Verb: "Suspend",
		Of:   englishGroup,
		Done: "Group suspended",
		Said: func(a About) string {
			return fmt.Sprintf("Nobody can join the group “%s” any more; those who are in it stay.", a.Group)
		},
		Ask: func(a About) string { return fmt.Sprintf("Suspend the group “%s” of %s?", a.Group, a.Product) },
	},
	access.ReactivateGroup: {
		Verb: "Re-enable",
		Of:   englishGroup,
		Done: "Group re-enabled",
		Said: func(a About) string { return fmt.Sprintf("The group “%s” can be joined again.", a.Group) },
		Ask:  func(a About) string { return fmt.Sprintf("Re-enable the group “%s” of %s?", a.Group, a.Product) },
	},
	access.DeleteGroup: {
		Verb: "Delete",
		Of:   englishGroup,
		Done: "Group deleted",
		Said: func(a About) string {
			if a.Group == "" {
				return "The group is gone. The roles of those who were in it have stayed."
			}
			return fmt.Sprintf("The group “%s” is gone. The roles of those who were in it have stayed.", a.Group)
		},
		Ask: func(a About) string { return fmt.Sprintf("Delete the group “%s” of %s?", a.Group, a.Product) },
	},
	access.Export:     plainAction("Export", "List exported", "Export the list?"),
	access.EnterUsers: plainAction("Open the users", "Section opened", "Open the Users section?"),
	access.View:       plainAction("Open the profile", "Profile opened", "Open the profile?"),
	access.Load:       plainAction("Load", "Data loaded", "Load the data?"),
	access.Verify:     plainAction("Verify", "First and last name verified", "Verify first and last name?"),
}

// englishGroup names a group: "the group “Development” of SEND".
func englishGroup(a About) string { return fmt.Sprintf("the group “%s” of %s", a.Group, a.Product) }
