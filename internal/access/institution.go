package access

// InstitutionID identifies an institution (a UUID in text form).
type InstitutionID string

// Institution is a public body that people work for ("Ente").
type Institution struct {
	ID   InstitutionID
	Name string
	Type InstitutionType
}

// InstitutionType is the kind of body, in the catalogue's own codes ("PA", "PSP", "GSP", ...): some products have other roles for some of them.
type InstitutionType string
