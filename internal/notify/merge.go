package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// merge adds an e-mail to one of the same form to the same mailbox, in the same language, that still waits. If there is
// none, it gives the time at which this one is to be sent.
func merge(ctx context.Context, tx pgx.Tx, e Email) (isMerged bool, sendAt time.Time, err error) {
	same, err := json.Marshal(map[string]any{"Email": map[string]any{"Form": e.Form, "Address": e.Address, "Language": e.Language}})
	if err != nil {
		return false, sendAt, err
	}
	more, err := json.Marshal([]Email{e})
	if err != nil {
		return false, sendAt, err
	}
	// River makes a job available by an update, which this one waits for: then the job is not scheduled any more.
	tag, err := tx.Exec(ctx, `
		UPDATE river_job SET args = jsonb_set(args, '{More}', coalesce(args->'More', '[]') || $2::jsonb)
		WHERE state = 'scheduled' AND id = (
			SELECT id FROM river_job WHERE kind = $3 AND state = 'scheduled' AND args @> $1::jsonb
			AND jsonb_array_length(coalesce(args->'More', '[]')) < $4
			ORDER BY id DESC LIMIT 1)`, string(same), string(more), jobKind, maxMerged-1)
	if err != nil || tag.RowsAffected() > 0 {
		return err == nil, sendAt, err
	}
	err = tx.QueryRow(ctx, `SELECT now() + $1::interval`, mergeDelay).Scan(&sendAt)
	return false, sendAt, err
}

// DeleteFor deletes the users' e-mails from the outbox and the queue, sent or not, as part of a transaction, and returns
// their number. Of a merged one, the others' stay. An e-mail that is being sent at this moment is still delivered.
func DeleteFor(ctx context.Context, tx pgx.Tx, users []access.UserID) (deleted int, err error) {
	posted, err := deletePosted(ctx, tx, users)
	if err != nil {
		return 0, fmt.Errorf("delete e-mails: %w", err)
	}
	queued, err := deleteQueued(ctx, tx, users)
	return posted + queued, err
}

// deletePosted deletes the users' e-mails from the outbox. It locks the positions of their institutions, and so waits for a
// worker that is dispatching the e-mails: they are in the queue then. The number is of those that were not dispatched.
func deletePosted(ctx context.Context, tx pgx.Tx, users []access.UserID) (deleted int, err error) {
	const posted = `payload #>> '{email,Email,User}' = ANY ($1)`
	if _, err := tx.Exec(ctx, `
		INSERT INTO outbox_position (institution) SELECT DISTINCT institution FROM outbox WHERE `+posted+`
		ON CONFLICT (institution) DO UPDATE SET seq = outbox_position.seq`, users); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `
		WITH deleted AS (DELETE FROM outbox WHERE `+posted+` RETURNING institution, seq)
		SELECT count(*) FROM deleted d JOIN outbox_position p ON p.institution = d.institution AND p.seq < d.seq`, users).Scan(&deleted)
	return deleted, err
}

func deleteQueued(ctx context.Context, tx pgx.Tx, users []access.UserID) (deleted int, err error) {
	rows, err := tx.Query(ctx, `
		SELECT id, args FROM river_job WHERE kind = $1 AND (args #>> '{Email,User}' = ANY ($2)
		OR EXISTS (SELECT 1 FROM jsonb_array_elements(coalesce(args->'More', '[]')) m WHERE m->>'User' = ANY ($2))) FOR UPDATE`,
		jobKind, users)
	if err != nil {
		return 0, fmt.Errorf("delete e-mails: %w", err)
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct {
		ID  int64
		Job emailJob
	}])
	if err != nil {
		return 0, fmt.Errorf("delete e-mails: %w", err)
	}
	for _, j := range jobs {
		all := j.Job.emails()
		left := slices.DeleteFunc(slices.Clone(all), func(e Email) bool { return slices.Contains(users, e.User) })
		deleted += len(all) - len(left)
		if len(left) == 0 {
			_, err = tx.Exec(ctx, `DELETE FROM river_job WHERE id = $1`, j.ID)
		} else {
			j.Job.Email, j.Job.More = left[0], left[1:]
			_, err = tx.Exec(ctx, `UPDATE river_job SET args = $2 WHERE id = $1`, j.ID, j.Job)
		}
		if err != nil {
			return 0, fmt.Errorf("delete e-mails: %w", err)
		}
	}
	return deleted, nil
}
