package perf_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// roundTrips counts queries and batches, and their statements but those of the transaction.
type roundTrips struct{ count, statements atomic.Int64 }

func (t *roundTrips) addStatement(sql string) {
	if word, _, _ := strings.Cut(sql, " "); word != "BEGIN" && word != "SET" && word != "COMMIT" {
		t.statements.Add(1)
	}
}

func (t *roundTrips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	t.count.Add(1)
	t.addStatement(d.SQL)
	return ctx
}
func (t *roundTrips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (t *roundTrips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	t.count.Add(1)
	return ctx
}

func (t *roundTrips) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	t.addStatement(d.SQL)
}
func (t *roundTrips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// mostStatements is the maximum for a page, without those of the transaction.
func mostStatements(address string) int64 {
	switch path, _, _ := strings.Cut(address, "?"); {
	case strings.HasSuffix(path, "/users"):
		return 6
	case strings.HasSuffix(path, "/activity.csv"):
		return 19 // with those of the change that records it
	default:
		return 9
	}
}

// A page costs at most two round trips: the session, then one batch on one snapshot. Every GET route is visited, with
// a user who has everything.
func TestAPageGoesToTheDatabaseTwice(t *testing.T) {
	t.Parallel()
	counted := &roundTrips{}
	s := site.Start(t, site.Options{Tracer: counted})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	sara := i.Operator("Sara Sospesi", "prod-interop", "api suspended")
	closed := i.SuspendedGroup("prod-interop", "Vecchio ufficio")
	i.Group("prod-interop", "Altro ufficio")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	office := i.Group("prod-interop", "Ufficio")
	if _, err := s.DB.Owner.Exec(
		t.Context(),
		`INSERT INTO group_member (institution, "group", product, person) VALUES ($1, $2, 'prod-interop', $3)`,
		i.ID,
		office,
		oto,
	); err != nil {
		t.Fatal(err)
	}
	addresses := []string{
		web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}), web.UsersURL(i.ID, access.Filter{Text: "neri"}),
		web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "neri"}),
		web.UsersURL(i.ID, access.Filter{Product: "prod-interop", State: access.Suspended}),
		web.UsersURL(i.ID, access.Filter{Product: "prod-interop", State: access.Active, Page: access.Page{After: oto}}),
		web.AddMembersURL(i.ID, office, access.Filter{Text: "bianchi"}),
		web.ActivityURL(i.ID, access.EventFilter{Person: oto, From: "2025-01-01"}),
		web.RoleURL(i.ID, sara, api, access.Reactivate), web.GroupActionURL(i.ID, closed, access.ReactivateGroup),
	}
	names := strings.NewReplacer(
		"{group}",
		string(office),
		"{institution}",
		string(i.ID),
		"{user}",
		string(oto),
		"{product}",
		"prod-interop",
		"{role}",
		"api",
		"{code}",
		"25",
		"*",
		"x.css",
	)
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet && !strings.HasPrefix(pattern, "/login/") { // these end the session
			addresses = append(addresses, names.Replace(pattern))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(addresses) < 40 {
		t.Errorf("only %d pages visited", len(addresses))
	}
	b := s.SignIn(t, "Anna Bianchi")
	answered := map[int]int{}
	for _, address := range addresses {
		b.Stay().Get(address)
		before, statements := counted.count.Load(), counted.statements.Load()
		p := b.Stay().Get(address)
		answered[p.Status]++
		statements = counted.statements.Load() - statements
		most, mostRead := int64(2), mostStatements(address)
		if p.Status == http.StatusConflict {
			most, mostRead = 3, 15 // the refused action, then the current page
		}
		if strings.HasSuffix(address, "/activity.csv") {
			most = 9 // the file's event is recorded by a change, under the institution's lock
		}
		if n := counted.count.Load() - before; n > most {
			t.Errorf("%s: %d, %d round trips", address, p.Status, n)
		}
		if statements > mostRead {
			t.Errorf("%s: %d statements, at most %d", address, statements, mostRead)
		}
	}
	// Refused pages cost less. Addresses that only a form leads to redirect, one asset is unknown, and two roles and
	// groups have the requested state already.
	if shown := answered[http.StatusOK]; shown < 30 || shown+answered[http.StatusSeeOther]+answered[http.StatusConflict]+1 != len(addresses) {
		t.Errorf("%d pages were answered by status: %v", len(addresses), answered)
	}
}

// A log costs the same two round trips; as a file, those and the seven of the change that records it.
func TestALogGoesToTheDatabaseTwice(t *testing.T) {
	t.Parallel()
	counted := &roundTrips{}
	s := site.Start(t, site.Options{Tracer: counted})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	for _, f := range []access.EventFilter{{}, {Person: oto, Action: access.Load, From: "2026-01-01"}, {Subject: oto}} {
		for address, want := range map[string]int64{web.ActivityURL(i.ID, f): 2, web.ActivityFileURL(i.ID, f): 9} {
			b.Get(address)
			before := counted.count.Load()
			if p := b.Get(address); p.Status != http.StatusOK {
				t.Fatalf("%s: %d", address, p.Status)
			}
			if n := counted.count.Load() - before; n != want {
				t.Errorf("%s: %d round trips, want %d", address, n, want)
			}
		}
	}
}
