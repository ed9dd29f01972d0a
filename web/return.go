package web

import (
	"net/url"
	"strings"

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
	query, err := url.ParseQuery(value)
	if err != nil {
		return access.Filter{}, "", returns
	}
	return ReadFilter(query), query.Get(signatureParam), returns
}

// ReturnTo adds to the address of an action the list that it was chosen in.
func ReturnTo(address string, list access.Filter, signature string) string {
	return withParam(address, returnParam, usersQuery(list, signature))
}

// FromList adds to the address of a page the list that it is reached from; nothing for the plain list of all.
func FromList(address string, list access.Filter, signature string) string {
	if list == (access.Filter{}) {
		return address
	}
	return withParam(address, fromParam, usersQuery(list, signature))
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

// usersQuery is the query of a list's address, with the signature of its search text.
func usersQuery(list access.Filter, signature string) string {
	_, query, _ := strings.Cut(UsersURL("", list), "?")
	if list.Text != "" && signature != "" {
		query += "&" + signatureParam + "=" + signature
	}
	return query
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
