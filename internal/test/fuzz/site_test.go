// Package fire_test puts the site under fire: requests that no page of ours sends, scripts where texts belong, the same form many
// times at once, stale forms in every order, clients that are slow, wrong or hostile.
package fuzz_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

func TestMain(m *testing.M) {
	os.Exit(browsertest.Main(func() int { return pgtest.Main(m) }))
}

// isFullRun reports whether all of it is asked for (make fuzz), and not the part that the test command runs.
func isFullRun() bool { return os.Getenv("FUZZ") != "" }

// envInt is the one of that name in the environment, or else what usually is.
func envInt(t testing.TB, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// site is the whole application on a database of its own, listening as it does where it runs, with the stand-in provider
// below the same address.
type site struct {
	t        testing.TB
	base     string
	host     string
	db       *pgtest.DB
	keys     store.Keys
	seed     *seed.Seed
	service  *users.Service
	server   *server.Server
	idp      *bridge.Provider
	log      *errorLog
	baseline consistency.Baseline

	certificate []byte // of https; nil: it is http

	mu     sync.Mutex
	people []string // whom the stand-in offers
}

// errorLog keeps of what the application logs the lines that tell of a fault of its own.
type errorLog struct {
	mu    sync.Mutex
	lines []string
}

// Write implements io.Writer; the logger writes a line at a time.
func (l *errorLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line := string(p); strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) {
		l.lines = append(l.lines, line)
	}
	return len(p), nil
}

func (l *errorLog) faults() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.lines...)
}

const client, secret = "areariservata", "a secret of the tests' own"

// open starts the site. around, if there is any, stands between the network and the site.
func open(t testing.TB, around func(http.Handler) http.Handler) *site {
	return openWith(t, around, false)
}

func openWith(t testing.TB, around func(http.Handler) http.Handler, https bool) *site {
	t.Helper()
	db := pgtest.New(t)
	pool, err := store.Open(db.AppURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := &site{t: t, db: db, keys: seed.Keys(t), log: &errorLog{}, baseline: consistency.Baseline{}}
	s.seed = seed.New(t, db.Owner, s.keys)
	log := slog.New(slog.NewJSONHandler(s.log, nil))
	mux := http.NewServeMux()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Not the mux itself: it mends paths, and what comes is to reach the site as it is.
		if strings.HasPrefix(r.URL.Path, "/idp/") {
			mux.ServeHTTP(w, r)
			return
		}
		var to http.Handler = s.server
		if around != nil {
			to = around(to)
		}
		to.ServeHTTP(w, r)
	})
	listener := httptest.NewUnstartedServer(handler)
	listener.Config = server.NewHTTPServer(handler, log)
	scheme := "http"
	if https {
		listener.StartTLS()
		scheme, s.certificate = "https", listener.Certificate().Raw
	} else {
		listener.Start()
	}
	t.Cleanup(listener.Close)
	s.host = listener.Listener.Addr().String()
	s.base = scheme + "://" + s.host
	s.idp = s.provider()
	mux.Handle("/idp/", s.idp)
	emails, err := notify.NewQueue(pool)
	if err != nil {
		t.Fatal(err)
	}
	st := store.New(pool, s.keys)
	s.service = users.New(st, emails, time.Now)
	in := signin.New(signin.Config{
		Issuer: s.base + "/idp", ClientID: client, ClientSecret: secret, RedirectURL: s.base + "/login/callback",
		Scopes: []string{"openid"}, MinLevel: 2, ClockSkew: time.Minute, Claims: "auto",
		Transport: s.idp.InProcess(http.DefaultTransport), Now: time.Now,
	}, pool)
	s.server = server.New(server.Config{BaseURL: s.base, HTTPS: https, Manual: "https://manual.example/"}, st, s.service, in,
		signin.NewSessions(pool, https), log, time.Now)
	return s
}

func (s *site) provider() *bridge.Provider {
	s.t.Helper()
	provider, err := bridge.New(bridge.Config{
		Issuer:  s.base + "/idp",
		Clients: []bridge.Client{{ID: client, Secret: secret, RedirectURIs: []string{s.base + "/login/callback"}, PostLogoutRedirectURIs: []string{s.base + "/logout"}}},
		Identities: func() []bridge.Identity {
			s.mu.Lock()
			defer s.mu.Unlock()
			var all []bridge.Identity
			for _, name := range s.people {
				first, last, _ := strings.Cut(name, " ")
				all = append(all, bridge.Identity{FiscalCode: s.seed.FiscalCode(name).Reveal(), FirstName: first, LastName: last})
			}
			return all
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return provider
}

// recordBaseline notes what an institution is like before anybody does anything.
func (s *site) recordBaseline(i *seed.Institution) {
	s.t.Helper()
	if err := s.baseline.Record(s.t.Context(), s.db.Owner, s.keys, i.ID); err != nil {
		s.t.Fatal(err)
	}
}

// findInconsistencies is everything that is wrong after what has happened: faults in the log, and what the reckoning finds.
func (s *site) findInconsistencies() []string {
	all := s.log.faults()
	if err := s.baseline.Check(s.t.Context(), s.db.Owner, s.keys); err != nil {
		all = append(all, err.Error())
	}
	return all
}

// countChanges is how many changes the institution's log holds.
func (s *site) countChanges(t testing.TB, i access.InstitutionID) (n int) {
	t.Helper()
	if err := s.db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE institution = $1 AND actor IS NOT NULL`, i).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
