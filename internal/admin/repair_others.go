package admin

import (
	"context"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// repairOthers repairs what is derived besides the listing: suspensions, numbers of members, days of the audit log.
func repairOthers(ctx context.Context, tx pgx.Tx, id access.InstitutionID, one *Repaired) error {
	for _, step := range []struct {
		sql      string
		repaired *int
	}{
		{notSuspended, &one.Suspensions},
		{repairSuspensions, &one.Suspensions},
		{repairGroups, &one.Groups},
		{noDays, &one.AuditDays},
		{repairDays, &one.AuditDays},
	} {
		tag, err := tx.Exec(ctx, step.sql, id)
		if err != nil {
			return err
		}
		*step.repaired += int(tag.RowsAffected())
	}
	return nil
}

const notSuspended = `
	DELETE FROM suspension s WHERE institution = $1 AND NOT EXISTS (
		SELECT 1 FROM assignment a WHERE a.institution = $1 AND a.person = s.person AND a.product = s.product
			AND a.role = s.role AND a.status = 'suspended')`

const repairSuspensions = `
	INSERT INTO suspension (institution, person, product, role, category, sort_key, email)
	SELECT a.institution, a.person, a.product, a.role, a.category, a.sort_key, a.email
	FROM assignment a LEFT JOIN suspension s USING (institution, person, product, role)
	WHERE a.institution = $1 AND a.status = 'suspended'
	AND (s.category, s.sort_key, s.email) IS DISTINCT FROM (a.category, a.sort_key, a.email)
	ON CONFLICT (institution, person, product, role) DO UPDATE
	SET category = excluded.category, sort_key = excluded.sort_key, email = excluded.email`

const repairGroups = `
	UPDATE user_group g SET member_count = c.n FROM (
		SELECT g.id, count(m.person) AS n FROM user_group g LEFT JOIN group_member m ON m.institution = g.institution AND m."group" = g.id
		WHERE g.institution = $1 GROUP BY g.id) c
	WHERE g.institution = $1 AND g.id = c.id AND g.member_count <> c.n`

// days are those of the institution's audit log.
const days = `(
	SELECT (at AT TIME ZONE 'Europe/Rome')::date AS day, min(seq) AS first_seq, max(seq) | 127 AS last_seq
	FROM audit_event WHERE institution = $1 GROUP BY 1)`

const noDays = `DELETE FROM audit_day WHERE institution = $1 AND day NOT IN (SELECT day FROM ` + days + ` d)`

const repairDays = `
	INSERT INTO audit_day (institution, day, first_seq, last_seq)
	SELECT $1, d.day, d.first_seq, d.last_seq FROM ` + days + ` d LEFT JOIN audit_day a ON a.institution = $1 AND a.day = d.day
	WHERE (a.first_seq, a.last_seq) IS DISTINCT FROM (d.first_seq, d.last_seq)
	ON CONFLICT (institution, day) DO UPDATE SET first_seq = excluded.first_seq, last_seq = excluded.last_seq`
