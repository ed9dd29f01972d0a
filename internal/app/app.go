// Package app puts the site together from its configuration: what the service's own program and the demo have in common.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/multitracer"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/observe"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
)

// Application is what serves: wired by hand, in one place.
type Application struct {
	Site     *server.Server
	pool     *pgxpool.Pool
	db       *store.Store
	sessions *signin.Sessions
	worker   *notify.Worker  // nil: letters wait in the queue
	traces   *observe.Traces // nil: none
	log      *slog.Logger
	drain    time.Duration // from saying that nothing more should come until nothing more is taken
}

// New wires the pieces; nothing runs before Serve. A mailer of nil leaves letters in the queue. Errors are about the
// configuration; the database isn't asked for yet.
func New(c Config, provider signin.Config, mailer notify.Mailer, demo bool, log *slog.Logger) (*Application, error) {
	keys, err := c.Keys()
	if err != nil {
		return nil, err
	}
	traces, err := c.traces(log)
	if err != nil {
		return nil, err
	}
	pool, err := store.Open(c.DatabaseURL, c.tracer(traces, log))
	if err != nil {
		return nil, err
	}
	db := store.New(pool, keys)
	sessions := signin.NewSessions(pool, c.https())
	queue, err1 := notify.NewQueue(pool)
	worker, err2 := newWorker(pool, c.BaseURL, mailer, log)
	if err := errors.Join(err1, err2); err != nil {
		pool.Close()
		return nil, err
	}
	site := c.site(demo)
	site.Trace = traces.Request
	return &Application{
		pool: pool, db: db, sessions: sessions, worker: worker, traces: traces, log: log, drain: c.Drain,
		Site: server.New(site, db, users.New(db, queue, time.Now), signin.New(provider, pool), sessions, log, time.Now),
	}, nil
}

// traces sends the traces of requests where there is a collector; nil where there is none.
func (c Config) traces(log *slog.Logger) (*observe.Traces, error) {
	if c.Collector == "" {
		return nil, nil //nolint:nilnil // none, and nothing wrong
	}
	return observe.NewTraces(context.Background(), c.Collector, c.TraceShare, log)
}

// tracer sees what is asked of the database: to log what takes too long, and for the traces.
func (c Config) tracer(traces *observe.Traces, log *slog.Logger) pgx.QueryTracer {
	var all []pgx.QueryTracer
	if c.SlowQuery > 0 {
		all = append(all, observe.NewSlowQueryTracer(c.SlowQuery, log, server.Reference, time.Now))
	}
	if traces != nil {
		all = append(all, traces.Statements())
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return multitracer.New(all...)
}

// How long the server waits at the end for requests under way, and how often it clears away.
const (
	shutdownTimeout = 20 * time.Second
	sweepInterval   = 10 * time.Minute
	tracesTimeout   = 3 * time.Second
)

// Check fails where the database isn't fit to serve: of another schema, unsafe settings, or too many rights for us.
func (a *Application) Check(ctx context.Context) error { return a.db.Check(ctx) }

// Close gives the database's connections back.
func (a *Application) Close() { a.pool.Close() }

// Serve answers until the context ends. Then it says that it isn't ready, goes on answering until balancers have noticed,
// and lets what is under way come to its end. ready is printed to who waits for it.
func (a *Application) Serve(ctx context.Context, listener net.Listener, handler http.Handler, stdout io.Writer, ready string) error {
	s := server.NewHTTPServer(handler, a.log)
	if a.worker != nil {
		if err := a.worker.Start(ctx); err != nil {
			return err
		}
	}
	go a.sweep(ctx)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		a.Site.Drain()
		<-time.After(a.drain)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		stopped <- s.Shutdown(ctx)
	}()
	fmt.Fprintln(stdout, ready)
	err := s.Serve(listener)
	if errors.Is(err, http.ErrServerClosed) {
		err = <-stopped
	}
	if a.worker != nil { // last: what the last requests did is told too, if it is quick, and otherwise next time
		err = errors.Join(err, a.worker.Stop(context.WithoutCancel(ctx)))
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesTimeout)
	defer cancel()
	if err := a.traces.Close(last); err != nil { // what isn't told any more is no failure of what was done
		a.log.Warn("traces", "error", err)
	}
	return err
}

// ServeMetrics answers those who run the service, on an address that browsers don't reach.
func (a *Application) ServeMetrics(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("METRICS_LISTEN: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Site.Metrics(a.collectors()...))
	s := &http.Server{Handler: mux, ReadHeaderTimeout: server.HeaderTimeout, ReadTimeout: server.ReadTimeout, WriteTimeout: server.WriteTimeout}
	go func() {
		<-ctx.Done()
		_ = s.Close()
	}()
	go func() {
		if err := s.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("metrics", "error", err)
		}
	}()
	return nil
}

// collectors are those that the site itself doesn't count.
func (a *Application) collectors() []prometheus.Collector {
	readBacklog := func(ctx context.Context) (notify.Backlog, error) { return notify.ReadBacklog(ctx, a.pool) }
	return append(observe.Pool(a.pool), observe.NewDatabase(readBacklog, a.sessions.CountOpen), observe.Build(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// sweep clears away what is over, from time to time.
func (a *Application) sweep(ctx context.Context) {
	for tick := time.NewTicker(sweepInterval); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
			if err := a.sessions.Sweep(ctx); err != nil {
				a.log.Error("sweep", "error", err)
			}
		}
	}
}
