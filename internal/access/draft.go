package access

// Draft is a form about a user as it was typed (rules P8, P10): nothing in it has been looked at yet. It is personal data,
// the fiscal code in clear: it travels in the bodies of forms only.
type Draft struct {
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

// Fault is what is wrong with a field: a word, of which the pages have the sentence.
type Fault string

// Every fault there is.
const (
	Missing             Fault = "missing"
	FiscalCodeShape     Fault = "fiscal-code-shape"     // not 16 characters of the right kinds (D1)
	FiscalCodeTemporary Fault = "fiscal-code-temporary" // 11 digits (D1)
	FiscalCodeDate      Fault = "fiscal-code-date"      // no such day (D1)
	FiscalCodeCheck     Fault = "fiscal-code-check"     // mistyped somewhere (D1)
	NameShape           Fault = "name-shape"            // characters that no name has
	NameTooLong         Fault = "name-too-long"
	NamesDiffer         Fault = "names-differ" // they don't fit the fiscal code: to be confirmed (D2)
	EmailShape          Fault = "email-shape"  // not an address (D3)
	EmailTooLong        Fault = "email-too-long"
	EmailCertified      Fault = "email-certified"       // PEC (D3)
	NoSuchProduct       Fault = "no-such-product"       // not one that the actor administers
	RolesDontCombine    Fault = "roles-dont-combine"    // chosen together, and they can't be held together (P5)
	RoleNotGiven        Fault = "role-not-given"        // it can't be given to this person now
	NoSuchGroupToJoin   Fault = "no-such-group-to-join" // none of the groups that can be joined
	TitleShape          Fault = "title-shape"           // characters that nobody can see, or none that can be read
	TitlePersonal       Fault = "title-personal"        // a fiscal code in it: it would be listed, and stay in the log (rule D7)
	TitleTooLong        Fault = "title-too-long"
	TitleTaken          Fault = "title-taken"       // another group of the product bears it
	NoRoleCalledSo      Fault = "no-role-called-so" // of a file: none of the product's roles, or more than one
	OtherData           Fault = "other-data"        // of a file: a row above has other names, or another e-mail, for the fiscal code
)

// Faults are what is wrong with a form, field by field; a form without faults has none.
type Faults map[Field]Fault
