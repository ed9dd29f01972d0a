package web

import (
	"fmt"

	"areariservata.example/utenti/internal/access"
)

var englishFiles = FilesWords{
	Export: "Export the list, as filtered now", CSV: "Export as CSV", XLSX: "Export to Excel", Name: "users", Sheet: "Users",
	Columns:   []string{"Last Name", "First Name", "E-mail", "Product", "Category", "Roles", "Status"},
	RoleState: func(role, state string) string { return role + ": " + state },
	Capped: func(rows int) string {
		return fmt.Sprintf("The list stops after %s rows: there are more. Narrow the filters and export again.", englishNumber(rows))
	},

	Import: "Add from a file", ImportLead: "Do you have the new colleagues in a spreadsheet? Before anybody is added you will see what would happen, row by row.",
	Prepare: "How to prepare the file", PrepareText: "A CSV file with these columns. With headings, their order doesn’t matter.",
	EachRole: "One row for each role: whoever has more than one stands on several rows. Of somebody who is a user already, fiscal code, product and role are enough: their data stay as they are.",
	ColumnsOf: map[access.Field]Notice{
		access.FieldFiscalCode: {"Fiscal Code", "16 characters, as on the health card"},
		access.FieldLastName:   {"Last Name", "as on identity documents"},
		access.FieldFirstName:  {"First Name", "as on identity documents"},
		access.FieldEmail:      {"E-mail", "the work address, not a certified one (PEC)"},
		access.FieldProduct:    {"Product", "as in the table of roles"},
		access.FieldRole:       {"Role", "as in the table of roles; capitals and accents don’t matter"},
	},
	Template: "Download an empty template (CSV)", TemplateName: "users-template.csv",
	Upload: "CSV file", UploadHint: fmt.Sprintf("In Excel: File, Save as, CSV UTF-8. At most %d rows and %d KB.", access.MaxImport, access.MaxImportSize>>10),
	Paste: "Or paste the rows here", PasteHint: "Copied straight from the spreadsheet, too.", Check: "Check the rows",
	RolesTitle: "Products and roles that you can assign", RolesText: "Write these words in the columns Product and Role; instead of the role’s name its code will do.", Code: "Code",
	Kept: Notice{"The session had expired", "We have kept the rows that you were uploading: they are below. Nobody was added: check them again."},
	Faults: map[ImportError]string{
		NoFile: "Choose a CSV file, or paste the rows",
		NoRows: "There are no rows with people: below the headings, write one row for each role",
		NoText: "This file is not a CSV file: in Excel choose File, Save as, CSV UTF-8",
	},
	TooMany:  func(most int) string { return fmt.Sprintf("There are too many rows: at most %d at a time", most) },
	TooLarge: func(most int) string { return fmt.Sprintf("The file is too large: at most %d KB", most) },
	Quotes: func(line int) string {
		return fmt.Sprintf("Row %d: quotation marks don’t close, or stand in the middle of a cell", line)
	},
	NoColumns: func(columns string) string { return "Missing from the headings: " + columns },

	CheckTitle: "Check the rows", CheckLead: "Nobody has been added yet. Read the e-mail addresses again above all.",
	Adds: func(n int) string { return englishCount(n, "person will be added", "people will be added") },
	Assigns: func(n int) string {
		return englishCount(n, "other role will be assigned", "other roles will be assigned")
	},
	Nothings:    func(n int) string { return englishCount(n, "row with nothing to do", "rows with nothing to do") },
	Wrongs:      func(n int) string { return englishCount(n, "row with errors", "rows with errors") },
	LeftOut:     func(n int) string { return englishCount(n, "row left out", "rows left out") },
	WrongTitle:  func(n int) string { return englishCount(n, "row has to be corrected", "rows have to be corrected") },
	WrongText:   "Correct the file and upload it again, or go on with the other rows only.",
	NobodyTitle: "Nothing to add", NobodyText: "Nothing follows from these rows: correct the file and upload it again.",
	NamesText:    "In some rows first and last name don’t match the fiscal code. It happens, for instance with foreign names or after a change of surname: read them again.",
	NamesConfirm: "I confirm the names pointed out",
	NamesMissing: "Confirm the names pointed out, or correct the file",
	Line:         "Row", Person: "Person", Follows: "What will happen", Result: "Result",
	WillAdd: func(a About) string { return "Will be added as " + a.Role + " on " + a.Product + "." },
	WillAssign: func(a About) string {
		return "Is a user already: will be assigned the role " + a.Role + " on " + a.Product + ", the data stay as they are."
	},
	WillAssignToo: func(a About) string { return "Will be assigned the role " + a.Role + " on " + a.Product + " too." },
	Held:          "Has this role already: nothing to do.",
	HeldSuspended: "Has this role already, suspended: nothing to do. It can be re-enabled from the profile.",
	Doubtful:      "First and last name don’t match the fiscal code: read them again.",
	Add:           func(n int) string { return "Add " + englishCount(n, "user", "users") },
	AddRight:      func(n int) string { return "Add the " + englishCount(n, "user", "users") + " without errors" },
	Proceed:       func(n int) string { return "Proceed with " + englishCount(n, "row", "rows") },
	ProceedRight:  func(n int) string { return "Proceed with the " + englishCount(n, "row", "rows") + " without errors" },
	Back:          "Back to the file", Another: "Upload another file",

	DoneTitle: "Result of the upload",
	Done: map[string]string{
		"added": "Added to the users", "assigned": "Role assigned", "nothing-to-do": "Had this role already: nothing to do",
		"left-out": "Left out: something in the row had to be corrected",
	},
	NotDone: func(why string) string { return "Not done. " + why },
	Unnamed: "Nobody",
	Expired: Notice{"This result isn’t there any more", "Results can be read again for a short time. What was done is in the activity log."},
}

// englishCount is a number and what it counts.
func englishCount(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return englishNumber(n) + " " + several
}
