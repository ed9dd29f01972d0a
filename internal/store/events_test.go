package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// testEvent is an event that the test inserts into the table: of any action, person and time.
type testEvent struct {
	at             time.Time
	actor, subject access.UserID
	action         access.Action
	product        access.ProductID
	role           access.RoleID
	before, after  string
}

// insertTestEvents appends events to an institution's log.
func insertTestEvents(t *testing.T, db *pgtest.DB, institution access.InstitutionID, events ...testEvent) {
	t.Helper()
	for _, e := range events {
		if _, err := db.Owner.Exec(t.Context(), `
			INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, before, after, previous, hash)
			SELECT $1, coalesce(max(seq), 0) + 1, $2, nullif($3, '')::uuid, $4, $5, $6, $7,
			       nullif($8, '')::json, nullif($9, '')::json, '', ''
			FROM audit_event WHERE institution = $1`,
			institution, e.at, string(e.actor), e.action, e.subject, e.product, e.role, e.before, e.after); err != nil {
			t.Fatal(err)
		}
	}
}

// readLog reads all pages of a log forwards and then backwards, compares the two, and returns the events in order.
func readLog(
	t *testing.T, s *store.Store, i access.InstitutionID, reader access.UserID, f access.EventFilter, size int,
) []access.Event {
	t.Helper()
	page := func() access.EventList {
		q := s.Query()
		var list access.EventList
		q.Events(&list, i, reader, f, size)
		if err := q.Read(t.Context()); err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if len(list.Events) > size {
			t.Fatalf("%+v: %d events on a page of %d", f, len(list.Events), size)
		}
		if f.Page != (access.EventPage{}) && len(list.Events) == 0 {
			t.Errorf("%+v: the page is empty", f)
		}
		return list
	}
	at := page()
	all := slices.Clone(at.Events)
	for at.Older != (access.EventPage{}) {
		f.Page = at.Older
		at = page()
		all = append(all, at.Events...)
	}
	back := slices.Clone(at.Events)
	for at.Newer != (access.EventPage{}) {
		f.Page = at.Newer
		at = page()
		back = append(slices.Clone(at.Events), back...)
	}
	if diff := cmp.Diff(all, back); diff != "" {
		t.Errorf("%+v: read backwards, the log differs: %s", f, diff)
	}
	return all
}

// eventFixture is an institution with users of both categories and a log with all actions.
type eventFixture struct {
	db              *pgtest.DB
	i               *seed.Institution
	anna, ivo, oto  access.UserID // Administrators of interop and of io, an Operator of interop
	sara            access.UserID // a suspended Administrator of interop, Operator of io
	gone, elsewhere access.UserID // a removed person; a user of another institution only
}

func newEventFixture(t *testing.T) eventFixture {
	t.Helper()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	b := eventFixture{db: db, i: s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")}
	b.anna, b.ivo = b.i.Admin("Anna Bianchi", "prod-interop"), b.i.Admin("Ivo Rossi", "prod-io")
	b.oto = b.i.Operator("Oto Neri", "prod-interop", "api", "security")
	b.sara = b.i.User("Sara Sospesi", "prod-interop/admin suspended", "prod-io/referente operativo")
	b.gone = "00000000-0000-4000-8000-000000000099"
	other := s.Institution("Altrove", "PA").Product("prod-interop")
	b.elsewhere = other.Admin("Ada Altrove", "prod-interop")
	from := time.Date(2026, time.October, 20, 21, 30, 0, 0, time.UTC)
	var events []testEvent
	actors := []access.UserID{b.anna, b.ivo, b.oto, b.gone, b.elsewhere, ""}
	subjects := []access.UserID{b.oto, b.sara, b.anna, b.gone, b.elsewhere}
	for n := range 160 {
		e := testEvent{
			at:    from.Add(time.Duration(n) * 3 * time.Hour),
			actor: actors[n%len(actors)], subject: subjects[(n/3)%len(subjects)],
			action:  access.Actions[(n/2)%len(access.Actions)],
			product: []access.ProductID{"prod-interop", "prod-io", "prod-gone"}[n%3], role: "api",
			before: `{"status":"active"}`, after: `{"status":"suspended"}`,
		}
		if e.action == access.Add || e.action == access.Edit || e.action == access.Verify {
			e.product, e.role, e.before, e.after = "", "", "", ""
		}
		events = append(events, e)
	}
	insertTestEvents(t, db, b.i.ID, events...)
	insertTestEvents(t, db, other.ID, events...) // the same people, the same products: another log
	return b
}

// rome is the time zone of days in filters.
func rome(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// matchesFilter reports whether a log with the filter must show the event.
func matchesFilter(t *testing.T, f access.EventFilter, e access.Event) bool {
	t.Helper()
	day := access.Day(e.At.In(rome(t)).Format(time.DateOnly))
	return (f.Subject == "" || e.Subject.ID == f.Subject) &&
		(f.Person == "" || e.Subject.ID == f.Person || e.Actor.ID == f.Person) &&
		(f.Product == "" || e.Product == f.Product) &&
		(f.Action == "" || e.Action == f.Action) &&
		(f.From == "" || day >= f.From) && (f.To == "" || day <= f.To)
}

// allEvents reads the institution's whole log from the table, without names.
func (b eventFixture) allEvents(t *testing.T) (all []access.Event) {
	t.Helper()
	rows, err := b.db.Owner.Query(t.Context(), `
		SELECT seq, at, coalesce(actor::text, ''), action, subject, product, role,
		       coalesce(before->>'status', ''), coalesce(after->>'status', '')
		FROM audit_event WHERE institution = $1 ORDER BY seq DESC`, b.i.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e access.Event
		err := rows.Scan(&e.Number, &e.At, &e.Actor.ID, &e.Action, &e.Subject.ID, &e.Product, &e.Role, &e.Before, &e.After)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// D5: a log shows the events that the rule lets its reader see and that match the filter, and none of another
// institution, in both directions, under custom and generic plans.
func TestALogShowsTheEventsThatItsReaderMaySee(t *testing.T) {
	t.Parallel()
	b := newEventFixture(t)
	every := b.allEvents(t)
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			config, err := pgxpool.ParseConfig(b.db.AppURL)
			if err != nil {
				t.Fatal(err)
			}
			config.ConnConfig.RuntimeParams["plan_cache_mode"] = mode
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			s := store.New(pool, seed.Keys(t))
			shown := 0
			for _, reader := range []access.UserID{b.anna, b.ivo, b.oto, b.sara, b.elsewhere, b.gone} {
				q := s.Query()
				var actor access.User
				q.User(&actor, b.i.ID, reader)
				if err := q.Read(t.Context()); err != nil {
					t.Fatal(err)
				}
				for _, f := range b.filters() {
					var want []access.Event
					for _, e := range every {
						if access.CanSeeEvent(access.User{ID: reader, Assignments: actor.Assignments}, f.Subject, e) && matchesFilter(t, f, e) {
							want = append(want, e)
						}
					}
					got := readLog(t, s, b.i.ID, reader, f, 7)
					for n := range got {
						got[n].Actor.Name, got[n].Subject.Name = "", ""
					}
					if diff := cmp.Diff(want, got); diff != "" {
						t.Fatalf("%s, %+v: %s", reader, f, diff)
					}
					shown += len(got)
				}
			}
			if shown < 1000 {
				t.Errorf("only %d events compared", shown)
			}
		})
	}
}

// filters returns all combinations of some values of each filter.
func (b eventFixture) filters() (all []access.EventFilter) {
	for _, of := range []access.UserID{"", b.oto, b.anna} {
		for _, person := range []access.UserID{"", b.anna, b.gone} {
			for _, product := range []access.ProductID{"", "prod-interop", "prod-none"} {
				for _, action := range []access.Action{"", access.Suspend, access.Edit} {
					for _, period := range [][2]access.Day{{}, {"2026-10-21", "2026-10-28"}, {"", "2026-10-25"}, {"2026-11-02", ""}} {
						all = append(all, access.EventFilter{
							Subject: of, Person: person, Product: product, Action: action, From: period[0], To: period[1],
						})
					}
				}
			}
		}
	}
	return all
}

// Days of a filter begin and end at midnight in Italy, in summer and in winter.
func TestDaysBeginAndEndInItaly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	for _, at := range []string{
		"2026-07-14T21:59:59Z", "2026-07-14T22:00:00Z", "2026-12-14T22:59:59Z", "2026-12-14T23:00:00Z",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		insertTestEvents(t, db, i.ID, testEvent{at: instant, action: access.Edit, subject: anna})
	}
	s := store.New(db.App, seed.Keys(t))
	for day, want := range map[access.Day]string{
		"2026-07-14": "21:59:59", "2026-07-15": "22:00:00", "2026-12-14": "22:59:59", "2026-12-15": "23:00:00",
	} {
		events := readLog(t, s, i.ID, anna, access.EventFilter{From: day, To: day}, 10)
		if len(events) != 1 || events[0].At.UTC().Format(time.TimeOnly) != want {
			t.Errorf("%s has %d events: %v", day, len(events), events)
		}
	}
}

// A log has the names that the institution's users have today. A person who is not its user has none, even if another
// institution has one.
func TestALogHasTheNamesOfTheInstitutionsUsers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna, oto := i.Admin("Anna Bianchi", "prod-interop"), i.Operator("Oto Neri", "prod-interop", "api")
	group := i.Group("prod-interop", "Ufficio anagrafe")
	ada := s.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	const gone = "00000000-0000-4000-8000-000000000099"
	const sealed = `{"fields":["names","email"],"sealed":["x","y"]}`
	at := seed.Now().Add(time.Hour)
	insertTestEvents(t, db, i.ID,
		testEvent{
			at: at, actor: anna, action: access.Join, subject: oto, product: "prod-interop",
			after: fmt.Sprintf(`{"group":%q}`, group),
		},
		testEvent{
			at: at, actor: ada, action: access.Join, subject: gone, product: "prod-interop",
			after: `{"group":"` + gone + `"}`,
		},
		testEvent{at: at, action: access.Edit, subject: ada, before: sealed, after: sealed},
	)
	if _, err := db.Owner.Exec(t.Context(), `
		UPDATE app_user SET first_name = 'Otto', last_name = 'Nerini', verified_at = now() WHERE person = $1`, oto); err != nil {
		t.Fatal(err)
	}
	got := readLog(t, store.New(db.App, seed.Keys(t)), i.ID, anna, access.EventFilter{}, 50)[:3]
	for n := range got {
		got[n].Number, got[n].At = 0, time.Time{}
	}
	want := []access.Event{
		{Subject: access.Party{ID: ada}, Action: access.Edit, Data: []access.Datum{access.DatumNames, access.DatumEmail}},
		{Actor: access.Party{ID: ada}, Subject: access.Party{ID: gone}, Action: access.Join, Product: "prod-interop"},
		{
			Actor: access.Party{ID: anna, Name: "Anna Bianchi"}, Subject: access.Party{ID: oto, Name: "Otto Nerini"},
			Action: access.Join, Product: "prod-interop", Group: "Ufficio anagrafe",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
