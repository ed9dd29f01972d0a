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
)

// Language is what the interface speaks.
type Language string

// The languages there are: Italian is that of everybody who hasn't chosen, and whose browser asks for no other.
const (
	Italian Language = "it"
	English Language = "en"
)

// Languages are all of them.
func Languages() []Language { return []Language{Italian, English} }

// nativeName is what those who speak a language call it.
func (l Language) nativeName() string {
	switch l {
	case English:
		return "English"
	case Italian:
	}
	return "Italiano"
}

// Layout is what surrounds every page: who looks at it, in which institution, and what has just happened.
type Layout struct {
	Lang          Language             // empty: Italian
	Address       string               // of the page, to come back to when another language is chosen; empty: none is offered
	Person        string               // "Anna Bianchi"; empty: nobody has signed in
	UserID        access.UserID        // the person, for the link to their own profile
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
	w := f.words()
	var parts []string
	if f.Outcome != nil {
		parts = append(parts, f.bannerTitle(*f.Outcome))
	}
	if f.Refusal != nil {
		parts = append(parts, w.ErrorPrefix+w.Reasons[f.Refusal.Reason].Title)
	}
	parts = append(parts, page...)
	if f.Institution.Name != "" {
		parts = append(parts, f.Institution.Name)
	}
	return strings.Join(append(parts, w.Service), " – ")
}

// lang is the code for the lang attribute.
func (f Layout) lang() string {
	if f.Lang == English {
		return string(English)
	}
	return string(Italian)
}

// localize is a text of the catalogue in the interface's language, or in Italian where the catalogue has nothing else.
func (f Layout) localize(t access.Text) string {
	if f.Lang == English && t.En != "" {
		return t.En
	}
	return t.It
}

// isItalianOnly reports whether say falls back to Italian, which the page must then declare.
func (f Layout) isItalianOnly(t access.Text) bool {
	return f.Lang == English && t.En == "" && t.It != ""
}

// bannerTitle is what has happened, in a few words.
func (f Layout) bannerTitle(o Outcome) string {
	switch {
	case o.Offboarded:
		return f.words().Cessation.Done
	case o.LeftInstitution:
		return f.words().Gone
	case o.Action == access.Assign && len(o.Roles) > 1:
		return f.words().SeveralAssigned
	default:
		return f.words().Actions[o.Action].Done
	}
}

// bannerText is what is different now.
func (f Layout) bannerText(o Outcome) string {
	if o.Offboarded {
		return f.words().Cessation.Said(o.about(f))
	}
	return f.words().Actions[o.Action].Said(o.about(f))
}

// joinNames names one after the other: "A, B e C".
func (f Layout) joinNames(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + f.words().And + names[last]
}

// about is what an outcome's sentence speaks of.
func (o Outcome) about(f Layout) About {
	a := f.about(o.Person, o.Role, o.Product)
	var roles []string
	for _, r := range o.Roles {
		roles = append(roles, f.localize(r))
	}
	if len(roles) > 0 {
		a.Role = f.joinNames(roles)
	}
	a.Group, a.Gone = o.Group, o.LeftInstitution
	return a
}

// about gathers what a sentence may speak of.
func (f Layout) about(person string, role, product access.Text) About {
	return About{Person: person, Role: f.localize(role), Product: f.localize(product), Institution: f.Institution.Name}
}
