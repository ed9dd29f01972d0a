package access

import "time"

// Event is one change as the log shows it: who did what to whom, when (rule D5). Names are those of today: the log itself
// keeps ids only.
type Event struct {
	Number       int64 // from 1, without gaps within the institution
	At           time.Time
	Actor        Party // without an ID: the service itself
	Action       Action
	Subject      Party
	Product      ProductID // empty: it is about no product
	Role         RoleID
	Before       Status  // of the role
	After        Status  // of the role
	Group        string  // the name of the group that it is about; empty if nobody knows it any more
	PreviousName string  // of a group renamed: its name before
	Data         []Datum // what was edited or verified; the values are sealed in the log
}

// Party is somebody whom an event names.
type Party struct {
	ID   UserID
	Name string // empty: not a user of the institution, or not any more
}

// Datum is a part of a user's data, as the log calls it.
type Datum string

// What can be edited (rule P8).
const (
	DatumNames Datum = "names"
	DatumEmail Datum = "email"
)

// CanSeeEvent reports whether somebody may see an event: in the log of one user ("Cronologia", of), or in the institution's
// ("Registro attività", of empty). Whether they may open either is [View]'s and [EnterUsers]' to say.
//
// One sees the events of the products that one administers now, whoever they are about. An event about no product (a user
// added, data edited or verified) is seen by every Administrator: it tells no more than the list of users does (rule V3).
// In one's own log one sees everything.
//
// A log is read page by page, so the database picks the events: the store's statement tells this rule in SQL, and a test
// holds the one against the other, reader by reader and event by event.
func CanSeeEvent(actor User, of UserID, e Event) bool {
	if of != "" && of == actor.ID && of == e.Subject.ID {
		return true
	}
	if e.Product == "" {
		return actor.IsAdministrator()
	}
	return actor.Administers(e.Product)
}

// EventFilter is what a log is narrowed by and how it is walked. The zero value is the institution's log, the newest page.
type EventFilter struct {
	Subject UserID    // one user's log: what was done to them
	Person  UserID    // in the institution's log: what was done to this person, or by them
	Product ProductID // empty: all, and what is about none
	Action  Action
	From    Day // the first day
	To      Day // the last one
	Page    EventPage
}

// Narrows reports whether the filter leaves anything out of the log.
func (f EventFilter) Narrows() bool {
	return f.Person != "" || f.Product != "" || f.Action != "" || f.From != "" || f.To != ""
}

// EventPage says where in a log one is: at its newest events, or next to one of them. Numbers never change hands, so a
// page is the same whatever happens meanwhile.
type EventPage struct {
	Below int64 // older than this one
	Above int64 // newer than this one
}

// EventList is a page of a log, the newest event first.
type EventList struct {
	Events []Event
	Newer  EventPage // zero: there are none
	Older  EventPage // zero: there are none
}

// Day is a day in Italy, as typed: "2026-11-21".
type Day string

// Date reads the day; only its year, month and day mean anything.
func (d Day) Date() (time.Time, bool) {
	date, err := time.Parse(time.DateOnly, string(d))
	return date, err == nil && date.Year() >= 1900
}

// PeriodError is what is wrong with a filter's period: a word, of which the pages have the sentence.
type PeriodError string

// Every fault of a period.
const (
	InvalidFrom     PeriodError = "from-no-day"
	InvalidTo       PeriodError = "to-no-day"
	PeriodBackwards PeriodError = "backwards" // it ends before it begins
)

// PeriodError says what is wrong with the filter's period; nothing, if it is a period.
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

// EventProducts are the products that a log's filter offers: those whose events the actor sees there.
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

// Validate says whether a filter fits the products offered. One that isn't among them doesn't exist: [ErrNotFound].
func (f EventFilter) Validate(offered []Product) error {
	if _, found := FindProduct(offered, f.Product); !found && f.Product != "" {
		return ErrNotFound
	}
	return nil
}
