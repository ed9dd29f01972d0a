package users_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/store/outbox"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// runOutboxProcess runs a worker of the outbox in a process of its own, which a test can kill.
func runOutboxProcess(url string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pool, err := pgxpool.New(ctx, url)
	if err == nil {
		var queue *notify.Queue
		if queue, err = notify.NewQueue(pool); err == nil {
			users.NewOutbox(pool, queue, slog.Default()).Run(ctx)
			return 0
		}
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// waitUntil waits for a condition in the database.
func (o fixture) waitUntil(t *testing.T, sql string) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for o.count(t, `SELECT (`+sql+`)::int`) == 0 {
		select {
		case <-limit:
			t.Fatalf("still not: %s", sql)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// D6: a worker that is killed after it has dispatched e-mails, and before it has deleted them from the outbox, sends none
// twice; the next one deletes them. The e-mails of a form to one mailbox, which are merged there, are no exception.
func TestAWorkerKilledBeforeItDeletesSendsNoEmailTwice(t *testing.T) {
	t.Parallel()
	o := setup(t)
	o.service = users.New(o.store, nil, time.Now)
	if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	if err := o.service.ApplyBulk(t.Context(), c, access.Suspend, []users.BulkItem{
		{User: o.oto, Roles: []access.Target{security}},
		{User: o.institution.User("Pia Gialli", "prod-interop/api"), Roles: []access.Target{api}},
	}); err != nil {
		t.Fatal(err)
	}
	const posted = 3
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != posted || o.count(t, `SELECT count(*) FROM river_job`) != 0 {
		t.Fatalf("%d entries, want %d and no e-mail", n, posted)
	}
	tx, err := o.db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	// The worker reads without locks, so that it dispatches; its deletion waits.
	if _, err := tx.Exec(t.Context(), `SELECT FROM outbox FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	doomed := exec.CommandContext(t.Context(), os.Args[0])
	doomed.Env = append(os.Environ(), "TEST_OUTBOX_DATABASE="+o.db.AppURL)
	if err := doomed.Start(); err != nil {
		t.Fatal(err)
	}
	const deletes = `FROM pg_stat_activity
		WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM outbox%'`
	o.waitUntil(t, `SELECT count(*) = 1 `+deletes)
	if err := doomed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = doomed.Wait()
	// Its connection outlives it for as long as it waits.
	if _, err := o.db.Owner.Exec(t.Context(), `SELECT pg_terminate_backend(pid) `+deletes); err != nil {
		t.Fatal(err)
	}
	o.waitUntil(t, `SELECT count(*) = 0 `+deletes)
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != posted {
		t.Fatalf("%d entries are left, want all %d", n, posted)
	}
	outboxtest.Deliver(t, o.db.App)()
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d entries are still there", n)
	}
	if n := o.count(t, `SELECT sum(1 + coalesce(jsonb_array_length(args->'More'), 0)) FROM river_job`); n != posted {
		t.Errorf("%d e-mails, want %d", n, posted)
	}
}

// An erasure deletes the user's e-mails also while a worker is putting them into the queue.
func TestAnErasureFindsAnEmailThatIsBeingDispatched(t *testing.T) {
	t.Parallel()
	o := setup(t)
	o.service = users.New(o.store, nil, time.Now)
	pia := o.institution.User("Pia Gialli", "prod-interop/api")
	if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, security)); err != nil {
		t.Fatal(err)
	}
	outboxtest.Deliver(t, o.db.App)()
	for _, user := range []access.UserID{o.oto, pia} {
		if err := o.service.Suspend(t.Context(), o.change(o.anna, user, api)); err != nil {
			t.Fatal(err)
		}
	}
	queue, err := notify.NewQueue(o.db.App)
	if err != nil {
		t.Fatal(err)
	}
	reached, goOn, dispatched := make(chan struct{}), make(chan struct{}), make(chan error)
	handle := func(ctx context.Context, tx pgx.Tx, e outbox.Entry) error {
		err := queue.Dispatch(ctx, tx, e)
		if e.Seq == 3 {
			close(reached)
			<-goOn
		}
		return err
	}
	handlers := map[outbox.Kind]outbox.Handler{outbox.Email: handle}
	go func() {
		dispatched <- outbox.NewWorker(o.db.App, handlers, slog.New(slog.DiscardHandler)).Drain(context.Background())
	}()
	<-reached
	var deleted int
	erased := make(chan error)
	go func() {
		erased <- pgx.BeginFunc(context.Background(), o.db.Owner, func(tx pgx.Tx) (err error) {
			deleted, err = notify.DeleteFor(context.Background(), tx, []access.UserID{o.oto})
			return err
		})
	}()
	o.waitUntil(t, `SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
	close(goOn)
	if err := errors.Join(<-dispatched, <-erased); err != nil || deleted != 2 {
		t.Errorf("%d e-mails, %v", deleted, err)
	}
	const left = `SELECT (SELECT count(*) FROM outbox WHERE payload::text ~ $1) + (SELECT count(*) FROM river_job WHERE args::text ~ $1)`
	if n, others := o.count(t, left, o.oto), o.count(t, left, pia); n != 0 || others != 1 {
		t.Errorf("%d of the erased user's, %d of the other's, want 0 and 1", n, others)
	}
}

// Several workers dispatch each entry once, in the order of the institution's changes, while changes go on.
func TestWorkersDispatchInOrderAndOnce(t *testing.T) {
	t.Parallel()
	o := setup(t)
	var seen sync.Map // entries by institution and number
	var mu sync.Mutex
	last := map[access.InstitutionID]int64{}
	handle := func(_ context.Context, _ pgx.Tx, e outbox.Entry) error {
		if _, twice := seen.LoadOrStore(fmt.Sprint(e.Institution, e.Seq), true); twice {
			t.Errorf("%d twice", e.Seq)
		}
		mu.Lock()
		defer mu.Unlock()
		if e.Seq != last[e.Institution]+1 {
			t.Errorf("%d after %d", e.Seq, last[e.Institution])
		}
		last[e.Institution] = e.Seq
		return nil
	}
	ctx, stop := context.WithCancel(t.Context())
	var workers, changes sync.WaitGroup
	var all []*outbox.Worker
	for range 3 {
		w := outbox.NewWorker(o.db.App, map[outbox.Kind]outbox.Handler{outbox.Email: handle}, slog.New(slog.DiscardHandler))
		all = append(all, w)
		workers.Go(func() { w.Run(ctx) })
	}
	const rounds = 40
	for range 2 {
		changes.Go(func() {
			for range rounds {
				if err := o.post(t, 3); err != nil {
					t.Error(err)
				}
				for _, w := range all {
					w.Wake()
				}
			}
		})
	}
	changes.Wait()
	o.waitUntil(t, `SELECT count(*) = 0 FROM outbox`)
	stop()
	workers.Wait()
	if last[o.institution.ID] != 2*rounds*3 {
		t.Errorf("%d were dispatched, want %d", last[o.institution.ID], 2*rounds*3)
	}
}

// An entry of a kind that this release does not know stays, with what follows in its institution, for the release that
// does. Other institutions' entries do not wait.
func TestAnEntryOfANewerReleaseWaitsForIt(t *testing.T) {
	t.Parallel()
	o := setup(t)
	other := seed.New(t, o.db.Owner, seed.Keys(t)).Institution("Comune Altro", "PA").Product("prod-pn")
	post := func(i access.InstitutionID, kinds ...outbox.Kind) {
		t.Helper()
		err := o.store.Change(t.Context(), i, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
			for _, kind := range kinds {
				if err := tx.Post(ctx, outbox.Entry{Kind: kind}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	post(o.institution.ID, "known", "newer", "known")
	post(other.ID, "known")
	done := map[outbox.Kind]int{}
	handle := func(_ context.Context, _ pgx.Tx, e outbox.Entry) error { done[e.Kind]++; return nil }
	drain := func(kinds ...outbox.Kind) {
		t.Helper()
		handlers := map[outbox.Kind]outbox.Handler{}
		for _, kind := range kinds {
			handlers[kind] = handle
		}
		if err := outbox.NewWorker(o.db.App, handlers, slog.New(slog.DiscardHandler)).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	drain("known")
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != 2 || done["known"] != 2 {
		t.Errorf("the release before: %d are left, done %v", n, done)
	}
	drain("known", "newer")
	if n := o.count(t, `SELECT count(*) FROM outbox`); n != 0 || done["known"] != 3 || done["newer"] != 1 {
		t.Errorf("the newer release: %d are left, done %v", n, done)
	}
}

// post posts entries in a change of their own.
func (o fixture) post(t *testing.T, n int) error {
	t.Helper()
	return o.store.Change(t.Context(), o.institution.ID, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
		return tx.Post(ctx, slices.Repeat([]outbox.Entry{{Kind: outbox.Email}}, n)...)
	})
}
