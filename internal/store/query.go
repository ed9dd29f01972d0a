package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Query is what one page reads: asked for in pieces, answered together by [Query.Read], on one snapshot and in one round
// trip. Each asking method returns a place that is filled by then.
//
//	v := db.View()
//	me := v.User(institution, person)
//	if err := v.Read(ctx); err != nil { ... }
//	use(*me)
type Query struct {
	batch  pgx.Batch
	send   func(context.Context, *pgx.Batch) pgx.BatchResults
	ownsTx bool               // brings its own transaction along
	writes []func(*pgx.Batch) // what is written when everything has been read
	keys   Keys
}

// Query begins a page's reading.
func (s *Store) Query() *Query {
	v := &Query{send: s.pool.SendBatch, ownsTx: true, keys: s.keys}
	v.batch.Queue(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`)
	return v
}

// Query begins a reading within the change, under its lock.
func (tx *Tx) Query() *Query { return &Query{send: tx.tx.SendBatch, keys: tx.keys} }

// Read asks the database everything at once.
func (v *Query) Read(ctx context.Context) error {
	if v.ownsTx {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, readTimeout)
		defer cancel()
		v.batch.Queue(`COMMIT`)
	}
	for _, write := range v.writes {
		write(&v.batch)
	}
	if err := v.send(ctx, &v.batch).Close(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	return nil
}

// queryRow queues a question whose answer is a single row. No row is not an error here: the place stays as it was.
func (v *Query) queryRow(scan func(pgx.Row) error, sql string, args ...any) {
	v.batch.Queue(sql, toStrings(args)...).QueryRow(func(row pgx.Row) error { return ignoreNoRows(scan(row)) })
}

// ignoreNoRows makes of no row nothing.
func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// queryRows queues a question and hands its rows over one by one.
func (v *Query) queryRows(row func(pgx.Rows) error, sql string, args ...any) {
	v.batch.Queue(sql, toStrings(args)...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// toStrings makes strings of types of our own strings like any: the driver tries those in every other way first, and makes an error of
// each try.
func toStrings(args []any) []any {
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			args[i] = v.String()
		}
	}
	return args
}

// forceCustomPlan makes PostgreSQL plan the statements that follow for their arguments. After some executions it changes to
// a generic plan otherwise, made for an institution of average size, which is small: where a statement leaves the planner a choice
// of indexes, such a plan reads all users of a large institution.
const forceCustomPlan = `SET LOCAL plan_cache_mode = force_custom_plan`

// readTableInOrder makes what the search index finds be read in the order of the table, not of the list.
const readTableInOrder = `SET LOCAL random_page_cost = 4`

// set queues settings for the statements that follow.
func (v *Query) set(settings ...string) {
	for _, sql := range settings {
		v.batch.Queue(sql)
	}
}

// sqlBuilder are a statement put together from fixed texts, as a list's filter asks. What people type goes into args, never
// into the text.
type sqlBuilder struct{ args []any }

// addArg adds a value and returns its placeholder.
func (p *sqlBuilder) addArg(value any) string {
	p.args = append(p.args, value)
	return fmt.Sprintf("$%d", len(p.args))
}

// Institution reads an institution; it stays zero if there is none.
func (v *Query) Institution(id access.InstitutionID) *access.Institution {
	i := &access.Institution{}
	v.queryRow(func(row pgx.Row) error { return row.Scan(&i.ID, &i.Name, &i.Type) },
		`SELECT id, name, type FROM institution WHERE id = $1`, id)
	return i
}

// InstitutionsOf reads where a person has powers (rule V1): an active role on a product with an active subscription.
func (v *Query) InstitutionsOf(person access.UserID) *[]access.Institution {
	list := &[]access.Institution{}
	v.queryRows(func(rows pgx.Rows) error {
		var i access.Institution
		err := rows.Scan(&i.ID, &i.Name, &i.Type)
		*list = append(*list, i)
		return err
	}, `
		SELECT i.id, i.name, i.type FROM app_user u JOIN institution i ON i.id = u.institution
		WHERE u.person = $1 AND EXISTS (
			SELECT FROM assignment a JOIN active_product USING (institution, product)
			WHERE a.institution = u.institution AND a.person = $1 AND a.status = 'active')
		ORDER BY i.name COLLATE "it-x-icu", i.id`, person)
	return list
}
