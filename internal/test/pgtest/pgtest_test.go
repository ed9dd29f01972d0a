package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// schema replaces the migrations, so that these tests do not depend on the real ones.
func schema(steps ...string) fstest.MapFS {
	files := fstest.MapFS{}
	for i, sql := range append([]string{`
		do $$ begin create role areariservata nologin; exception when duplicate_object or unique_violation then null; end $$;
		create table note (text text primary key);
		grant select, insert on note to areariservata;`}, steps...) {
		text := "-- +goose Up\n-- +goose StatementBegin\n" + sql + "\n-- +goose StatementEnd\n"
		files[fmt.Sprintf("%05d_step.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func newWith(t testing.TB, files fstest.MapFS) *DB {
	t.Helper()
	s := sharedServer(t)
	template, err := s.template(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	return s.open(t, template)
}

func TestTheProjectsMigrationsMakeADatabaseTheApplicationMayUse(t *testing.T) {
	t.Parallel()
	db := New(t)
	var user string
	var version int64
	err := db.App.QueryRow(t.Context(), `select current_user, max(version_id) from goose_db_version`).Scan(&user, &version)
	if err != nil {
		t.Fatal(err)
	}
	if user != devpostgres.AppUser || version == 0 {
		t.Errorf("user %q at version %d", user, version)
	}
}

func TestTwentyTestsAtOnceDontSeeEachOther(t *testing.T) {
	t.Parallel()
	began := time.Now()
	t.Run("all", func(t *testing.T) {
		for i := range 20 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				db := newWith(t, schema())
				if _, err := db.App.Exec(t.Context(), `insert into note values ('the only one')`); err != nil {
					t.Fatal(err)
				}
				var n int
				if err := db.Owner.QueryRow(t.Context(), `select count(*) from note`).Scan(&n); err != nil {
					t.Fatal(err)
				}
				if n != 1 {
					t.Errorf("%d notes", n)
				}
			})
		}
	})
	t.Logf("twenty databases in %s", time.Since(began).Round(time.Millisecond))
}

func TestTheApplicationsUserHasNoRightsButThoseGranted(t *testing.T) {
	t.Parallel()
	db := newWith(t, schema())
	for _, sql := range []string{
		`delete from note`, `create table mine ()`, `create temp table mine ()`, `create role friend`, `create database mine`,
	} {
		_, err := db.App.Exec(t.Context(), sql)
		var refused *pgconn.PgError
		if !errors.As(err, &refused) || refused.Code != "42501" {
			t.Errorf("%s: %v, want it refused", sql, err)
		}
	}
}

func TestADatabaseIsDroppedAfterItsTest(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("a test", func(t *testing.T) {
		db := newWith(t, schema())
		name = db.Owner.Config().ConnConfig.Database
	})
	var there bool
	err := sharedServer(t).base.QueryRow(t.Context(), `select exists (select from pg_database where datname = $1)`, name).Scan(&there)
	if err != nil || there {
		t.Errorf("database %s there: %v (%v)", name, there, err)
	}
}

func TestOtherMigrationsGiveAnotherTemplate(t *testing.T) {
	t.Parallel()
	one, two := newWith(t, schema()), newWith(t, schema(`create table later ()`))
	const later = `select to_regclass('later') is not null`
	for _, c := range []struct {
		db   *DB
		want bool
	}{{one, false}, {two, true}} {
		var got bool
		if err := c.db.Owner.QueryRow(t.Context(), later).Scan(&got); err != nil || got != c.want {
			t.Errorf("table there: %v (%v), want %v", got, err, c.want)
		}
	}
}

func TestMigrationsThatFailOnceDontLeaveAHalfMadeTemplate(t *testing.T) {
	t.Parallel()
	broken := schema(`select 1 / 0`)
	for range 2 {
		_, err := sharedServer(t).template(t.Context(), broken)
		if err == nil || !strings.Contains(err.Error(), "division by zero") {
			t.Errorf("error = %v", err)
		}
	}
}

func TestServersThatShareOneClusterShareItsTemplate(t *testing.T) {
	t.Parallel()
	if sharedServer(t).cluster == nil {
		t.Skip("needs a cluster of its own")
	}
	// Simulates several test binaries that share one TEST_DATABASE_URL.
	external := sharedServer(t).url("postgres", "") + "&application_name=binary"
	files := schema(`create table shared_by_all ()`)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			other, err := startServer(external)
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { other.stop() })
			template, err := other.template(t.Context(), files)
			if err != nil {
				t.Error(err)
				return
			}
			db := other.open(t, template)
			if _, err := db.App.Exec(t.Context(), `insert into note values ('x')`); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// failedTB is a failed test, with the methods that open and close use.
type failedTB struct {
	testing.TB
	ctx      context.Context
	cleanups []func()
	logs     []string
}

func (f *failedTB) Helper()                    {}
func (f *failedTB) Failed() bool               { return true }
func (f *failedTB) Context() context.Context   { return f.ctx }
func (f *failedTB) Cleanup(do func())          { f.cleanups = append(f.cleanups, do) }
func (f *failedTB) Logf(s string, args ...any) { f.logs = append(f.logs, fmt.Sprintf(s, args...)) }

func TestAFailedTestsDatabaseIsKeptOnAnExternalServerOnly(t *testing.T) {
	t.Parallel()
	ours := sharedServer(t)
	if ours.cluster == nil {
		t.Skip("needs a cluster of its own")
	}
	lasting, err := startServer(strings.Replace(ours.url("postgres", ""), "postgres@", "postgres:hidden@", 1))
	if err != nil {
		t.Fatal(err)
	}
	defer lasting.stop()
	for _, c := range []struct {
		on   *server
		kept bool
	}{{ours, false}, {lasting, true}} {
		f := &failedTB{ctx: t.Context()}
		name := c.on.open(f, "template0").Owner.Config().ConnConfig.Database
		for _, do := range f.cleanups {
			do()
		}
		var there bool
		if err := ours.base.QueryRow(t.Context(), `select exists (select from pg_database where datname = $1)`, name).Scan(&there); err != nil {
			t.Fatal(err)
		}
		logs := strings.Join(f.logs, "\n")
		if there != c.kept || strings.Contains(logs, name) != c.kept || strings.Contains(logs, "hidden") {
			t.Errorf("exists: %v, want %v; log %q", there, c.kept, logs)
		}
	}
}

func TestATestDatabaseURLOfNoUseIsAnError(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"host=here", "postgres://nobody@127.0.0.1:1/none?connect_timeout=2"} {
		if s, err := startServer(address); err == nil {
			s.stop()
			t.Errorf("%s was accepted", address)
		}
	}
	ours := sharedServer(t)
	if ours.cluster == nil {
		return
	}
	newWith(t, schema()) // creates the application's user
	if _, err := startServer(ours.url("postgres", devpostgres.AppUser)); err == nil || !strings.Contains(err.Error(), "superuser") {
		t.Errorf("the application's user was accepted as a superuser: %v", err)
	}
}

func BenchmarkADatabase(b *testing.B) {
	newWith(b, schema())
	for b.Loop() {
		s := sharedServer(b)
		name := "bench"
		template, err := s.template(b.Context(), schema())
		if err != nil {
			b.Fatal(err)
		}
		if err := s.clone(b.Context(), name, template); err != nil {
			b.Fatal(err)
		}
		if err := s.drop(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
}
