package admin

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Retention is the moment, for each kind of record, before which records are deleted.
type Retention struct {
	Sessions     time.Time // the end of sessions and of sign-in attempts
	SavedForms   time.Time // the end of the time to take them up again
	Prepared     time.Time // the time when check pages expire
	FormResults  time.Time // until then, the same form again gets its first result
	ProfileViews time.Time
	Histories    time.Time // the audit log's keys and names of removed users
	SentEmails   time.Time
	FailedEmails time.Time
}

// Retained counts the deleted records.
type Retained struct {
	Sessions        int `json:"sessions"`
	SignIns         int `json:"sign_ins"`
	SavedForms      int `json:"saved_forms"`
	PreparedForms   int `json:"prepared_forms"`
	IdempotencyKeys int `json:"idempotency_keys"`
	BulkResults     int `json:"bulk_results"`
	ProfileViews    int `json:"profile_views"`
	Histories       int `json:"histories"`
	Emails          int `json:"emails"`
}

// Retain deletes expired records as the owner of the tables, in batches that lock few rows at a time. A dry run only
// counts. The running application deletes expired sessions, and River finished e-mails; Retain deletes what they left.
// The audit log is not touched, but without the key the names and e-mails of a removed user become unreadable (rule P7).
func Retain(ctx context.Context, owner *pgxpool.Pool, r Retention, dry bool) (Retained, error) {
	var gone Retained
	for _, t := range []struct {
		rows string
		args []any
		n    *int
	}{
		{`web_session WHERE expiry < $1`, []any{r.Sessions}, &gone.Sessions},
		{`login_attempt WHERE expires_at < $1`, []any{r.Sessions}, &gone.SignIns},
		{`saved_form WHERE expires_at < $1`, []any{r.SavedForms}, &gone.SavedForms},
		{`prepared_form WHERE at < $1`, []any{r.Prepared}, &gone.PreparedForms},
		{`idempotency_key WHERE at < $1`, []any{r.FormResults}, &gone.IdempotencyKeys},
		{`bulk_result WHERE at < $1`, []any{r.FormResults}, &gone.BulkResults},
		{`profile_view WHERE at < $1`, []any{r.ProfileViews}, &gone.ProfileViews},
		{`user_history WHERE removed_at < $1`, []any{r.Histories}, &gone.Histories},
		{
			`river_job WHERE (state = 'completed' AND finalized_at < $1)
				OR (state IN ('cancelled', 'discarded') AND finalized_at < $2)`,
			[]any{r.SentEmails, r.FailedEmails},
			&gone.Emails,
		},
	} {
		var err error
		if dry {
			err = owner.QueryRow(ctx, `SELECT count(*) FROM `+t.rows, t.args...).Scan(t.n)
		} else {
			*t.n, err = deleteOld(ctx, owner, t.rows, t.args...)
		}
		if err != nil {
			return gone, fmt.Errorf("retain: %w", err)
		}
	}
	return gone, nil
}

// deleteBatch is the number of rows that one statement deletes.
const deleteBatch = 10_000

func deleteOld(ctx context.Context, owner *pgxpool.Pool, rows string, args ...any) (n int, err error) {
	table, _, _ := strings.Cut(rows, " ")
	sql := fmt.Sprintf(`DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT %d))`, table, rows, deleteBatch)
	for {
		tag, err := owner.Exec(ctx, sql, args...)
		if err != nil {
			return n, err
		}
		n += int(tag.RowsAffected())
		if tag.RowsAffected() < deleteBatch {
			return n, nil
		}
	}
}
