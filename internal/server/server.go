// Package server is the site: its routes, its pages over HTTP, and the two functions that answer errors, fail and refuse.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
)

// defaultLogYears is the default of [Config.LogYears].
const defaultLogYears = 5

// Config is the configuration of the site.
type Config struct {
	HTTPS       bool   // the public address is https
	BaseURL     string // the public address, without a final slash
	Manual      string // address of the manual; empty: no link
	Assistance  string // address of the help desk; empty: no link
	Declaration string // address of the accessibility declaration; empty: none yet
	Feedback    string // e-mail address for problems with accessibility; empty: none
	Privacy     string // e-mail address of the data protection contact; empty: none
	LogYears    int    // for how many years the audit log names removed users; zero: five
	Demo        bool   // pages state that the data are invented
	Limits      Limits
	Proxies     []string // networks of trusted proxies ("10.0.0.0/8"), whose X-Forwarded-For is used
	Trace       Trace    // nil: no traces
}

// Trace starts the trace of the request with a number; end is called when it has been answered.
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
	ready    readiness
	metrics  *metrics
	routes   http.Handler
	buffers  sync.Pool // of pages
}

// New returns the site.
func New(
	c Config, db *store.Store, u *users.Service, in *signin.SignIn, sessions *signin.Sessions,
	log *slog.Logger, now func() time.Time,
) *Server {
	s := &Server{config: c, db: db, users: u, signin: in, sessions: sessions, log: log, now: now, metrics: newMetrics()}
	s.ready.ask, s.ready.now = db.Ready, now
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

// Drain makes the readiness probe fail, so that the load balancer sends no more requests. Requests that still arrive are
// answered, with Connection: close: a connection that the server closed by itself could already carry the next request.
func (s *Server) Drain() { s.draining.Store(true) }
