package restore_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// load are Administrators that work through the application's single write path, with its rights. Each changes a user
// of their own, so every change is allowed. Changes are recorded when they are requested and when they are
// acknowledged.
type load struct {
	workers           []*worker
	clock             atomic.Int64 // orders the recorded changes
	isLost            atomic.Bool  // the machine is lost: errors are expected from now on
	acknowledgedCount atomic.Int64 // changes acknowledged

	stopping atomic.Bool
	wait     sync.WaitGroup
}

// recordedChange is a change as its Administrator experiences it.
type recordedChange struct {
	institution    access.InstitutionID
	key            store.IdempotencyKey
	sentAt         int64
	acknowledgedAt int64 // 0: no response
	at             time.Time
}

type worker struct {
	t       testing.TB
	load    *load
	service *users.Service
	rng     *rand.Rand
	change  users.Command // of its user
	group   access.GroupID
	roles   map[access.RoleID]access.Status
	joined  bool
	changes []recordedChange
}

// newLoad loads institutions with that many Administrators each.
func newLoad(t testing.TB, m *machine, s *seed.Seed, keys store.Keys, each int, r *rand.Rand) *load {
	t.Helper()
	c := &load{}
	service := newUsersService(t, m, keys)
	for index := range 2 {
		name := fmt.Sprintf("Paese%c", 'a'+index)
		i := s.Institution(name, "PA").Product("prod-interop", "prod-pn")
		group := i.Group("prod-interop", "Sviluppo")
		messi := i.Group("prod-pn", "Messi")
		for n := range each {
			admin := i.Admin(fmt.Sprintf("Anna%c %s", 'a'+n, name), "prod-interop", "prod-pn")
			user := i.User(fmt.Sprintf("Oto%c %s", 'a'+n, name), "prod-interop/api")
			c.workers = append(c.workers, &worker{
				t: t, load: c, service: service, rng: rand.New(rand.NewPCG(r.Uint64(), 0)), group: group,
				change: users.Command{Institution: i.ID, Actor: admin, Subject: user},
				roles:  map[access.RoleID]access.Status{"api": access.Active},
			})
		}
		// A user whom the load leaves unchanged.
		i.Operator("Pia "+name, "prod-pn", "operator")
		ugo := users.Command{
			Institution: i.ID, Actor: c.workers[len(c.workers)-1].change.Actor, Subject: i.Operator("Ugo "+name, "prod-pn", "operator"),
			Target: access.Target{Product: "prod-pn"}, Key: newIdempotencyKey(r),
		}
		if err := service.Join(t.Context(), ugo, messi); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// newUsersService is the application's service, with a connection pool of its own.
func newUsersService(t testing.TB, m *machine, keys store.Keys) *users.Service {
	t.Helper()
	pool, err := store.Open(m.url(devpostgres.AppUser), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	worker := outboxtest.New(t, pool)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { worker.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	return users.New(store.New(pool, keys), worker.Wake, time.Now)
}

// start starts the workers until [load.stop].
func (c *load) start() {
	for _, w := range c.workers {
		c.wait.Go(func() {
			for !c.stopping.Load() && w.step() {
			}
		})
	}
}

func (c *load) stop() {
	c.stopping.Store(true)
	c.wait.Wait()
}

// waitAcknowledged waits for that many more changes.
func (c *load) waitAcknowledged(t testing.TB, more int) {
	t.Helper()
	want := c.acknowledgedCount.Load() + int64(more)
	waitUntil(t, fmt.Sprintf("%d more changes are acknowledged", more), func() bool { return c.acknowledgedCount.Load() >= want })
}

// recordedChanges are those of all workers. The load must have been stopped.
func (c *load) recordedChanges() (all []recordedChange) {
	for _, w := range c.workers {
		all = append(all, w.changes...)
	}
	return all
}

// step makes one change. It reports whether there may be another.
func (w *worker) step() bool {
	w.change.Key = newIdempotencyKey(w.rng)
	n := recordedChange{institution: w.change.Institution, key: w.change.Key, sentAt: w.load.clock.Add(1)}
	err := w.makeChange()
	if err == nil {
		n.acknowledgedAt, n.at = w.load.clock.Add(1), time.Now()
		w.load.acknowledgedCount.Add(1)
	}
	w.changes = append(w.changes, n)
	if err != nil && !w.load.isLost.Load() {
		w.t.Errorf("a change failed without a fault: %v", err)
	}
	return err == nil
}

// makeChange makes one of the possible changes.
func (w *worker) makeChange() error {
	ctx, c := context.WithoutCancel(w.t.Context()), w.change
	role, other := access.RoleID("api"), access.RoleID("security")
	if w.rng.IntN(2) == 0 {
		role, other = other, role
	}
	if w.roles[role] == "" && w.roles[other] == access.Suspended { // no role can be assigned beside a suspended one
		role = other
	}
	c.Target = access.Target{Product: "prod-interop", Role: role}
	status := w.roles[role]
	var err error
	switch {
	case status == "":
		c.Target.Role = ""
		if err = w.service.Assign(ctx, c, []access.RoleID{role}); err == nil {
			w.roles[role] = access.Active
		}
	case len(w.roles) == 2 && w.rng.IntN(4) == 0:
		if _, err = w.service.Remove(ctx, c); err == nil {
			delete(w.roles, role)
		}
	case status == access.Active && !w.joined && w.rng.IntN(3) == 0:
		c.Target.Role = ""
		if err = w.service.Join(ctx, c, w.group); err == nil {
			w.joined = true
		}
	case status == access.Active:
		if err = w.service.Suspend(ctx, c); err == nil {
			w.roles[role] = access.Suspended
		}
	default:
		if err = w.service.Reactivate(ctx, c); err == nil {
			w.roles[role] = access.Active
		}
	}
	return err
}

// newIdempotencyKey is a random idempotency key.
func newIdempotencyKey(r *rand.Rand) store.IdempotencyKey {
	return store.IdempotencyKey(
		fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)),
	)
}
