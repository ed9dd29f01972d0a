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

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
)

// Any history: what the page offers is what the service does, and afterwards log and state tell the same.
func TestWhatThePageOffersIsWhatTheServiceDoes(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	number := uint64(time.Now().UnixNano())
	t.Logf("seed %d", number)
	r := rand.New(rand.NewPCG(number, 0))
	done := map[move]int{}
	for n := 0; n < 10 || (n < 26 && len(undone(done)) > 0); n++ { // what is rare has more towns to happen in
		w := newTown(t, s, st, fmt.Sprintf("Paese%c", 'a'+n))
		for range 250 {
			c := w.draw(r)
			offered := w.offered(t, c)
			became, err := w.do(t.Context(), c)
			if err != nil {
				t.Fatalf("seed %d: not a refusal: %v: %+v", number, err, c)
			}
			if !slices.Equal(became.granted, offered) {
				t.Fatalf("seed %d: offered %v, and then done %v: %+v", number, offered, became.granted, c)
			}
			done[c.move] += became.times()
			w.lived(became, 1000)
		}
		w.audit(t, db)
	}
	if _, err := store.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	if r, err := store.RepairListing(t.Context(), db.Owner); err != nil || r != (store.Repaired{Institutions: r.Institutions}) {
		t.Errorf("lists differ from the truth: %+v, %v", r, err)
	}
	t.Log(done)
	if never := undone(done); len(never) > 0 {
		t.Errorf("%v: never done, the histories show nothing of them", never)
	}
}

// undone are the moves that were never done.
func undone(done map[move]int) (never []move) {
	for _, m := range weights {
		if done[m.move] == 0 {
			never = append(never, m.move)
		}
	}
	return never
}

// operations is how many changes are attempted at once: more in CI, fewer under the race detector. OPERATIONS says another number.
func operations(t *testing.T) int {
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

// Thousands of changes at once, on few people who act on each other: each that took effect was allowed at that moment,
// none is lost or done twice, and log, state and listing tell the same.
func TestManyChangesAtOnceAreEachAllowedWhenTheyTakeEffect(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	total, number := operations(t), uint64(time.Now().UnixNano())
	var all tally
	for era := 0; era*eraLength < total; era++ {
		var towns []town
		for n := range 4 {
			towns = append(towns, newTown(t, s, st, fmt.Sprintf("Paese%c%c%c%c", 'a'+era/676%26, 'a'+era/26%26, 'a'+era%26, 'a'+n)))
		}
		all.live(t, towns, min(eraLength, total-era*eraLength), number+uint64(era))
		for _, w := range towns {
			w.audit(t, db)
		}
	}
	var marks int64
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM form_once`).Scan(&marks); err != nil || marks != all.done.Load() {
		t.Errorf("%d forms kept, %d acknowledged (%v)", marks, all.done.Load(), err)
	}
	if _, err := store.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	t.Logf("operations: %d attempted, %d took effect, %d sent twice, %d errors; seed %d", total, all.done.Load(), all.again.Load(), all.strange.Load(), number)
}

// eraLength is how many changes a town lives through. People are suspended and removed one after the other: before nobody
// may do anything any more, other towns take their turn.
const eraLength = 4_000

// tally counts what became of the changes.
type tally struct{ done, again, strange atomic.Int64 }

// live lets a few people do things to each other, all at once.
func (a *tally) live(t *testing.T, towns []town, total int, number uint64) {
	t.Helper()
	const workers = 8
	var attempted atomic.Int64
	var wait sync.WaitGroup
	for worker := range workers {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(number, uint64(worker)))
			mine := append([]town{}, towns...)
			for attempted.Add(1) <= int64(total) {
				w := &mine[r.IntN(len(mine))]
				w.lived(a.do(t, w, w.draw(r), r), 9)
			}
		})
	}
	wait.Wait()
}

// do makes one change, and now and then the same once more.
func (a *tally) do(t *testing.T, w *town, c command, r *rand.Rand) outcome {
	t.Helper()
	done, err := w.do(context.Background(), c)
	if err != nil {
		a.strange.Add(1)
		t.Errorf("not a refusal: %v", err)
		return done
	}
	a.done.Add(int64(done.times()))
	if done.times() > 0 && r.IntN(20) == 0 { // a double click
		a.again.Add(1)
		if again, err := w.do(context.Background(), c); err != nil || !slices.Equal(again.granted, done.granted) {
			t.Errorf("sent twice: %v, and before %v: %v", again.granted, done.granted, err)
		}
	}
	return done
}

// audit replays the institution's log through the oracle, and holds what comes of it against the database.
func (w town) audit(t *testing.T, db *pgtest.DB) {
	t.Helper()
	state := refmodel.NewState(w.begun)
	rows, err := db.Owner.Query(t.Context(), `
		SELECT seq, coalesce(actor::text, ''), action, coalesce(subject::text, ''), product, role, coalesce(before::text, ''), coalesce(after::text, '')
		FROM audit_event WHERE institution = $1 ORDER BY seq`, w.institution)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	var e refmodel.Event
	if _, err := pgx.ForEachRow(rows, []any{&seq, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &e.Before, &e.After}, func() error {
		plain, err := told(e)
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
	var inTruth, inList []refmodel.Row
	collect := func(into *[]refmodel.Row, sql string) {
		rows, err := db.Owner.Query(t.Context(), sql, w.institution)
		if err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.Row])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	collect(&inTruth, `SELECT person::text, product, role, status FROM assignment WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", role COLLATE "C"`)
	collect(&inList, `SELECT person::text, product, x.role, x.status FROM listing, unnest(roles, statuses) AS x (role, status) WHERE institution = $1
		ORDER BY person::text COLLATE "C", product COLLATE "C", x.role COLLATE "C"`)
	if diff := cmp.Diff(state.Rows(), inTruth); diff != "" {
		t.Errorf("the log tells another state: %s", diff)
	}
	if diff := cmp.Diff(inTruth, inList); diff != "" {
		t.Errorf("the list tells another state: %s", diff)
	}
	w.count(t, db)
	var members []refmodel.Membership
	rows, err = db.Owner.Query(t.Context(), `SELECT "group"::text, person::text FROM group_member WHERE institution = $1 ORDER BY 1, 2`, w.institution)
	if err == nil {
		members, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.Membership])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Memberships(), members); diff != "" && len(members)+len(state.Memberships()) > 0 {
		t.Errorf("the log tells other memberships: %s", diff)
	}
	var groups []refmodel.CatalogueGroup
	rows, err = db.Owner.Query(t.Context(), `SELECT id::text, product, name, status FROM user_group WHERE institution = $1 ORDER BY 1`, w.institution)
	if err == nil {
		groups, err = pgx.CollectRows(rows, pgx.RowToStructByPos[refmodel.CatalogueGroup])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Groups(), groups); diff != "" && len(groups)+len(state.Groups()) > 0 {
		t.Errorf("the log tells other groups: %s", diff)
	}
}

// count counts the institution's users anew, from their assignments, and holds the tally against it.
func (w town) count(t *testing.T, db *pgtest.DB) {
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
	tallied := numbers(`SELECT product || ': ' || key, value::int FROM tally, jsonb_each_text(users) WHERE institution = $1`)
	if diff := cmp.Diff(counted, tallied); diff != "" {
		t.Errorf("the tally tells other numbers: %s", diff)
	}
	for person := range numbers(`SELECT a.person::text, 0 FROM assignment a JOIN listing l USING (institution, product, person)
		WHERE a.institution = $1 AND (a.sort_key, a.email) <> (l.sort_key, l.email)`) {
		t.Errorf("%s stands elsewhere in the lists of one role", person)
	}
}
