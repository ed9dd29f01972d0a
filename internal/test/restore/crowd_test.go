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
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// crowd are administrators at work, by the application's own road and with its rights. Each changes one user that nobody else
// changes, so whatever they ask is allowed. Every change is noted when it is asked for, and again when it is acknowledged.
type crowd struct {
	workers []*worker
	clock   atomic.Int64 // orders what is noted
	lost    atomic.Bool  // the machine is: what comes as an error from now on is no surprise
	done    atomic.Int64 // changes acknowledged

	stopping atomic.Bool
	wait     sync.WaitGroup
}

// noted is a change as its administrator knows it.
type noted struct {
	institution access.InstitutionID
	mark        store.Mark
	asked       int64
	answered    int64 // 0: no answer came
	at          time.Time
}

type worker struct {
	t       testing.TB
	crowd   *crowd
	service *users.Service
	chance  *rand.Rand
	change  users.Change // of its user
	group   access.GroupID
	held    map[access.RoleID]access.Status
	joined  bool
	notes   []noted
}

// newCrowd makes institutions with so many people at work in each.
func newCrowd(t testing.TB, m *machine, s *seed.Seed, keys store.Keys, each int, r *rand.Rand) *crowd {
	t.Helper()
	c := &crowd{}
	service := serviceOn(t, m, keys)
	for town := range 2 {
		name := fmt.Sprintf("Paese%c", 'a'+town)
		i := s.Institution(name, "PA").Product("prod-interop", "prod-pn")
		group := i.Group("prod-interop", "Sviluppo")
		messi := i.Group("prod-pn", "Messi")
		for n := range each {
			admin := i.Admin(fmt.Sprintf("Anna%c %s", 'a'+n, name), "prod-interop", "prod-pn")
			user := i.User(fmt.Sprintf("Oto%c %s", 'a'+n, name), "prod-interop/api")
			c.workers = append(c.workers, &worker{
				t: t, crowd: c, service: service, chance: rand.New(rand.NewPCG(r.Uint64(), 0)), group: group,
				change: users.Change{Institution: i.ID, Actor: admin, Subject: user},
				held:   map[access.RoleID]access.Status{"api": access.Active},
			})
		}
		// Whom nobody at work touches.
		i.Operator("Pia "+name, "prod-pn", "operator")
		ugo := users.Change{
			Institution: i.ID, Actor: c.workers[len(c.workers)-1].change.Actor, Subject: i.Operator("Ugo "+name, "prod-pn", "operator"),
			Target: access.Target{Product: "prod-pn"}, Mark: mark(r),
		}
		if err := service.Join(t.Context(), ugo, messi); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// serviceOn is the verbs as the application has them, by a pool of the application's own.
func serviceOn(t testing.TB, m *machine, keys store.Keys) *users.Service {
	t.Helper()
	pool, err := store.Open(m.url(devpostgres.AppUser), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	letters, err := notify.NewQueue(pool)
	if err != nil {
		t.Fatal(err)
	}
	return users.New(store.New(pool, keys), letters, time.Now)
}

// start sets them to work until [crowd.stop].
func (c *crowd) start() {
	for _, w := range c.workers {
		c.wait.Go(func() {
			for !c.stopping.Load() && w.step() {
			}
		})
	}
}

func (c *crowd) stop() {
	c.stopping.Store(true)
	c.wait.Wait()
}

// acknowledged waits until so many more changes are.
func (c *crowd) acknowledged(t testing.TB, more int) {
	t.Helper()
	want := c.done.Load() + int64(more)
	until(t, fmt.Sprintf("%d more changes are acknowledged", more), func() bool { return c.done.Load() >= want })
}

// notes are everybody's. The crowd must have been stopped.
func (c *crowd) notes() (all []noted) {
	for _, w := range c.workers {
		all = append(all, w.notes...)
	}
	return all
}

// step makes one change. It reports whether there may be another.
func (w *worker) step() bool {
	w.change.Mark = mark(w.chance)
	n := noted{institution: w.change.Institution, mark: w.change.Mark, asked: w.crowd.clock.Add(1)}
	err := w.one()
	if err == nil {
		n.answered, n.at = w.crowd.clock.Add(1), time.Now()
		w.crowd.done.Add(1)
	}
	w.notes = append(w.notes, n)
	if err != nil && !w.crowd.lost.Load() {
		w.t.Errorf("a change failed although nothing was broken: %v", err)
	}
	return err == nil
}

// one draws one of the changes that are possible, and makes it.
func (w *worker) one() error {
	ctx, c := context.WithoutCancel(w.t.Context()), w.change
	role, other := access.RoleID("api"), access.RoleID("security")
	if w.chance.IntN(2) == 0 {
		role, other = other, role
	}
	if w.held[role] == "" && w.held[other] == access.Suspended { // nobody is given a role beside one that is suspended
		role = other
	}
	c.Target = access.Target{Product: "prod-interop", Role: role}
	status := w.held[role]
	var err error
	switch {
	case status == "":
		c.Target.Role = ""
		if err = w.service.Assign(ctx, c, []access.RoleID{role}); err == nil {
			w.held[role] = access.Active
		}
	case len(w.held) == 2 && w.chance.IntN(4) == 0:
		if _, err = w.service.Remove(ctx, c); err == nil {
			delete(w.held, role)
		}
	case status == access.Active && !w.joined && w.chance.IntN(3) == 0:
		c.Target.Role = ""
		if err = w.service.Join(ctx, c, w.group); err == nil {
			w.joined = true
		}
	case status == access.Active:
		if err = w.service.Suspend(ctx, c); err == nil {
			w.held[role] = access.Suspended
		}
	default:
		if err = w.service.Reactivate(ctx, c); err == nil {
			w.held[role] = access.Active
		}
	}
	return err
}

// mark is drawn by chance: a form's.
func mark(r *rand.Rand) store.Mark {
	return store.Mark(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)))
}
