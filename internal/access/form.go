package access

// UserForm is a form about a user as it was typed (rules P8, P10): nothing in it has been looked at yet. It is personal data,
// the fiscal code in clear: it travels in the bodies of forms only.
type UserForm struct {
	FiscalCode     string
	FirstName      string
	LastName       string
	Email          string
	Product        ProductID
	Roles          []RoleID
	NamesConfirmed bool // the person at the form has looked at names that don't fit the code (rule D2)
}

// Field is a field of a form.
type Field string

// The fields there are; each is named so in the form.
const (
	FieldFiscalCode Field = "fiscal_code"
	FieldFirstName  Field = "first_name"
	FieldLastName   Field = "last_name"
	FieldEmail      Field = "email"
	FieldProduct    Field = "product"
	FieldRole       Field = "role"
	FieldNames      Field = "names_confirmed"
	FieldGroup      Field = "group"
	FieldTitle      Field = "title"  // what a group is called
	FieldMember     Field = "member" // who is to be put into a group
)

// FieldError is what is wrong with a field: a word, of which the pages have the sentence.
type FieldError string

// Every fault there is.
const (
	Missing             FieldError = "missing"
	FiscalCodeShape     FieldError = "fiscal-code-shape"     // not 16 characters of the right kinds (D1)
	FiscalCodeTemporary FieldError = "fiscal-code-temporary" // 11 digits (D1)
	FiscalCodeDate      FieldError = "fiscal-code-date"      // no such day (D1)
	FiscalCodeCheck     FieldError = "fiscal-code-check"     // mistyped somewhere (D1)
	NameShape           FieldError = "name-shape"            // characters that no name has
	NameTooLong         FieldError = "name-too-long"
	NamesDiffer         FieldError = "names-differ" // they don't fit the fiscal code: to be confirmed (D2)
	EmailShape          FieldError = "email-shape"  // not an address (D3)
	EmailTooLong        FieldError = "email-too-long"
	EmailCertified      FieldError = "email-certified"       // PEC (D3)
	NoSuchProduct       FieldError = "no-such-product"       // not one that the actor administers
	RolesNotCombinable  FieldError = "roles-dont-combine"    // chosen together, and they can't be held together (P5)
	RoleNotAssignable   FieldError = "role-not-given"        // it can't be given to this person now
	GroupNotJoinable    FieldError = "no-such-group-to-join" // none of the groups that can be joined
	TitleShape          FieldError = "title-shape"           // characters that nobody can see, or none that can be read
	TitleHasFiscalCode  FieldError = "title-personal"        // a fiscal code in it: it would be listed, and stay in the log (rule D7)
	TitleTooLong        FieldError = "title-too-long"
	TitleTaken          FieldError = "title-taken"       // another group of the product bears it
	RoleNotRecognized   FieldError = "no-role-called-so" // of a file: none of the product's roles, or more than one
	ConflictingData     FieldError = "other-data"        // of a file: a row above has other names, or another e-mail, for the fiscal code
)

// FieldErrors are what is wrong with a form, field by field; a form without faults has none.
type FieldErrors map[Field]FieldError
