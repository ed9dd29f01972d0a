package store

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// SetStatus suspends or re-enables an assignment that exists, in its row and in the listing row.
func (tx *Tx) SetStatus(ctx context.Context, user access.UserID, t access.Target, s access.Status) error {
	batch := &pgx.Batch{}
	batch.Queue(`
		UPDATE assignment SET status = $5
		WHERE institution = $1 AND person = $2 AND product = $3 AND role = $4`, tx.institution, user, t.Product, t.Role, s)
	batch.Queue(`
		UPDATE listing SET statuses[array_position(roles, $4)] = $5
		WHERE institution = $1 AND person = $2 AND product = $3`, tx.institution, user, t.Product, t.Role, s)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("set status: %w", err)
	}
	return nil
}

// EndSessions ends all sessions of a person who has no powers left in any institution (rule P11).
func (tx *Tx) EndSessions(ctx context.Context, person access.PersonID) error {
	batch := &pgx.Batch{}
	// If two institutions take a person's last powers at once, the lock lets the second one see the first's change.
	batch.Queue(`SELECT 1 FROM person WHERE id = $1 FOR NO KEY UPDATE`, person)
	batch.Queue(`
		UPDATE web_session SET revoked_at = now(), revoked_reason = 'lost-powers'
		WHERE person = $1 AND revoked_at IS NULL AND NOT EXISTS (
			SELECT 1 FROM app_user u JOIN assignment a USING (institution, person)
			JOIN active_product USING (institution, product)
			WHERE u.identity = $1 AND a.status = 'active')`, person)
	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Pgx is the transaction itself.
func (tx *Tx) Pgx() pgx.Tx { return tx.tx }
