package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// Record appends events to the institution's audit log, in order. Their hash chain continues from the end that the lock
// read.
func (tx *Tx) Record(ctx context.Context, events ...audit.Event) error {
	if len(events) == 0 {
		return nil
	}
	key, head := tx.keys.AuditKey(), tx.head
	batch := &pgx.Batch{}
	for _, e := range events {
		e.Institution = tx.institution
		e, head = key.Chain(e, head)
		batch.Queue(`
			INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, before, after, previous, hash)
			VALUES ($1, $2, $3, nullif($4, '')::uuid, $5, nullif($6, '')::uuid, $7, $8, $9, $10, $11, $12)`,
			e.Institution, e.Seq, e.At, string(e.Actor), e.Action, string(e.Subject), e.Product, e.Role,
			e.Before, e.After, e.Previous, e.Hash)
	}
	batch.Queue(`UPDATE institution SET audit_seq = $2, audit_head = $3 WHERE id = $1`, tx.institution, head.Seq, head.Hash)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	tx.head = head
	return nil
}

// lockInstitution is the first statement of every change. Only the transaction that holds the lock changes anything in
// the institution, so what it reads afterwards stays true until its end. FOR NO KEY UPDATE rather than FOR UPDATE lets
// foreign-key checks of other transactions pass.
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
