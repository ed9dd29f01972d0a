package chaos_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
)

// load is Administrators in browsers, each of whom changes a user of their own: every request is allowed, and any other
// response is a fault. They share the institution's lock.
type load struct {
	site    *deployment
	workers []*worker
	reads   int // pages read for each change, on average

	stopping atomic.Bool
	isEnded  atomic.Bool // the test has ended; workers may be in the middle of a change
	wait     sync.WaitGroup

	mu                  sync.Mutex
	acknowledgedCount   int            // changes acknowledged
	retriedCount        int            // of which after resending the form
	sentCount           int            // requests sent
	failed              map[string]int // requests that should have succeeded, by their result
	slowestRequest      time.Duration  // until a response or a failure
	nextAcknowledgement chan struct{}  // closed at the next acknowledgement
	unexpected          []string
}

// newLoad loads two institutions with that many signed-in Administrators each.
func newLoad(t testing.TB, s *deployment, each int, r *rand.Rand) *load {
	t.Helper()
	c := &load{site: s, reads: 1, failed: map[string]int{}, nextAcknowledgement: make(chan struct{})}
	t.Cleanup(func() {
		c.stopping.Store(true)
		c.isEnded.Store(true)
	})
	for index := range 2 {
		name := fmt.Sprintf("Paese%c", 'a'+index)
		i := s.seed.Institution(name, "PA").Product("prod-interop", "prod-pn")
		group := i.Group("prod-interop", "Sviluppo")
		for n := range each {
			admin, subject := fmt.Sprintf("Anna%c %s", 'a'+n, name), fmt.Sprintf("Oto%c %s", 'a'+n, name)
			i.Admin(admin, "prod-interop", "prod-pn")
			user := i.User(subject, "prod-interop/api", "prod-pn/operator suspended")
			c.workers = append(c.workers, &worker{
				load: c, browser: s.signInAs(t, admin), rng: rand.New(rand.NewPCG(r.Uint64(), 0)), address: func() string { return s.base },
				institution: i.ID, name: subject, user: string(user), users: []string{string(user)}, group: group,
				roles: map[access.Target]access.Status{api: access.Active, operator: access.Suspended},
			})
		}
	}
	return c
}

// start starts the workers until [load.stop].
func (c *load) start() {
	c.stopping.Store(false)
	for _, w := range c.workers {
		c.wait.Go(func() {
			for !c.stopping.Load() {
				w.step()
			}
		})
	}
}

// stop waits for the changes in progress.
func (c *load) stop() {
	c.stopping.Store(true)
	c.wait.Wait()
}

// waitAcknowledged waits for that many more changes, and reports whether they were made in half a minute.
func (c *load) waitAcknowledged(more int) bool {
	limit := time.After(30 * time.Second)
	for range more {
		c.mu.Lock()
		next := c.nextAcknowledgement
		c.mu.Unlock()
		select {
		case <-next:
		case <-limit:
			return false
		}
	}
	return true
}

// countSent is the number of requests sent.
func (c *load) countSent() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sentCount
}

// countAcknowledged is the number of acknowledged changes.
func (c *load) countAcknowledged() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acknowledgedCount
}

// hasFailed reports whether a request has failed with that result.
func (c *load) hasFailed(kind string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed[kind] > 0
}

func (c *load) recordFailure(got response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed[got.String()]++
}

func (c *load) recordUnexpected(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unexpected = append(c.unexpected, what)
}

func (c *load) recordAcknowledged(again bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acknowledgedCount++
	if again {
		c.retriedCount++
	}
	close(c.nextAcknowledgement)
	c.nextAcknowledgement = make(chan struct{})
}

// countLost counts the acknowledged changes that the database does not have. The load must have been stopped.
func (c *load) countLost(t testing.TB) (lost int) {
	t.Helper()
	for _, w := range c.workers {
		var missing int
		if err := c.site.pg.owner.QueryRow(t.Context(), `SELECT count(*) FROM unnest($2::text[]) AS key
			WHERE key::uuid NOT IN (SELECT f.key FROM idempotency_key f WHERE institution = $1)`,
			w.institution, w.idempotencyKeys).Scan(&missing); err != nil {
			t.Fatal(err)
		}
		lost += missing
	}
	return lost
}

// report logs the result and counts the lost changes, the users whose log differs from the acknowledged changes, and
// unexpected responses.
func (c *load) report(t testing.TB) (lost, wrong int) {
	t.Helper()
	lost = c.countLost(t)
	for _, w := range c.workers {
		if diff := cmp.Diff(w.log, w.loggedEvents(t), cmp.AllowUnexported(logLine{})); diff != "" && len(w.log) > 0 {
			wrong++
			t.Logf("acknowledged (-) and logged (+): %s", diff)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var failed []string
	for _, kind := range slices.Sorted(maps.Keys(c.failed)) {
		failed = append(failed, fmt.Sprintf("%d × %s", c.failed[kind], kind))
	}
	t.Logf("%d changes acknowledged, %d of them after sending the form again; %d requests, failed: %s; slowest answer %s",
		c.acknowledgedCount, c.retriedCount, c.sentCount, strings.Join(failed, ", "), c.slowestRequest.Round(time.Millisecond))
	t.Logf("acknowledged and lost: %d; users whose log differs from the acknowledged changes: %d; unexpected responses: %d",
		lost, wrong, len(c.unexpected))
	return lost, wrong + len(c.unexpected)
}
