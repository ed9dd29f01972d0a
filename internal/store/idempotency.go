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
	Key     IdempotencyKey // of a receipt that was read
	Actor   access.UserID
	Action  access.Action
	Subject access.UserID
	Target  access.Target
	Content []byte // a hash of the form's fields that are not in its address

	// What the change did, for its banner.
	Roles    []access.RoleID // assigned, of the target's product
	Replaced []access.RoleID // by those, in a change of role
	Group    access.GroupID  // created or changed

	At     time.Time
	IsLast bool // there is no later change of the same role, group or data; false also if the form changed nothing
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
		INSERT INTO idempotency_key (institution, key, actor, action, subject, product, role, content_hash, at, roles, "group", replaced)
		VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, $6, $7, $8, $9, coalesce($10::text[], '{}'), nullif($11, '')::uuid,
		        coalesce($12::text[], '{}'))`,
		tx.institution, m, d.Actor, d.Action, string(d.Subject), d.Target.Product, d.Target.Role,
		tx.keys.HashForm(d.Content), at, d.Roles, string(d.Group), d.Replaced)
	if err != nil {
		return fmt.Errorf("form: %w", err)
	}
	return nil
}

// Receipt reads the receipt of one of the actor's forms, unless it is older than since: a bookmarked page does not
// report last month's change.
func (q *Query) Receipt(dst *Receipt, institution access.InstitutionID, actor access.UserID, m IdempotencyKey, since time.Time) {
	q.queryRow(func(row pgx.Row) error {
		return row.Scan(&dst.Key, &dst.Actor, &dst.Action, &dst.Subject, &dst.Target.Product, &dst.Target.Role, &dst.Roles, &dst.Group,
			&dst.Replaced, &dst.At, &dst.IsLast)
	}, `
		SELECT k.key, k.actor, k.action, coalesce(k.subject::text, ''), k.product, k.role, k.roles, coalesce(k."group"::text, ''),
		       k.replaced, k.at,
		       coalesce((
			SELECT (e.actor, e.action, e.at) = (k.actor, k.action, k.at) FROM audit_event e
			WHERE e.institution = $1 AND e.subject = k.subject AND e.product = k.product AND `+changesRole(`k.role`, `k.action`)+`
			ORDER BY e.seq DESC LIMIT 1), (
			SELECT (e.actor, e.action, e.at) = (k.actor, k.action, k.at) FROM audit_event e
			WHERE e.institution = $1 AND e.product = k.product AND e.subject IS NULL
			AND coalesce(e.after, e.before)->>'group' = k."group"::text
			ORDER BY e.seq DESC LIMIT 1), false)
		FROM idempotency_key k
		WHERE k.institution = $1 AND k.key = $2 AND k.actor = $3 AND k.at > $4`, institution, m, actor, since)
}

// LastChanged reads which of a user's roles were last changed by a form of the actor's with that action: these the actor
// may undo.
func (q *Query) LastChanged(
	dst *[]access.Target, institution access.InstitutionID, by Receipt, m IdempotencyKey, roles []access.Target,
) {
	var products, codes []string
	for _, t := range roles {
		products, codes = append(products, string(t.Product)), append(codes, string(t.Role))
	}
	q.queryRows(func(rows pgx.Rows) error {
		var t access.Target
		err := rows.Scan(&t.Product, &t.Role)
		*dst = append(*dst, t)
		return err
	}, `
		SELECT t.product, t.role
		FROM idempotency_key k
		CROSS JOIN unnest($5::text[], $6::text[]) AS t (product, role)
		CROSS JOIN LATERAL (
			SELECT actor, action, at FROM audit_event e
			WHERE e.institution = $1 AND e.subject = k.subject AND e.product = t.product AND `+changesRole(`t.role`, `k.action`)+`
			ORDER BY e.seq DESC LIMIT 1) e
		WHERE k.institution = $1 AND k.key = $2 AND k.actor = $3 AND k.action = $4 AND k.subject = $7
		AND (e.actor, e.action, e.at) = (k.actor, k.action, k.at)`,
		institution, m, by.Actor, by.Action, products, codes, by.Subject)
}

// RoleChange is the last event of a user's role.
type RoleChange struct {
	User   access.UserID
	Role   access.RoleID
	Actor  access.UserID
	Action access.Action
	At     time.Time
}

// LastRoleChanges reads the last event of each of the roles that a bulk action changed.
func (q *Query) LastRoleChanges(dst *[]RoleChange, institution access.InstitutionID, b BulkResult) {
	var users []access.UserID
	var roles []access.RoleID
	for _, result := range b.Results {
		for _, role := range result.Roles {
			users, roles = append(users, result.User), append(roles, role)
		}
	}
	q.queryRows(func(rows pgx.Rows) error {
		var c RoleChange
		err := rows.Scan(&c.User, &c.Role, &c.Actor, &c.Action, &c.At)
		*dst = append(*dst, c)
		return err
	}, `
		SELECT t.person, t.role, coalesce(e.actor::text, ''), e.action, e.at
		FROM unnest($2::uuid[], $3::text[]) AS t (person, role)
		CROSS JOIN LATERAL (
			SELECT actor, action, at FROM audit_event e
			WHERE e.institution = $1 AND e.subject = t.person AND e.product = $4 AND `+changesRole(`t.role`, `$5::text`)+`
			ORDER BY e.seq DESC LIMIT 1) e`, institution, users, roles, b.Product, b.Action)
}
