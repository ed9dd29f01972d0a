package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var englishGroups = GroupsWords{
	Title: "Groups", Lead: "Who works together, product by product.", Tabs: "Groups by product", Data: "The group",
	Group: "Group", Members: "Who is in it", Name: "Name of the group", NameHint: "For example the office’s. All users who are in it see it.",
	None: "There are no groups yet.", NoneYet: "Create the first one: then choose who is in it.",
	Empty: "Nobody is in this group yet.", EmptyYet: "Add the first people.",
	Closed:    "The group is suspended: those who are in it stay, but nobody can be added. To add people, re-enable it first.",
	AddPeople: "Add people", AddToGroup: "Add to the group", TakeOut: "Remove",
	Search: "Search the product’s users", Find: "Search", ShowAll: "Show all people who can be added",
	NoMatch: "Nobody to add", AllInText: "To add other people to the group, first assign them a role on the product in the Users section.",
	ThisPage: "The people chosen on this page are added.",
	Nobody:   "Somebody who is no longer a user of the institution.",
	Instead:  "If the group will be needed again, suspend it: those who are in it stay.",
	Count:    func(n int) string { return englishCount(n, "group", "groups") },
	People: func(n int) string {
		switch {
		case n == 0:
			return "nobody"
		case n > access.MaxTotal:
			return "more than " + englishNumber(access.MaxTotal) + " people"
		default:
			return englishPeople(n)
		}
	},
	Added: func(n int) string {
		switch n {
		case 0:
			return "Nobody was added"
		case 1:
			return "1 person added"
		default:
			return fmt.Sprintf("%d people added", n)
		}
	},
	NotAdded: func(n int) string {
		if n == 1 {
			return "One person was not added:"
		}
		return fmt.Sprintf("%d people were not added:", n)
	},
	Ends: func(n int, over bool) string {
		switch {
		case over:
			return "More than " + englishNumber(n) + " people are no longer in it, from now on."
		case n == 0:
			return "Nobody is in it: nothing changes for anybody."
		case n == 1:
			return "1 person is no longer in it, from now on."
		default:
			return englishNumber(n) + " people are no longer in it, from now on."
		}
	},
	Caption:   func(product string) string { return "Groups of " + product },
	MembersOf: func(group string) string { return "Who is in the group “" + group + "”" },
	BackTo:    func(group string) string { return "Back to the group “" + group + "”" },
	TakeOutOf: func(person string) string { return person + " from the group" },
	NewTitle:  func(a About) string { return "Create a group " + englishOf(a.Product) },
	AddTitle:  func(a About) string { return "Add people to the group “" + a.Group + "”" },
	AddLead: func(a About) string {
		return "Whoever has a role " + englishOn(a.Product) + " can be in it, even a suspended one."
	},
	AddLegend: func(a About) string { return "Users " + englishOf(a.Product) + " who are not in it" },
	AllIn:     func(a About) string { return "All users " + englishOf(a.Product) + " are in the group already" },
	NoMatchText: func(a About) string {
		return "Whoever you look for has no role " + englishOn(a.Product) + ", or is in the group already. Try a part of the last name."
	},
	Consequences: map[access.Action][]sentence{
		access.SuspendGroup: {
			func(About) string { return "Nobody can join the group any more, from now on." },
			func(About) string {
				return "Those who are in it stay, and keep their roles: you can re-enable the group whenever you want."
			},
		},
		access.ReactivateGroup: {
			func(About) string { return "The group can be joined again, from now on." },
			func(About) string { return "Those who are in it stay." },
		},
		access.DeleteGroup: {
			func(a About) string { return "Nobody loses their roles " + englishOn(a.Product) + "." },
			func(About) string { return "The group can’t be brought back: you would have to create it again." },
		},
		access.Leave: {
			func(a About) string {
				return fmt.Sprintf("%s is no longer in the group “%s”, from now on.", englishSomebody(a.Person), a.Group)
			},
			func(a About) string { return "Their roles " + englishOn(a.Product) + " stay as they are." },
		},
	},
}
