package store

import (
	"context"
	"encoding/json"
	"fmt"

	"areariservata.example/utenti/internal/store/outbox"
)

// Post writes entries to the institution's outbox. They are dispatched if and only if the change takes effect.
func (tx *Tx) Post(ctx context.Context, entries ...outbox.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	kinds, payloads := make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		payload, err := json.Marshal(e.Payload)
		if err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		kinds[i], payloads[i] = string(e.Kind), string(payload)
	}
	_, err := tx.tx.Exec(ctx, `
		WITH last AS (UPDATE institution SET outbox_seq = outbox_seq + cardinality($2::text[]) WHERE id = $1 RETURNING outbox_seq)
		INSERT INTO outbox (institution, seq, kind, payload)
		SELECT $1, l.outbox_seq - cardinality($2::text[]) + e.n, e.kind, e.payload::jsonb
		FROM last l CROSS JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY AS e (kind, payload, n)`,
		tx.institution, kinds, payloads)
	if err != nil {
		return fmt.Errorf("outbox: %w", err)
	}
	return nil
}
