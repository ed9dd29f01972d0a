package users

import (
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store/outbox"
)

// NewOutbox returns the worker that dispatches what the service's changes have posted.
func NewOutbox(pool *pgxpool.Pool, emails *notify.Queue, log *slog.Logger) *outbox.Worker {
	return outbox.NewWorker(pool, map[outbox.Kind]outbox.Handler{outbox.Email: emails.Dispatch}, log)
}
