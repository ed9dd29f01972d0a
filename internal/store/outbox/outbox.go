// Package outbox dispatches what changes leave to be done beyond their institution.
//
// A change writes rows of one institution only. What follows elsewhere (an e-mail, for one) it writes as entries of the
// outbox, in its own transaction: they exist if and only if the change does. A [Worker] dispatches them afterwards, in
// the order of the institution's changes, each once also if it is killed and starts again. Several workers, in one or in
// many processes, share the outbox.
package outbox

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
)

// Kind says what an entry is about, and so which field its payload has. A release can add kinds: the workers of the
// release before leave them, and what follows in that institution, to the workers that know them.
type Kind string

// The kinds.
const (
	Email Kind = "email" // an e-mail is to be queued
)

// Entry is one thing to be done.
type Entry struct {
	Institution access.InstitutionID
	Seq         int64 // its number in the institution, in the order of the changes; without gaps
	Kind        Kind
	Payload     Payload
	At          time.Time // of the change
}

// Payload is an entry's content, stored as JSON: the field of its kind, and no other.
type Payload struct {
	Email json.RawMessage `json:"email,omitempty"` // of an [Email]: a job of package notify
}

// OldestAge is the age of the oldest entry that is not dispatched; 0 if there is none.
func OldestAge(ctx context.Context, pool *pgxpool.Pool) (time.Duration, error) {
	var age float64
	err := pool.QueryRow(ctx, `
		SELECT coalesce(extract(epoch FROM greatest(interval '0', now() - (SELECT at FROM outbox ORDER BY at LIMIT 1))), 0)::float8`).Scan(&age)
	if err != nil {
		return 0, fmt.Errorf("outbox: %w", err)
	}
	return time.Duration(age * float64(time.Second)), nil
}

// next returns the first institution after one that has entries; empty if there is none.
func next(ctx context.Context, pool *pgxpool.Pool, after access.InstitutionID) (found access.InstitutionID, err error) {
	err = pool.QueryRow(ctx, `
		SELECT coalesce((SELECT institution::text FROM outbox WHERE institution > $1 ORDER BY institution LIMIT 1), '')`, after).Scan(&found)
	return found, err
}

// read reads the institution's entries after one, in order.
func read(ctx context.Context, tx pgx.Tx, institution access.InstitutionID, after int64) ([]Entry, error) {
	rows, err := tx.Query(ctx, `
		SELECT institution, seq, kind, payload, at FROM outbox WHERE institution = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
		institution, after, batchSize)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Entry])
}
