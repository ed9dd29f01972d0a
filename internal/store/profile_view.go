package store

import (
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// RecordProfileView records that somebody asks to see a profile, along with what the page reads, in the same round trip. It is told
// whether they may: no more than the limit in the minute before now; zero is no limit. What is refused isn't recorded.
//
// Requests of one person wait for each other here, so that none slips through beside another.
func (v *Query) RecordProfileView(institution access.InstitutionID, actor, subject access.UserID, limit int, now time.Time) *bool {
	may := new(bool)
	v.writes = append(v.writes, func(b *pgx.Batch) {
		b.Queue(`BEGIN`)
		b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('profile_view ' || $1, 0))`, string(actor))
		b.Queue(`
			INSERT INTO profile_view (institution, actor, subject, at)
			SELECT $1, $2, $3, $4::timestamptz WHERE $5 = 0 OR (
				SELECT count(*) FROM (
					SELECT FROM profile_view WHERE actor = $2 AND at > $4::timestamptz - interval '1 minute' LIMIT $5) n) < $5
			RETURNING true`, institution, actor, subject, now, limit).QueryRow(func(row pgx.Row) error { return ignoreNoRows(row.Scan(may)) })
		b.Queue(`COMMIT`)
	})
	return may
}
