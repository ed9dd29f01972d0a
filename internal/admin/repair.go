package admin

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Repaired counts the rows that differed from their source tables and were rewritten, over all institutions. Missing and
// superfluous rows count.
type Repaired struct {
	Institutions int `json:"institutions"` // examined
	Assignments  int `json:"assignments"`  // sort key or e-mail
	Listing      int `json:"listing"`
	UserCounts   int `json:"user_counts"`
	GroupMembers int `json:"group_members"` // sort key
	Groups       int `json:"groups"`        // number of members
	Suspensions  int `json:"suspensions"`
	AuditDays    int `json:"audit_days"`
}

// add returns the sum of both.
func (r Repaired) add(o Repaired) Repaired {
	return Repaired{
		Institutions: r.Institutions + o.Institutions, Assignments: r.Assignments + o.Assignments, Listing: r.Listing + o.Listing,
		UserCounts: r.UserCounts + o.UserCounts, GroupMembers: r.GroupMembers + o.GroupMembers, Groups: r.Groups + o.Groups,
		Suspensions: r.Suspensions + o.Suspensions, AuditDays: r.AuditDays + o.AuditDays,
	}
}

// RepairListing rebuilds what lists show and count from users, people and assignments, as the owner of the tables: one
// institution after the other, each under its lock and in its own transaction. Rows that are right are not written.
//
// The site keeps running. Changes of the institution under repair wait, and fail after the lock
// timeout of package store (2 seconds): with 100,000 users that can happen, so run it at night.
func RepairListing(ctx context.Context, owner *pgxpool.Pool) (Repaired, error) {
	rows, err := owner.Query(ctx, `SELECT id FROM institution ORDER BY id`)
	if err != nil {
		return Repaired{}, fmt.Errorf("repair: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[access.InstitutionID])
	if err != nil {
		return Repaired{}, fmt.Errorf("repair: %w", err)
	}
	var sum Repaired
	for _, id := range all {
		one, err := repairInstitution(ctx, owner, id)
		if errors.Is(err, access.ErrNotFound) {
			continue // deleted since
		}
		if err != nil {
			return sum, fmt.Errorf("repair: institution %s: %w", id, err)
		}
		one.Institutions = 1
		sum = sum.add(one)
	}
	return sum, nil
}

func repairInstitution(ctx context.Context, owner *pgxpool.Pool, id access.InstitutionID) (one Repaired, err error) {
	err = store.New(owner, store.Keys{}).Locked(ctx, func(ctx context.Context, l *store.Locks) error {
		if _, err := l.Institution(ctx, id); err != nil {
			return err
		}
		tx := l.Pgx()
		// Counted first: triggers apply the listing's repair to the counts, which makes right ones wrong until the end.
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM (`+wrongUserCounts+`) w`, id).Scan(&one.UserCounts); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `DELETE FROM listing l WHERE institution = $1 AND NOT EXISTS (
			SELECT 1 FROM assignment a WHERE a.institution = $1 AND a.person = l.person AND a.product = l.product)`, id)
		if err != nil {
			return err
		}
		one.Listing = int(tag.RowsAffected())
		if err := repairRows(ctx, tx, id, &one); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO user_count (institution, product, users) SELECT $1, product, users FROM (`+wrongUserCounts+`) w
			ON CONFLICT (institution, product) DO UPDATE SET users = excluded.users`, id)
		if err != nil {
			return err
		}
		return repairOthers(ctx, tx, id, &one)
	})
	return one, err
}

// repairRows repairs the rows of all users, in batches in the order of their ids.
func repairRows(ctx context.Context, tx pgx.Tx, id access.InstitutionID, one *Repaired) error {
	last := access.UserID("00000000-0000-0000-0000-000000000000")
	for {
		rows, err := tx.Query(ctx, `
			SELECT person, first_name, last_name, email FROM app_user
			WHERE institution = $1 AND person > $2 ORDER BY person LIMIT 1000`, id, last)
		if err != nil {
			return err
		}
		var people, sortKeys, searchKeys, firsts, lasts, emails []string
		var person, first, surname, email string
		_, err = pgx.ForEachRow(rows, []any{&person, &first, &surname, &email}, func() error {
			people, firsts, lasts, emails = append(people, person), append(firsts, first), append(lasts, surname), append(emails, email)
			sortKeys, searchKeys = append(sortKeys, store.SortKey(first, surname)), append(searchKeys, store.SearchKey(first, surname, email))
			return nil
		})
		if err != nil {
			return err
		}
		if len(people) == 0 {
			return nil
		}
		last = access.UserID(person)
		for _, step := range []struct {
			sql      string
			repaired *int
		}{{repairMembers, &one.GroupMembers}, {repairAssignments, &one.Assignments}, {repairListing, &one.Listing}} {
			tag, err := tx.Exec(ctx, step.sql, id, people, sortKeys, searchKeys, firsts, lasts, emails)
			if err != nil {
				return err
			}
			*step.repaired += int(tag.RowsAffected())
		}
	}
}

// currentUsers are the users of a batch, by parameters, because keys are folded in Go.
const currentUsers = `unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
	AS t (person, sort_key, search_key, first_name, last_name, email)`

const repairMembers = `
	UPDATE group_member m SET sort_key = t.sort_key FROM ` + currentUsers + `
	WHERE m.institution = $1 AND m.person = t.person AND m.sort_key <> t.sort_key`

const repairAssignments = `
	UPDATE assignment a SET sort_key = t.sort_key, email = t.email FROM ` + currentUsers + `
	WHERE a.institution = $1 AND a.person = t.person AND (a.sort_key <> t.sort_key OR a.email <> t.email)`

// repairListing writes only the rows that differ.
const repairListing = `
	INSERT INTO listing (institution, product, person, sort_key, search_key, first_name, last_name, email, category, roles, statuses)
	SELECT h.* FROM (
		SELECT a.institution, a.product, a.person, t.sort_key, t.search_key, t.first_name, t.last_name, t.email, min(a.category) AS category,
		       array_agg(a.role ORDER BY a.role COLLATE "C") AS roles, array_agg(a.status ORDER BY a.role COLLATE "C") AS statuses
		FROM ` + currentUsers + ` JOIN assignment a ON a.institution = $1 AND a.person = t.person
		GROUP BY a.institution, a.product, a.person, t.sort_key, t.search_key, t.first_name, t.last_name, t.email) h
	LEFT JOIN listing l USING (institution, product, person)
	WHERE (l.sort_key, l.search_key, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses) IS DISTINCT FROM
	      (h.sort_key, h.search_key, h.first_name, h.last_name, h.email, h.category, h.roles, h.statuses)
	ON CONFLICT (institution, product, person) DO UPDATE
	SET sort_key = excluded.sort_key, search_key = excluded.search_key, first_name = excluded.first_name, last_name = excluded.last_name,
	    email = excluded.email, category = excluded.category, roles = excluded.roles, statuses = excluded.statuses`

// wrongUserCounts selects the institution's products whose counts differ from the assignments, with the right counts. No
// counts and empty ones are equal.
const wrongUserCounts = `
	SELECT product, coalesce(c.users, '{}') AS users
	FROM (SELECT product, jsonb_object_agg(key, n) AS users FROM (
	          SELECT product, user_count_keys(category, roles, statuses) AS key, count(*) AS n FROM (
	              SELECT product, person, min(category) AS category, array_agg(role) AS roles, array_agg(status) AS statuses
	              FROM assignment WHERE institution = $1 GROUP BY product, person) held
	          GROUP BY 1, 2) k
	      GROUP BY product) c
	FULL JOIN (SELECT product, users FROM user_count WHERE institution = $1) t USING (product)
	WHERE coalesce(c.users, '{}') <> coalesce(t.users, '{}')`
