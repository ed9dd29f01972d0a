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

// name is what those who speak a language call it.
func (l Language) name() string {
	switch l {
	case English:
		return "English"
	case Italian:
	}
	return "Italiano"
}

// Frame is what surrounds every page: who looks at it, in which institution, and what has just happened.
type Frame struct {
	Lang          Language             // empty: Italian
	Address       string               // of the page, to come back to when another language is chosen; empty: none is offered
	Person        string               // "Anna Bianchi"; empty: nobody has signed in
	Me            access.UserID        // the person, for the link to their own profile
	Institution   access.Institution   // zero: none has been chosen
	Institutions  []access.Institution // those where the person has powers (rule V1): the header's switch
	MayEnterUsers bool                 // the Users section is in the navigation (rule V3)
	Here          Place                // which entry of the navigation is the current one
	Manual        string               // address of the manual; empty: not shown
	Assistance    string               // address of the help desk; empty: not shown
	Outcome       *Outcome             // the change that was just made
	Refused       *Refused             // the change that was just refused
	Demo          bool                 // the data are invented, and the page says so
}

// Place is an entry of the institution's navigation.
type Place string

// The entries there are.
const (
	Overview  Place = "overview"
	UsersList Place = "users"
	Activity  Place = "activity"
	InGroups  Place = "groups"
	Me        Place = "me"
)

// Outcome is a change that was made: a banner that stays, and the first words of the title.
type Outcome struct {
	Action  access.Action
	Person  string        // empty: not known any more
	Role    access.Text   // of one role
	Roles   []access.Text // of several that were given together
	Product access.Text
	Group   string // its name
	Gone    bool   // the person was removed from the institution with the last role (rule P7)
	Ceased  bool   // all that the actor could take away was taken at once
	Reverse string // address where the reverse action asks for confirmation; empty: not offered
}

// Refused is a change that can't be made as things stand (rule V9): the banner above the fresh page.
type Refused struct {
	Reason  access.Reason
	Person  string
	Role    access.Text
	Product access.Text
}

// title is the page's <title>: what happened, the page, the institution, the service. Never a fiscal code (rule D7).
func (f Frame) title(page ...string) string {
	w := f.words()
	var parts []string
	if f.Outcome != nil {
		parts = append(parts, f.done(*f.Outcome))
	}
	if f.Refused != nil {
		parts = append(parts, w.ErrorPrefix+w.Reasons[f.Refused.Reason].Title)
	}
	parts = append(parts, page...)
	if f.Institution.Name != "" {
		parts = append(parts, f.Institution.Name)
	}
	return strings.Join(append(parts, w.Service), " – ")
}

// lang is the code for the lang attribute.
func (f Frame) lang() string {
	if f.Lang == English {
		return string(English)
	}
	return string(Italian)
}

// say is a text of the catalogue in the interface's language, or in Italian where the catalogue has nothing else.
func (f Frame) say(t access.Text) string {
	if f.Lang == English && t.En != "" {
		return t.En
	}
	return t.It
}

// foreign reports whether say falls back to Italian, which the page must then declare.
func (f Frame) foreign(t access.Text) bool { return f.Lang == English && t.En == "" && t.It != "" }

// done is what has happened, in a few words.
func (f Frame) done(o Outcome) string {
	switch {
	case o.Ceased:
		return f.words().Cessation.Done
	case o.Gone:
		return f.words().Gone
	case o.Action == access.Assign && len(o.Roles) > 1:
		return f.words().SeveralAssigned
	default:
		return f.words().Actions[o.Action].Done
	}
}

// said is what is different now.
func (f Frame) said(o Outcome) string {
	if o.Ceased {
		return f.words().Cessation.Said(o.about(f))
	}
	return f.words().Actions[o.Action].Said(o.about(f))
}

// several names one after the other: "A, B e C".
func (f Frame) several(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + f.words().And + names[last]
}

// about is what an outcome's sentence speaks of.
func (o Outcome) about(f Frame) About {
	a := f.about(o.Person, o.Role, o.Product)
	var roles []string
	for _, r := range o.Roles {
		roles = append(roles, f.say(r))
	}
	if len(roles) > 0 {
		a.Role = f.several(roles)
	}
	a.Group, a.Gone = o.Group, o.Gone
	return a
}

// about gathers what a sentence may speak of.
func (f Frame) about(person string, role, product access.Text) About {
	return About{Person: person, Role: f.say(role), Product: f.say(product), Institution: f.Institution.Name}
}
