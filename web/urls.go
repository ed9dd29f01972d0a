package web

import (
	"net/url"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// Addresses of the site. No part of them says anything about a person: people and institutions are UUIDs.

// RootURL chooses the institution.
func RootURL() string { return "/" }

// LoginURL is where one signs in.
func LoginURL() string { return "/login" }

// LogoutURL takes the form that ends the session.
func LogoutURL() string { return "/logout" }

// AccessibilityURL is the page about accessibility.
func AccessibilityURL() string { return "/accessibility" }

// PrivacyURL is the page about personal data.
func PrivacyURL() string { return "/privacy" }

// HomeURL is the institution's landing page.
func HomeURL(i access.InstitutionID) string { return "/dashboard/" + url.PathEscape(string(i)) }

// SearchURL takes the list's filter form, which travels in the body: a fiscal code typed there must never stand in an
// address (rule D7).
func SearchURL(i access.InstitutionID) string { return HomeURL(i) + "/users/search" }

// ProfileURL is a user's profile.
func ProfileURL(i access.InstitutionID, u access.UserID) string {
	return HomeURL(i) + "/users/" + url.PathEscape(string(u))
}

// RoleURL asks for confirmation of something done to a role (GET), and does it (POST).
func RoleURL(i access.InstitutionID, u access.UserID, t access.Target, a access.Action) string {
	return ProfileURL(i, u) + "/products/" + url.PathEscape(string(t.Product)) +
		"/roles/" + url.PathEscape(string(t.Role)) + "/" + url.PathEscape(string(a))
}

// UsersURL is the list of users, narrowed and walked as the filter says (rule V6). [ReadFilter] reads it back.
func UsersURL(i access.InstitutionID, f access.Filter) string {
	v := url.Values{}
	set := func(key, value string) {
		if value != "" {
			v.Set(key, value)
		}
	}
	set("product", string(f.Product))
	set("category", string(f.Category))
	set("role", roleValue(f.Role))
	set("state", string(f.State))
	set("q", f.Text)
	set("sort", string(f.Sort))
	set("page", pageValue(f.Page))
	address := HomeURL(i) + "/users"
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

// ReadFilter reads a filter from an address's query or from the filter form: both use the same words. What isn't one of
// them is left out; whether products and roles exist is for the reader to see.
func ReadFilter(v url.Values) access.Filter {
	f := access.Filter{Product: access.ProductID(v.Get("product")), Text: strings.TrimSpace(v.Get("q"))}
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
	if access.Sort(v.Get("sort")) == access.ByNameDown {
		f.Sort = access.ByNameDown
	}
	switch side, user, _ := strings.Cut(v.Get("page"), "."); side {
	case "after":
		f.Page.After = access.UserID(user)
	case "before":
		f.Page.Before = access.UserID(user)
	}
	return f
}

// roleValue is a role in a query and in the filter's list: "prod-interop:api".
func roleValue(t access.Target) string {
	if t == (access.Target{}) {
		return ""
	}
	return string(t.Product) + ":" + string(t.Role)
}

// pageValue is a place in a list: "after.<user>" or "before.<user>".
func pageValue(p access.Page) string {
	switch {
	case p.After != "":
		return "after." + string(p.After)
	case p.Before != "":
		return "before." + string(p.Before)
	default:
		return ""
	}
}
