package server_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// trips counts how often the application goes to the database: a query by itself, or a batch however long.
type trips struct{ n atomic.Int64 }

func (t *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	t.n.Add(1)
	return ctx
}
func (t *trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (t *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	t.n.Add(1)
	return ctx
}
func (t *trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (t *trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// A page costs two round trips: the session, then everything else on one snapshot.
func TestAPageGoesToTheDatabaseTwice(t *testing.T) {
	t.Parallel()
	counted := &trips{}
	s := openTraced(t, counted)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.as(t, "Anna Bianchi")
	for _, address := range []string{
		web.HomeURL(i.ID), web.UsersURL(i.ID, access.Filter{}), web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "neri"}),
		web.ProfileURL(i.ID, oto), web.RoleURL(i.ID, oto, api, access.Suspend),
	} {
		b.get(address)
		before := counted.n.Load()
		if p := b.get(address); p.status != 200 {
			t.Fatalf("%s: %d", address, p.status)
		}
		if n := counted.n.Load() - before; n != 2 {
			t.Errorf("%s: %d round trips", address, n)
		}
	}
}
