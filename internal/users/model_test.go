package users_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
)

// Random operations: the service grants exactly what pages offer, and log and state agree afterwards.
func TestServiceGrantsWhatPagesOffer(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	number := runSeed(t)
	r := rand.New(rand.NewPCG(number, 0))
	done := map[operationKind]int{}
	for n := 0; n < 10 || (n < 26 && len(missingKinds(done)) > 0); n++ { // more fixtures for rare kinds
		w := newModelFixture(t, s, st, fmt.Sprintf("Paese%c", 'a'+n))
		for range 250 {
			c := w.drawOperation(r)
			offered := w.offered(t, c)
			became, err := w.execute(t.Context(), c)
			if err != nil {
				t.Fatalf("SEED=%d: not a refusal: %v: %+v", number, err, c)
			}
			if !slices.Equal(became.granted, offered) {
				t.Fatalf("SEED=%d: offered %v, granted %v: %+v", number, offered, became.granted, c)
			}
			done[c.operationKind] += became.countGranted()
			w.apply(became, 1000)
		}
		w.checkAudit(t, db)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	if r, err := admin.RepairListing(t.Context(), db.Owner); err != nil || r != (admin.Repaired{Institutions: r.Institutions}) {
		t.Errorf("lists need repair: %+v, %v", r, err)
	}
	t.Log(done)
	if never := missingKinds(done); len(never) > 0 {
		t.Errorf("%v: never granted, the test shows nothing about them", never)
	}
}

// runSeed is the seed of this run's random operations; SEED repeats a run.
func runSeed(t *testing.T) uint64 {
	t.Helper()
	number := uint64(time.Now().UnixNano())
	if text := os.Getenv("SEED"); text != "" {
		var err error
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("SEED: %v", err)
		}
	}
	t.Logf("SEED=%d", number)
	return number
}

// missingKinds are the kinds that were never granted.
func missingKinds(done map[operationKind]int) (never []operationKind) {
	for _, m := range weights {
		if done[m.operationKind] == 0 {
			never = append(never, m.operationKind)
		}
	}
	return never
}

// operationCount is how many operations are attempted concurrently: more in CI, fewer under the race detector.
// OPERATIONS overrides it.
func operationCount(t *testing.T) int {
	t.Helper()
	n := 10_000
	if os.Getenv("CI") == "true" {
		n = 100_000
	}
	if raceDetector {
		n = 4_000
	}
	if text := os.Getenv("OPERATIONS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("OPERATIONS: %v", err)
		}
	}
	return n
}

// Thousands of concurrent operations on few users: each change was allowed when it took effect, none is lost or made twice,
// and log, state and lists agree.
func TestConcurrentOperations(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	total, number := operationCount(t), runSeed(t)
	var all historyCounts
	for epoch := 0; epoch*epochLength < total; epoch++ {
		var fixtures []modelFixture
		for n := range 4 {
			fixtures = append(fixtures, newModelFixture(t, s, st,
				fmt.Sprintf("Paese%c%c%c%c", 'a'+epoch/676%26, 'a'+epoch/26%26, 'a'+epoch%26, 'a'+n)))
		}
		all.run(t, fixtures, min(epochLength, total-epoch*epochLength), number+uint64(epoch))
		for _, w := range fixtures {
			w.checkAudit(t, db)
		}
	}
	var keys int64
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM idempotency_key`).Scan(&keys); err != nil || keys != all.done.Load() {
		t.Errorf("%d keys stored, %d changes acknowledged (%v)", keys, all.done.Load(), err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	t.Logf("operations: %d attempted, %d took effect, %d sent twice, %d errors",
		total, all.done.Load(), all.replayed.Load(), all.unexpected.Load())
}

// epochLength is how many operations a fixture runs before others replace it, because suspensions and removals leave fewer
// and fewer users with powers.
const epochLength = 4_000

// historyCounts counts the outcomes of operations.
type historyCounts struct{ done, replayed, unexpected atomic.Int64 }

// run executes random operations concurrently.
func (a *historyCounts) run(t *testing.T, fixtures []modelFixture, total int, number uint64) {
	t.Helper()
	const workers = 8
	var attempted atomic.Int64
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(number, uint64(worker)))
			mine := append([]modelFixture{}, fixtures...)
			for attempted.Add(1) <= int64(total) {
				w := &mine[r.IntN(len(mine))]
				w.apply(a.apply(t, w, w.drawOperation(r), r), 9)
			}
		})
	}
	wait.Wait()
}

// apply executes one operation, sometimes twice.
func (a *historyCounts) apply(t *testing.T, w *modelFixture, c modelOperation, r *rand.Rand) outcome {
	t.Helper()
	done, err := w.execute(context.Background(), c)
	if err != nil {
		a.unexpected.Add(1)
		t.Errorf("not a refusal: %v", err)
		return done
	}
	a.done.Add(int64(done.countGranted()))
	if done.countGranted() > 0 && r.IntN(20) == 0 { // as a double click does
		a.replayed.Add(1)
		if again, err := w.execute(context.Background(), c); err != nil || !slices.Equal(again.granted, done.granted) {
			t.Errorf("the second time granted %v, the first time %v: %v", again.granted, done.granted, err)
		}
	}
	return done
}

// checkAudit replays the institution's log in the reference model and compares the resulting state with the database.
func (w modelFixture) checkAudit(t *testing.T, db *pgtest.DB) {
	t.Helper()
	state := refmodel.NewState(w.initialCatalogue)
	rows, err := db.Owner.Query(t.Context(), `
		SELECT seq, coalesce(actor::text, ''), action, coalesce(subject::text, ''), product, role,
			coalesce(before::text, ''), coalesce(after::text, '')
		FROM audit_event WHERE institution = $1 ORDER BY seq`, w.institution)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	var e refmodel.Event
	if _, err := pgx.ForEachRow(rows, []any{&seq, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &e.Before, &e.After}, func() error {
		plain, err := encode(e)
		if err == nil {
			err = state.Apply(plain)
		}
		if err != nil {
			t.Errorf("event %d: %v", seq, err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var stored, listed []refmodel.Row
	collect := func(into *[]refmodel.Row, sql string) {
		rows, err := db.Owner.Query(t.Context(), sql, w.institution)
		if err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.Row])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	collect(&stored, `SELECT person::text, product, role, status FROM assignment WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", role COLLATE "C"`)
	collect(&listed, `SELECT person::text, product, x.role, x.status FROM listing, unnest(roles, statuses) AS x (role, status)
		WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", x.role COLLATE "C"`)
	if diff := cmp.Diff(state.Rows(), stored); diff != "" {
		t.Errorf("state replayed from the log: %s", diff)
	}
	if diff := cmp.Diff(stored, listed); diff != "" {
		t.Errorf("state of the list: %s", diff)
	}
	w.checkCounts(t, db)
	var members []refmodel.Membership
	rows, err = db.Owner.Query(t.Context(),
		`SELECT "group"::text, person::text FROM group_member WHERE institution = $1 ORDER BY 1, 2`, w.institution)
	if err == nil {
		members, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.Membership])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Memberships(), members); diff != "" && len(members)+len(state.Memberships()) > 0 {
		t.Errorf("memberships replayed from the log: %s", diff)
	}
	var groups []refmodel.CatalogueGroup
	rows, err = db.Owner.Query(t.Context(),
		`SELECT id::text, product, name, status FROM user_group WHERE institution = $1 ORDER BY 1`, w.institution)
	if err == nil {
		groups, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.CatalogueGroup])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Groups(), groups); diff != "" && len(groups)+len(state.Groups()) > 0 {
		t.Errorf("groups replayed from the log: %s", diff)
	}
}

// checkCounts compares the stored user counts with the assignments.
func (w modelFixture) checkCounts(t *testing.T, db *pgtest.DB) {
	t.Helper()
	numbers := func(sql string) map[string]int {
		all := map[string]int{}
		rows, err := db.Owner.Query(t.Context(), sql, w.institution)
		if err != nil {
			t.Fatal(err)
		}
		var key string
		var n int
		if _, err := pgx.ForEachRow(rows, []any{&key, &n}, func() error { all[key] = n; return nil }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	counted := numbers(`
		WITH held AS (SELECT *, product || ': ' AS p FROM assignment WHERE institution = $1)
		SELECT p || '//' AS key, count(DISTINCT person) FROM held GROUP BY 1
		UNION ALL SELECT p || '/' || category || '/', count(DISTINCT person) FROM held GROUP BY 1
		UNION ALL SELECT p || '/' || category || '/' || role, count(DISTINCT person) FROM held GROUP BY 1
		UNION ALL SELECT p || status || '//', count(DISTINCT person) FROM held GROUP BY 1
		UNION ALL SELECT p || status || '/' || category || '/', count(DISTINCT person) FROM held GROUP BY 1
		UNION ALL SELECT p || status || '/' || category || '/' || role, count(DISTINCT person) FROM held GROUP BY 1`)
	countedUsers := numbers(`SELECT product || ': ' || key, value::int FROM user_count, jsonb_each_text(users) WHERE institution = $1`)
	if diff := cmp.Diff(counted, countedUsers); diff != "" {
		t.Errorf("user counts: %s", diff)
	}
	for person := range numbers(`SELECT a.person::text, 0 FROM assignment a JOIN listing l USING (institution, product, person)
		WHERE a.institution = $1 AND (a.sort_key, a.email) <> (l.sort_key, l.email)`) {
		t.Errorf("%s has another position in the lists by role", person)
	}
}
