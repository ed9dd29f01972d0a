package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
)

const (
	pollInterval = time.Second // the wait for entries of other processes, and after an error
	batchSize    = 100         // entries dispatched in one transaction
	batchTimeout = 10 * time.Second
)

// firstInstitution is before all ids of institutions.
const firstInstitution access.InstitutionID = "00000000-0000-0000-0000-000000000000"

// Handler dispatches an entry in a transaction, which also records that it did.
type Handler func(context.Context, pgx.Tx, Entry) error

// Worker dispatches the entries, by the handler of their kind.
type Worker struct {
	pool     *pgxpool.Pool
	handlers map[Kind]Handler
	log      *slog.Logger
	wake     chan struct{}
}

// NewWorker returns a worker, which [Worker.Run] runs.
func NewWorker(pool *pgxpool.Pool, handlers map[Kind]Handler, log *slog.Logger) *Worker {
	return &Worker{pool: pool, handlers: handlers, log: log, wake: make(chan struct{}, 1)}
}

// Wake makes the worker look for entries now. It does not wait.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run dispatches entries until the context ends, when it is woken and at an interval.
func (w *Worker) Run(ctx context.Context) {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		if err := w.Drain(ctx); err != nil && ctx.Err() == nil {
			w.log.Error("outbox", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-w.wake:
		case <-tick.C:
		}
	}
}

// Drain dispatches the entries that there are, except those that another worker is dispatching. An error in one
// institution does not keep back the others.
func (w *Worker) Drain(ctx context.Context) error {
	var faults []error
	for after := firstInstitution; ; {
		institution, err := next(ctx, w.pool, after)
		if err != nil {
			return errors.Join(append(faults, fmt.Errorf("read: %w", err))...)
		}
		if institution == "" {
			return errors.Join(faults...)
		}
		for more := true; more && err == nil; {
			more, err = w.deliver(ctx, institution)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("institution %s: %w", institution, err))
		}
		after = institution
	}
}

// deliver dispatches the next entries of an institution, and then deletes them. The two are transactions of their own, so
// that neither needs the other's tables: a worker that is killed in between has recorded the position.
func (w *Worker) deliver(ctx context.Context, institution access.InstitutionID) (more bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchTimeout)
	defer cancel()
	var position int64
	err = pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		position, more, err = w.dispatch(ctx, tx, institution)
		return err
	})
	if err != nil || position == 0 {
		return false, err
	}
	return more, w.forget(ctx, institution, position)
}

// dispatch dispatches the entries after the institution's position, and moves it. The position is 0 if another worker is at
// it. An entry of an unknown kind ends the batch.
func (w *Worker) dispatch(ctx context.Context, tx pgx.Tx, institution access.InstitutionID) (position int64, more bool, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO outbox_position (institution) VALUES ($1) ON CONFLICT DO NOTHING`, institution); err != nil {
		return 0, false, err
	}
	err = tx.QueryRow(ctx, `SELECT seq FROM outbox_position WHERE institution = $1 FOR UPDATE SKIP LOCKED`, institution).Scan(&position)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	entries, err := read(ctx, tx, institution, position)
	if err != nil {
		return 0, false, err
	}
	before := position
	for _, e := range entries {
		handle, known := w.handlers[e.Kind]
		if !known {
			w.log.Warn("outbox: an entry of a newer release waits", "institution", institution, "kind", e.Kind)
			break
		}
		if err := handle(ctx, tx, e); err != nil {
			return 0, false, fmt.Errorf("%s %d: %w", e.Kind, e.Seq, err)
		}
		position = e.Seq
	}
	if position > before {
		_, err = tx.Exec(ctx, `UPDATE outbox_position SET seq = $2 WHERE institution = $1`, institution, position)
	}
	return position, position-before == batchSize, err
}

// forget deletes the entries that were dispatched. A deletion that a crash undoes is repeated.
func (w *Worker) forget(ctx context.Context, institution access.InstitutionID, position int64) error {
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL synchronous_commit = off`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM outbox WHERE institution = $1 AND seq <= $2`, institution, position)
		return err
	})
}
