// Package leak drives invented people through every page, form and error of the site, and then looks for them where
// nobody's data may be (rule D7): logs, addresses, metrics, traces, sessions, and, of fiscal codes, all that the database keeps.
package leak_test

import (
	"context"
	"io"
	"log/slog"
	"net"
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
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/observe"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// site is the whole service as `serve` wires it, on a durable PostgreSQL of its own, with both logs in files.
type site struct {
	t       *testing.T
	folder  string // of the logs, and of the cluster's files
	cluster *devpostgres.Cluster
	owner   *pgxpool.Pool
	pool    *pgxpool.Pool
	log     *slog.Logger
	server  *server.Server
	traces  *observe.Traces
	seed    *seed.Seed
	base    string

	mu       sync.Mutex
	identity bridge.Identity // whom the stand-in knows at the moment
}

const client, secret = "areariservata", "a secret of the tests' own"

func open(t *testing.T) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	s := &site{t: t, folder: serverFolder(t)}
	s.log = slog.New(slog.NewJSONHandler(s.createFile("application.log"), nil))
	s.startCollector()
	s.startPostgres()
	s.seed = seed.New(t, s.owner, seed.Keys(t))

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.base = "http://" + listener.Addr().String()
	db := store.New(s.pool, seed.Keys(t))
	queue, err := notify.NewQueue(s.pool) // nobody empties it: letters stay to be looked at
	if err != nil {
		t.Fatal(err)
	}
	in := signin.New(signin.Config{
		Issuer: s.provider(), ClientID: client, ClientSecret: secret, RedirectURL: s.base + "/login/callback",
		Scopes: []string{"openid"}, MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Transport: http.DefaultTransport, Now: time.Now,
	}, s.pool)
	s.server = server.New(server.Config{BaseURL: s.base, Trace: s.traces.Request}, db, users.New(db, queue, time.Now), in, signin.NewSessions(s.pool, false), s.log, time.Now)
	web := &http.Server{Handler: s.server, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn)}
	go func() { _ = web.Serve(listener) }()
	t.Cleanup(func() { _ = web.Close() })
	return s
}

// startCollector has every request traced, and a collector that keeps what it is sent as it comes.
func (s *site) startCollector() {
	s.t.Helper()
	kept := s.createFile("traces")
	var mu sync.Mutex
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if _, err := io.Copy(kept, r.Body); err != nil {
			s.t.Error(err)
		}
	}))
	s.t.Cleanup(collector.Close)
	var err error
	if s.traces, err = observe.NewTraces(s.t.Context(), collector.URL, 1, s.log); err != nil {
		s.t.Fatal(err)
	}
}

// serverFolder is where the server's account can enter.
func serverFolder(t *testing.T) string {
	t.Helper()
	name, err := os.MkdirTemp("/var/tmp", "areariservata-canary-")
	if err == nil {
		err = os.Chmod(name, 0o755) // the server may run as another user
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(name); err != nil {
			t.Error(err)
		}
	})
	return name
}

func (s *site) createFile(name string) *os.File {
	s.t.Helper()
	file, err := os.Create(filepath.Join(s.folder, name))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = file.Close() })
	return file
}

// startPostgres starts it with what the README asks for, which pgembed sets by itself, and with every change logged, as
// somebody might who looks for a fault.
func (s *site) startPostgres() {
	t := s.t
	t.Helper()
	ctx := t.Context()
	var err error
	if s.cluster, err = devpostgres.Start(ctx, devpostgres.Config{DataDir: filepath.Join(s.folder, "data"), Log: s.createFile("postgres.log")}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.stopPostgres)
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
	if s.owner, err = pgxpool.New(ctx, s.cluster.URL("areariservata", devpostgres.Superuser)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.owner.Close)
	if err := store.Migrate(ctx, s.owner); err != nil {
		t.Fatal(err)
	}
	if err := devpostgres.EnsureAppRole(ctx, s.owner, ""); err != nil {
		t.Fatal(err)
	}
	if s.pool, err = store.Open(s.cluster.URL("areariservata", devpostgres.AppUser), s.traces.Statements()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
}

// stopPostgres has everything written down, and ends the server, if it is there.
func (s *site) stopPostgres() {
	if s.cluster == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), time.Minute)
	defer cancel()
	if err := s.cluster.Stop(ctx); err != nil {
		s.t.Error(err)
	}
	s.cluster = nil
}

// provider is the stand-in for SPID and CIE; it is told its issuer.
func (s *site) provider() string {
	s.t.Helper()
	mux := http.NewServeMux()
	stand := httptest.NewServer(mux)
	s.t.Cleanup(stand.Close)
	provider, err := bridge.New(bridge.Config{
		Issuer:  stand.URL + "/idp",
		Clients: []bridge.Client{{ID: client, Secret: secret, RedirectURIs: []string{s.base + "/login/callback"}, PostLogoutRedirectURIs: []string{s.base + "/logout"}}},
		Identities: func() []bridge.Identity {
			s.mu.Lock()
			defer s.mu.Unlock()
			return []bridge.Identity{s.identity}
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	mux.Handle("/", provider)
	return stand.URL + "/idp"
}

// setIdentity makes somebody the one whom the stand-in knows.
func (s *site) setIdentity(code access.FiscalCode, first, last string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity = bridge.Identity{FiscalCode: code.Reveal(), FirstName: first, LastName: last}
}

// identityOf is somebody of the seed's.
func (s *site) identityOf(name string) (access.FiscalCode, string, string) {
	first, last, _ := strings.Cut(name, " ")
	return s.seed.FiscalCode(name), first, last
}
