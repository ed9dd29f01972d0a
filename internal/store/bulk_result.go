package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// BulkResult is the result of a bulk form.
type BulkResult struct {
	Key     IdempotencyKey
	Actor   access.UserID
	Action  access.Action
	Product access.ProductID
	Group   access.GroupID // the group that the users joined or left
	Results []ItemResult
	At      time.Time
}

// ItemResult is the result for one user. It holds no personal data but the id.
type ItemResult struct {
	Line   int           `json:"line,omitempty"` // of a file, from 1
	User   access.UserID `json:"user,omitempty"`
	Reason access.Reason `json:"reason,omitempty"` // of the refusal; empty: done
	Note   string        `json:"note,omitempty"`   // which of several operations was done

	Roles    []access.RoleID `json:"roles,omitempty"`    // changed, of the result's product
	Replaced []access.RoleID `json:"replaced,omitempty"` // by those, in a change of role
}

// SaveBulkResult saves the result of a form. If the form has a result already, the first one stands.
func (tx *Tx) SaveBulkResult(ctx context.Context, b BulkResult) error {
	results, err := json.Marshal(b.Results)
	if err != nil {
		return err
	}
	_, err = tx.tx.Exec(ctx, `
		INSERT INTO bulk_result (institution, key, actor, action, product, results, at, "group")
		VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::uuid)
		ON CONFLICT (institution, key) DO NOTHING`,
		tx.institution, b.Key, b.Actor, b.Action, b.Product, results, b.At, string(b.Group))
	if err != nil {
		return fmt.Errorf("bulk result: %w", err)
	}
	return nil
}

// BulkResult reads the result of one of the actor's forms, unless it is older than since.
func (q *Query) BulkResult(dst *BulkResult, institution access.InstitutionID, actor access.UserID, m IdempotencyKey, since time.Time) {
	q.queryRow(func(row pgx.Row) error {
		var results []byte
		if err := row.Scan(&dst.Key, &dst.Actor, &dst.Action, &dst.Product, &results, &dst.At, &dst.Group); err != nil {
			return err
		}
		return json.Unmarshal(results, &dst.Results)
	}, `
		SELECT key, actor, action, product, results, at, coalesce("group"::text, '') FROM bulk_result
		WHERE institution = $1 AND key = $2 AND actor = $3 AND at > $4`, institution, m, actor, since)
}
