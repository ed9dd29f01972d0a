package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pressly/goose/v3"
)

const (
	partitionedLogVersion = 16
	logPartitions         = 16
	logBatch              = 10_000 // events copied by one statement
)

// partitionedLog divides the audit log into partitions by a hash of the institution. No statement changes: each names its
// institution.
//
// The site serves meanwhile: events are copied in batches while a trigger copies the new ones, and the tables change places
// at the end, in one short transaction. An interrupted run starts again, and copies what is missing. There is no way
// back: the release before works with the partitions too.
func partitionedLog(pool *pgxpool.Pool) *goose.Migration {
	return goose.NewGoMigration(partitionedLogVersion, &goose.GoFunc{RunDB: func(ctx context.Context, _ *sql.DB) error {
		if err := divideLog(ctx, pool); err != nil {
			return fmt.Errorf("partitions of the log: %w", err)
		}
		return nil
	}}, nil)
}

func divideLog(ctx context.Context, pool *pgxpool.Pool) error {
	var isDivided, isBegun bool
	err := pool.QueryRow(ctx, `
		SELECT (SELECT relkind FROM pg_class WHERE oid = 'public.audit_event'::regclass) = 'p', to_regclass('public.audit_parts') IS NOT NULL`).
		Scan(&isDivided, &isBegun)
	if err != nil || isDivided {
		return err
	}
	if !isBegun {
		if err := whenUnlocked(ctx, pool, createParts()); err != nil {
			return err
		}
	}
	rows, err := pool.Query(ctx, `SELECT id::text FROM institution ORDER BY id`)
	if err != nil {
		return err
	}
	institutions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, institution := range institutions {
		if err := copyEvents(ctx, pool, institution); err != nil {
			return fmt.Errorf("institution %s: %w", institution, err)
		}
	}
	if _, err := pool.Exec(ctx, `ANALYZE audit_parts`); err != nil {
		return err
	}
	return whenUnlocked(ctx, pool, replaceLog)
}

// whenUnlocked executes statements in one transaction, which does not wait long for its locks, because changes wait behind
// it: it is repeated until it gets them.
func whenUnlocked(ctx context.Context, pool *pgxpool.Pool, statements string) error {
	for {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '1s'; `+statements, pgx.QueryExecModeSimpleProtocol)
			return err
		})
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || pg.Code != "55P03" { // lock_not_available
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
}

// createParts creates the table with its partitions, and the trigger by which it gets the new events. Creating the trigger
// waits for the changes that are under way.
func createParts() string {
	var s strings.Builder
	s.WriteString(`
		CREATE TABLE audit_parts (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY HASH (institution);`)
	for i := range logPartitions {
		fmt.Fprintf(&s, `
		CREATE TABLE audit_event_p%02d PARTITION OF audit_parts FOR VALUES WITH (MODULUS %d, REMAINDER %d);
		CREATE TRIGGER audit_log_is_not_truncated BEFORE TRUNCATE ON audit_event_p%02d
			FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();`, i, logPartitions, i, i)
	}
	s.WriteString(`
		ALTER TABLE audit_parts ADD CONSTRAINT audit_parts_pkey PRIMARY KEY (institution, seq);
		CREATE INDEX audit_parts_subject ON audit_parts (institution, subject, seq);
		CREATE INDEX audit_parts_product ON audit_parts (institution, product, seq) INCLUDE (at);
		CREATE INDEX audit_parts_action ON audit_parts (institution, product, action, seq) INCLUDE (at);
		CREATE INDEX audit_parts_actor ON audit_parts (institution, product, actor, seq) INCLUDE (at, action);
		-- The row's trigger is each partition's too, the statement's is not.
		CREATE TRIGGER audit_log_is_append_only BEFORE UPDATE OR DELETE ON audit_parts
			FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();
		CREATE TRIGGER audit_log_is_not_truncated BEFORE TRUNCATE ON audit_parts
			FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
		GRANT SELECT, INSERT ON audit_parts TO areariservata; -- the partitions need no rights of their own

		CREATE FUNCTION copy_to_audit_parts() RETURNS trigger
			LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
		BEGIN
			INSERT INTO audit_parts SELECT NEW.*;
			RETURN NULL;
		END $$;
		CREATE TRIGGER copy_to_audit_parts AFTER INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION copy_to_audit_parts();`)
	return s.String()
}

// copyEvents copies the institution's events that the partitions do not have, and checks that they have all.
func copyEvents(ctx context.Context, pool *pgxpool.Pool, institution string) error {
	for after, last := int64(0), int64(-1); last < 0 || after < last; after += logBatch {
		if last < 0 {
			err := pool.QueryRow(ctx, `SELECT coalesce(max(seq), 0) FROM audit_event WHERE institution = $1`, institution).Scan(&last)
			if err != nil {
				return err
			}
		}
		if _, err := pool.Exec(ctx, `
			INSERT INTO audit_parts SELECT * FROM audit_event WHERE institution = $1 AND seq > $2 AND seq <= $3
			ON CONFLICT (institution, seq) DO NOTHING`, institution, after, after+logBatch); err != nil {
			return err
		}
	}
	var before, now int64
	err := pool.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM audit_event WHERE institution = $1), (SELECT count(*) FROM audit_parts WHERE institution = $1)`,
		institution).Scan(&before, &now)
	if err == nil && before != now {
		err = fmt.Errorf("%d of %d events were copied", now, before)
	}
	return err
}

// replaceLog puts the partitions in the table's place. New events wait for its end.
const replaceLog = `
	LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE;
	DO $$
	DECLARE g record; -- rights that an operator has given to others, to auditors for example
	BEGIN
		FOR g IN SELECT a.privilege_type, a.grantee::regrole AS grantee FROM pg_class c, aclexplode(c.relacl) a
				WHERE c.oid = 'audit_event'::regclass AND a.grantee NOT IN (0, c.relowner) LOOP
			EXECUTE format('GRANT %s ON audit_parts TO %s', g.privilege_type, g.grantee);
		END LOOP;
	END $$;
	DROP TABLE audit_event;
	DROP FUNCTION copy_to_audit_parts;
	ALTER TABLE audit_parts RENAME TO audit_event;
	ALTER TABLE audit_event RENAME CONSTRAINT audit_parts_pkey TO audit_event_pkey;
	ALTER INDEX audit_parts_subject RENAME TO audit_event_subject;
	ALTER INDEX audit_parts_product RENAME TO audit_event_product;
	ALTER INDEX audit_parts_action RENAME TO audit_event_action;
	ALTER INDEX audit_parts_actor RENAME TO audit_event_actor;
	CREATE TRIGGER update_audit_day AFTER INSERT ON audit_event REFERENCING NEW TABLE AS new_rows
		FOR EACH STATEMENT EXECUTE FUNCTION update_audit_day();`
