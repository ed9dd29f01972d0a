package web

import (
	"slices"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
)

// ActivityPage is a log: the institution's, or one user's.
type ActivityPage struct {
	User           access.User // whose; zero: the institution's
	Filter         access.EventFilter
	Person         string           // name of the person that the filter is about; empty: not a user of the institution, or not any more
	Products       []access.Product // the institution's, for what roles and products are called
	FilterProducts []access.Product // those that the filter offers
	List           access.EventList
	Zone           *time.Location // where it is what time
}

// ActivityWords are those of the logs.
type ActivityWords struct {
	Title, Lead, History, OwnHistory, HistoryLead, OwnHistoryLead string
	HistoryOf                                                     func(name string) string
	When, Who, What                                               string
	Filter, Product, Action, From, To, AnyProduct, AnyAction      string
	ByPerson, InLog, Export                                       string
	Removed, Loading, Service                                     string
	Nothing, NothingText, NothingYet                              string
	Newer, Older, Pages                                           string
	Actions                                                       map[access.Action]string // as the filter and the file call them
	Did                                                           map[access.Action]func(EventArgs) string
	Data                                                          map[access.Datum]string
	At                                                            func(time.Time) string
	Since, Until                                                  func(time.Time) string
	Faults                                                        map[access.PeriodError]string
	File, HistoryFile                                             string   // the file's name
	Columns                                                       []string // of the file
	Capped                                                        func(rows int) string
}

// EventArgs is what the sentence of an event may speak of. What isn't known is empty, and the sentence does without.
type EventArgs struct {
	Person  string // stands for the name
	Name    string // the name itself, for words that go by its first letter
	Role    string
	Product string
	Group   string
	OldName string // of a group renamed: its name before
	Data    string // the fields that were edited
	After   access.Status
	IsSelf  bool // the person is who did it
}

// isOwn reports whether it is the reader's own log.
func (p ActivityPage) isOwn(f Layout) bool { return p.User.ID != "" && p.User.ID == f.UserID }

// heading is what the page is called.
func (p ActivityPage) heading(f Layout) string {
	w := f.words().Activity
	switch {
	case p.User.ID == "":
		return w.Title
	case p.isOwn(f):
		return w.OwnHistory
	default:
		return w.HistoryOf(p.User.Name())
	}
}

// intro says what the page shows.
func (p ActivityPage) intro(f Layout) string {
	w := f.words().Activity
	switch {
	case p.User.ID == "":
		return w.Lead
	case p.isOwn(f):
		return w.OwnHistoryLead
	default:
		return w.HistoryLead
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
	now, w := p.Filter, f.words().Activity
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
		add(w.Actions[now.Action], func(g *access.EventFilter) { g.Action = "" })
	}
	if day, ok := now.From.Date(); ok {
		add(w.Since(day), func(g *access.EventFilter) { g.From = "" })
	}
	if day, ok := now.To.Date(); ok {
		add(w.Until(day), func(g *access.EventFilter) { g.To = "" })
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

// partyName is what somebody in the log is called.
func (f Layout) partyName(who access.Party) string {
	if who.Name == "" {
		return f.words().Activity.Removed
	}
	return who.Name
}

// actorName is who did it: somebody, or the service.
func (f Layout) actorName(e access.Event) string {
	switch {
	case e.Actor.ID != "":
		return f.partyName(e.Actor)
	case e.Action == access.Load:
		return f.words().Activity.Loading
	default:
		return f.words().Activity.Service
	}
}

// fieldNames are the fields that were edited, as a sentence names them.
func (f Layout) fieldNames(some []access.Datum) string {
	var names []string
	for _, d := range some {
		name := f.words().Activity.Data[d]
		if name == "" {
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
	did := f.words().Activity.Did[e.Action]
	if did == nil {
		return string(e.Action), "", ""
	}
	d := EventArgs{Person: placeholder, Name: f.partyName(e.Subject), Group: e.Group, OldName: e.PreviousName, Data: f.fieldNames(e.Data), After: e.After, IsSelf: e.Actor.ID == e.Subject.ID}
	if e.Product != "" {
		d.Product = p.productTitle(f, e.Product)
	}
	if e.Role != "" {
		d.Role = p.roleName(f, access.Target{Product: e.Product, Role: e.Role})
	}
	before, after, named := strings.Cut(did(d), placeholder)
	if named {
		person = d.Name
	}
	return before, person, after
}

// hasProfileLink reports whether somebody's name leads to their profile: those who are here, for who may see them (rule V4).
func (f Layout) hasProfileLink(who access.Party) bool {
	return who.Name != "" && (f.MayEnterUsers || who.ID == f.UserID)
}

// hasLogLink reports whether somebody's name leads to all that the log has of them: those who have no profile any more.
func (f Layout) hasLogLink(who access.Party) bool {
	return who.ID != "" && who.Name == "" && f.MayEnterUsers
}

// ActivityFileName is what the file of a log is called: the institution's, or one user's.
func ActivityFileName(f Layout, of access.UserID) string {
	if of != "" {
		return f.words().Activity.HistoryFile
	}
	return f.words().Activity.File
}

// ActivityColumns head the file of a log.
func ActivityColumns(f Layout) []string { return slices.Clone(f.words().Activity.Columns) }

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
		e.At.In(p.Zone).Format(time.DateTime), f.actorName(e), f.words().Activity.Actions[e.Action], subject,
		product, role, f.words().Statuses[e.Before], f.words().Statuses[e.After], e.Group, f.fieldNames(e.Data),
		before + person + after, string(e.Actor.ID), string(e.Subject.ID),
	}
}

// ActivityCappedNote is the file's last line, where there would be more rows than it may have.
func ActivityCappedNote(f Layout, rows int) string { return f.words().Activity.Capped(rows) }
