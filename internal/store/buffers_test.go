package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/store/listsql"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// A list reads few buffers, and no more of them with more users: in each order, under both kinds of plan, in its
// middle, and by a role that few users hold.
func TestAListReadsNoMoreWhereThereAreMoreUsers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	i.Admin("Eva Bruni", "prod-pn")
	const many = 20_000
	loadUsers(t, db.Owner, i.ID, "prod-pn", many)
	if _, err := db.Owner.Exec(t.Context(), `VACUUM ANALYZE`); err != nil {
		t.Fatal(err)
	}
	middle := access.Page{After: access.UserID(fmt.Sprintf("00000000-0000-4000-9000-%012d", many/2))}
	role := func(r access.RoleID) access.Target { return access.Target{Product: "prod-pn", Role: r} }
	for _, plan := range []string{"force_custom_plan", "force_generic_plan"} {
		for _, sort := range []access.Sort{access.ByName, access.ByNameDesc, access.ByEmail, access.ByEmailDesc} {
			for name, row := range map[string]struct {
				most int
				f    access.Filter
			}{
				"a product's list":     {40, access.Filter{Product: "prod-pn"}},
				"its middle":           {40, access.Filter{Product: "prod-pn", Page: middle}},
				"all users":            {130, access.Filter{}},
				"the Administrators":   {130, access.Filter{Category: access.Administrator}},
				"one role":             {170, access.Filter{Product: "prod-pn", Role: role("operator")}},
				"one role, its middle": {170, access.Filter{Product: "prod-pn", Role: role("operator"), Page: middle}},
				"a role of one":        {170, access.Filter{Product: "prod-pn", Role: role("admin")}},
				"a role of no user":    {170, access.Filter{Product: "prod-pn", Role: role("unused")}},
			} {
				row.f.Sort = sort
				n := 0
				for _, s := range store.ListStatements(i.ID, row.f) {
					n += buffers(t, db, plan, s)
				}
				if n > row.most {
					t.Errorf("%s, sorted by %q, %s: %d buffers, at most %d are allowed", name, sort, plan, n, row.most)
				}
			}
		}
	}
}

// buffers is the number of buffers that a statement reads, without its planning.
func buffers(t *testing.T, db *pgtest.DB, plan string, s listsql.Statement) int {
	t.Helper()
	var explained []struct {
		Plan map[string]any
	}
	err := pgx.BeginFunc(t.Context(), db.App, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SET LOCAL plan_cache_mode = `+plan); err != nil {
			return err
		}
		return explain(t, tx, `ANALYZE, BUFFERS, FORMAT JSON`, s, &explained)
	})
	if err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	number := func(key string) int {
		n, _ := explained[0].Plan[key].(float64)
		return int(n)
	}
	return number("Shared Hit Blocks") + number("Shared Read Blocks")
}

// explain reads the plan of a prepared statement.
func explain(t *testing.T, tx pgx.Tx, options string, s listsql.Statement, into any) error {
	t.Helper()
	if _, err := tx.Exec(t.Context(), `PREPARE s AS `+s.SQL); err != nil {
		return err
	}
	defer func() { _, _ = tx.Exec(t.Context(), `DEALLOCATE s`) }()
	var places []string
	for n := range s.Args {
		places = append(places, fmt.Sprintf("$%d", n+1))
	}
	args := append([]any{pgx.QueryExecModeSimpleProtocol}, s.Args...)
	return tx.QueryRow(t.Context(), `EXPLAIN (`+options+`) EXECUTE s (`+strings.Join(places, ", ")+`)`, args...).Scan(into)
}
