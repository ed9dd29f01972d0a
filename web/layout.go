// Package web holds the pages, their words and their look. It is flat: an exported component is a page, an unexported one
// is part of one.
//
// Pages take the values of [access] and ask them questions; they decide nothing, read no clock, and know neither HTTP nor
// the database. Every control that changes something is a link to a page with a form, so that all of it works without
// JavaScript.
package web

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Layout is what surrounds every page: who looks at it, in which institution, and what has just happened.
type Layout struct {
	Lang          access.Language      // empty: the default
	Address       string               // of the page, to come back to when another language is chosen; empty: none is offered
	Person        string               // "Anna Bianchi"; empty: not signed in
	UserID        access.UserID        // the person in the institution, for the link to their own profile
	SignedIn      bool                 // outside an institution
	Institution   access.Institution   // zero: none has been chosen
	Institutions  []access.Institution // those where the person has powers (rule V1): the header's switch
	MayEnterUsers bool                 // the Users section is in the navigation (rule V3)
	ActiveNav     NavItem              // which entry of the navigation is the current one
	Manual        string               // address of the manual; empty: not shown
	Assistance    string               // address of the help desk; empty: not shown
	Outcome       *Outcome             // the change that was just made
	Refusal       *RefusalBanner       // the change that was just refused
	Demo          bool                 // the data are invented, and the page says so
}

// NavItem is an entry of the institution's navigation.
type NavItem string

// The entries there are.
const (
	NavOverview   NavItem = "overview"
	NavUsers      NavItem = "users"
	NavActivity   NavItem = "activity"
	NavGroups     NavItem = "groups"
	NavOwnProfile NavItem = "me"
)

// Outcome is a change that was made: a banner that stays, and the first words of the title.
type Outcome struct {
	Action          access.Action
	Person          string        // empty: not known any more
	Role            access.Text   // of one role
	Roles           []access.Text // of several that were given together
	Product         access.Text
	Group           string // its name
	LeftInstitution bool   // the person was removed from the institution with the last role (rule P7)
	Offboarded      bool   // all that the actor could take away was taken at once
	ReverseURL      string // address where the reverse action asks for confirmation; empty: not offered
}

// RefusalBanner is a change that can't be made as things stand (rule V9): the banner above the fresh page.
type RefusalBanner struct {
	Reason  access.Reason
	Person  string
	Role    access.Text
	Product access.Text
}

// title is the page's <title>: what happened, the page, the institution, the service. Never a fiscal code (rule D7).
func (f Layout) title(page ...string) string {
	l := f.locale()
	var parts []string
	if f.Outcome != nil {
		parts = append(parts, f.bannerTitle(*f.Outcome))
	}
	if f.Refusal != nil {
		parts = append(parts, l.T("common.error_prefix")+reasonTitle(l, f.Refusal.Reason))
	}
	parts = append(parts, page...)
	if f.Institution.Name != "" {
		parts = append(parts, f.Institution.Name)
	}
	return strings.Join(append(parts, l.T("common.service")), " – ")
}

// locale returns what the interface says in the layout's language.
func (f Layout) locale() *locale.Locale { return locale.For(f.Lang) }

// localize is a text of the catalogue in the interface's language, or in Italian where the catalogue has nothing else.
func (f Layout) localize(t access.Text) string { return t.In(f.Lang) }

// isItalianOnly reports whether localize falls back to Italian, which the page must then declare.
func (f Layout) isItalianOnly(t access.Text) bool {
	return t.It != "" && t.LanguageIn(f.Lang) != f.locale().Language
}

// statusName is the name of a status, and empty for none.
func (f Layout) statusName(s access.Status) string {
	name, _ := f.locale().Find("status.*", string(s))
	return name
}

// reasonTitle heads a page or a banner that says why something is refused. Hidden reasons all say what a page that does not
// exist says (rule V9).
func reasonTitle(l *locale.Locale, r access.Reason) string {
	if r.Grade() == access.Hidden {
		return l.T("error.404.title")
	}
	return l.Of("reason.*.title", string(r))
}

// reasonText says why something is refused, and what to do about it.
func reasonText(l *locale.Locale, r access.Reason, about locale.Args) string {
	if r.Grade() == access.Hidden {
		return l.T("error.404.text")
	}
	return l.Of("reason.*.text", string(r), about)
}

// bannerTitle is what has happened, in a few words.
func (f Layout) bannerTitle(o Outcome) string {
	switch {
	case o.Offboarded:
		return f.locale().T("offboarding.done")
	case o.LeftInstitution:
		return f.locale().T("action.remove.done_gone")
	case o.Action == access.Assign && len(o.Roles) > 1:
		return f.locale().T("action.assign.done_roles")
	default:
		return f.locale().Of("action.*.done", string(o.Action))
	}
}

// bannerText is what is different now.
func (f Layout) bannerText(o Outcome) string {
	if o.Offboarded {
		if o.LeftInstitution {
			return f.locale().T("offboarding.outcome_gone", o.about(f))
		}
		return f.locale().T("offboarding.outcome", o.about(f))
	}
	switch {
	case o.Action == access.Remove && o.LeftInstitution:
		return f.locale().T("action.remove.outcome_gone", o.about(f))
	case o.Action == access.DeleteGroup && o.Group == "":
		return f.locale().T("action.delete-group.outcome_unnamed")
	default:
		return f.locale().Of("action.*.outcome", string(o.Action), o.about(f))
	}
}

// joinNames puts names one after the other: "A, B e C".
func (f Layout) joinNames(names []string) string { return f.locale().Join(names) }

// about is what an outcome's sentence speaks of.
func (o Outcome) about(f Layout) locale.Args {
	a := f.about(o.Person, o.Role, o.Product)
	var roles []string
	for _, r := range o.Roles {
		roles = append(roles, f.localize(r))
	}
	if len(roles) > 0 {
		a.Role = f.joinNames(roles)
	}
	a.Group = o.Group
	return a
}

// about gathers what a sentence may speak of.
func (f Layout) about(person string, role, product access.Text) locale.Args {
	return locale.Args{Person: person, Role: f.localize(role), Product: f.localize(product), Institution: f.Institution.Name}
}
