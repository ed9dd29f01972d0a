package web

import "areariservata.example/utenti/internal/access"

// englishOf is "of SEND", or "of this product" where the product isn't known.
func englishOf(product string) string {
	if product == "" {
		return "of this product"
	}
	return "of " + product
}

// englishOn is "on SEND", or "on this product" where the product isn't known.
func englishOn(product string) string {
	if product == "" {
		return "on this product"
	}
	return "on " + product
}

// englishSomebody is the person's name, or words for one who isn't known.
func englishSomebody(person string) string {
	if person == "" {
		return "This person"
	}
	return person
}

// englishSomeone is the person's name inside a sentence.
func englishSomeone(a About) string {
	if a.Person == "" {
		return "this person"
	}
	return a.Person
}

// englishReasons: hidden reasons answer as what doesn't exist, all in the same words (rule V9).
var englishReasons = map[access.Reason]ReasonWords{
	access.NoPowers:   englishHidden,
	access.NotVisible: englishHidden,
	access.NoSuchRole: englishHidden,
	access.NoGroup:    englishHidden,
	access.NoRule: {
		Title: "This can’t be done from here",
		Why: func(About) string {
			return "The Area Riservata doesn’t provide for this. To know more, write to the help desk."
		},
	},
	access.NotAnyAdministrator: {
		Title: "The Users section is for Administrators",
		Why: func(About) string {
			return "To open it you need an active role of Administrator on at least one product of the institution. Your own profile is always there for you."
		},
	},
	access.SelfAction: {
		Title: "You can’t change your own roles",
		Why:   func(a About) string { return "Ask another Administrator " + englishOf(a.Product) + "." },
		Card: func(a About) string {
			if a.Another {
				return "You can’t change your own roles: ask another Administrator " + englishOf(a.Product) + "."
			}
			return "You can’t change your own roles: ask an Administrator " + englishOf(a.Product) + "."
		},
	},
	access.NotAdministrator: {
		Title: "You don’t administer this product",
		Why: func(a About) string {
			return "Only the Administrators " + englishOf(a.Product) + " can do this. Ask one of them."
		},
		Card: func(a About) string { return "Managed by the Administrators " + englishOf(a.Product) },
	},
	access.NoSharedProduct: {
		Title: "You administer none of their products",
		Why: func(a About) string {
			return "The data of " + englishSomeone(a) + " can be changed by who administers a product on which they have a role."
		},
	},
	access.NeedsSignature: {
		Title: "The signature of the legal representative is needed",
		Why: func(About) string {
			return "This role is assigned by a document that the institution’s legal representative signs, and not from here. To know more, write to the help desk."
		},
		Card: func(About) string { return "Needs the signature of the legal representative" },
	},
	access.NotAssignable: {
		Title: "This role is not assigned from here",
		Why: func(About) string {
			return "This role is not assigned from the Users section. To know more, write to the help desk."
		},
	},
	access.PhasingOut: {
		Title: "The product is being phased out",
		Why: func(a About) string {
			return "No more roles are assigned. Who already has one " + englishOn(a.Product) + " keeps it."
		},
		Card: func(About) string { return "Product being phased out: no more roles are assigned" },
	},
	access.AlreadyUser: {
		Title: "This person is already a user",
		Why: func(About) string {
			return "Nothing was changed. Open their profile: you can assign them a role there."
		},
	},
	access.AlreadyHeld: {
		Title: "The role is already there",
		Why: func(a About) string {
			return "Meanwhile " + englishSomeone(a) + " was given this role. Nothing else has changed: below you see how things stand now."
		},
		Card: func(About) string { return "Already assigned" },
	},
	access.OtherCategory: {
		Title: "Administrator and Operator don’t go together",
		Why: func(a About) string {
			return englishSomebody(a.Person) + " already has a role of the other category " + englishOn(a.Product) + ". Revoke that one first."
		},
		Card: func(About) string { return "Nobody can be Administrator and Operator at the same time" },
	},
	access.AllSuspendedThere: {
		Title: "The roles on this product are suspended",
		Why: func(a About) string {
			return "First re-enable a role of " + englishSomeone(a) + " " + englishOn(a.Product) + ", then assign another one."
		},
		Card: func(About) string { return "First re-enable a role on this product" },
	},
	access.NotCombinable: {
		Title: "The roles don’t go together",
		Why: func(a About) string {
			return "This role can’t be held together with those that " + englishSomeone(a) + " already has " + englishOn(a.Product) + "."
		},
		Card: func(About) string { return "Doesn’t go together with a role already assigned" },
	},
	access.AllSuspended: {
		Title: "All roles are suspended",
		Why: func(a About) string {
			return "To change the data of " + englishSomeone(a) + ", first re-enable at least one role."
		},
	},
	access.NamesVerified: {
		Title: "First and last name are verified",
		Why: func(About) string {
			return "SPID or CIE has confirmed them, and they can no longer be changed. The rest was not saved either: try again with the fields that are left."
		},
	},
	access.NoRoleThere: {
		Title: "A role on the product is needed",
		Why: func(a About) string {
			return "Meanwhile " + englishSomeone(a) + " has lost their roles " + englishOn(a.Product) + ": nobody can be in a group without a role."
		},
	},
	access.AlreadyMember: {
		Title: "Already in the group",
		Why: func(a About) string {
			return englishSomebody(a.Person) + " is already in this group. Nothing has changed."
		},
	},
	access.GroupSuspended: {
		Title: "The group is suspended",
		Why:   func(About) string { return "Nobody is assigned to suspended groups. Choose another, or re-enable it." },
	},
	access.NotMember: {
		Title: "Not in the group",
		Why: func(a About) string {
			return englishSomebody(a.Person) + " is not in this group: somebody may have seen to it already. Nothing has changed."
		},
	},
	access.GroupNotActive: {
		Title: "The group is suspended already",
		Why:   func(About) string { return "Somebody suspended it before you. Nothing has changed." },
	},
	access.GroupActive: {
		Title: "The group is active already",
		Why:   func(About) string { return "Somebody re-enabled it before you. Nothing has changed." },
	},
	access.GroupNameTaken: {
		Title: "There is a group with this name",
		Why:   func(About) string { return "Another group of this product is called so. Choose another name." },
	},
	access.Edited: {
		Title: "Somebody changed the data before you",
		Why: func(About) string {
			return "Your changes were not saved. Look at how it is now, then save again if it is still needed."
		},
	},
	access.NotHeld: {
		Title: "The role is no longer there",
		Why: func(a About) string {
			return "Meanwhile " + englishSomeone(a) + " has lost this role. Nothing else has changed: below you see how things stand now."
		},
	},
	access.NotActive: {
		Title: "The role was already suspended",
		Why: func(About) string {
			return "Somebody suspended it before you. Nothing else has changed: below you see how things stand now."
		},
	},
	access.NotSuspended: {
		Title: "The role was already active",
		Why: func(About) string {
			return "Somebody re-enabled it before you. Nothing else has changed: below you see how things stand now."
		},
	},
	access.LastAdministrator: {
		Title: "The only active Administrator",
		Why: func(a About) string {
			return englishSomebody(a.Person) + " is the only active Administrator " + englishOf(a.Product) +
				". Another one is needed first: assign the role to a colleague, or re-enable a suspended one."
		},
	},
	access.FormUsed: {
		Title: "This confirmation has been used",
		Why: func(About) string {
			return "The same confirmation page has already made another change, and this one was not made. If it is still needed, start again from the beginning."
		},
	},
}

// englishHidden tells nothing: neither that there is something, nor that it is kept from who asks.
var englishHidden = ReasonWords{
	Title: englishErrors[404].Title,
	Why:   func(About) string { return englishErrors[404].Text },
}

var englishErrors = map[int]Notice{
	400: {"Request not valid", "The address or the data you sent are not complete. Go back and try again."},
	403: {"You don’t have permission", "Your role doesn’t allow this. Ask an Administrator of your institution."},
	404: {"Page not found", "The address is wrong, or what you are looking for is no longer there. Check it, or start from the first page."},
	405: {"Request not valid", "This page can’t be opened in this way. Start from the first page."},
	409: {"This can’t be done now", "Things have changed meanwhile. Open the page again to see how it is now."},
	413: {"You sent too much data", "The request is too large and was not read. Shorten what you wrote and try again."},
	422: {"Something is not written right", "Go back, check what you wrote and try again."},
	429: {"Too many requests", "You sent too many requests in a short time. Wait a minute and try again."},
	500: {"Something went wrong", "The fault is ours and nothing that was already saved is lost. Try again in a while; if it happens again, write to the help desk."},
	503: {"Service not available", "We can’t answer for a few minutes. Try again in a while."},
}

// englishSignInFaults: the numbers are those of SPID's refusals.
var englishSignInFaults = map[string]Notice{
	"19":          {"Too many attempts", "The credentials were wrong too many times. Wait a few minutes, check user name and password and try again."},
	"20":          {"Your SPID doesn’t have the level that is needed", "An identity of level 2 or higher is needed. Ask your identity provider to activate it, then sign in again."},
	"21":          {"Time is up", "The sign-in stood half-way for too long. Try again and complete it without a pause."},
	"22":          {"You didn’t give your consent", "Without first name, last name and Fiscal Code we can’t recognise you. Try again and agree to sending the data."},
	"23":          {"Your digital identity is suspended or revoked", "You can’t get in with this identity. Ask your identity provider how to reactivate it."},
	"25":          {"You cancelled the sign-in", "Nothing has happened. Try again whenever you like."},
	"30":          {"This identity doesn’t fit", "A personal digital identity is needed: those for professional use or of a company don’t count here. Try again with your own."},
	"expired":     {"The sign-in has expired", "The request to sign in was old, or used already in another window. Start again."},
	"unavailable": {"The identity service doesn’t answer", "It isn’t possible to sign in with SPID or CIE now. Try again in a few minutes."},
	"level":       {"The security level is too low", "A sign-in of level 2 or higher is needed. Try again and choose one with two steps, for instance with the app or a code."},
	"identity":    {"We didn’t receive your Fiscal Code", "An identity with an Italian Fiscal Code is needed. Try again with another identity, or ask your provider."},
	"generic":     {"You could not be signed in", "Something went wrong during the sign-in. Try again; if it happens again, write to the help desk."},
}
