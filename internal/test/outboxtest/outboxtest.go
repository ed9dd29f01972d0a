// Package outboxtest dispatches the outbox in tests at once, so that they find its effects when a change has returned.
package outboxtest

import (
	"context"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store/outbox"
	"areariservata.example/utenti/internal/users"
)

// New returns a worker of the outbox.
func New(t testing.TB, pool *pgxpool.Pool) *outbox.Worker {
	t.Helper()
	queue, err := notify.NewQueue(pool)
	if err != nil {
		t.Fatal(err)
	}
	return users.NewOutbox(pool, queue, slog.New(slog.DiscardHandler))
}

// Deliver returns a function for [users.New] that dispatches the outbox before the change returns.
func Deliver(t testing.TB, pool *pgxpool.Pool) func() {
	t.Helper()
	w := New(t, pool)
	return func() {
		if err := w.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	}
}
