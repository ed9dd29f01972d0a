package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"

	"areariservata.example/utenti/internal/form"
)

const searchKeysVersion = 9

// searchKeys replaces the search keys of all lists by those of [form.SearchKey]. Before, they were surname, first name
// and e-mail. The release before this one finds names and mailboxes in the new keys, but no domains; the keys that it
// writes itself are replaced by `areariservata repair listing`.
//
// Each batch is a transaction of its own, under the lock of its institution as every change is. An interrupted run starts
// again, and writes only the keys that differ.
func searchKeys(pool *pgxpool.Pool) *goose.Migration {
	return goose.NewGoMigration(searchKeysVersion, &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
		rows, err := pool.Query(ctx, `SELECT id::text FROM institution ORDER BY id`)
		if err != nil {
			return fmt.Errorf("search keys: %w", err)
		}
		institutions, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("search keys: %w", err)
		}
		for _, institution := range institutions {
			last := listingKey{person: "00000000-0000-0000-0000-000000000000"}
			for last != (listingKey{}) {
				if last, err = replaceSearchKeys(ctx, pool, institution, last); err != nil {
					return fmt.Errorf("search keys of institution %s: %w", institution, err)
				}
			}
		}
		return nil
	}}, nil)
}

// listingKey identifies a row of listing in an institution.
type listingKey struct{ product, person string }

// replaceSearchKeys replaces the keys of the next rows after one, and returns the last of them; zero if there are no more.
func replaceSearchKeys(ctx context.Context, pool *pgxpool.Pool, institution string, after listingKey) (last listingKey, err error) {
	err = pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT FROM institution WHERE id = $1 FOR NO KEY UPDATE`, institution); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT product, person::text, first_name, last_name, email, search_key FROM listing
			WHERE institution = $1 AND (product, person) > ($2, $3) ORDER BY product, person LIMIT 1000`,
			institution, after.product, after.person)
		if err != nil {
			return err
		}
		var products, people, keys []string
		var first, surname, email, before string
		_, err = pgx.ForEachRow(rows, []any{&last.product, &last.person, &first, &surname, &email, &before}, func() error {
			if key := form.SearchKey(first, surname, email); key != before {
				products, people, keys = append(products, last.product), append(people, last.person), append(keys, key)
			}
			return nil
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `
			UPDATE listing l SET search_key = t.key
			FROM unnest($2::text[], $3::uuid[], $4::text[]) AS t (product, person, key)
			WHERE l.institution = $1 AND l.product = t.product AND l.person = t.person`, institution, products, people, keys)
		return err
	})
	return last, err
}
