package access

// InstitutionID identifies an institution (a UUID in text form).
type InstitutionID string

// Institution is a public body ("Ente") that people work for.
type Institution struct {
	ID   InstitutionID
	Name string
	Type InstitutionType
}

// InstitutionType is the kind of body, in the catalogue's codes ("PA", "PSP", "GSP", ...). Some products have other
// roles for some types.
type InstitutionType string
