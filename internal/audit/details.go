package audit

import (
	"encoding/json"

	"areariservata.example/utenti/internal/access"
)

// Details is the before or the after of an event. The hash chain covers its JSON byte for byte, and every log ever
// written must still verify: keep the names and the order of the fields, and add new ones at the end, with omitempty.
//
// A role's event has Status only. A group's event has Group, the Name too unless it is about a membership, and the
// Status where that changes. An edit has Fields and Sealed, a change of role Roles.
type Details struct {
	Group  access.GroupID `json:"group,omitempty"`
	Name   string         `json:"name,omitempty"`
	Status access.Status  `json:"status,omitempty"`
	Fields []access.Datum `json:"fields,omitempty"` // the data that changed
	Sealed []string       `json:"sealed,omitempty"` // their values, in the same order, sealed with the subject's own key
	*ExportDetails
	Roles []access.RoleID `json:"roles,omitempty"` // of a change of role (rule P13)
}

// ExportDetails is the after of an exported list or log. It holds no search text, which may be a person's name.
type ExportDetails struct {
	Format  string   `json:"format"`
	Rows    int      `json:"rows"`
	Filters []string `json:"narrowed,omitempty"` // the kinds of filter in use
	IsLog   bool     `json:"log,omitempty"`      // an audit log: the subject's, or the institution's
}

// JSON is the text to be recorded.
func (d Details) JSON() []byte {
	text, _ := json.Marshal(d) // strings and a number: it cannot fail
	return text
}

// ParseDetails reads a recorded text. No text, where there was nothing before or is nothing after, gives zero Details.
func ParseDetails(text []byte) (d Details, err error) {
	if text == nil {
		return Details{}, nil
	}
	err = json.Unmarshal(text, &d)
	return d, err
}
