// Package leak sends invented people through every page, form and error of the site, and then searches for their data
// where it must not be (rule D7): logs, addresses, metrics, traces, sessions, and, for fiscal codes, everything in
// the database.
package leak_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/observe"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/site"
)

// watchedSite is a site on a durable PostgreSQL of its own, with both logs and the traces in files.
type watchedSite struct {
	*site.Site
	folder  string // of the logs, and of the cluster's files
	cluster *devpostgres.Cluster
	log     *slog.Logger
	traces  *observe.Traces
}

func open(t *testing.T) *watchedSite {
	t.Helper()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	s := &watchedSite{folder: serverFolder(t)}
	file := s.createFile(t, "application.log")
	s.log = slog.New(slog.NewJSONHandler(file, nil))
	s.startCollector(t)
	db := s.startPostgres(t)
	s.Site = site.Start(t, site.Options{DB: db, Log: file, Tracer: s.traces.Statements(), Trace: s.traces.Request})
	return s
}

// startCollector traces every request, and stores what the collector receives.
func (s *watchedSite) startCollector(t *testing.T) {
	t.Helper()
	kept := s.createFile(t, "traces")
	var mu sync.Mutex
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if _, err := io.Copy(kept, r.Body); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(collector.Close)
	var err error
	if s.traces, err = observe.NewTraces(t.Context(), collector.URL, 1, s.log); err != nil {
		t.Fatal(err)
	}
}

// serverFolder is a folder that the server's account can enter.
func serverFolder(t *testing.T) string {
	t.Helper()
	name, err := os.MkdirTemp("/var/tmp", "areariservata-leak-")
	if err == nil {
		err = os.Chmod(name, 0o755) // the server may run as another user
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			logWarnings(t, name)
		}
		if err := os.RemoveAll(name); err != nil {
			t.Error(err)
		}
	})
	return name
}

// logWarnings prints the last warnings and errors of both logs, whose people are invented.
func logWarnings(t *testing.T, folder string) {
	t.Helper()
	for _, name := range []string{"application.log", "postgres.log"} {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		}
		var found []string
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"level":"WARN"`) || strings.Contains(line, `"level":"ERROR"`) || strings.Contains(line, "ERROR: ") {
				found = append(found, line)
			}
		}
		t.Logf("%s:\n%s", name, strings.Join(found[max(0, len(found)-20):], ""))
	}
}

func (s *watchedSite) createFile(t *testing.T, name string) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(s.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// startPostgres starts PostgreSQL as the README recommends, and logs every change, as an operator who looks for a
// fault might.
func (s *watchedSite) startPostgres(t *testing.T) *pgtest.DB {
	t.Helper()
	ctx := t.Context()
	var err error
	if s.cluster, err = devpostgres.Start(
		ctx,
		devpostgres.Config{DataDir: filepath.Join(s.folder, "data"), Log: s.createFile(t, "postgres.log")},
	); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stopPostgres(t) })
	maintenance, err := pgxpool.New(ctx, s.cluster.URL("postgres", devpostgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer maintenance.Close()
	for _, sql := range []string{`CREATE DATABASE areariservata`, `ALTER SYSTEM SET log_statement = 'mod'`, `SELECT pg_reload_conf()`} {
		if _, err := maintenance.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	db := &pgtest.DB{
		OwnerURL: s.cluster.URL("areariservata", devpostgres.Superuser),
		AppURL:   s.cluster.URL("areariservata", devpostgres.AppUser),
	}
	if db.Owner, err = pgxpool.New(ctx, db.OwnerURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Owner.Close)
	if db.App, err = pgxpool.New(ctx, db.AppURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.App.Close)
	if err := store.Migrate(ctx, db.Owner); err != nil {
		t.Fatal(err)
	}
	if err := devpostgres.EnsureAppRole(ctx, db.Owner, ""); err != nil {
		t.Fatal(err)
	}
	return db
}

// stopPostgres flushes everything and stops the server, if it runs.
func (s *watchedSite) stopPostgres(t testing.TB) {
	t.Helper()
	if s.cluster == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Minute)
	defer cancel()
	if err := s.cluster.Stop(ctx); err != nil {
		t.Error(err)
	}
	s.cluster = nil
}

// identityOf is a person of the seed.
func (s *watchedSite) identityOf(name string) (access.FiscalCode, string, string) {
	first, last, _ := strings.Cut(name, " ")
	return s.Seed.FiscalCode(name), first, last
}
