package users_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/oracle"
	"areariservata.example/utenti/internal/pgtest"
	"areariservata.example/utenti/internal/seed"
	"areariservata.example/utenti/internal/store"
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
	done := map[access.Action]int{}
	for n := range 10 {
		w := newTown(t, s, st, fmt.Sprintf("Paese%c", 'a'+n))
		for range 150 {
			c := w.draw(r)
			offered := w.offered(t, c)
			added, err := w.do(t.Context(), c)
			if (err == nil) != offered {
				t.Fatalf("seed %d: offered %v, and then %v: %+v", number, offered, err, c)
			}
			if err == nil {
				done[c.action]++
			} else if reason(err) == "" {
				t.Fatalf("seed %d: not a refusal: %v", number, err)
			}
			if added != "" {
				w.people = append(w.people, added)
			}
		}
		w.audit(t, db)
	}
	t.Log(done)
	for _, action := range actions {
		if done[action] == 0 {
			t.Errorf("%s was never done: the histories show nothing of it", action)
		}
	}
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
	if _, err := store.VerifyAudit(t.Context(), db.Owner); err != nil {
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
				if added := a.do(t, w, w.draw(r), r); added != "" && len(w.people) < 9 {
					w.people = append(w.people, added)
				}
			}
		})
	}
	wait.Wait()
}

// do makes one change, and now and then the same once more.
func (a *tally) do(t *testing.T, w *town, c command, r *rand.Rand) (added access.UserID) {
	t.Helper()
	added, err := w.do(context.Background(), c)
	if err != nil {
		if reason(err) == "" {
			a.strange.Add(1)
			t.Errorf("not a refusal: %v", err)
		}
		return added
	}
	a.done.Add(1)
	if r.IntN(20) == 0 { // a double click
		a.again.Add(1)
		if _, err := w.do(context.Background(), c); err != nil {
			t.Errorf("sent twice: %v", err)
		}
	}
	return added
}

// audit replays the institution's log through the oracle, and holds what comes of it against the database.
func (w town) audit(t *testing.T, db *pgtest.DB) {
	t.Helper()
	state := oracle.NewState(w.catalogue(t))
	rows, err := db.Owner.Query(t.Context(), `
		SELECT seq, coalesce(actor::text, ''), action, subject::text, product, role, coalesce(before::text, ''), coalesce(after::text, '')
		FROM audit_event WHERE institution = $1 ORDER BY seq`, w.institution)
	if err != nil {
		t.Fatal(err)
	}
	var seq int64
	var e oracle.Event
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
	var inTruth, inList []oracle.Row
	collect := func(into *[]oracle.Row, sql string) {
		rows, err := db.Owner.Query(t.Context(), sql, w.institution)
		if err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowToStructByPos[oracle.Row])
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
	var members []oracle.Membership
	rows, err = db.Owner.Query(t.Context(), `SELECT "group"::text, person::text FROM group_member WHERE institution = $1 ORDER BY 1, 2`, w.institution)
	if err == nil {
		members, err = pgx.CollectRows(rows, pgx.RowToStructByPos[oracle.Membership])
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(state.Memberships(), members); diff != "" && len(members)+len(state.Memberships()) > 0 {
		t.Errorf("the log tells other memberships: %s", diff)
	}
}

// told is an event in the oracle's words.
func told(e oracle.Event) (oracle.Event, error) {
	var fields struct {
		Status, Group string
		Fields        []string
	}
	for _, text := range []*string{&e.Before, &e.After} {
		fields.Status, fields.Group, fields.Fields = "", "", nil
		if *text != "" {
			if err := json.Unmarshal([]byte(*text), &fields); err != nil {
				return e, err
			}
		}
		*text = fields.Status + strings.Join(fields.Fields, " ")
		if fields.Group != "" {
			e.Group = fields.Group
		}
	}
	return e, nil
}

// catalogue is the institution's, in the oracle's words.
func (w town) catalogue(t *testing.T) oracle.Catalogue {
	t.Helper()
	v := w.store.View()
	products, groups := v.Products(w.institution), v.Groups(w.institution)
	if err := v.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var c oracle.Catalogue
	for _, p := range *products {
		of := oracle.CatalogueProduct{ID: string(p.ID), Active: true, PhaseOut: p.PhaseOut}
		for _, r := range p.Roles {
			of.Roles = append(of.Roles, oracle.CatalogueRole{ID: string(r.ID), Category: string(r.Category), Combines: r.Combines, Assignable: string(r.Assignable)})
		}
		c.Products = append(c.Products, of)
	}
	for _, g := range *groups {
		c.Groups = append(c.Groups, oracle.CatalogueGroup{ID: string(g.ID), Product: string(g.Product), Status: string(g.Status)})
	}
	return c
}
