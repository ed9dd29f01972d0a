package pgtest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// citusVariable is set to any value where each test gets a database that is distributed over a Citus cluster.
const citusVariable = "TEST_CITUS"

// IsDistributed reports whether the databases are distributed (TEST_CITUS is set).
func IsDistributed() bool { return os.Getenv(citusVariable) != "" }

// SkipDistributed skips a test that only a database on one machine can pass, for a reason.
func SkipDistributed(t testing.TB, reason string) {
	t.Helper()
	if IsDistributed() {
		t.Skip("on Citus: " + reason)
	}
}

// makeDistributedTemplate is makeTemplate for the nodes of a Citus cluster.
func (s *server) makeDistributedTemplate(ctx context.Context, name, draft string, empty []string, files fs.FS) error {
	if err := s.citus.Exec(ctx, "postgres", empty...); err != nil {
		return err
	}
	if err := s.citus.Join(ctx, draft); err != nil {
		return err
	}
	if err := migrate(ctx, s.url(draft, ""), files); err != nil {
		return err
	}
	if err := s.citus.Distribute(ctx, draft); err != nil {
		return err
	}
	if err := s.citus.Exec(ctx, "postgres", `alter database `+draft+` allow_connections false`); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for _, node := range s.citus.Nodes {
		for {
			err := node.Exec(ctx, "postgres",
				`select pg_terminate_backend(pid, 1000) from pg_stat_activity where datname = '`+draft+`'`, // Citus' own, too
				`alter database `+draft+` rename to `+name, `alter database `+name+` is_template true`)
			var pg *pgconn.PgError
			if inUse := errors.As(err, &pg) && pg.Code == "55006"; err != nil && !inUse {
				return err
			} else if err == nil {
				break
			}
		}
	}
	return nil
}

// ensureAppRoleOnWorkers makes the application's login on the workers too, where the coordinator signs in as it.
func (s *server) ensureAppRoleOnWorkers(ctx context.Context) error {
	if s.citus == nil {
		return nil
	}
	for _, worker := range s.citus.Nodes[1:] {
		pool, err := pgxpool.New(ctx, worker.URL("postgres", devpostgres.Superuser))
		if err != nil {
			return err
		}
		err = devpostgres.EnsureAppRole(ctx, pool, "")
		pool.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
