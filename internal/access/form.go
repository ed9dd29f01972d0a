package access

// UserForm is a form about a user as typed (rules P8, P10), not validated yet. It is personal data with the fiscal code
// in clear, so it is sent in request bodies only, never in a URL.
type UserForm struct {
	FiscalCode     string
	FirstName      string
	LastName       string
	Email          string
	Product        ProductID
	Roles          []RoleID
	NamesConfirmed bool // the actor has confirmed names that do not match the fiscal code (rule D2)
	EmailConfirmed bool // the actor has confirmed that an address that may be certified mail is not (rule D3)
}

// Field is the name of a form's field.
type Field string

// All fields.
const (
	FieldFiscalCode Field = "fiscal_code"
	FieldFirstName  Field = "first_name"
	FieldLastName   Field = "last_name"
	FieldNames      Field = "names_confirmed"
	FieldEmail      Field = "email"
	FieldEmailDoubt Field = "email_confirmed"
	FieldProduct    Field = "product"
	FieldRole       Field = "role"
	FieldGroup      Field = "group"
	FieldTitle      Field = "title"  // a group's name
	FieldMember     Field = "member" // users to be put into a group
)

// Fields are all fields, in the order in which they stand on a page.
var Fields = []Field{
	FieldFiscalCode, FieldFirstName, FieldLastName, FieldNames, FieldEmail, FieldEmailDoubt, FieldProduct, FieldRole,
	FieldGroup, FieldTitle, FieldMember,
}

// FieldError is what is wrong with a field. Pages have a sentence for each.
type FieldError string

// All errors of fields.
const (
	Missing             FieldError = "missing"
	FiscalCodeShape     FieldError = "fiscal-code-shape"     // not 16 characters of the right kinds (D1)
	FiscalCodeTemporary FieldError = "fiscal-code-temporary" // 11 digits (D1)
	FiscalCodeDate      FieldError = "fiscal-code-date"      // no such date of birth (D1)
	FiscalCodeCheck     FieldError = "fiscal-code-check"     // wrong check character (D1)
	NameShape           FieldError = "name-shape"            // characters that are in no name
	NameTooLong         FieldError = "name-too-long"
	NamesDiffer         FieldError = "names-differ"  // they do not match the fiscal code: to be confirmed (D2)
	NoFirstName         FieldError = "no-first-name" // nor does the fiscal code say that there is none: to be confirmed (D2)
	NoLastName          FieldError = "no-last-name"  // a single name is the surname (D2)
	EmailShape          FieldError = "email-shape"   // not an address (D3)
	EmailTooLong        FieldError = "email-too-long"
	EmailHasFiscalCode  FieldError = "email-personal"        // contains a fiscal code, which lists would show (D7)
	EmailCertified      FieldError = "email-certified"       // PEC (D3)
	EmailDoubtful       FieldError = "email-doubtful"        // may be PEC: to be confirmed (D3)
	NoSuchProduct       FieldError = "no-such-product"       // not a product that the actor administers
	RolesNotCombinable  FieldError = "roles-dont-combine"    // the chosen roles cannot be held together (P5)
	RoleNotAssignable   FieldError = "role-not-given"        // the role cannot be assigned to this person now
	GroupNotJoinable    FieldError = "no-such-group-to-join" // not a group that the user can join
	TooManyMembers      FieldError = "too-many-members"      // more than can be chosen at once (P22)
	TitleShape          FieldError = "title-shape"           // invisible characters, or no letter or digit
	TitleHasFiscalCode  FieldError = "title-personal"        // contains a fiscal code, which lists would show (D7)
	TitleTooLong        FieldError = "title-too-long"
	TitleTaken          FieldError = "title-taken"       // another group of the product has the name
	RoleNotRecognized   FieldError = "no-role-called-so" // in a file: no role of the product, or more than one
	ConflictingData     FieldError = "other-data"        // in a file: a row above has other data for the fiscal code
)

// FieldErrors are the errors of a form by field; none if the form is valid.
type FieldErrors map[Field]FieldError
