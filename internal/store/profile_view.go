package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// ProfileView is a person's request to see another person's profile.
type ProfileView struct {
	Institution access.InstitutionID
	Viewer      access.PersonID // the actor: views are limited over all institutions
	Actor       access.UserID
	Subject     access.UserID
	Form        IdempotencyKey // that the page shows again: loading the page again is the same view; empty: none
	Limit       int            // of the actor's views in the minute before At; zero: no limit
	At          time.Time
}

// ReadAndRecordView reads what a profile's page has queued and records the view, in one round trip. It reports whether the
// view is within the limit; a view that is not is not recorded.
//
// The view is written in a transaction of its own, which waits for the actor's other requests: of two at the same time,
// the second counts the first.
func (s *Store) ReadAndRecordView(ctx context.Context, q *Query, view ProfileView) (allowed bool, err error) {
	if !q.ownsTx {
		return false, errors.New("a profile view is recorded in a transaction of its own")
	}
	err = q.readWith(ctx, func(b *pgx.Batch) {
		b.Queue(`BEGIN`)
		b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('profile_view ' || $1, 0))`, string(view.Viewer))
		b.Queue(`
			WITH seen AS (
				SELECT true FROM profile_view WHERE viewer = $2 AND form = nullif($7, '')::uuid AND at > $8 LIMIT 1
			), recorded AS (
				INSERT INTO profile_view (institution, viewer, actor, subject, at, form)
				SELECT $1, $2, $3, $4, $5::timestamptz, nullif($7, '')::uuid WHERE NOT EXISTS (SELECT 1 FROM seen) AND ($6 = 0 OR (
					SELECT count(*) FROM (
						SELECT 1 FROM profile_view WHERE viewer = $2 AND at > $5::timestamptz - interval '1 minute' LIMIT $6) n) < $6)
				RETURNING true)
			SELECT true FROM seen UNION ALL SELECT true FROM recorded`,
			view.Institution, view.Viewer, view.Actor, view.Subject, view.At, view.Limit, string(view.Form),
			view.At.Add(-PreparedFormTTL)).
			QueryRow(func(row pgx.Row) error { return ignoreNoRows(row.Scan(&allowed)) })
		b.Queue(`COMMIT`)
	})
	return allowed, err
}
