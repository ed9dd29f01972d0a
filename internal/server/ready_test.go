package server_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/test/site"
)

// connectCounter counts the connections that the application opens.
type connectCounter struct{ opened atomic.Int64 }

func (*connectCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	return ctx
}

func (*connectCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c *connectCounter) TraceConnectStart(ctx context.Context, _ pgx.TraceConnectStartData) context.Context {
	c.opened.Add(1)
	return ctx
}

func (*connectCounter) TraceConnectEnd(context.Context, pgx.TraceConnectEndData) {}

// Any client may ask for readiness. That costs PostgreSQL one connection a second, however many ask.
func TestReadinessOpensOneConnectionASecond(t *testing.T) {
	t.Parallel()
	var connections connectCounter
	s := site.Start(t, site.Options{Tracer: &connections})
	b := s.NewBrowser(t)
	before, start := connections.opened.Load(), time.Now()
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() {
			if p := b.Get("/readyz"); p.Status != http.StatusOK {
				t.Errorf("ready: %d", p.Status)
			}
		})
	}
	all.Wait()
	got, most := connections.opened.Load()-before, 1+int64(time.Since(start)/time.Second)
	if got < 1 || got > most {
		t.Errorf("%d connections for 200 probes, want 1 to %d", got, most)
	}
}
