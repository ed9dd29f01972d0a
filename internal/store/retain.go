package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Retention says from when on things have had their day: what is older goes.
type Retention struct {
	Ended  time.Time // sessions, sign-ins and kept forms that were over by then
	Forms  time.Time // what forms did: until then the same form again is told its first outcome
	Views  time.Time // who opened whose profile
	Sent   time.Time // letters that were sent
	Failed time.Time // letters that couldn't be
}

// Retained says how much has gone.
type Retained struct {
	Sessions, SignIns, KeptForms, Forms, Batches, Views, Letters int
}

// Retain deletes what has had its day, as the owner of the tables, some rows at a time: nobody waits for it. A dry run only
// counts. The application clears sessions, and River letters, by themselves while they run; what is left is deleted here
// too. The audit log isn't touched.
func Retain(ctx context.Context, owner *pgxpool.Pool, r Retention, dry bool) (Retained, error) {
	var gone Retained
	for _, t := range []struct {
		rows string
		args []any
		n    *int
	}{
		{`web_session WHERE expiry < $1`, []any{r.Ended}, &gone.Sessions},
		{`login_attempt WHERE expires_at < $1`, []any{r.Ended}, &gone.SignIns},
		{`saved_form WHERE expires_at < $1`, []any{r.Ended}, &gone.KeptForms},
		{`idempotency_key WHERE at < $1`, []any{r.Forms}, &gone.Forms},
		{`bulk_result WHERE at < $1`, []any{r.Forms}, &gone.Batches},
		{`profile_view WHERE at < $1`, []any{r.Views}, &gone.Views},
		{`river_job WHERE (state = 'completed' AND finalized_at < $1) OR (state IN ('cancelled', 'discarded') AND finalized_at < $2)`, []any{r.Sent, r.Failed}, &gone.Letters},
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

// atOnce is how many rows one statement deletes.
const atOnce = 10_000

func deleteOld(ctx context.Context, owner *pgxpool.Pool, rows string, args ...any) (n int, err error) {
	table, _, _ := strings.Cut(rows, " ")
	sql := fmt.Sprintf(`DELETE FROM %s WHERE ctid = ANY (ARRAY(SELECT ctid FROM %s LIMIT %d))`, table, rows, atOnce)
	for {
		tag, err := owner.Exec(ctx, sql, args...)
		if err != nil {
			return n, err
		}
		n += int(tag.RowsAffected())
		if tag.RowsAffected() < atOnce {
			return n, nil
		}
	}
}
