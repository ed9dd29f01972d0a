package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"areariservata.example/utenti/internal/access"
)

// The site's addresses. They contain no personal data: people and institutions are UUIDs.

// RootURL is the list of institutions.
func RootURL() string { return "/" }

// LoginURL is the sign-in page.
func LoginURL() string { return "/login" }

// LogoutURL ends the session (POST).
func LogoutURL() string { return "/logout" }

// LanguageURL changes the language of the interface (POST).
func LanguageURL() string { return "/language" }

// languageFromURL is the same for a page whose form comes along.
func languageFromURL(page string) string {
	return LanguageURL() + "?" + url.Values{"back": {page}}.Encode()
}

// AccessibilityURL is the page about accessibility.
func AccessibilityURL() string { return "/accessibility" }

// PrivacyURL is the page about personal data.
func PrivacyURL() string { return "/privacy" }

// HomeURL is the institution's first page.
func HomeURL(i access.InstitutionID) string { return "/dashboard/" + url.PathEscape(string(i)) }

// SearchURL is the target of the list's filter form (POST). Its fields are in the body, because a fiscal code typed
// there must never be in an address (rule D7).
func SearchURL(i access.InstitutionID) string { return HomeURL(i) + "/users/search" }

// ProfileURL is a user's profile.
func ProfileURL(i access.InstitutionID, u access.UserID) string {
	return HomeURL(i) + "/users/" + url.PathEscape(string(u))
}

// RoleURL is the confirmation of an action on a role (GET), which executes it (POST).
func RoleURL(i access.InstitutionID, u access.UserID, t access.Target, a access.Action) string {
	path := rolePath(t, a)
	return ProfileURL(i, u) + strings.Join(path[:], "")
}

// rolePath is the part of [RoleURL] after the profile's address, as pieces: a list writes many of them without joining
// them first.
func rolePath(t access.Target, a access.Action) [6]string {
	return [...]string{
		"/products/", url.PathEscape(string(t.Product)), "/roles/", url.PathEscape(string(t.Role)), "/", url.PathEscape(string(a)),
	}
}

// AddURL is the form that adds a user, with product preselected unless it is empty.
func AddURL(i access.InstitutionID, product access.ProductID) string {
	address := HomeURL(i) + "/users/add"
	if product == "" {
		return address
	}
	return address + "?" + url.Values{"product": {string(product)}}.Encode()
}

// AddConfirmURL is the target of the confirmation, which adds the user (POST).
func AddConfirmURL(i access.InstitutionID) string { return HomeURL(i) + "/users/add/confirm" }

// ExportURL exports the list (POST). The search text is in the body.
func ExportURL(i access.InstitutionID) string { return HomeURL(i) + "/users/export" }

// EditURL is the form of a user's data (rule P8).
func EditURL(i access.InstitutionID, u access.UserID) string { return ProfileURL(i, u) + "/edit" }

// AddProductURL is the form that assigns a role on a product on which the user holds none (rule P4).
func AddProductURL(i access.InstitutionID, u access.UserID) string {
	return ProfileURL(i, u) + "/add-product"
}

// AssignChosenURL is the form that assigns roles to a user, on a product where they hold some or none, with the roles
// chosen.
func AssignChosenURL(i access.InstitutionID, u access.User, p access.ProductID, roles []access.RoleID) string {
	v := url.Values{}
	for _, role := range roles {
		v.Add("role", string(role))
	}
	if len(u.AssignmentsOn(p)) > 0 {
		return AddRoleURL(i, u.ID, p) + "?" + v.Encode()
	}
	v.Set("product", string(p))
	return AddProductURL(i, u.ID) + "?" + v.Encode()
}

// AddRoleURL is the form that gives another role on a product (rule P5).
func AddRoleURL(i access.InstitutionID, u access.UserID, p access.ProductID) string {
	return ProfileURL(i, u) + "/products/" + url.PathEscape(string(p)) + "/roles/add"
}

// ChangeRoleURL is the form that changes a user's roles on a product to others (rule P13).
func ChangeRoleURL(i access.InstitutionID, u access.UserID, p access.ProductID) string {
	path := changeRolePath(p)
	return ProfileURL(i, u) + strings.Join(path[:], "")
}

// changeRolePath is the part of it after the profile's address, like [rolePath].
func changeRolePath(p access.ProductID) [3]string {
	return [...]string{"/products/", url.PathEscape(string(p)), "/roles/change"}
}

// AddGroupURL is the form that adds a user to a group of a product (rule P9).
func AddGroupURL(i access.InstitutionID, u access.UserID, p access.ProductID) string {
	return ProfileURL(i, u) + "/products/" + url.PathEscape(string(p)) + "/groups/add"
}

// UsersURL is a page of the list of users with a filter (rule V6). [ReadFilter] reads it.
func UsersURL(i access.InstitutionID, f access.Filter) string {
	return HomeURL(i) + "/users" + usersQuery(f)
}

// usersQuery is the query of a list's address with its question mark; empty without a filter.
func usersQuery(f access.Filter) string {
	var address strings.Builder
	mark := byte('?')
	for _, param := range [...][2]string{ // in alphabetical order, so that each list has one address
		{"category", string(f.Category)},
		{"page", pageValue(f.Page)},
		{"product", string(f.Product)},
		{"q", f.Text},
		{"role", roleValue(f.Role)},
		{"sort", string(f.Sort)},
		{"state", string(f.State)},
	} {
		if param[1] != "" {
			address.WriteByte(mark)
			address.WriteString(param[0])
			address.WriteByte('=')
			address.WriteString(url.QueryEscape(param[1]))
			mark = '&'
		}
	}
	return address.String()
}

// ReadFilter reads a filter from an address's query or from the filter form, which use the same names. Unknown values
// are dropped; the caller checks whether products and roles exist.
func ReadFilter(v url.Values) access.Filter {
	f := access.Filter{Product: access.ProductID(v.Get("product")), Text: readSearch(v.Get("q"))}
	if product, role, found := strings.Cut(v.Get("role"), ":"); found && product != "" && role != "" {
		f.Role = access.Target{Product: access.ProductID(product), Role: access.RoleID(role)}
	}
	switch c := access.Category(v.Get("category")); c {
	case access.Administrator, access.Operator:
		f.Category = c
	}
	switch s := access.Status(v.Get("state")); s {
	case access.Active, access.Suspended:
		f.State = s
	}
	switch s := access.Sort(v.Get("sort")); s {
	case access.ByNameDesc, access.ByEmail, access.ByEmailDesc:
		f.Sort = s
	case access.ByName:
	}
	side, place, _ := strings.Cut(v.Get("page"), ".")
	user, key, _ := strings.Cut(place, ".")
	switch side {
	case "after":
		f.Page = access.Page{After: access.UserID(user), Key: key}
	case "before":
		f.Page = access.Page{Before: access.UserID(user), Key: key}
	}
	return f
}

// maxSearchLength is the maximum length of a search in characters, enough for an e-mail address. Each word costs a
// comparison in the database.
const maxSearchLength = access.MaxEmail

// readSearch returns a search's text, cut at its maximum length. Letters in another form, such as full-width ones,
// become ordinary letters, so that a fiscal code is recognised.
func readSearch(typed string) string {
	runes := []rune(norm.NFKC.String(typed))
	return strings.TrimSpace(string(runes[:min(len(runes), maxSearchLength)]))
}

// roleValue is a role in a query and in the filter's options: "prod-interop:api".
func roleValue(t access.Target) string {
	if t == (access.Target{}) {
		return ""
	}
	return string(t.Product) + ":" + string(t.Role)
}

// pageValue is a place in a list: "after.<user>" or "before.<user>", and the place's key, if there is one.
func pageValue(p access.Page) string {
	value := ""
	switch {
	case p.After != "":
		value = "after." + string(p.After)
	case p.Before != "":
		value = "before." + string(p.Before)
	}
	if value != "" && p.Key != "" {
		value += "." + p.Key
	}
	return value
}

// ActivityURL is a page of an audit log with a filter: the institution's, or one user's. [ReadEventFilter] reads it. It
// contains no personal data: people are UUIDs.
func ActivityURL(i access.InstitutionID, f access.EventFilter) string {
	return withEventFilter(logURL(i, f.Subject), f)
}

// ActivityFileURL is the same log as a file with all pages.
func ActivityFileURL(i access.InstitutionID, f access.EventFilter) string {
	f.Page = access.EventPage{}
	return withEventFilter(logURL(i, f.Subject)+".csv", f)
}

// logURL is a log without a filter.
func logURL(i access.InstitutionID, of access.UserID) string {
	if of == "" {
		return HomeURL(i) + "/activity"
	}
	return ProfileURL(i, of) + "/activity"
}

// withEventFilter adds a filter to the address of a log.
func withEventFilter(address string, f access.EventFilter) string {
	v := url.Values{}
	page := ""
	switch {
	case f.Page.Below != 0:
		page = "below." + strconv.FormatInt(f.Page.Below, 10)
	case f.Page.Above != 0:
		page = "above." + strconv.FormatInt(f.Page.Above, 10)
	}
	for key, value := range map[string]string{
		"person": string(f.Person), "product": string(f.Product), "action": string(f.Action),
		"from": string(f.From), "to": string(f.To), "page": page,
	} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

// ReadEventFilter reads a log's filter from an address's query. Dates are kept as typed; other unknown values are
// dropped. The caller checks whether products and people exist.
func ReadEventFilter(v url.Values) access.EventFilter {
	f := access.EventFilter{
		Person: access.UserID(v.Get("person")), Product: access.ProductID(v.Get("product")),
		From: access.Day(strings.TrimSpace(v.Get("from"))), To: access.Day(strings.TrimSpace(v.Get("to"))),
	}
	if a := access.Action(v.Get("action")); slices.Contains(access.Actions, a) {
		f.Action = a
	}
	side, number, _ := strings.Cut(v.Get("page"), ".")
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 {
		switch side {
		case "below":
			f.Page.Below = n
		case "above":
			f.Page.Above = n
		}
	}
	return f
}
