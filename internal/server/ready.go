package server

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/singleflight"
)

// Times of the readiness probe: the limit of one question to the database, and how long its answer serves all probes.
const (
	readyTimeout  = 2 * time.Second
	readyLifetime = time.Second
)

// readiness asks the database whether it answers. Any client may send the probe, and each question opens a connection
// to PostgreSQL: so there is one question at a time, and at most one per readyLifetime.
type readiness struct {
	ask func(context.Context) error
	now func() time.Time

	questions  singleflight.Group
	answeredAt time.Time // zero: never; written, like answer, by one question at a time
	answer     error
}

// check returns the last answer, or waits for a new one if that is too old. The question does not end with the client
// that caused it, because others wait for it too.
func (q *readiness) check(ctx context.Context) error {
	asked := q.questions.DoChan("", func() (any, error) {
		if !q.answeredAt.IsZero() && q.now().Sub(q.answeredAt) < readyLifetime {
			return nil, q.answer
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
		defer cancel()
		q.answer = q.ask(ctx)
		q.answeredAt = q.now()
		return nil, q.answer
	})
	select {
	case result := <-asked:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// healthz answers as long as the process runs.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") }

// readyz reports whether the load balancer may send requests here. The question has a database connection of its own: a
// pool that is fully in use must not take all replicas out of the balancer at once.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if s.draining.Load() {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	if err := s.ready.check(r.Context()); err != nil {
		http.Error(w, "database", http.StatusServiceUnavailable)
		return
	}
	_, _ = fmt.Fprintln(w, "ready")
}
