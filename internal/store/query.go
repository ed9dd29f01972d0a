package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
)

// Query is what one page reads: queued statement by statement, sent together by [Query.Read], on one snapshot and in one
// round trip. Each method takes the destination first, as Scan does, and Read fills it; where there is nothing to read, the
// destination stays as it is. No method writes: see [Store.ReadAndRecordView] for the one write that travels with a reading.
//
//	q := db.Query()
//	var user access.User
//	q.User(&user, institution, id)
//	if err := q.Read(ctx); err != nil { ... }
type Query struct {
	batch  pgx.Batch
	send   func(context.Context, *pgx.Batch) pgx.BatchResults
	ownsTx bool // the batch begins and ends its own transaction
	keys   Keys

	catalogue *atomic.Pointer[catalogue]
	settings  []string                      // queued so far
	complete  []func(context.Context) error // run when all is read
}

// Query starts a batch of queries on a read-only snapshot of its own.
func (s *Store) Query() *Query {
	q := &Query{send: s.pool.SendBatch, ownsTx: true, keys: s.keys, catalogue: s.catalogue}
	q.batch.Queue(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`)
	return q
}

// Query starts a batch of queries within the transaction, under its lock.
func (tx *Tx) Query() *Query {
	return &Query{send: tx.tx.SendBatch, keys: tx.keys, catalogue: tx.catalogue}
}

// Read sends the queries, and fills their destinations.
func (q *Query) Read(ctx context.Context) error { return q.readWith(ctx, nil) }

// readWith is Read followed by what another method queues, in the same round trip.
func (q *Query) readWith(ctx context.Context, queueMore func(*pgx.Batch)) error {
	if q.ownsTx {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, readTimeout)
		defer cancel()
		q.batch.Queue(`COMMIT`)
	}
	if queueMore != nil {
		queueMore(&q.batch)
	}
	if err := q.send(ctx, &q.batch).Close(); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	for _, complete := range q.complete {
		if err := complete(ctx); err != nil {
			return fmt.Errorf("read: %w", err)
		}
	}
	return nil
}

// queryRow queues a query for a single row. No row is not an error: the destination stays as it is.
func (q *Query) queryRow(scan func(pgx.Row) error, sql string, args ...any) {
	q.batch.Queue(sql, toStrings(args)...).QueryRow(func(row pgx.Row) error { return ignoreNoRows(scan(row)) })
}

// ignoreNoRows takes a missing row for no error.
func ignoreNoRows(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	return err
}

// queryRows queues a query for rows, and calls row for each.
func (q *Query) queryRows(row func(pgx.Rows) error, sql string, args ...any) {
	q.batch.Queue(sql, toStrings(args)...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			if err := row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

// toStrings converts named string types to string: pgx would try every other encoding of them first.
func toStrings(args []any) []any {
	for i, arg := range args {
		if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			args[i] = v.String()
		}
	}
	return args
}

// set queues settings for the statements that follow, up to the end of the transaction.
func (q *Query) set(settings ...string) {
	for _, sql := range settings {
		if !slices.Contains(q.settings, sql) {
			q.settings = append(q.settings, sql)
			q.batch.Queue(sql)
		}
	}
}

// sqlBuilder builds a statement from constant texts. Input goes into args, never into the text.
type sqlBuilder struct{ args []any }

// addArg adds a value and returns its placeholder.
func (p *sqlBuilder) addArg(value any) string {
	p.args = append(p.args, value)
	return fmt.Sprintf("$%d", len(p.args))
}

// Institution reads an institution.
func (q *Query) Institution(dst *access.Institution, id access.InstitutionID) {
	q.queryRow(func(row pgx.Row) error { return row.Scan(&dst.ID, &dst.Name, &dst.Type) },
		`SELECT id, name, type FROM institution WHERE id = $1`, id)
}

// InstitutionsOf reads where a person has powers (rule V1): an active role on a product with an active subscription.
func (q *Query) InstitutionsOf(dst *[]access.Institution, person access.PersonID) {
	q.queryRows(func(rows pgx.Rows) error {
		var i access.Institution
		err := rows.Scan(&i.ID, &i.Name, &i.Type)
		*dst = append(*dst, i)
		return err
	}, `
		SELECT i.id, i.name, i.type FROM app_user u JOIN institution i ON i.id = u.institution
		WHERE u.identity = $1 AND EXISTS (
			SELECT 1 FROM assignment a JOIN active_product USING (institution, product)
			WHERE a.institution = u.institution AND a.person = u.person AND a.status = 'active')
		ORDER BY i.name COLLATE "it-x-icu", i.id`, person)
}
