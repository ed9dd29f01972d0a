// Package web has the pages, their texts and their styles. An exported component is a page, an unexported one is part
// of a page.
//
// Pages get the values of [access] and query them; they make no decision, read no clock, and depend neither on HTTP nor
// on the database. Every control that changes something is a link to a page with a form, so that it works without
// JavaScript.
package web

import (
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Layout is the data of what surrounds every page: the signed-in person, the institution, and the result of the last
// change.
type Layout struct {
	Lang          access.Language      // empty: the default
	Address       string               // of the page, to return to after a change of language; empty: no language switch
	Person        string               // "Anna Bianchi"; empty: not signed in
	UserID        access.UserID        // the person's, for the link to their own profile
	SignedIn      bool                 // outside an institution
	Institution   access.Institution   // zero: none selected
	Institutions  []access.Institution // those in which the person has powers (rule V1), for the header's switch
	MayEnterUsers bool                 // the Users section is in the navigation (rule V3)
	ActiveNav     NavItem              // the current entry of the navigation
	Manual        string               // address of the manual; empty: not shown
	Assistance    string               // address of the help desk; empty: not shown
	Declaration   string               // address of the accessibility declaration; empty: there is none yet
	Outcome       *Outcome             // of a change that was just made
	Refusal       *RefusalBanner       // of a change that was just refused
	List          access.Filter        // the list that the person came from
	ListSignature string               // of its search text
	ReturnsToList bool                 // the action was chosen in that list, and leads back there
	Demo          bool                 // the page states that the data are invented
	hasForm       bool                 // the page has a form with the id pageFormID, which a change of language keeps
}

// pageFormID is the id of the form that a page is there for.
const pageFormID = "page-form"

// withForm is the layout of a page with such a form: the buttons of the languages send it along, so that what is typed is
// kept.
func (f Layout) withForm() Layout {
	f.hasForm = true
	return f
}

// NavItem is an entry of the institution's navigation.
type NavItem string

// The entries.
const (
	NavOverview   NavItem = "overview"
	NavUsers      NavItem = "users"
	NavActivity   NavItem = "activity"
	NavGroups     NavItem = "groups"
	NavOwnProfile NavItem = "me"
)

// Outcome is a change that was made: the banner, and the first part of the document's title.
type Outcome struct {
	Action          access.Action
	Person          string        // empty: no longer known
	Role            access.Text   // the changed role, if there was one
	Roles           []access.Text // the roles that were assigned together
	Replaced        []access.Text // the roles that those took the place of
	Product         access.Text
	Group           string // its name
	LeftInstitution bool   // the last role was removed, so the person is no longer a user of the institution (rule P7)
	Offboarded      bool   // all roles that the actor could remove were removed together
	ReverseURL      string // the confirmation of the reverse action; empty: none
}

// RefusalBanner reports a change that is not possible in the current state (rule V9), above the current page.
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

// locale returns the texts in the layout's language.
func (f Layout) locale() *locale.Locale { return locale.For(f.Lang) }

// localize is a text of the catalogue in the layout's language, or in Italian if there is no translation.
func (f Layout) localize(t access.Text) string { return t.In(f.Lang) }

// isItalianOnly reports whether localize falls back to Italian. The page must then mark the language.
func (f Layout) isItalianOnly(t access.Text) bool {
	return t.It != "" && t.LanguageIn(f.Lang) != f.locale().Language
}

// statusName is the name of a status; empty for an empty status.
func (f Layout) statusName(s access.Status) string {
	name, _ := f.locale().Find("status.*", string(s))
	return name
}

// reasonTitle is the title of a page or a banner that explains a refusal. All hidden reasons have the title of a page
// that does not exist (rule V9).
func reasonTitle(l *locale.Locale, r access.Reason) string {
	if r.Grade() == access.Hidden {
		return l.T("error.404.title")
	}
	return l.Of("reason.*.title", string(r))
}

// reasonText explains a refusal and how to resolve it.
func reasonText(l *locale.Locale, r access.Reason, about locale.Args) string {
	if r.Grade() == access.Hidden {
		return l.T("error.404.text")
	}
	return l.Of("reason.*.text", string(r), about)
}

// bannerTitle names the change in a few words.
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

// bannerText describes the effects of the change.
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

// joinNames joins names as "A, B e C".
func (f Layout) joinNames(names []string) string { return f.locale().Join(names) }

// joinTexts joins texts of the catalogue likewise.
func (f Layout) joinTexts(texts []access.Text) string {
	var names []string
	for _, t := range texts {
		names = append(names, f.localize(t))
	}
	return f.joinNames(names)
}

// about are the arguments of an outcome's texts.
func (o Outcome) about(f Layout) locale.Args {
	a := f.about(o.Person, o.Role, o.Product)
	if len(o.Roles) > 0 {
		a.Role = f.joinTexts(o.Roles)
	}
	a.Was = f.joinTexts(o.Replaced)
	a.Group = o.Group
	return a
}

// about are arguments of texts.
func (f Layout) about(person string, role, product access.Text) locale.Args {
	about := locale.Args{Person: person, Role: f.localize(role), Product: f.localize(product), Institution: f.Institution.Name}
	about.To = f.toPerson(person, about)
	return about
}

// toPerson is the person that a sentence speaks of, with the preposition that fits the name: "a Giulio", "ad Anna".
func (f Layout) toPerson(name string, about locale.Args) string {
	if strings.HasPrefix(name, "A") || strings.HasPrefix(name, "a") {
		return f.locale().T("activity.to_person_vowel", about)
	}
	return f.locale().T("activity.to_person", about)
}

// reverseVerb is the text of the link that undoes an action.
func (f Layout) reverseVerb(a access.Action) string {
	if a == access.ChangeRole {
		return f.locale().T("common.undo_change")
	}
	return f.locale().Of("action.*.verb", string(a.Reverse()))
}
