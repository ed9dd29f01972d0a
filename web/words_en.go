package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// english is read only. The words of the manual's English are kept to the letter (rules.md, section 5).
var english = Words{
	Service: "Area Riservata", ErrorPrefix: "Error: ", Skip: "Skip to content", Demo: "Demonstration: all data are invented",
	Manual: "Manual", Assistance: "Help", SignOut: "Sign out", Signed: "Signed in as",
	Switch: "Change institution", SwitchTo: "Go to another institution", Navigation: "Sections of the institution", Trail: "Breadcrumb",
	Overview: "Overview", Users: "Users", Me: "Your profile",
	Footer: "About this service", Languages: "Language", Accessibility: "Accessibility", Privacy: "Privacy",
	You: "(you)", Copy: "Copy", Copied: "Fiscal Code copied", Cancel: "Cancel", Retry: "Try again", Back: "Go back", Start: "Go to the start page",
	Reference:    "Number to quote when you ask for help:",
	SuspendedTag: "Suspended",
	Statuses:     map[access.Status]string{access.Active: "Active", access.Suspended: "Suspended"},
	Categories:   map[access.Category]string{access.Administrator: "Administrator", access.Operator: "Operator"},
	Actions:      englishActions,
	Reasons:      englishReasons,
	Errors:       englishErrors,
	SignInFaults: englishSignInFaults,
	Login: LoginWords{
		Title:  "Sign in to the Area Riservata",
		Lead:   "Manage who works on PagoPA products for your institution.",
		Button: "Sign in with SPID or CIE",
		Help:   "You need a personal digital identity of level 2. If you can’t get in, ask an Administrator of your institution whether your role is active.",
		Why: map[SignInReason]Notice{
			LostPowers:  {"You are out of the Area Riservata", "Your roles were suspended or revoked meanwhile, and your session was closed. Ask an Administrator of your institution."},
			Expired:     {"Your session has expired", "It was too long since you last opened a page. Sign in again: you come back to where you were."},
			AfterLogout: {"You have signed out", "The session is closed. If you share this computer, close the browser too."},
		},
	},
	NoPowers: NoPowersWords{
		Title:          "You have no access to any institution",
		Unknown:        "No institution has registered your Fiscal Code, or your roles were revoked.",
		Suspended:      "Your roles are suspended",
		SuspendedIntro: "You can’t get in until they are re-enabled. They are suspended on:",
		WayOut:         "Ask an Administrator of your institution to add you or to re-enable you. Then sign in again.",
		SignOut:        "Sign out of the Area Riservata",
		At:             func(product, institution string) string { return product + ", " + institution },
	},
	SignedOut: SignedOutWords{
		Title: "You have signed out", Text: "Your session in the Area Riservata is closed. If you share this computer, close the browser too.",
		Provider: "Sign out of the identity service too", Again: "Sign in again",
	},
	Home: HomeWords{
		Lead: "The products you work on for this institution.", Cards: "Your products",
		ToUsers: "Users", ToUsersText: "Find a colleague, look at their roles, suspend or re-enable who works on the products you administer.",
		ToMe: "Your profile", ToMeText: "Your data, your roles and your groups.",
		Choose: "Select your institution", ChooseLead: "You work for more than one institution. You can change it at any time from the top of the page.",
	},
	List:              englishList,
	Profile:           englishProfile,
	Confirm:           englishConfirm,
	Activity:          englishActivity,
	Form:              englishForm,
	Groups:            englishGroups,
	Several:           englishSeveral,
	Cessation:         englishCessation,
	Files:             englishFiles,
	And:               " and ",
	Gone:              "User removed from the institution",
	SeveralAssigned:   "Roles assigned",
	AccessibilityPage: englishAccessibility,
	PrivacyPage:       englishPrivacy,
}

var englishList = ListWords{
	Lead:       "Who works for your institution, product by product.",
	LeadSingle: "Who works for your institution on this product.",
	Tabs:       "Lists by product", All: "All",
	Filter: "Filter users", FilterSummary: "Search and filter", SearchHint: "Name, e-mail or Fiscal Code",
	Category: "Category", Role: "Role", State: "State",
	AnyCategory: "All", AnyRole: "All", AnyState: "All",
	Apply: "Filter", Clear: "Remove filters", Applied: "Filters applied", RemoveFilter: "Remove the filter",
	Name: "Last name and first name", Email: "E-mail", Roles: "Role",
	SortUp: "sort from A to Z", SortDown: "sort from Z to A",
	Previous: "Previous", Next: "Next", Pages: "Pages of the list",
	NobodyYet:         "Nobody works on this product yet.",
	NobodyHere:        "There is nobody to show on this page: the list goes on in the others.",
	NobodyMatches:     "No users found",
	NobodyMatchesText: "Nobody matches what you are looking for. Try part of the last name, or remove the filters.",
	Unknown:           "Fiscal Code not found",
	UnknownText:       "No user of your institution has this Fiscal Code. Check that you typed it right: it has 16 characters.",
	UnknownAll:        "Show all users",
	FilterCount: func(n int) string {
		if n == 1 {
			return "1 filter applied"
		}
		return fmt.Sprintf("%d filters applied", n)
	},
	Count: func(n int) string {
		if n == 1 {
			return "1 user"
		}
		return englishNumber(n) + " users"
	},
	Over:   "more than 1,000 users",
	Number: func(n int) string { return "(" + englishNumber(n) + ")" },
	Select: func(person string) string { return "Select " + person }, SelectAll: "Select all users of the page",
	SelectedNone: "Selected users:", SelectedOne: "1 selected", SelectedMany: "# selected",
	MoreRoles: func(n int) string { return fmt.Sprintf("%d more roles", n) },
	More:      func(product string) string { return "Show all users of " + product },
	Caption:   func(product string) string { return "Users of " + product },
	Actions:   "Actions",
	ActionsOn: func(person string) string { return "for " + person },
	Live:      "The list changes as you type; a fiscal code is looked up with the button.",
	ManagedBy: func(product string) string { return "Managed by the Administrators of " + product },
	PartlySuspended: func(suspended, all int) string {
		return fmt.Sprintf("%d of %d roles suspended", suspended, all)
	},
}
