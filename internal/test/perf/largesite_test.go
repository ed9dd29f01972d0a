package perf_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/generate"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
)

// queryRecorder records the application's statements.
type queryRecorder struct {
	mu         sync.Mutex
	statements []statement
	settings   []string // until the end of the transaction
}

type statement struct {
	sql      string
	args     []any
	settings []string // in effect when it is planned and run
}

func (a *queryRecorder) add(sql string, args []any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch sql = strings.TrimSpace(sql); {
	case slices.Contains([]string{"BEGIN", "COMMIT", "ROLLBACK"}, strings.ToUpper(strings.SplitN(sql+" ", " ", 2)[0])),
		strings.HasPrefix(sql, "--"):
		a.settings = nil
	case strings.HasPrefix(sql, "SET LOCAL"):
		a.settings = append(slices.Clip(a.settings), sql)
	default:
		a.statements = append(a.statements, statement{sql, args, a.settings})
	}
}

// since returns the statements recorded since its last call.
func (a *queryRecorder) since() []statement {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.statements
	a.statements = nil
	return all
}

func (a *queryRecorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	a.add(d.SQL, d.Args)
	return ctx
}
func (a *queryRecorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (a *queryRecorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (a *queryRecorder) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	a.add(d.SQL, d.Args)
}
func (a *queryRecorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// openLargeSite starts a site with a generated institution of that many users beside others, and Anna Bianchi, who
// administers all its products.
func openLargeSite(t *testing.T, o site.Options, users int) (*site.Site, access.InstitutionID) {
	t.Helper()
	s := site.Start(t, o)
	size := generate.Size{Users: users + 1_000, Institutions: 501, Largest: users, Seed: 11}
	if _, err := generate.Fill(t.Context(), s.DB.Owner, seed.Keys(t), size, func(generate.Report) {}); err != nil {
		t.Fatal(err)
	}
	var id access.InstitutionID
	rows, err := s.DB.Owner.Query(t.Context(), `
		SELECT DISTINCT ON (product) institution::text, product, role FROM assignment a JOIN institution i ON i.id = a.institution
		WHERE i.code = 'ente-000000' AND category = 'administrator' ORDER BY product, role`)
	if err != nil {
		t.Fatal(err)
	}
	var targets []access.Target
	var one access.Target
	if _, err := pgx.ForEachRow(rows, []any{&id, &one.Product, &one.Role}, func() error {
		targets = append(targets, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	err = s.Store.Change(t.Context(), id, access.Add, func(ctx context.Context, tx *store.Tx) error {
		anna, err := tx.AddUser(ctx, s.Seed.FiscalCode("Anna Bianchi"), "Anna", "Bianchi", seed.Email("Anna Bianchi"))
		if err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.Assign(ctx, anna, target, access.Administrator); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	vacuumPages(t, s.DB.Owner)
	return s, id
}

// vacuumPages marks the pages whose rows are visible to all transactions, as autovacuum does in time. Only flushed
// pages can be marked, and other tests write at the same time: so it repeats until few pages are left.
func vacuumPages(t *testing.T, owner *pgxpool.Pool) {
	t.Helper()
	left := ""
	for range 20 {
		for _, sql := range []string{`CHECKPOINT`, `VACUUM (ANALYZE)`} {
			if _, err := owner.Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
		}
		err := owner.QueryRow(t.Context(), `SELECT coalesce(string_agg(relname || ' ' || relpages - relallvisible, ', '), '') FROM pg_class
			WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpages > relallvisible + 3 + relpages / 100`).Scan(&left)
		if err != nil {
			t.Fatal(err)
		}
		if left == "" {
			return
		}
	}
	t.Errorf("pages that are not all visible: %s", left)
}
