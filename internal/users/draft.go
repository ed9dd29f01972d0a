package users

import (
	"errors"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// CheckNewcomer reads the form of somebody to be added (rules P10, D1 to D3): what it says, mended where people mistype,
// or what is wrong with it, field by field. Whether it may be done is asked again under the lock.
func CheckNewcomer(d access.Draft, p access.Profile) (Newcomer, access.Faults) {
	faults := access.Faults{}
	n := Newcomer{Product: d.Product, Roles: d.Roles}
	n.FiscalCode = checkFiscalCode(d.FiscalCode, faults)
	n.FirstName = checkName(d.FirstName, access.FieldFirstName, faults)
	n.LastName = checkName(d.LastName, access.FieldLastName, faults)
	n.Email = checkEmail(d.Email, faults)
	checkRoles(d.Product, d.Roles, p, faults)
	if len(faults) == 0 && !d.NamesConfirmed && !form.Agree(n.FiscalCode.Reveal(), n.FirstName, n.LastName) {
		faults[access.FieldNames] = access.NamesDiffer
	}
	return n, faults
}

// CheckEdit reads the form that edits a user (rule P8). Names that mayn't be edited aren't asked for: they stay.
func CheckEdit(d access.Draft, p access.Profile) (Edit, access.Faults) {
	faults := access.Faults{}
	e := Edit{FirstName: p.Subject.FirstName, LastName: p.Subject.LastName}
	if p.MayEdit(true) {
		e.FirstName = checkName(d.FirstName, access.FieldFirstName, faults)
		e.LastName = checkName(d.LastName, access.FieldLastName, faults)
	}
	e.Email = checkEmail(d.Email, faults)
	return e, faults
}

// CheckRoles reads the roles chosen for a user (rules P4, P5).
func CheckRoles(product access.ProductID, roles []access.RoleID, p access.Profile) access.Faults {
	faults := access.Faults{}
	checkRoles(product, roles, p, faults)
	return faults
}

func checkFiscalCode(typed string, faults access.Faults) access.FiscalCode {
	code, err := access.ParseFiscalCode(typed)
	switch {
	case err == nil:
	case typed == "":
		faults[access.FieldFiscalCode] = access.Missing
	case errors.Is(err, access.ErrFiscalCodeTemporary):
		faults[access.FieldFiscalCode] = access.FiscalCodeTemporary
	case errors.Is(err, access.ErrFiscalCodeDate):
		faults[access.FieldFiscalCode] = access.FiscalCodeDate
	case errors.Is(err, access.ErrFiscalCodeCheck):
		faults[access.FieldFiscalCode] = access.FiscalCodeCheck
	default:
		faults[access.FieldFiscalCode] = access.FiscalCodeShape
	}
	return code
}

func checkName(typed string, field access.Field, faults access.Faults) string {
	name, err := form.Clean(typed)
	switch {
	case access.HasFiscalCode(typed): // in the wrong field: it would be kept in clear, and listed (rule D7)
		faults[field] = access.NameShape
	case err == nil:
	case errors.Is(err, form.ErrEmpty):
		faults[field] = access.Missing
	case errors.Is(err, form.ErrTooLong):
		faults[field] = access.NameTooLong
	default:
		faults[field] = access.NameShape
	}
	return name
}

func checkEmail(typed string, faults access.Faults) string {
	email, err := access.ParseEmail(typed)
	switch {
	case err == nil:
	case typed == "":
		faults[access.FieldEmail] = access.Missing
	case errors.Is(err, access.ErrEmailTooLong):
		faults[access.FieldEmail] = access.EmailTooLong
	case errors.Is(err, access.ErrEmailCertified):
		faults[access.FieldEmail] = access.EmailCertified
	default:
		faults[access.FieldEmail] = access.EmailShape
	}
	return email
}

// checkRoles asks of each role whether it can be given after those before it.
func checkRoles(product access.ProductID, roles []access.RoleID, p access.Profile, faults access.Faults) {
	action := access.Assign
	if p.Subject.ID == "" {
		action = access.Add
	}
	switch {
	case product == "":
		faults[access.FieldProduct] = access.Missing
		return
	case len(p.Offers(product)) == 0:
		faults[access.FieldProduct] = access.NoSuchProduct
		return
	case len(roles) == 0:
		faults[access.FieldRole] = access.Missing
		return
	}
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if no := p.WhyNot(action, t); no == access.NotCombinable {
			faults[access.FieldRole] = access.RolesDontCombine
		} else if no != "" {
			faults[access.FieldRole] = access.RoleNotGiven
		}
		p = p.With(t)
	}
}
