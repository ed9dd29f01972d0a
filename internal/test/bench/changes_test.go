package bench_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// worker is an administrator at a workbench, who suspends and re-enables one role in turn.
type worker struct {
	mu     sync.Mutex
	bench  *bench // whose state all rounds know
	cookie string
}

var role = access.Target{Product: product, Role: "api"}

// workers signs the administrators of all workbenches in.
func (d *database) workers(t *testing.T) []*worker {
	t.Helper()
	var all []*worker
	for n := range d.benches {
		all = append(all, &worker{bench: &d.benches[n], cookie: d.session(t, d.benches[n].admin)})
	}
	return all
}

// next is the action whose turn it is.
func (b *bench) next() access.Action {
	if b.suspended {
		return access.Reactivate
	}
	return access.Suspend
}

// change sends the form of the next change.
func (w *worker) change(to *wire) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	path := web.RoleURL(w.bench.institution, w.bench.subject, role, w.bench.next())
	status, _, err := to.ask(post(to.address, path, w.cookie, "once="+mark()))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("%s: status %d", w.bench.next(), status)
	}
	if err == nil {
		w.bench.suspended = !w.bench.suspended
	}
	return err
}

// changing is a client at a workbench of its own, or, where there are more clients, in turn with others.
func changing(address string, workers []*worker) job {
	return func(client int) (func() error, func()) {
		w := &wire{address: address}
		at := workers[client%len(workers)]
		return func() error { return at.change(w) }, w.close
	}
}

// mark is a form's one-time mark.
func mark() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// whileChanging does something while so many changes a second are made, and tells what came of them.
func whileChanging(address string, workers []*worker, rate float64, d time.Duration, do func()) run {
	var changes run
	var both sync.WaitGroup
	both.Go(func() { changes = open(rate, len(workers), d, changing(address, workers)) })
	do()
	both.Wait()
	return changes
}
