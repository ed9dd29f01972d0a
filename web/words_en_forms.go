package web

import (
	"fmt"
	"strings"

	"areariservata.example/utenti/internal/access"
)

var englishForm = FormWords{
	Problem: "There is a problem", Continue: "Continue", Add: "Add", Assign: "Assign", Save: "Save", Change: "Change",
	AddLead: "Everything here is needed. You can check it before the person is added.",
	Person:  "The person’s data", Product: "Product", Role: "Role", ProductAndRole: "Product and role",
	FiscalCodeHint: "16 characters, as on the Italian health card.",
	EmailHint:      "The work address, not certified mail (PEC): notices about roles are sent there.",
	NamesQuestion:  "First and last name don’t fit the Fiscal Code",
	NamesText:      "This can happen, for instance with foreign names or after a change of last name. Read all three fields again: if they are right, confirm.",
	NamesConfirm:   "I confirm that first name, last name and Fiscal Code are right",
	Existing:       "This person is already a user of the institution",
	ExistingText:   "Nothing has changed. To assign them a role, start from their profile.",
	ToExisting:     "Open the profile",
	Check:          "Check and confirm",
	CheckLead:      "Nobody has been added yet. Read the e-mail address again with particular care.",
	Several:        "You can choose more than one role.",
	One:            "Choose one role.",
	NoneToGive:     "You can’t assign roles here at present",
	ConflictTitle:  "Somebody changed the data before you",
	ConflictText:   "Your changes were not saved. Compare them with the data of now, correct them if needed and save again.",
	Now:            "Now:", Typed: "You typed:",
	FixedCode: "The Fiscal Code can’t be changed.",
	RolesOn:   func(product string) string { return "Role on " + product },
	Together: func(groups []string) string {
		return "Only these can be chosen together: " + strings.Join(groups, "; or ") + ". Each of the others is assigned alone."
	},
	Others: func(n int) string {
		if n == 1 {
			return "one other"
		}
		return fmt.Sprintf("%d others", n)
	},
	AssignTitle: func(a About) string { return "Assign a role to " + englishSomeone(a) },
	AssignLead: func(a About) string {
		return "Here are the products that you administer, and on which " + englishSomeone(a) + " has no role yet."
	},
	AnotherTitle: func(a About) string { return "Assign another role to " + englishSomeone(a) },
	AnotherLead:  func(a About) string { return "It is added to those they already have " + englishOn(a.Product) + "." },
	EditTitle:    func(a About) string { return "Edit the data of " + englishSomeone(a) },
	JoinTitle:    func(a About) string { return "Assign a group to " + englishSomeone(a) },
	JoinLegend:   func(a About) string { return "Active groups " + englishOf(a.Product) + " that they are not in yet" },
	FixedNames: map[access.Reason]string{
		access.NamesVerified: "First and last name are verified by SPID or CIE and can’t be changed.",
		access.SelfAction:    "Your first and last name are verified when you sign in with SPID or CIE: you can’t change them yourself.",
	},
	Faults:  englishFaults,
	Missing: englishMissing,
}

// englishFaults say what is wrong, and how to mend it.
var englishFaults = map[access.FieldError]string{
	access.Missing:             "An answer is missing",
	access.FiscalCodeShape:     "The Fiscal Code has 16 characters, letters and digits: check it on the health card",
	access.FiscalCodeTemporary: "The Fiscal Code of 16 characters is needed: one of 11 digits is provisional, or an organisation’s",
	access.FiscalCodeDate:      "The Fiscal Code holds a date of birth that doesn’t exist: check month and day",
	access.FiscalCodeCheck:     "One character of the Fiscal Code is wrong: check it on the health card",
	access.NameShape:           "Use only letters, spaces, apostrophes, full stops and hyphens in names",
	access.NameTooLong:         "The name is too long: write it as on the documents, with nothing added",
	access.NamesDiffer:         "First and last name don’t fit the Fiscal Code: correct them, or confirm that they are right",
	access.EmailShape:          "The e-mail address is not written right: it must be like name@institution.it",
	access.EmailTooLong:        "The e-mail address is too long: it can have at most 254 characters",
	access.EmailCertified:      "This is a certified mail (PEC) address: an ordinary mailbox is needed",
	access.NoSuchProduct:       "Choose one of the products that you administer",
	access.RolesNotCombinable:  "The chosen roles don’t go together: keep one, or only those that can be combined",
	access.RoleNotAssignable:   "This role can’t be assigned at present: choose another",
	access.TitleShape:          "The group’s name needs at least a letter or a digit, and no invisible characters",
	access.TitleHasFiscalCode:  "Leave fiscal codes out of the group’s name: everybody would read them",
	access.TitleTooLong:        "The group’s name is too long: it can have 100 characters at most",
	access.TitleTaken:          "Another group of this product has this name: choose a different one",
	access.GroupNotJoinable:    "This group is no longer there, or it was suspended: choose another",
	access.RoleNotRecognized:   "No role of this product is called so, or more than one is: copy the words from the table of roles",
	access.ConflictingData:     "A row above has another name or e-mail for the same fiscal code: correct the one that is wrong",
}

var englishMissing = map[access.Field]string{
	access.FieldFiscalCode: "Enter the Fiscal Code",
	access.FieldFirstName:  "Enter the First Name",
	access.FieldLastName:   "Enter the Last Name",
	access.FieldEmail:      "Enter the Institutional e-mail",
	access.FieldProduct:    "Choose a product",
	access.FieldRole:       "Choose at least one role",
	access.FieldNames:      "Confirm first and last name, or correct them",
	access.FieldGroup:      "Choose a group",
	access.FieldTitle:      "Enter the group’s name",
	access.FieldMember:     "Choose at least one person",
}
