package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
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

// serve runs the site until it is told to stop.
func serve(ctx context.Context, env map[string]string, log *slog.Logger, stdout io.Writer) error {
	c, err := readConfig(env)
	if err != nil {
		return err
	}
	provider := c.signin()
	provider.Transport, err = connectTo(c.Issuer, c.ConnectTo)
	if err != nil {
		return err
	}
	a, err := newApplication(c, provider, c.mailer(), false, log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := a.db.Check(ctx); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	if c.Metrics != "" {
		if err := a.serveMetrics(ctx, c.Metrics); err != nil {
			return err
		}
	}
	return a.serve(ctx, listener, a.site, stdout, "Area Riservata: "+c.BaseURL)
}

// application is what serves: wired by hand, in one place.
type application struct {
	pool     *pgxpool.Pool
	db       *store.Store
	site     *server.Server
	sessions *signin.Sessions
	postman  *notify.Postman // nil: letters wait in the queue
	log      *slog.Logger
	drain    time.Duration // from saying that nothing more should come until nothing more is taken
	close    func()
}

func newApplication(c config, provider signin.Config, mailer notify.Mailer, demo bool, log *slog.Logger) (*application, error) {
	keys, err := c.keys()
	if err != nil {
		return nil, err
	}
	pool, err := store.Open(c.DatabaseURL, c.tracer(log))
	if err != nil {
		return nil, err
	}
	db := store.New(pool, keys)
	sessions := signin.NewSessions(pool, c.https())
	queue, err1 := notify.NewQueue(pool)
	postman, err2 := newPostman(pool, c.BaseURL, mailer, log)
	if err := errors.Join(err1, err2); err != nil {
		pool.Close()
		return nil, err
	}
	return &application{
		pool: pool, db: db, sessions: sessions, postman: postman, log: log, drain: c.Drain, close: pool.Close,
		site: server.New(c.site(demo), db, users.New(db, queue, now), signin.New(provider, pool), sessions, log, now),
	}, nil
}

// tracer sees what is asked of the database, to log what takes too long; nil where nothing is called slow.
func (c config) tracer(log *slog.Logger) pgx.QueryTracer {
	if c.SlowQuery == 0 {
		return nil
	}
	return observe.NewSlow(c.SlowQuery, log, server.Reference, now)
}

// How long the server waits at the end for requests under way, and how often it clears away.
const (
	shutdownTimeout = 20 * time.Second
	sweepEvery      = 10 * time.Minute
)

// serve answers until the context ends. Then it says that it isn't ready, goes on answering until balancers have noticed,
// and lets what is under way come to its end. ready is printed to who waits for it.
func (a *application) serve(ctx context.Context, listener net.Listener, handler http.Handler, stdout io.Writer, ready string) error {
	s := server.Listening(handler, a.log)
	if a.postman != nil {
		if err := a.postman.Start(ctx); err != nil {
			return err
		}
	}
	go a.sweep(ctx)
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		a.site.Drain()
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
	if a.postman != nil { // last: what the last requests did is told too, if it is quick, and otherwise next time
		err = errors.Join(err, a.postman.Stop(context.WithoutCancel(ctx)))
	}
	return err
}

// serveMetrics answers those who run the service, on an address that browsers don't reach.
func (a *application) serveMetrics(ctx context.Context, address string) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("METRICS_LISTEN: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.site.Metrics(a.figures()...))
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

// figures are those that the site itself doesn't count.
func (a *application) figures() []prometheus.Collector {
	letters := func(ctx context.Context) (notify.Backlog, error) { return notify.ReadBacklog(ctx, a.pool) }
	return append(observe.Pool(a.pool), observe.NewDatabase(letters, a.sessions.Open), observe.Build(),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
}

// sweep clears away what is over, from time to time.
func (a *application) sweep(ctx context.Context) {
	for tick := time.NewTicker(sweepEvery); ; {
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

// connectTo sends what is meant for the issuer's host to another address: in compose the browser and the application
// reach the provider by different names. Empty: nothing is sent elsewhere.
func connectTo(issuer, address string) (http.RoundTripper, error) {
	if address == "" {
		return http.DefaultTransport, nil
	}
	u, err := url.Parse(issuer)
	if err != nil {
		return nil, fmt.Errorf("OIDC_ISSUER: %w", err)
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme])
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, to string) (net.Conn, error) {
		if to == host {
			to = address
		}
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}
	return transport, nil
}

// healthcheck asks the running application whether it lives: for images that have no shell to ask with.
func healthcheck(ctx context.Context, env map[string]string) error {
	address := env["LISTEN"]
	if address == "" {
		address = "127.0.0.1:8080"
	}
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("LISTEN: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort("127.0.0.1", port)+"/healthz", http.NoBody)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}
