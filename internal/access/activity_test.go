package access_test

import (
	"errors"
	"testing"

	"areariservata.example/utenti/internal/access"
)

func TestCanSeeEvent(t *testing.T) { // D5, V3, V4
	t.Parallel()
	holds := func(id access.UserID, assignments ...access.Assignment) access.User {
		return access.User{ID: id, Assignments: assignments}
	}
	role := func(p access.ProductID, c access.Category, s access.Status) access.Assignment {
		return access.Assignment{Product: p, Role: "r", Category: c, Status: s}
	}
	administrator := holds("anna", role("p", access.Administrator, access.Active), role("q", access.Operator, access.Active))
	suspended := holds("anna", role("p", access.Administrator, access.Suspended), role("q", access.Operator, access.Active))
	operator := holds("anna", role("p", access.Operator, access.Active))
	about := func(subject access.UserID, p access.ProductID) access.Event {
		return access.Event{Subject: access.Party{ID: subject}, Product: p}
	}
	by := func(e access.Event) access.Event {
		e.Actor.ID = "anna"
		return e
	}
	for name, row := range map[string]struct {
		actor access.User
		of    access.UserID
		event access.Event
		want  bool
	}{
		"on a product that the actor administers":     {administrator, "", about("oto", "p"), true},
		"the same in the user's log":                  {administrator, "oto", about("oto", "p"), true},
		"on a product where the actor is an Operator": {administrator, "", about("oto", "q"), false},
		"the same as an Operator, in the user's log":  {administrator, "oto", about("oto", "q"), false},
		"on a product without a role of the actor":    {administrator, "", about("oto", "z"), false},
		"by the actor, on a product no longer theirs": {administrator, "", by(about("oto", "z")), false},
		"on no product":                             {administrator, "", about("oto", ""), true},
		"about the actor, in the own log":           {administrator, "anna", about("anna", "z"), true},
		"about the actor, in the institution's log": {administrator, "", about("anna", "z"), false},
		"about the actor, in another log":           {administrator, "oto", about("anna", "z"), false},
		"about another user, in the own log":        {administrator, "anna", about("oto", "z"), false},
		"suspended as Administrator":                {suspended, "", about("oto", "p"), false},
		"suspended as Administrator, on no product": {suspended, "", about("oto", ""), false},
		"an Operator, on the product":               {operator, "", about("oto", "p"), false},
		"an Operator, on no product":                {operator, "", about("oto", ""), false},
		"an Operator, own event":                    {operator, "anna", about("anna", "p"), true},
		"an Operator, own event, on no product":     {operator, "anna", about("anna", ""), true},
		"zero values":                               {access.User{}, "", about("", ""), false},
		"zero values, on a product":                 {access.User{}, "", about("", "p"), false},
	} {
		if got := access.CanSeeEvent(row.actor, row.of, row.event); got != row.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestPeriodError(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		from, to access.Day
		want     access.PeriodError
	}{
		{"", "", ""},
		{"2026-11-21", "", ""},
		{"", "2026-11-21", ""},
		{"2026-11-21", "2026-11-21", ""},
		{"2024-02-29", "2026-11-21", ""},
		{"2026-02-29", "", access.InvalidFrom},
		{"21/11/2026", "", access.InvalidFrom},
		{"2026-11-21T00:00", "", access.InvalidFrom},
		{"0000-01-01", "", access.InvalidFrom},
		{"", "2026-13-01", access.InvalidTo},
		{"", "'; SELECT 1", access.InvalidTo},
		{"2026-11-22", "2026-11-21", access.PeriodBackwards},
	} {
		if got := (access.EventFilter{From: row.from, To: row.to}).PeriodError(); got != row.want {
			t.Errorf("from %q to %q: %q, want %q", row.from, row.to, got, row.want)
		}
	}
}

func TestEventProducts(t *testing.T) {
	t.Parallel()
	products := []access.Product{{ID: "p"}, {ID: "q"}}
	anna := access.User{ID: "anna", Assignments: []access.Assignment{{Product: "p", Category: access.Administrator, Status: access.Active}}}
	for of, want := range map[access.UserID]int{"": 1, "oto": 1, "anna": 2} {
		offered := access.EventProducts(anna, of, products)
		if len(offered) != want {
			t.Errorf("the log of %q offers %v", of, offered)
		}
		f := access.EventFilter{Subject: of, Product: "q"}
		if err := f.Validate(offered); errors.Is(err, access.ErrNotFound) != (want == 1) {
			t.Errorf("the log of %q by q: %v", of, err)
		}
	}
}
