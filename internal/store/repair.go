package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
)

// Repaired says how many rows were otherwise than the truth tells, and are as it tells now: in each table, over all
// institutions. Missing rows and rows too many count.
type Repaired struct {
	Institutions int // looked at
	Assignments  int // stood elsewhere in lists of one role
	Listing      int
	Tally        int
	Members      int // stood elsewhere in their groups
	Groups       int // were said to have another number of members
	Suspensions  int
	Days         int // of the log
}

// add is what was mended in both.
func (r Repaired) add(o Repaired) Repaired {
	return Repaired{
		r.Institutions + o.Institutions, r.Assignments + o.Assignments, r.Listing + o.Listing, r.Tally + o.Tally,
		r.Members + o.Members, r.Groups + o.Groups, r.Suspensions + o.Suspensions, r.Days + o.Days,
	}
}

// RepairListing makes anew what lists show and count, from users, people and assignments, as the owner of the tables: one
// institution after the other, each under its lock and in a transaction of its own. What is as it should be isn't written.
//
// Pages go on meanwhile; changes of the institution that is being looked at wait, and are told to try again after two seconds:
// with 100,000 users that may be, so the night is the time for it.
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
	err = pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error {
		if _, err := lockInstitution(ctx, tx, id); err != nil {
			return err
		}
		// Counted before anything is mended: what is mended in the listing moves the tally, if it was right, away from the truth.
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM (`+wrongUserCounts+`) w`, id).Scan(&one.Tally); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `DELETE FROM listing l WHERE institution = $1 AND NOT EXISTS (
			SELECT FROM assignment a WHERE a.institution = $1 AND a.person = l.person AND a.product = l.product)`, id)
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

// repairRows mends the rows of everybody, some at a time in the order of their ids.
func repairRows(ctx context.Context, tx pgx.Tx, id access.InstitutionID, one *Repaired) error {
	last := access.UserID("00000000-0000-0000-0000-000000000000")
	for {
		rows, err := tx.Query(ctx, `
			SELECT u.person, coalesce(p.verified_first_name, u.first_name), coalesce(p.verified_last_name, u.last_name), u.email
			FROM app_user u JOIN person p ON p.id = u.person
			WHERE u.institution = $1 AND u.person > $2 ORDER BY u.person LIMIT 1000`, id, last)
		if err != nil {
			return err
		}
		var people, sortKeys, searchKeys, firsts, lasts, emails []string
		var person, first, surname, email string
		_, err = pgx.ForEachRow(rows, []any{&person, &first, &surname, &email}, func() error {
			people, firsts, lasts, emails = append(people, person), append(firsts, first), append(lasts, surname), append(emails, email)
			sortKeys, searchKeys = append(sortKeys, SortKey(first, surname)), append(searchKeys, SearchKey(first, surname, email))
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
			sql    string
			mended *int
		}{{repairMembers, &one.Members}, {repairAssignments, &one.Assignments}, {repairListing, &one.Listing}} {
			tag, err := tx.Exec(ctx, step.sql, id, people, sortKeys, searchKeys, firsts, lasts, emails)
			if err != nil {
				return err
			}
			*step.mended += int(tag.RowsAffected())
		}
	}
}

// truth is what the users at hand are called; the keys are folded in Go, as everywhere.
const truth = `unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS t (person, sort_key, search_key, first_name, last_name, email)`

const repairMembers = `
	UPDATE group_member m SET sort_key = t.sort_key FROM ` + truth + `
	WHERE m.institution = $1 AND m.person = t.person AND m.sort_key <> t.sort_key`

const repairAssignments = `
	UPDATE assignment a SET sort_key = t.sort_key, email = t.email FROM ` + truth + `
	WHERE a.institution = $1 AND a.person = t.person AND (a.sort_key <> t.sort_key OR a.email <> t.email)`

// repairListing writes those rows only that aren't as the truth tells them.
const repairListing = `
	INSERT INTO listing (institution, product, person, sort_key, search_key, first_name, last_name, email, category, roles, statuses)
	SELECT h.* FROM (
		SELECT a.institution, a.product, a.person, t.sort_key, t.search_key, t.first_name, t.last_name, t.email, min(a.category) AS category,
		       array_agg(a.role ORDER BY a.role COLLATE "C") AS roles, array_agg(a.status ORDER BY a.role COLLATE "C") AS statuses
		FROM ` + truth + ` JOIN assignment a ON a.institution = $1 AND a.person = t.person
		GROUP BY a.institution, a.product, a.person, t.sort_key, t.search_key, t.first_name, t.last_name, t.email) h
	LEFT JOIN listing l USING (institution, product, person)
	WHERE (l.sort_key, l.search_key, l.first_name, l.last_name, l.email, l.category, l.roles, l.statuses) IS DISTINCT FROM
	      (h.sort_key, h.search_key, h.first_name, h.last_name, h.email, h.category, h.roles, h.statuses)
	ON CONFLICT (institution, product, person) DO UPDATE
	SET sort_key = excluded.sort_key, search_key = excluded.search_key, first_name = excluded.first_name, last_name = excluded.last_name,
	    email = excluded.email, category = excluded.category, roles = excluded.roles, statuses = excluded.statuses`

// wrongUserCounts are the institution's products whose tally isn't what the assignments tell, with what they tell. No tally and
// an empty one say the same.
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
