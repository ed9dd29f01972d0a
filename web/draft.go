package web

import "areariservata.example/utenti/internal/access"

// hiddenField repeats what was typed on an earlier page.
type hiddenField struct{ name, value string }

// hiddenFields repeat a draft whole, under the names that the form's own fields have.
func hiddenFields(d access.Draft) []hiddenField {
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
	return all
}

// fieldOrder is the order in which fields stand on a page, and faults in its summary.
func fieldOrder() []access.Field {
	return []access.Field{
		access.FieldFiscalCode, access.FieldFirstName, access.FieldLastName, access.FieldNames, access.FieldEmail,
		access.FieldProduct, access.FieldRole, access.FieldGroup, access.FieldTitle, access.FieldMember,
	}
}

// fault is what is wrong with a field, in words; empty if nothing is.
func (f Frame) fault(faults access.Faults, field access.Field) string {
	fault, wrong := faults[field]
	if !wrong {
		return ""
	}
	if missing, known := f.words().Form.Missing[field]; known && fault == access.Missing {
		return missing
	}
	return f.words().Form.Faults[fault]
}

// wrong is the title of a form's page: it says when something has to be mended.
func (f Frame) wrong(faults bool, title string) string {
	if faults {
		return f.words().ErrorPrefix + title
	}
	return title
}
