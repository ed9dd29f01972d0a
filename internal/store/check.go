package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/migrations"
)

// Check reports all that makes the database unfit for the site: settings under which an acknowledged change can be lost,
// on any node of a distributed database, rights that the application must not have, an older schema.
func (s *Store) Check(ctx context.Context) error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }

	rows, err := s.pool.Query(ctx, `
		SELECT name, setting FROM pg_settings
		WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name`)
	if err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	var name, setting string
	if _, err := pgx.ForEachRow(rows, []any{&name, &setting}, func() error {
		fault("%s=%s: an acknowledged change could be lost", name, setting)
		return nil
	}); err != nil {
		return fmt.Errorf("check database: %w", err)
	}

	if err := s.checkLimits(ctx, fault); err != nil {
		return fmt.Errorf("check database: %w", err)
	}

	if err := s.checkRole(ctx, fault); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if err := s.checkTriggers(ctx, fault); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if err := s.checkNodes(ctx, fault); err != nil {
		return fmt.Errorf("check database: %w", err)
	}
	if err := s.checkSchema(ctx); err != nil {
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// checkLimits checks that the limits that [Open] sets are in force: a PgBouncer before PostgreSQL drops them unless its
// own configuration sets them.
func (s *Store) checkLimits(ctx context.Context, fault func(string, ...any)) error {
	for name, want := range limits() {
		var have int64 // in milliseconds; 0: no limit
		if err := s.pool.QueryRow(ctx, `SELECT setting::bigint FROM pg_settings WHERE name = $1`, name).Scan(&have); err != nil {
			return err
		}
		if have == 0 || have > want.Milliseconds() {
			fault("%s=%d: %d at most (behind PgBouncer its connect_query sets it)", name, have, want.Milliseconds())
		}
	}
	return nil
}

// checkSchema compares the newest migration in the database with the newest of this program. A newer database is
// accepted: the next release migrates it while this one still runs.
func (s *Store) checkSchema(ctx context.Context) error {
	want, err := migrations.Newest()
	if err != nil {
		return err
	}
	var have int64
	err = s.pool.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	if err != nil {
		return fmt.Errorf("schema: %w (has `areariservata migrate` been run?)", err)
	}
	if have < want {
		return fmt.Errorf("schema: version %d, and %d is needed: run `areariservata migrate`", have, want)
	}
	return nil
}
