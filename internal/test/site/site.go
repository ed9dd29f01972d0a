// Package site runs the whole application for a test: the server on a PostgreSQL database of the test's own, the OIDC bridge
// below the same address, and browsers without scripts that sign in through the bridge's pages.
package site

import (
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// The client of the bridge.
const (
	ClientID     = "areariservata"
	ClientSecret = "a secret of the tests' own"
)

// Options are the options of a site. The zero value starts a site with a new database over http.
type Options struct {
	DB     *pgtest.DB // nil: a new one
	Beside *Site      // the new site is a replica of this one: it shares the database, the services and the seed
	HTTPS  bool
	Limits server.Limits
	Log    io.Writer       // receives the application's log in place of Site.Log
	Tracer pgx.QueryTracer // is called for the application's statements
	Trace  server.Trace    // is called for the requests
	SignIn func(*signin.Config)
	Config func(*server.Config)
	// Middleware wraps the application, not the bridge.
	Middleware func(http.Handler) http.Handler
	// Issuer starts an identity provider in place of the bridge, which the site reaches over HTTP, and returns its issuer.
	Issuer func(*Site) string
}

// Site is a running application.
type Site struct {
	People // the bridge offers them

	T           testing.TB
	URL         string // the address that browsers use, without a slash at the end
	Host        string // of URL, with the port
	Certificate []byte // of the server, DER; nil over http
	DB          *pgtest.DB
	Pool        *pgxpool.Pool // the application's connections
	Seed        *seed.Seed
	Store       *store.Store
	Service     *users.Service
	Server      *server.Server
	Log         *Log

	bridge *bridge.Provider // nil: Options.Issuer has started another
	client *http.Client     // trusts Certificate
}

// Start starts a site, which ends with the test.
func Start(t testing.TB, o Options) *Site {
	t.Helper()
	s := &Site{T: t, DB: o.DB, Log: &Log{}}
	if o.Log == nil {
		o.Log = s.Log
	}
	log := slog.New(slog.NewJSONHandler(o.Log, nil))
	if o.Beside != nil {
		s.DB, s.Pool, s.Seed, s.Store, s.Service = o.Beside.DB, o.Beside.Pool, o.Beside.Seed, o.Beside.Store, o.Beside.Service
	} else {
		s.openDatabase(o.Tracer)
	}
	s.seed = s.Seed
	s.listen(o, log)
	in := signin.Config{
		Issuer: s.URL + "/idp", ClientID: ClientID, ClientSecret: ClientSecret, RedirectURL: s.URL + "/login/callback",
		Scopes: []string{"openid"}, MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Now: time.Now,
	}
	if o.Issuer != nil {
		in.Issuer = o.Issuer(s)
	} else {
		s.bridge = NewBridge(t, in.Issuer, s.URL, s.Identities)
		in.Transport = s.bridge.InProcess(http.DefaultTransport)
	}
	if o.SignIn != nil {
		o.SignIn(&in)
	}
	config := server.Config{BaseURL: s.URL, HTTPS: o.HTTPS, Manual: "https://manual.example/", Limits: o.Limits, Trace: o.Trace}
	if o.Config != nil {
		o.Config(&config)
	}
	s.Server = server.New(config, s.Store, s.Service, signin.New(in, s.Pool), signin.NewSessions(s.Pool, o.HTTPS), log, time.Now)
	return s
}

func (s *Site) openDatabase(tracer pgx.QueryTracer) {
	s.T.Helper()
	if s.DB == nil {
		s.DB = pgtest.New(s.T)
	}
	var err error
	if s.Pool, err = store.Open(s.DB.AppURL, tracer); err != nil {
		s.T.Fatal(err)
	}
	s.T.Cleanup(s.Pool.Close)
	keys := seed.Keys(s.T)
	s.Seed = seed.New(s.T, s.DB.Owner, keys)
	s.Store = store.New(s.Pool, keys)
	s.Service = users.New(s.Store, outboxtest.Deliver(s.T, s.DB.App), time.Now) // no worker sends the e-mails
}

// listen starts the listener, with the time limits and sizes of production. Paths reach the application as they were sent.
func (s *Site) listen(o Options, log *slog.Logger) {
	s.T.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.bridge != nil && strings.HasPrefix(r.URL.Path, "/idp/") {
			s.bridge.ServeHTTP(w, r)
			return
		}
		var application http.Handler = s.Server
		if o.Middleware != nil {
			application = o.Middleware(application)
		}
		application.ServeHTTP(w, r)
	})
	listener := httptest.NewUnstartedServer(handler)
	listener.Config = server.NewHTTPServer(handler, log)
	if o.HTTPS {
		listener.StartTLS()
		s.Certificate = listener.Certificate().Raw
	} else {
		listener.Start()
	}
	s.T.Cleanup(listener.Close)
	s.URL, s.Host, s.client = listener.URL, listener.Listener.Addr().String(), listener.Client()
}

// NewBridge makes a bridge whose only client is the application at base.
func NewBridge(t testing.TB, issuer, base string, identities func() []bridge.Identity) *bridge.Provider {
	t.Helper()
	provider, err := bridge.New(BridgeConfig(issuer, base, identities))
	if err != nil {
		t.Fatal(err)
	}
	return provider
}

// BridgeConfig is the configuration of a bridge whose only client is the application at base.
func BridgeConfig(issuer, base string, identities func() []bridge.Identity) bridge.Config {
	return bridge.Config{
		Issuer: issuer, Identities: identities,
		Clients: []bridge.Client{{
			ID: ClientID, Secret: ClientSecret, RedirectURIs: []string{base + "/login/callback"}, PostLogoutRedirectURIs: []string{base + "/logout"},
		}},
	}
}

// People are the identities that a bridge offers.
type People struct {
	seed *seed.Seed

	mu  sync.Mutex
	all []bridge.Identity
}

// NewPeople are people of a seed; none is offered yet.
func NewPeople(s *seed.Seed) *People { return &People{seed: s} }

// Offer adds people of the seed, in this order.
func (p *People) Offer(names ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		first, last, _ := strings.Cut(name, " ")
		identity := bridge.Identity{FiscalCode: p.seed.FiscalCode(name).Reveal(), FirstName: first, LastName: last}
		if !slices.Contains(p.all, identity) {
			p.all = append(p.all, identity)
		}
	}
}

// OfferOnly replaces the offered identities by one.
func (p *People) OfferOnly(identity bridge.Identity) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = []bridge.Identity{identity}
}

// Identities returns the offered identities.
func (p *People) Identities() []bridge.Identity {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.all)
}

// Log keeps what the application logs.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements [io.Writer].
func (l *Log) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// String is all that has been logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ProgramSettings are the environment of the application as a program of its own, with the seed's keys; DATABASE_URL and LISTEN
// are the test's to add.
func ProgramSettings(base, issuer string) []string {
	return []string{
		"APP_ENV=development", "CHANGES_PER_MINUTE=0", "BASE_URL=" + base,
		"OIDC_ISSUER=" + issuer, "OIDC_CLIENT_ID=" + ClientID, "OIDC_CLIENT_SECRET=" + ClientSecret,
		"FISCAL_CODE_FIND_KEY=" + hex.EncodeToString([]byte(strings.Repeat("f", store.KeySize))),
		"FISCAL_CODE_SEAL_KEY=" + hex.EncodeToString([]byte(strings.Repeat("s", store.KeySize))),
	}
}
