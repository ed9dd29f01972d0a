package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// insertEvents adds events to the log of one institution, in order, and moves its end. The institution's row must be
// locked by the transaction; head is its end as the lock read it.
func insertEvents(ctx context.Context, tx pgx.Tx, key audit.Key, head audit.Head, events ...audit.Event) (audit.Head, error) {
	batch := &pgx.Batch{}
	for _, e := range events {
		e, head = key.Chain(e, head)
		batch.Queue(`
			INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, before, after, previous, hash)
			VALUES ($1, $2, $3, nullif($4, '')::uuid, $5, nullif($6, '')::uuid, $7, $8, $9, $10, $11, $12)`,
			e.Institution, e.Seq, e.At, string(e.Actor), e.Action, string(e.Subject), e.Product, e.Role, e.Before, e.After, e.Previous, e.Hash)
	}
	if len(events) > 0 {
		batch.Queue(`UPDATE institution SET audit_seq = $2, audit_head = $3 WHERE id = $1`, events[0].Institution, head.Seq, head.Hash)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return audit.Head{}, fmt.Errorf("audit: %w", err)
	}
	return head, nil
}

// lockInstitution is the first statement of every change. Whoever holds it is the only one who changes anything in the
// institution, so what is read after it stays true until the end. Not FOR UPDATE: foreign-key checks of others may pass.
func lockInstitution(ctx context.Context, tx pgx.Tx, id access.InstitutionID) (audit.Head, error) {
	var head audit.Head
	err := tx.QueryRow(ctx, `SELECT audit_seq, audit_head FROM institution WHERE id = $1 FOR NO KEY UPDATE`, id).Scan(&head.Seq, &head.Hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return audit.Head{}, fmt.Errorf("institution %s: %w", id, access.ErrNotFound)
	}
	if err != nil {
		return audit.Head{}, fmt.Errorf("lock institution %s: %w", id, err)
	}
	return head, nil
}
