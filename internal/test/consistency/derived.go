package consistency

import (
	"context"
	"errors"
	"fmt"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// derivedRow is a count, or a row that differs from its source.
type derivedRow struct {
	Institution, Product, Key string
	Users                     int
}

// CheckDerived counts all users from the assignments instead of the listing, and compares the counts. It also compares
// the other rows that triggers keep.
func CheckDerived(ctx context.Context, owner *pgxpool.Pool) error {
	all := func(sql string) ([]derivedRow, error) {
		rows, err := owner.Query(ctx, sql+` ORDER BY 1, 2, 3`)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowToStructByPos[derivedRow])
	}
	want, err := all(`
		SELECT institution::text, product, state || '/' || c || '/' || r COLLATE "C", count(DISTINCT person)
		FROM assignment a, unnest(ARRAY['', a.status]) AS state,
		     (VALUES (false, false), (true, false), (true, true)) AS of (category, role),
		     LATERAL (SELECT CASE WHEN of.category THEN a.category ELSE '' END, CASE WHEN of.role THEN a.role ELSE '' END) AS l (c, r)
		GROUP BY 1, 2, 3`)
	if err != nil {
		return err
	}
	got, err := all(`SELECT institution::text, product, key COLLATE "C", value::int FROM user_count, jsonb_each_text(users)`)
	if err != nil {
		return err
	}
	var faults []error
	if diff := gocmp.Diff(want, got); diff != "" {
		faults = append(faults, fmt.Errorf("user counts (-want +got)\n%s", diff))
	}
	for what, sql := range map[string]string{
		"sort keys or e-mails of assignments differ from the listing": `
			SELECT a.institution::text, a.product, a.person::text, 0
			FROM assignment a LEFT JOIN listing l USING (institution, product, person)
			WHERE a.email IS DISTINCT FROM l.email OR a.sort_key IS DISTINCT FROM l.sort_key`,
		"sort keys of group members differ from the listing": `
			SELECT m.institution::text, m.product, m.person::text, 0
			FROM group_member m LEFT JOIN listing l USING (institution, product, person)
			WHERE m.sort_key IS DISTINCT FROM l.sort_key`,
		"numbers of members differ from the members": `
			SELECT g.institution::text, g.product, g.name, g.member_count FROM user_group g
			WHERE member_count <> (SELECT count(*) FROM group_member m WHERE m.institution = g.institution AND m."group" = g.id)`,
		"suspensions differ from the assignments": `
			SELECT institution::text, product, person::text, 0
			FROM (SELECT institution, product, person, role, category, sort_key, email FROM assignment WHERE status = 'suspended') a
			FULL JOIN suspension s USING (institution, product, person, role, category, sort_key, email)
			WHERE a.institution IS NULL OR s.institution IS NULL`,
		"events lie outside their day": `
			SELECT e.institution::text, e.action, coalesce(e.subject::text, ''), e.seq::int
			FROM audit_event e LEFT JOIN audit_day d ON d.institution = e.institution AND d.day = (e.at AT TIME ZONE 'Europe/Rome')::date
			WHERE (e.seq BETWEEN d.first_seq AND d.last_seq) IS NOT TRUE`,
	} {
		rows, err := all(sql)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			faults = append(faults, fmt.Errorf("%s: %v", what, rows))
		}
	}
	return errors.Join(faults...)
}
