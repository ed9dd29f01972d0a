package form

import (
	"errors"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// NewUser is a checked form about a person to be added.
type NewUser struct {
	FiscalCode access.FiscalCode
	FirstName  string
	LastName   string
	Email      string
	Product    access.ProductID
	Roles      []access.RoleID
}

// Edit is a checked form with a user's new data, and the version of the data that the form was filled with.
type Edit struct {
	FirstName string
	LastName  string
	Email     string
	Version   int
}

// CheckNewUser checks the form about a person to be added (rules P10, D1 to D3).
func CheckNewUser(d access.UserForm, p access.Profile) (NewUser, access.FieldErrors) {
	errs := access.FieldErrors{}
	n := NewUser{Product: d.Product, Roles: d.Roles}
	n.FiscalCode = checkFiscalCode(d.FiscalCode, errs)
	n.FirstName, n.LastName = checkNames(d, errs)
	n.Email = checkEmail(d.Email, errs)
	checkRoles(d.Product, d.Roles, p, errs)
	isValid := len(errs) == 0
	if doubt := namesDoubt(n.FiscalCode, n.FirstName, n.LastName); isValid && !d.NamesConfirmed && doubt != "" {
		errs[access.FieldNames] = doubt
	}
	if isValid && !d.EmailConfirmed && access.MayBeCertified(n.Email) {
		errs[access.FieldEmailDoubt] = access.EmailDoubtful
	}
	return n, errs
}

// CheckEdit checks the form that edits a user (rules P8, D2, D3), whose fiscal code the profile must hold.
// Typed names are ignored if the actor may not edit names.
func CheckEdit(d access.UserForm, p access.Profile) (Edit, access.FieldErrors) {
	errs := access.FieldErrors{}
	e := Edit{FirstName: p.Subject.FirstName, LastName: p.Subject.LastName}
	if p.MayEdit(true) {
		e.FirstName, e.LastName = checkNames(d, errs)
	}
	e.Email = checkEmail(d.Email, errs)
	isRenamed := e.FirstName != p.Subject.FirstName || e.LastName != p.Subject.LastName
	doubt := namesDoubt(p.Subject.FiscalCode, e.FirstName, e.LastName)
	if len(errs) == 0 && isRenamed && !d.NamesConfirmed && doubt != "" {
		errs[access.FieldNames] = doubt
	}
	if len(errs) == 0 && !d.EmailConfirmed && e.Email != p.Subject.Email && access.MayBeCertified(e.Email) {
		errs[access.FieldEmailDoubt] = access.EmailDoubtful
	}
	return e, errs
}

// CheckRoles checks the roles chosen for a user (rules P4, P5).
func CheckRoles(product access.ProductID, roles []access.RoleID, p access.Profile) access.FieldErrors {
	errs := access.FieldErrors{}
	checkRoles(product, roles, p, errs)
	return errs
}

// CheckChange checks the roles chosen in place of those that a user holds on a product (rule P13).
func CheckChange(product access.ProductID, roles []access.RoleID, p access.Profile) access.FieldErrors {
	switch no := p.WhyNotChange(product, roles...); {
	case len(roles) == 0:
		return access.FieldErrors{access.FieldRole: access.Missing}
	case no == access.NotCombinable, no == access.OtherCategory:
		return access.FieldErrors{access.FieldRole: access.RolesNotCombinable}
	case no != "":
		return access.FieldErrors{access.FieldRole: access.RoleNotAssignable}
	}
	return nil
}

func checkFiscalCode(typed string, errs access.FieldErrors) access.FiscalCode {
	code, fieldError := CheckFiscalCode(typed)
	if fieldError != "" {
		errs[access.FieldFiscalCode] = fieldError
	}
	return code
}

// CheckFiscalCode checks a typed fiscal code (rule D1); the error is empty if the code is valid.
func CheckFiscalCode(typed string) (access.FiscalCode, access.FieldError) {
	code, err := access.ParseFiscalCode(typed)
	switch {
	case err == nil:
		return code, ""
	case typed == "":
		return code, access.Missing
	case errors.Is(err, access.ErrFiscalCodeTemporary):
		return code, access.FiscalCodeTemporary
	case errors.Is(err, access.ErrFiscalCodeDate):
		return code, access.FiscalCodeDate
	case errors.Is(err, access.ErrFiscalCodeCheck):
		return code, access.FiscalCodeCheck
	default:
		return code, access.FiscalCodeShape
	}
}

// checkNames checks both names. A single name is the surname (rule D2).
func checkNames(d access.UserForm, errs access.FieldErrors) (first, last string) {
	hasFirst, hasLast := strings.TrimSpace(Visible(d.FirstName)) != "", strings.TrimSpace(Visible(d.LastName)) != ""
	if hasFirst || !hasLast {
		first = checkName(d.FirstName, access.FieldFirstName, errs)
	}
	last = checkName(d.LastName, access.FieldLastName, errs)
	if hasFirst && !hasLast {
		errs[access.FieldLastName] = access.NoLastName
	}
	return first, last
}

// namesDoubt is what is doubtful about valid names: that the fiscal code starts with the letters of others, or that there
// is no first name, which may just be forgotten. A code that says so itself raises no doubt (rule D2).
func namesDoubt(code access.FiscalCode, firstName, lastName string) access.FieldError {
	switch {
	case MatchCode(code.Reveal(), firstName, lastName):
		return ""
	case firstName == "":
		return access.NoFirstName
	default:
		return access.NamesDiffer
	}
}

func checkName(typed string, field access.Field, errs access.FieldErrors) string {
	name, err := Clean(typed)
	switch {
	case err == nil:
	case errors.Is(err, ErrEmpty):
		errs[field] = access.Missing
	case errors.Is(err, ErrTooLong):
		errs[field] = access.NameTooLong
	default:
		errs[field] = access.NameShape
	}
	return name
}

func checkEmail(typed string, errs access.FieldErrors) string {
	email, err := access.ParseEmail(typed)
	switch {
	case err == nil:
	case typed == "":
		errs[access.FieldEmail] = access.Missing
	case errors.Is(err, access.ErrEmailTooLong):
		errs[access.FieldEmail] = access.EmailTooLong
	case errors.Is(err, access.ErrEmailCode):
		errs[access.FieldEmail] = access.EmailHasFiscalCode
	case errors.Is(err, access.ErrEmailCertified):
		errs[access.FieldEmail] = access.EmailCertified
	default:
		errs[access.FieldEmail] = access.EmailShape
	}
	return email
}

// checkRoles checks each role as if the user held those before it.
func checkRoles(product access.ProductID, roles []access.RoleID, p access.Profile, errs access.FieldErrors) {
	action := access.Assign
	if p.Subject.ID == "" {
		action = access.Add
	}
	switch {
	case product == "":
		errs[access.FieldProduct] = access.Missing
		return
	case len(p.Offers(product)) == 0:
		errs[access.FieldProduct] = access.NoSuchProduct
		return
	case len(roles) == 0:
		errs[access.FieldRole] = access.Missing
		return
	}
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if no := p.WhyNot(action, t); no == access.NotCombinable {
			errs[access.FieldRole] = access.RolesNotCombinable
		} else if no != "" {
			errs[access.FieldRole] = access.RoleNotAssignable
		}
		p = p.WithRole(t)
	}
}
