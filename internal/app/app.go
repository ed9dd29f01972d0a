// Package app builds the site from its configuration, for the service's program and for the demo.
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
	"areariservata.example/utenti/internal/store/outbox"
	"areariservata.example/utenti/internal/users"
)

// Application is the running site.
type Application struct {
	Site     *server.Server
	pool     *pgxpool.Pool
	db       *store.Store
	sessions *signin.Sessions
	outbox   *outbox.Worker
	worker   *notify.Worker  // nil: e-mails stay in the queue
	traces   *observe.Traces // nil: none
	log      *slog.Logger
	drain    time.Duration // from not being ready until no more requests are accepted
}

// New builds the site; nothing runs before Serve. Without a mailer, e-mails stay in the queue. Errors are those of the
// configuration: New does not connect to the database.
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
	entries := users.NewOutbox(pool, queue, log)
	site := c.site(demo)
	site.Trace = traces.Request
	return &Application{
		pool: pool, db: db, sessions: sessions, outbox: entries, worker: worker, traces: traces, log: log, drain: c.Drain,
		Site: server.New(site, db, users.New(db, entries.Wake, time.Now), signin.New(provider, pool), sessions, log, time.Now),
	}, nil
}

// traces exports the traces of requests to the collector; nil if there is none.
func (c Config) traces(log *slog.Logger) (*observe.Traces, error) {
	if c.Collector == "" {
		return nil, nil //nolint:nilnil // no collector is no error
	}
	return observe.NewTraces(context.Background(), c.Collector, c.TraceShare, log)
}

// tracer logs slow statements and traces all of them, as configured; nil if neither is.
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

// Timeouts of the shutdown, and the interval of the deletion of expired sessions.
const (
	shutdownTimeout = 20 * time.Second
	sweepInterval   = 10 * time.Minute
	outboxTimeout   = 3 * time.Second
	tracesTimeout   = 3 * time.Second
)

// Check fails if the database is not fit for the site: see [store.Store.Check].
func (a *Application) Check(ctx context.Context) error { return a.db.Check(ctx) }

// Close closes the connections of the database.
func (a *Application) Close() { a.pool.Close() }

// Serve serves until the context ends. Then it reports that it is not ready, serves on until balancers have noticed, and
// finishes the current requests. It prints ready when it has started.
func (a *Application) Serve(ctx context.Context, listener net.Listener, handler http.Handler, stdout io.Writer, ready string) error {
	s := server.NewHTTPServer(handler, a.log)
	if a.worker != nil {
		if err := a.worker.Start(ctx); err != nil {
			return err
		}
	}
	go a.sweep(ctx)
	stopOutbox := a.runOutbox(ctx)
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
	err := s.Serve(server.Listen(listener))
	if errors.Is(err, http.ErrServerClosed) {
		err = <-stopped
	}
	stopOutbox()
	if a.worker != nil { // last, so that it can still send the e-mails of the last requests
		err = errors.Join(err, a.worker.Stop(context.WithoutCancel(ctx)))
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), tracesTimeout)
	defer cancel()
	if err := a.traces.Close(last); err != nil { // lost traces are no failure of the site
		a.log.Warn("traces", "error", err)
	}
	return err
}

// runOutbox dispatches what changes have posted, until stop is called: what the last requests have posted is dispatched
// before it returns, as far as it can be.
func (a *Application) runOutbox(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.outbox.Run(ctx)
	}()
	return func() {
		cancel()
		<-done
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), outboxTimeout)
		defer cancel()
		if err := a.outbox.Drain(last); err != nil { // it stays for the other replicas, or the next start
			a.log.Warn("outbox", "error", err)
		}
	}
}

// ServeMetrics serves metrics on an address that browsers do not reach.
func (a *Application) ServeMetrics(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("METRICS_LISTEN: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.Site.Metrics(a.collectors()...))
	s := &http.Server{
		Handler: mux, ReadHeaderTimeout: server.HeaderTimeout, ReadTimeout: server.ReadTimeout,
		WriteTimeout: server.WriteTimeout,
	}
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

// collectors are the metrics that package server does not collect.
func (a *Application) collectors() []prometheus.Collector {
	readBacklog := func(ctx context.Context) (notify.Backlog, error) { return notify.ReadBacklog(ctx, a.pool) }
	oldestEntry := func(ctx context.Context) (time.Duration, error) { return outbox.OldestAge(ctx, a.pool) }
	return append(observe.Pool(a.pool), observe.NewDatabase(readBacklog, oldestEntry, a.sessions.CountOpen), observe.ReadBuild().Collector(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// sweep deletes expired sessions at an interval.
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
