package web

import (
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ActivityPage is a log: the institution's, or one user's.
type ActivityPage struct {
	User           access.User // whose; zero: the institution's
	Filter         access.EventFilter
	Person         string           // name of the person that the filter is about; empty: the log knows none
	Products       []access.Product // the institution's, for what roles and products are called
	FilterProducts []access.Product // those that the filter offers
	List           access.EventList
	Zone           *time.Location // where it is what time
}

// isOwn reports whether it is the reader's own log.
func (p ActivityPage) isOwn(f Layout) bool { return p.User.ID != "" && p.User.ID == f.UserID }

// heading is what the page is called.
func (p ActivityPage) heading(f Layout) string {
	l := f.locale()
	switch {
	case p.User.ID == "":
		return l.T("activity.title")
	case p.isOwn(f):
		return l.T("activity.own_history")
	default:
		return l.T("activity.history_of", locale.Args{Person: p.User.Name()})
	}
}

// intro says what the page shows.
func (p ActivityPage) intro(f Layout) string {
	l := f.locale()
	switch {
	case p.User.ID == "":
		return l.T("activity.intro")
	case p.isOwn(f):
		return l.T("activity.own_history_intro")
	default:
		return l.T("activity.history_intro")
	}
}

// pageFilter is another page of the same log.
func (p ActivityPage) pageFilter(page access.EventPage) access.EventFilter {
	next := p.Filter
	next.Page = page
	return next
}

// appliedEventFilter is one thing that narrows a log, and the filter without it.
type appliedEventFilter struct {
	name    string
	without access.EventFilter
}

// appliedFilters are all of them, in the form's order. A day that is none stays in its field, where it is told to be none.
func (p ActivityPage) appliedFilters(f Layout) []appliedEventFilter {
	now, l := p.Filter, f.locale()
	now.Page = access.EventPage{}
	var all []appliedEventFilter
	add := func(name string, drop func(*access.EventFilter)) {
		without := now
		drop(&without)
		all = append(all, appliedEventFilter{name, without})
	}
	if now.Person != "" {
		add(f.partyName(access.Party{ID: now.Person, Name: p.Person}), func(g *access.EventFilter) { g.Person = "" })
	}
	if now.Product != "" {
		add(p.productTitle(f, now.Product), func(g *access.EventFilter) { g.Product = "" })
	}
	if now.Action != "" {
		add(l.Of("activity.name.*", string(now.Action)), func(g *access.EventFilter) { g.Action = "" })
	}
	if day, ok := now.From.Date(); ok {
		add(l.T("activity.since", locale.Args{Day: l.Day(day)}), func(g *access.EventFilter) { g.From = "" })
	}
	if day, ok := now.To.Date(); ok {
		add(l.T("activity.until", locale.Args{Day: l.Day(day)}), func(g *access.EventFilter) { g.To = "" })
	}
	return all
}

// productTitle is what the catalogue calls a product; its code, if it isn't the institution's any more.
func (p ActivityPage) productTitle(f Layout, id access.ProductID) string {
	if product, found := access.FindProduct(p.Products, id); found {
		return f.localize(product.Title)
	}
	return string(id)
}

// roleName is what the catalogue calls a role; its code, if there is no such role any more.
func (p ActivityPage) roleName(f Layout, t access.Target) string {
	product, _ := access.FindProduct(p.Products, t.Product)
	return f.localize(roleLabel(product, t.Role))
}

// partyName is a person's name in the log.
func (f Layout) partyName(who access.Party) string {
	if who.Name == "" {
		return f.locale().T("activity.removed")
	}
	return who.Name
}

// actorName is the actor's name: a person's, or the service's.
func (f Layout) actorName(e access.Event) string {
	switch {
	case e.Actor.ID != "":
		return f.partyName(e.Actor)
	case e.Action == access.Load:
		return f.locale().T("activity.loading")
	default:
		return f.locale().T("activity.service")
	}
}

// fieldNames are the fields that were edited, as a sentence names them.
func (f Layout) fieldNames(some []access.Datum) string {
	var names []string
	for _, d := range some {
		name, known := f.locale().Find("activity.data.*", string(d))
		if !known {
			name = string(d)
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// splitSentence is an event's sentence, after who did it: what comes before the person whom it was done to, the person, and what
// comes after. The person is empty where the sentence doesn't name them.
func (p ActivityPage) splitSentence(f Layout, e access.Event) (before, person, after string) {
	const placeholder = "\x00" // stands for the person, and in no name
	l, name := f.locale(), f.partyName(e.Subject)
	about := locale.Args{Person: placeholder, Group: e.Group, Was: e.PreviousName, Data: f.fieldNames(e.Data)}
	if e.Action == access.Verify && about.Data == "" {
		about.Data = l.T("activity.data.names")
	}
	if strings.HasPrefix(name, "A") || strings.HasPrefix(name, "a") {
		about.To = l.T("activity.to_person_vowel", about)
	} else {
		about.To = l.T("activity.to_person", about)
	}
	if e.Product != "" {
		about.Product = p.productTitle(f, e.Product)
	}
	if e.Role != "" {
		about.Role = p.roleName(f, access.Target{Product: e.Product, Role: e.Role})
	}
	sentence, known := l.Find("activity.event.*", string(e.Action)+variant(e), about)
	if !known {
		return string(e.Action), "", ""
	}
	before, after, named := strings.Cut(sentence, placeholder)
	if named {
		person = name
	}
	return before, person, after
}

// variant is the end of the key of an event's sentence, which depends on what the event has.
func variant(e access.Event) string {
	v := ""
	switch {
	case e.Action == access.Add && e.Role != "":
		v = "_role"
	case e.Action == access.Edit && len(e.Data) > 0:
		v = "_data"
	case e.Action == access.Export && e.Product != "":
		v = "_product"
	case (e.Action == access.Join || e.Action == access.Leave) && e.Group == "":
		v = "_unnamed"
	case (e.Action == access.Assign || e.Action == access.Load) && e.After == access.Suspended:
		v = "_suspended"
	}
	if (e.Action == access.Edit || e.Action == access.Verify) && e.Actor.ID == e.Subject.ID {
		v += "_own"
	}
	return v
}

// hasProfileLink reports whether a name links to the profile: of current users, for readers who may see it (rule V4).
func (f Layout) hasProfileLink(who access.Party) bool {
	return who.Name != "" && !who.Removed && (f.MayEnterUsers || who.ID == f.UserID)
}

// hasLogLink reports whether a name links to the person's own events: of people who have no profile any more.
func (f Layout) hasLogLink(who access.Party) bool {
	return who.ID != "" && (who.Name == "" || who.Removed) && f.MayEnterUsers
}

// ActivityFileName is what the file of a log is called: the institution's, or one user's.
func ActivityFileName(f Layout, of access.UserID) string {
	if of != "" {
		return f.locale().T("activity.history_file")
	}
	return f.locale().T("activity.file")
}

// ActivityColumns head the file of a log.
func ActivityColumns(f Layout) []string {
	var all []string
	for _, column := range []string{
		"time", "actor", "action", "person", "product", "role", "before", "after", "group", "data", "event", "actor_id", "person_id",
	} {
		all = append(all, f.locale().Of("activity.column.*", column))
	}
	return all
}

// ActivityRecord is an event as a row of the file, one cell a column.
func ActivityRecord(f Layout, p ActivityPage, e access.Event) []string {
	product, role := "", ""
	if e.Product != "" {
		product = p.productTitle(f, e.Product)
	}
	if e.Role != "" {
		role = p.roleName(f, access.Target{Product: e.Product, Role: e.Role})
	}
	before, person, after := p.splitSentence(f, e)
	subject := ""
	if e.Subject.ID != "" {
		subject = f.partyName(e.Subject)
	}
	return []string{
		e.At.In(p.Zone).Format(time.DateTime), f.actorName(e), f.locale().Of("activity.name.*", string(e.Action)), subject,
		product, role, f.statusName(e.Before), f.statusName(e.After), e.Group, f.fieldNames(e.Data),
		before + person + after, string(e.Actor.ID), string(e.Subject.ID),
	}
}

// ActivityCappedNote is the file's last line, where there would be more rows than it may have.
func ActivityCappedNote(f Layout, rows int) string {
	return f.locale().T("activity.capped", locale.Args{Count: rows})
}
