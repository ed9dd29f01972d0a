package bench_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// worker is an Administrator of a workbench, who suspends and re-enables one role.
type worker struct {
	mu     sync.Mutex
	bench  *workbench // shared by all rounds
	cookie string
}

var role = access.Target{Product: product, Role: "api"}

// workers signs in the Administrators of all workbenches.
func (d *database) workers(t *testing.T) []*worker {
	t.Helper()
	var all []*worker
	for n := range d.workbenches {
		all = append(all, &worker{bench: &d.workbenches[n], cookie: d.signIn(t, d.workbenches[n].admin)})
	}
	return all
}

// nextAction is the next of the two actions.
func (b *workbench) nextAction() access.Action {
	if b.suspended {
		return access.Reactivate
	}
	return access.Suspend
}

// change sends the form of the next change.
func (w *worker) change(to *httpConn) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := web.RoleURL(w.bench.institution, w.bench.subject, role, w.bench.nextAction())
	status, _, err := to.send(post(to.address, path, w.cookie, "once="+newIdempotencyKey()))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("%s: status %d", w.bench.nextAction(), status)
	}
	if err == nil {
		w.bench.suspended = !w.bench.suspended
	}
	return err
}

// changeJob is a client with a workbench of its own; if there are more clients than workbenches, clients share them.
func changeJob(address string, workers []*worker) job {
	return func(client int) (func() error, func()) {
		w := &httpConn{address: address}
		at := workers[client%len(workers)]
		return func() error { return at.change(w) }, w.close
	}
}

// newIdempotencyKey is a random idempotency key.
func newIdempotencyKey() string {
	return uuid.NewString()
}

// runWhileChanging runs a function during that many changes a second, and returns the changes' results.
func runWhileChanging(address string, workers []*worker, rate float64, d time.Duration, do func()) run {
	var changes run
	var both sync.WaitGroup
	both.Go(func() { changes = openLoad(rate, len(workers), d, changeJob(address, workers)) })
	do()
	both.Wait()
	return changes
}
