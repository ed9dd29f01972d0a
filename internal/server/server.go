// Package server is the site: its routes, its pages over HTTP, and the one place where an error becomes a page.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
)

// Config is what the site is told of where it runs.
type Config struct {
	HTTPS      bool   // the address that browsers see is https
	BaseURL    string // that address, without a slash at the end
	Manual     string // address of the manual; empty: no link
	Assistance string // address of the help desk; empty: no link
	Feedback   string // e-mail for what isn't accessible; empty: none
	Privacy    string // e-mail of who answers for personal data; empty: none
	Demo       bool   // the data are invented, and every page says so
	Limits     Limits
	Proxies    []string // networks of our own proxies ("10.0.0.0/8"): what they say of where a request comes from is believed
	Trace      Trace    // nil: requests aren't traced
}

// Trace begins the trace of a request that has the number; end is called with what has become of it.
type Trace func(ctx context.Context, number string) (traced context.Context, end func(method, route string, status int))

// Server is the site.
type Server struct {
	config   Config
	db       *store.Store
	users    *users.Service
	signin   *signin.SignIn
	sessions *signin.Sessions
	log      *slog.Logger
	now      func() time.Time
	draining atomic.Bool
	metrics  *metrics
	routes   http.Handler
}

// New puts the site together.
func New(c Config, db *store.Store, u *users.Service, in *signin.SignIn, sessions *signin.Sessions, log *slog.Logger, now func() time.Time) *Server {
	s := &Server{config: c, db: db, users: u, signin: in, sessions: sessions, log: log, now: now, metrics: newMetrics()}
	s.routes = s.newRouter()
	s.metrics.registerRoutes(s.Routes())
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		w.Header().Set("Connection", "close")
	}
	s.routes.ServeHTTP(w, r)
}

// Drain makes readiness say no, so that a balancer sends nothing more here. What still comes is served, and each answer asks
// for its connection to be given up: one that we closed by ourselves might just be bringing a request.
func (s *Server) Drain() { s.draining.Store(true) }
