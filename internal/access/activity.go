package access

import "time"

// Event is one change as the log shows it: who did what to whom, and when (rule D5). Names are the present ones, or
// those at the removal, because events keep ids only.
type Event struct {
	Number        int64 // from 1, without gaps within the institution
	At            time.Time
	Actor         Party // without an ID: an operator of the service, by a command
	Action        Action
	Subject       Party
	Product       ProductID // empty: the event is about no product
	Role          RoleID
	Before        Status   // of the role
	After         Status   // of the role
	Group         string   // name of the group; empty if the group was deleted and its name is not in the log
	PreviousName  string   // of a renamed group
	Roles         []RoleID // of a change of role (rule P13)
	PreviousRoles []RoleID // likewise, before it
	IsLog         bool     // of an export: a log, not the list
	Data          []Datum  // edited or verified data
	Was, Is       []string // their values, in the same order; empty if the log's key to them is gone (rule P7)
}

// Party is a person named by an event.
type Party struct {
	ID      UserID
	Name    string // empty: erased, or removed and the log's retention is over (rule P7)
	Removed bool   // not a user of the institution now; the name is that at the removal
}

// Datum names a part of a user's data in the log.
type Datum string

// The data that can be edited (rule P8).
const (
	DatumNames Datum = "names"
	DatumEmail Datum = "email"
)

// CanSeeEvent reports whether the actor may see an event in the log of a user ("Cronologia"), or in the institution's
// log ("Registro attività") if of is empty (rule V12). The right to open these logs is decided by [View] and [EnterUsers].
//
// An Administrator sees the events of the products that they administer now. Every Administrator sees the events about
// no product (a user added, data edited or verified), which show no more than the list of users does (rule V3). Users
// see all of their own log.
//
// A log is read page by page, so the database selects the events. A test in package store compares its statement with
// this function, reader by reader and event by event.
func CanSeeEvent(actor User, of UserID, e Event) bool {
	if of != "" && of == actor.ID && of == e.Subject.ID {
		return true
	}
	if e.Product == "" {
		return actor.IsAdministrator()
	}
	return actor.Administers(e.Product)
}

// EventFilter selects events of a log, and a page of them. The zero value is the newest page of the institution's log.
type EventFilter struct {
	Subject UserID    // the log of one user; empty: the institution's
	Person  UserID    // in the institution's log, events with this subject or actor
	Product ProductID // empty: events of all products, and of none
	Action  Action
	From    Day // first day
	To      Day // last day
	Page    EventPage
}

// Narrows reports whether the filter leaves out events of the log.
func (f EventFilter) Narrows() bool {
	return f.Person != "" || f.Product != "" || f.Action != "" || f.From != "" || f.To != ""
}

// EventPage is a page of a log, by the number of the event before or after it; zero is the newest page. Numbers are
// never used again, so new events do not shift the pages.
type EventPage struct {
	Below int64 // events older than this one
	Above int64 // events newer than this one
}

// EventList is a page of a log, the newest event first.
type EventList struct {
	Events []Event
	Newer  EventPage // zero: no newer events
	Older  EventPage // zero: no older events
}

// Day is a day in Italy as typed, e.g. "2026-11-21". It may be invalid.
type Day string

// Date is the day at midnight UTC, false if the text is not a day since 1900.
func (d Day) Date() (time.Time, bool) {
	date, err := time.Parse(time.DateOnly, string(d))
	return date, err == nil && date.Year() >= 1900
}

// PeriodError is what is wrong with a filter's period. Pages have a sentence for each.
type PeriodError string

// All errors of a period.
const (
	InvalidFrom     PeriodError = "from-no-day"
	InvalidTo       PeriodError = "to-no-day"
	PeriodBackwards PeriodError = "backwards" // the period ends before it begins
)

// PeriodError is what is wrong with the filter's period; empty if the period is valid.
func (f EventFilter) PeriodError() PeriodError {
	from, fromOK := f.From.Date()
	to, toOK := f.To.Date()
	switch {
	case f.From != "" && !fromOK:
		return InvalidFrom
	case f.To != "" && !toOK:
		return InvalidTo
	case f.From != "" && f.To != "" && to.Before(from):
		return PeriodBackwards
	}
	return ""
}

// EventProducts are the products that a log's filter offers: those whose events the actor may see.
func EventProducts(actor User, of UserID, products []Product) []Product {
	if of != "" && of == actor.ID {
		return products
	}
	var some []Product
	for _, p := range products {
		if actor.Administers(p.ID) {
			some = append(some, p)
		}
	}
	return some
}

// Validate returns [ErrNotFound] if the filter's product is not among those offered.
func (f EventFilter) Validate(offered []Product) error {
	if _, found := FindProduct(offered, f.Product); !found && f.Product != "" {
		return ErrNotFound
	}
	return nil
}
