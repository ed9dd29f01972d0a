package web

import (
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// ActivityPage is a page of an audit log: the institution's, or one user's.
type ActivityPage struct {
	User           access.User // the user whose log it is; zero: the institution's log
	Filter         access.EventFilter
	Person         string           // name of the person in the filter; empty if they are not, or no longer, a user of the institution
	Products       []access.Product // the institution's, for the titles of products and roles
	FilterProducts []access.Product // the choices of the filter
	List           access.EventList
	Zone           *time.Location // of the displayed times
}

// isOwn reports whether the log is the reader's own.
func (p ActivityPage) isOwn(f Layout) bool { return p.User.ID != "" && p.User.ID == f.UserID }

// heading is the page's heading.
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

// intro describes what the page of one person shows; empty for the institution's log.
func (p ActivityPage) intro(f Layout) string {
	l := f.locale()
	switch {
	case p.User.ID == "":
		return ""
	case p.isOwn(f):
		return l.T("activity.own_history_intro")
	default:
		return l.T("activity.history_intro")
	}
}

// pageFilter is the filter of another page of the same log.
func (p ActivityPage) pageFilter(page access.EventPage) access.EventFilter {
	next := p.Filter
	next.Page = page
	return next
}

// appliedEventFilter is one active condition of a log's filter, and the filter without it.
type appliedEventFilter struct {
	name    string
	isName  bool // of a person: not to be translated
	without access.EventFilter
}

// appliedFilters lists the active conditions in the form's order. An invalid date is kept in its field and reported
// there.
func (p ActivityPage) appliedFilters(f Layout) []appliedEventFilter {
	now, l := p.Filter, f.locale()
	now.Page = access.EventPage{}
	var all []appliedEventFilter
	add := func(name string, drop func(*access.EventFilter)) {
		without := now
		drop(&without)
		all = append(all, appliedEventFilter{name: name, without: without})
	}
	if now.Person != "" {
		add(f.PartyName(access.Party{ID: now.Person, Name: p.Person}), func(g *access.EventFilter) { g.Person = "" })
		all[0].isName = true
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

// productTitle is a product's title in the catalogue; its code if the institution no longer has the product.
func (p ActivityPage) productTitle(f Layout, id access.ProductID) string {
	if product, found := access.FindProduct(p.Products, id); found {
		return f.localize(product.Title)
	}
	return string(id)
}

// roleName is a role's name in the catalogue; its code if the role no longer exists.
func (p ActivityPage) roleName(f Layout, t access.Target) string {
	product, _ := access.FindProduct(p.Products, t.Product)
	return f.localize(roleLabel(product, t.Role))
}

// roleNames are the names of a product's roles, joined.
func (p ActivityPage) roleNames(f Layout, product access.ProductID, roles []access.RoleID) string {
	var names []string
	for _, role := range roles {
		names = append(names, p.roleName(f, access.Target{Product: product, Role: role}))
	}
	return f.joinNames(names)
}

// PartyName is a person's name in the log.
func (f Layout) PartyName(who access.Party) string {
	if who.Name == "" {
		return f.locale().T("activity.removed")
	}
	return who.Name
}

// actorName is the actor's name: a person's, or the service's.
func (f Layout) actorName(e access.Event) string {
	switch {
	case e.Actor.ID != "":
		return f.PartyName(e.Actor)
	case e.Action == access.Load:
		return f.locale().T("activity.loading")
	default:
		return f.locale().T("activity.service")
	}
}

// fieldNames lists the edited fields as a sentence names them.
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

// change is what an edit made of a datum.
type change struct{ name, was, is string }

// changes are the values before and after of the data that an event edited, as far as the log still has the key to them.
func (f Layout) changes(e access.Event) []change {
	if len(e.Was) != len(e.Data) || len(e.Is) != len(e.Data) {
		return nil
	}
	var all []change
	for i, d := range e.Data {
		all = append(all, change{f.fieldNames([]access.Datum{d}), e.Was[i], e.Is[i]})
	}
	return all
}

// changedData are the edited data as a cell of the file, with their values.
func (f Layout) changedData(e access.Event) string {
	var all []string
	for _, c := range f.changes(e) {
		all = append(all, c.name+": "+c.was+" → "+c.is)
	}
	if len(all) == 0 {
		return f.fieldNames(e.Data)
	}
	return strings.Join(all, ", ")
}

// splitSentence splits the sentence of an event, without its actor, into the text before the subject's name, the name,
// and the text after it. The name is empty if the sentence does not contain it.
func (p ActivityPage) splitSentence(f Layout, e access.Event) (before, person, after string) {
	const placeholder = "\x00" // occurs in no name
	l, name := f.locale(), f.PartyName(e.Subject)
	about := locale.Args{Person: placeholder, Group: e.Group, Was: e.PreviousName, Data: f.fieldNames(e.Data)}
	if e.Action == access.Verify && about.Data == "" {
		about.Data = l.T("activity.data.names")
	}
	about.To = f.toPerson(name, about)
	if e.Action == access.ChangeRole {
		about.Was, about.To = p.roleNames(f, e.Product, e.PreviousRoles), l.ToRoles(p.roleNames(f, e.Product, e.Roles))
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

// variant is the last part of the key of an event's sentence, which depends on the event's data.
func variant(e access.Event) string {
	v := ""
	switch {
	case e.Action == access.Add && e.Role != "":
		v = "_role"
	case e.Action == access.Edit && len(e.Data) > 0:
		v = "_data"
	case e.Action == access.Export && e.IsLog && e.Subject.ID != "":
		v = "_history"
	case e.Action == access.Export && e.IsLog:
		v = "_log"
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

// hasProfileLink reports whether a name links to the profile: of a current user, for readers who can see it (rule V4).
func (f Layout) hasProfileLink(who access.Party) bool {
	return who.Name != "" && !who.Removed && (f.MayEnterUsers || who.ID == f.UserID)
}

// hasLogLink reports whether a name links to the person's events: of a former user, who has no profile.
func (f Layout) hasLogLink(who access.Party) bool {
	return who.ID != "" && (who.Name == "" || who.Removed) && f.MayEnterUsers
}

// ActivityFileName is the name of a log's file: the institution's, or one user's.
func ActivityFileName(f Layout, of access.UserID) string {
	if of != "" {
		return f.locale().T("activity.history_file")
	}
	return f.locale().T("activity.file")
}

// ActivityColumns are the headings of a log's file.
func ActivityColumns(f Layout) []string {
	var all []string
	for _, column := range []string{
		"time", "actor", "action", "person", "product", "role", "before", "after", "group", "data", "event", "actor_id", "person_id",
	} {
		all = append(all, f.locale().Of("activity.column.*", column))
	}
	return all
}

// ActivityRecord is an event as a row of the file, with a cell for each column.
func ActivityRecord(f Layout, p ActivityPage, e access.Event) []string {
	product, role := "", ""
	if e.Product != "" {
		product = p.productTitle(f, e.Product)
	}
	if e.Role != "" {
		role = p.roleName(f, access.Target{Product: e.Product, Role: e.Role})
	}
	if e.Action == access.ChangeRole {
		role = p.roleNames(f, e.Product, e.PreviousRoles) + " → " + p.roleNames(f, e.Product, e.Roles)
	}
	before, person, after := p.splitSentence(f, e)
	subject := ""
	if e.Subject.ID != "" {
		subject = f.PartyName(e.Subject)
	}
	return []string{
		e.At.In(p.Zone).Format(time.DateTime), f.actorName(e), f.locale().Of("activity.name.*", string(e.Action)), subject,
		product, role, f.statusName(e.Before), f.statusName(e.After), e.Group, f.changedData(e),
		before + person + after, string(e.Actor.ID), string(e.Subject.ID),
	}
}

// ActivityCappedNote is the last line of a file whose number of rows was limited.
func ActivityCappedNote(f Layout, rows int) string {
	return f.locale().T("activity.capped", locale.Args{Count: rows})
}
