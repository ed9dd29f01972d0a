// Package pgtest gives each test a PostgreSQL database of its own, cloned from a template that has been migrated once.
// Each test binary runs a private server, unless TEST_DATABASE_URL (a superuser's) names one.
//
// A missing server is a failure, not a skip: a run that reports "ok" has used the database. Only -short skips these
// tests.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/migrations"
)

// DB is one test's database.
type DB struct {
	Owner *pgxpool.Pool // the owner of all tables, as for migrations and imports
	App   *pgxpool.Pool // devpostgres.AppUser, with the application's privileges: for the code under test

	OwnerURL, AppURL string
}

// The server is shared by all tests of the binary. Tests use it only through New, which returns a database of their
// own.
var shared struct {
	once   sync.Once
	server *server
	err    error
}

// Main runs the package's tests, stops the server if a test has started it, and returns the exit status:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// Without it, the server's watchdog stops it when the binary ends.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server == nil {
		return code
	}
	if err := shared.server.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		return max(code, 1)
	}
	return code
}

// New returns a database with the newest schema and only the rows that the migrations insert. It is dropped after the
// test; on a server of TEST_DATABASE_URL, that of a failed test is kept and its address logged.
func New(t testing.TB) *DB {
	t.Helper()
	s := sharedServer(t)
	template, err := s.template(t.Context(), migrations.FS)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	return s.open(t, template)
}

// Blank returns a database without any migration, for tests of the migrations. App can connect only after the
// migrations and devpostgres.EnsureAppRole.
func Blank(t testing.TB) *DB {
	t.Helper()
	return sharedServer(t).open(t, "template0")
}

func sharedServer(t testing.TB) *server {
	t.Helper()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	shared.once.Do(func() { shared.server, shared.err = startServer(os.Getenv("TEST_DATABASE_URL")) })
	if shared.err != nil {
		t.Fatalf("pgtest: %v", shared.err)
	}
	return shared.server
}

// open clones the template for t.
func (s *server) open(t testing.TB, template string) *DB {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	if err := s.clone(t.Context(), name, template); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	db := &DB{OwnerURL: s.url(name, ""), AppURL: s.url(name, devpostgres.AppUser)}
	for _, pool := range []struct {
		is  **pgxpool.Pool
		url string
	}{{&db.Owner, db.OwnerURL}, {&db.App, db.AppURL}} {
		var err error
		if *pool.is, err = pgxpool.New(context.Background(), pool.url); err != nil {
			t.Fatalf("pgtest: %v", err)
		}
	}
	t.Cleanup(func() {
		db.close(t)
		if t.Failed() && s.cluster == nil {
			t.Logf("the database is kept: %s (password omitted)", redactPassword(db.OwnerURL))
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.drop(ctx, name); err != nil {
			t.Errorf("pgtest: %v", err)
		}
	})
	return db
}

// close waits for the pools' connections to be returned, for which a test that does not call rows.Close would wait for
// ever.
func (db *DB) close(t testing.TB) {
	t.Helper()
	closed := make(chan struct{})
	go func() {
		db.App.Close()
		db.Owner.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(10 * time.Second):
		t.Errorf("pgtest: after the test %d connections are still held: rows not closed, a transaction not ended?",
			db.App.Stat().AcquiredConns()+db.Owner.Stat().AcquiredConns())
	}
}

func redactPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "(no URL)"
	}
	return u.Redacted()
}
