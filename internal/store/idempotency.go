package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
)

// IdempotencyKey identifies one form: a UUID made when the form is shown.
type IdempotencyKey string

// Derive returns the key of one part of a form: the same for the same form and part. A bulk form is several changes, each
// of which takes effect once.
func (m IdempotencyKey) Derive(parts ...string) IdempotencyKey {
	sum := HashContent(append([]string{string(m)}, parts...)...)
	return IdempotencyKey(uuid.UUID(sum[:16]).String())
}

// HashContent hashes the content of a form, for [Receipt].Content.
func HashContent[T ~string](parts ...T) []byte {
	fields := make([][]byte, len(parts))
	for i, part := range parts {
		fields[i] = []byte(part)
	}
	return audit.SumFields(sha256.New(), fields...)
}

// Receipt is the change that a form made.
type Receipt struct {
	Actor   access.UserID
	Action  access.Action
	Subject access.UserID
	Target  access.Target
	Content []byte // a hash of the form's fields that are not in its address

	// What the change did, for its banner.
	Roles []access.RoleID // assigned, of the target's product
	Group access.GroupID  // created or changed
}

// ClaimKey reads the receipt of a form that took effect before (rule P6): then it must not take effect again. A key that
// was used for any other change is refused. The subject of an addition is not known yet.
func (tx *Tx) ClaimKey(ctx context.Context, m IdempotencyKey, now Receipt) (first Receipt, claimed bool, err error) {
	err = tx.tx.QueryRow(ctx, `
		SELECT actor, action, coalesce(subject::text, ''), product, role, content_hash, roles, coalesce("group"::text, '')
		FROM idempotency_key WHERE institution = $1 AND key = $2`, tx.institution, m).
		Scan(&first.Actor, &first.Action, &first.Subject, &first.Target.Product, &first.Target.Role, &first.Content, &first.Roles, &first.Group)
	if errors.Is(err, pgx.ErrNoRows) {
		return Receipt{}, false, nil
	}
	if err != nil {
		return Receipt{}, false, fmt.Errorf("form: %w", err)
	}
	same := first.Actor == now.Actor && first.Action == now.Action && first.Target == now.Target &&
		hmac.Equal(first.Content, tx.keys.HashForm(now.Content))
	if !same || (now.Subject != "" && now.Subject != first.Subject) {
		return Receipt{}, false, &access.Refusal{Action: now.Action, Reason: access.FormUsed}
	}
	return first, true, nil
}

// CompleteKey saves the receipt of a form.
func (tx *Tx) CompleteKey(ctx context.Context, m IdempotencyKey, d Receipt, at time.Time) error {
	_, err := tx.tx.Exec(ctx, `
		INSERT INTO idempotency_key (institution, key, actor, action, subject, product, role, content_hash, at, roles, "group")
		VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, $8, $9, coalesce($10::text[], '{}'), nullif($11, '')::uuid)`,
		tx.institution, m, d.Actor, d.Action, string(d.Subject), d.Target.Product, d.Target.Role,
		tx.keys.HashForm(d.Content), at, d.Roles, string(d.Group))
	if err != nil {
		return fmt.Errorf("form: %w", err)
	}
	return nil
}

// Receipt reads the receipt of one of the actor's forms, unless it is older than since: a bookmarked page does not
// report last month's change.
func (q *Query) Receipt(dst *Receipt, institution access.InstitutionID, actor access.UserID, m IdempotencyKey, since time.Time) {
	q.queryRow(func(row pgx.Row) error {
		return row.Scan(&dst.Actor, &dst.Action, &dst.Subject, &dst.Target.Product, &dst.Target.Role, &dst.Roles, &dst.Group)
	}, `
		SELECT actor, action, coalesce(subject::text, ''), product, role, roles, coalesce("group"::text, '') FROM idempotency_key
		WHERE institution = $1 AND key = $2 AND actor = $3 AND at > $4`, institution, m, actor, since)
}
