package web

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
)

// The way back to a list: the address of a page that a list leads to holds the list's filter. One name is for an action
// chosen in the list, which returns there; the other is for pages that only know the way back. Like the list's own
// address, neither holds a fiscal code.
const (
	returnParam = "list"
	fromParam   = "from"

	// The signature of the list's search text. Pages that know the way back may show a fiscal code: a text beside it must not
	// be another site's, which could guess at the code by the size of the compressed page.
	signatureParam = "sig"
)

// ReadReturn reads the list that a page was reached from with the signature of its search text, and whether the action
// returns there.
func ReadReturn(v url.Values) (list access.Filter, signature string, returns bool) {
	returns = v.Has(returnParam)
	value := v.Get(fromParam)
	if returns {
		value = v.Get(returnParam)
	}
	list, signature = readListValue(value)
	return list, signature, returns
}

// ReturnTo adds to the address of an action the list that it was chosen in.
func ReturnTo(address string, list access.Filter, signature string) string {
	return withParam(address, returnParam, listValue(list, signature))
}

// FromList adds to the address of a page the list that it is reached from; nothing for the plain list of all.
func FromList(address string, list access.Filter, signature string) string {
	if list == (access.Filter{}) {
		return address
	}
	return withParam(address, fromParam, listValue(list, signature))
}

// actedOnID is the id of the row that the action was about which the page reports.
const actedOnID = "row"

// AtRow adds that row to the address of the list that reports an action.
func AtRow(address string) string { return address + "#" + actedOnID }

func withParam(address, name, value string) string {
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	return address + separator + name + "=" + url.QueryEscape(value)
}

// UndoURL adds to the address of an action the key of the form whose change it undoes.
func UndoURL(address, key string) string { return withParam(address, "undo", key) }

// listValue is a list's filter as the value of a parameter. A list has three such parameters a row, so it is short: the
// product, then the other parameters of the list's own address, separated by tildes (which no address escapes), with a
// user's id in base 64.
func listValue(list access.Filter, signature string) string {
	parts := []string{escapePart(string(list.Product))}
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"-"+escapePart(value))
		}
	}
	add("category", string(list.Category))
	if page := list.Page; page != (access.Page{}) {
		page.After, page.Before = shortID(page.After), shortID(page.Before)
		side, place, _ := strings.Cut(pageValue(page), ".")
		add(side, place)
	}
	add("role", roleValue(list.Role))
	add("sort", string(list.Sort))
	add("state", string(list.State))
	add("q", list.Text)
	if list.Text != "" {
		add(signatureParam, signature)
	}
	return strings.Join(parts, "~")
}

// readListValue reads what [listValue] returned.
func readListValue(value string) (list access.Filter, signature string) {
	product, rest, _ := strings.Cut(value, "~")
	query := url.Values{"product": {unescapePart(product)}}
	for part := range strings.SplitSeq(rest, "~") {
		name, text, _ := strings.Cut(part, "-")
		if name == "after" || name == "before" {
			name, text = "page", name+"."+text
		}
		query.Set(name, unescapePart(text))
	}
	list = ReadFilter(query)
	list.Page.After, list.Page.Before = longID(list.Page.After), longID(list.Page.Before)
	return list, query.Get(signatureParam)
}

// escapePart escapes tildes, and the escape itself.
func escapePart(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "*", "*0"), "~", "*1")
}

func unescapePart(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "*1", "~"), "*0", "*")
}

// shortID is a user's id in 22 characters instead of 36. What is no UUID stays as it is.
func shortID(user access.UserID) access.UserID {
	id, err := uuid.Parse(string(user))
	if err != nil || id.String() != string(user) {
		return user
	}
	return access.UserID(base64.RawURLEncoding.EncodeToString(id[:]))
}

func longID(short access.UserID) access.UserID {
	raw, err := base64.RawURLEncoding.DecodeString(string(short))
	if id, err2 := uuid.FromBytes(raw); err == nil && err2 == nil {
		return access.UserID(id.String())
	}
	return short
}

// listURL is the list that the person came from.
func (f Layout) listURL() string { return UsersURL(f.Institution.ID, f.List) }

// fromList adds the list that the person came from to a page's address.
func (f Layout) fromList(address string) string { return FromList(address, f.List, f.ListSignature) }

// sameReturn adds it to the address of the form on a page, so that the form leads where the page does.
func (f Layout) sameReturn(address string) string {
	if f.ReturnsToList {
		return ReturnTo(address, f.List, f.ListSignature)
	}
	return f.fromList(address)
}

// backURL is where a page leads that is left without a change: the list, or else the profile.
func (f Layout) backURL(profile string) string {
	if f.ReturnsToList {
		return f.listURL()
	}
	return f.fromList(profile)
}

// WithCodeAgain adds to the address of a list or of a search that the searched fiscal code was dropped from it. The page
// asks for the code again.
func WithCodeAgain(address string) string {
	if strings.Contains(address, "?") {
		return address + "&code=again"
	}
	return address + "?code=again"
}

// IsCodeAgain reads what [WithCodeAgain] adds.
func IsCodeAgain(v url.Values) bool { return v.Get("code") == "again" }
