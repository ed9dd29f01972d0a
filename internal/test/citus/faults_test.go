package citus_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/citus"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

const database = "areariservata"

var api = access.Target{Product: "prod-interop", Role: "api"}

// distributed is a durable Citus cluster with the site's database.
type distributed struct {
	*citus.Cluster
	owner *pgxpool.Pool
	db    *store.Store
	app   *pgxpool.Pool
}

func start(t *testing.T, workers int) distributed {
	t.Helper()
	ctx := t.Context()
	root, err := os.MkdirTemp("/var/tmp", "areariservata-citus-")
	if err == nil {
		err = os.Chmod(root, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	cluster, err := citus.Start(ctx, workers, filepath.Join(root, "data"))
	if errors.Is(err, citus.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	d := distributed{Cluster: cluster}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(cluster.Exec(ctx, "postgres", `create database `+database))
	for _, node := range cluster.Nodes { // a setting of PostgreSQL's security releases: deploy/citus/README.md
		if node.Exec(ctx, "postgres", `show output_plugin_libraries`) == nil {
			must(node.Exec(ctx, "postgres",
				`alter system set output_plugin_libraries = pgoutput, citus_pgoutput, citus`, `select pg_reload_conf()`))
		}
	}
	must(cluster.Join(ctx, database))
	d.owner, err = pgxpool.New(context.WithoutCancel(ctx), cluster.Nodes[0].URL(database, devpostgres.Superuser))
	must(err)
	t.Cleanup(d.owner.Close)
	must(store.Migrate(ctx, d.owner))
	for _, node := range cluster.Nodes {
		pool, err := pgxpool.New(ctx, node.URL("postgres", devpostgres.Superuser))
		must(err)
		must(devpostgres.EnsureAppRole(ctx, pool, ""))
		pool.Close()
	}
	must(cluster.Distribute(ctx, database))
	d.app, err = store.Open(cluster.Nodes[0].URL(database, devpostgres.AppUser), nil)
	must(err)
	t.Cleanup(d.app.Close)
	d.db = store.New(d.app, seed.Keys(t))
	must(d.db.Check(ctx))
	return d
}

// person suspends and re-enables one user of an institution, again and again, and reads the state after each answer.
type person struct {
	institution  access.InstitutionID
	admin, user  access.UserID
	acknowledged access.Status
	isUncertain  bool // the last change was not answered: it may have taken effect
	changes      atomic.Int64
	failures     atomic.Int64
	slowest      time.Duration
}

func (p *person) status(ctx context.Context, db *store.Store) (access.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	q := db.Query()
	var u access.User
	q.User(&u, p.institution, p.user)
	if err := q.Read(ctx); err != nil {
		return "", err
	}
	return u.Assignments[0].Status, nil
}

func (p *person) work(ctx context.Context, t *testing.T, db *store.Store, service *users.Service) {
	for ctx.Err() == nil {
		if p.isUncertain {
			now, err := p.status(context.WithoutCancel(ctx), db)
			if err != nil {
				continue
			}
			p.acknowledged, p.isUncertain = now, false
		}
		c := users.Command{Institution: p.institution, Actor: p.admin, Subject: p.user, Target: api, Key: store.IdempotencyKey(uuid.NewString())}
		change, next := service.Suspend, access.Suspended
		if p.acknowledged == access.Suspended {
			change, next = service.Reactivate, access.Active
		}
		began := time.Now()
		if err := change(context.WithoutCancel(ctx), c); err != nil {
			var refusal *access.Refusal
			if errors.As(err, &refusal) {
				t.Errorf("an acknowledged state is lost: %s is refused: %v", c.Target.Role, err)
			}
			p.isUncertain = true
			p.failures.Add(1)
			continue
		}
		p.slowest = max(p.slowest, time.Since(began))
		p.acknowledged = next
		if got, err := p.status(context.WithoutCancel(ctx), db); err == nil && got != next {
			t.Errorf("%s was answered, and then read as %s", next, got)
		}
		p.changes.Add(1)
	}
}

// Nothing acknowledged is lost, read as it was before, or left without its e-mail: while shards move, a node is drained,
// and the coordinator and the workers are killed (CITUS_KILLS times) under changes of several institutions.
func TestFaultsOfNodesLoseNothing(t *testing.T) {
	kills, err := strconv.Atoi(os.Getenv("CITUS_KILLS"))
	if err != nil {
		t.Skip("breaks a Citus cluster for minutes: make citus-faults")
	}
	d := start(t, 3)
	ctx := t.Context()
	fixture := seed.New(t, d.owner, seed.Keys(t))
	var people []*person
	for n := range 6 {
		i := fixture.Institution(fmt.Sprint("Comune ", n), "PA").Product("prod-interop")
		p := &person{institution: i.ID, admin: i.Admin(fmt.Sprint("Anna Bianchi ", rune('A'+n)), "prod-interop"), acknowledged: access.Active}
		p.user = i.Operator(fmt.Sprint("Oto Neri ", rune('A'+n)), "prod-interop", "api")
		people = append(people, p)
	}
	service := users.New(d.db, nil, time.Now)
	working, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	for _, p := range people {
		all.Go(func() { p.work(working, t, d.db, service) })
	}
	all.Go(func() { outboxtest.New(t, d.app).Run(working) })
	total := func() (changes, failures int64) {
		for _, p := range people {
			changes, failures = changes+p.changes.Load(), failures+p.failures.Load()
		}
		return changes, failures
	}
	// progress waits until each of them has made some changes.
	progress := func(what string) {
		t.Helper()
		deadline := time.After(2 * time.Minute)
		again := time.NewTicker(10 * time.Millisecond)
		defer again.Stop()
		for _, p := range people {
			for before := p.changes.Load(); p.changes.Load() < before+3; {
				select {
				case <-again.C:
				case <-deadline:
					t.Fatalf("after %s, institution %s does not go on", what, p.institution)
				}
			}
		}
	}
	report := func(what string, do func() error) {
		t.Helper()
		before, failed := total()
		began := time.Now()
		if err := do(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		progress(what)
		after, failures := total()
		t.Logf("%s: %v, %d changes, %d failed", what, time.Since(began).Round(time.Millisecond), after-before, failures-failed)
	}
	progress("the start")

	report("a group of shards moves", func() error {
		_, err := d.owner.Exec(ctx, `
			SELECT citus_move_shard_placement(s.shardid, s.nodename, s.nodeport, t.nodename, t.nodeport, 'force_logical')
			FROM citus_shards s, pg_dist_node t
			WHERE s.table_name = 'institution'::regclass AND s.nodename = $1 AND t.nodename = $2 ORDER BY s.shardid LIMIT 1`,
			d.Nodes[1].Name(), d.Nodes[2].Name())
		return err
	})
	report("a node is drained", func() error {
		_, err := d.owner.Exec(ctx, `SELECT citus_drain_node($1, 5432, 'force_logical')`, d.Nodes[3].Name())
		return err
	})
	for n := range kills {
		node := n % 3 // the coordinator and two workers that have shards
		report(fmt.Sprint("node ", node, " is killed"), func() error {
			if err := d.Nodes[node].Kill(ctx); err != nil {
				return err
			}
			return d.Nodes[node].Start(ctx)
		})
	}
	stop()
	all.Wait()
	changes, failures := total()
	t.Logf("%d changes acknowledged, %d failed", changes, failures)
	for _, p := range people {
		t.Logf("institution %s: %d changes, the slowest %v", p.institution, p.changes.Load(), p.slowest.Round(time.Millisecond))
		if got, err := p.status(ctx, d.db); !p.isUncertain && (err != nil || got != p.acknowledged) {
			t.Errorf("institution %s: %s was answered, and the state is %s (%v)", p.institution, p.acknowledged, got, err)
		}
	}
	if err := outboxtest.New(t, d.app).Drain(ctx); err != nil {
		t.Error(err)
	}
	if err := consistency.Check(ctx, d.owner, seed.Keys(t)); err != nil {
		t.Error(err)
	}
}
