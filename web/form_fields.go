package web

import "areariservata.example/utenti/internal/access"

// hiddenField keeps a value that was typed on an earlier page.
type hiddenField struct{ name, value string }

// hiddenFields are a whole form as hidden fields, under the names of the visible ones.
func hiddenFields(d access.UserForm) []hiddenField {
	all := []hiddenField{
		{string(access.FieldFiscalCode), d.FiscalCode},
		{string(access.FieldFirstName), d.FirstName},
		{string(access.FieldLastName), d.LastName},
		{string(access.FieldEmail), d.Email},
		{string(access.FieldProduct), string(d.Product)},
	}
	for _, r := range d.Roles {
		all = append(all, hiddenField{string(access.FieldRole), roleValue(access.Target{Product: d.Product, Role: r})})
	}
	if d.NamesConfirmed {
		all = append(all, hiddenField{string(access.FieldNames), "1"})
	}
	if d.EmailConfirmed {
		all = append(all, hiddenField{string(access.FieldEmailDoubt), "1"})
	}
	return all
}

// fieldErrorText is the text of a field's error; empty if there is none.
func (f Layout) fieldErrorText(fieldErrors access.FieldErrors, field access.Field) string {
	code, found := fieldErrors[field]
	if !found {
		return ""
	}
	if missing, known := f.locale().Find("form.missing.*", string(field)); known && code == access.Missing {
		return missing
	}
	return f.locale().Of("form.error.*", string(code))
}

// formTitle is the title of a form's page, with a prefix if there are errors.
func (f Layout) formTitle(fieldErrors bool, title string) string {
	if fieldErrors {
		return f.locale().T("common.error_prefix") + title
	}
	return title
}
