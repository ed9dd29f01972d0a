package locale

import "strconv"

// Args are what a message may speak of. An unknown Person or Product is replaced by words such as "questa persona"; the
// other fields must be set where the message has their placeholder.
type Args struct {
	Person      string
	Role        string
	Product     string
	Institution string
	Group       string
	Roles       string // several, joined
	Groups      string
	Columns     string
	State       string
	Was         string // the group's name before it was renamed, or the roles before a change
	Data        string // fields of a user
	To          string // the person, or the roles after a change, with the preposition
	Day         string
	Reason      string
	Count       int // selects the plural form
	Total       int
	Line        int // drawn without marks between thousands
}

// placeholder is a field of Args.
type placeholder uint8

const (
	none placeholder = iota
	person
	product
	count
	total
	line
	role
	institution
	group
	roles
	groups
	columns
	state
	was
	data
	to
	day
	reason
)

// placeholderNamed returns the placeholder with the name of a field of [Args], and none for another name.
func placeholderNamed(name string) placeholder {
	switch name {
	case "Person":
		return person
	case "Product":
		return product
	case "Count":
		return count
	case "Total":
		return total
	case "Line":
		return line
	case "Role":
		return role
	case "Institution":
		return institution
	case "Group":
		return group
	case "Roles":
		return roles
	case "Groups":
		return groups
	case "Columns":
		return columns
	case "State":
		return state
	case "Was":
		return was
	case "Data":
		return data
	case "To":
		return to
	case "Day":
		return day
	case "Reason":
		return reason
	default:
		return none
	}
}

// appendTo appends the value of a placeholder. At the start of a sentence, the words for what is unknown are capitalised.
func (p placeholder) appendTo(b []byte, l *Locale, a *Args, start bool) []byte {
	switch p {
	case none:
		return b
	case person:
		return appendKnown(b, a.Person, l.person, start)
	case product:
		return appendKnown(b, a.Product, l.product, start)
	case count:
		return l.appendNumber(b, a.Count)
	case total:
		return l.appendNumber(b, a.Total)
	case line:
		return strconv.AppendInt(b, int64(a.Line), 10)
	case role:
		return append(b, a.Role...)
	case institution:
		return append(b, a.Institution...)
	case group:
		return append(b, a.Group...)
	case roles:
		return append(b, a.Roles...)
	case groups:
		return append(b, a.Groups...)
	case columns:
		return append(b, a.Columns...)
	case state:
		return append(b, a.State...)
	case was:
		return append(b, a.Was...)
	case data:
		return append(b, a.Data...)
	case to:
		return append(b, a.To...)
	case day:
		return append(b, a.Day...)
	case reason:
		return append(b, a.Reason...)
	}
	return b
}

func appendKnown(b []byte, value, unknown string, start bool) []byte {
	if value != "" {
		return append(b, value...)
	}
	first := len(b)
	b = append(b, unknown...)
	if start && first < len(b) && 'a' <= b[first] && b[first] <= 'z' {
		b[first] -= 'a' - 'A'
	}
	return b
}

// appendNumber appends a number with a mark between its thousands.
func (l *Locale) appendNumber(b []byte, n int) []byte {
	var room [20]byte
	digits := strconv.AppendInt(room[:0], int64(n), 10)
	for i, d := range digits {
		if left := len(digits) - i; i > 0 && left%3 == 0 && digits[i-1] != '-' {
			b = append(b, l.thousands...)
		}
		b = append(b, d)
	}
	return b
}
