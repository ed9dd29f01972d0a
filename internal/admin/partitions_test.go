package admin_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/migrations"
)

// D5: the log is divided into partitions while changes go on: no change fails, and no event is missing, also where an
// institution has more of them than one statement copies.
func TestTheLogIsDividedWhileChangesGoOn(t *testing.T) {
	t.Parallel()
	pgtest.New(t) // makes the application's login
	db := pgtest.Blank(t)
	provider, err := migrations.Provider(db.Owner, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = provider.Close() }()
	if _, err := provider.UpTo(t.Context(), 15); err != nil {
		t.Fatal(err)
	}
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	large := s.Institution("Comune Grande", "PA").Product("prod-interop").ID
	const many = 10_001
	if err := st.Change(t.Context(), large, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
		events := make([]audit.Event, many)
		for i := range events {
			events[i] = audit.Event{At: time.Now(), Action: access.Export}
		}
		return tx.Record(ctx, events...)
	}); err != nil {
		t.Fatal(err)
	}
	service := users.New(st, nil, time.Now)
	var acknowledged atomic.Int64
	var changes sync.WaitGroup
	divided := make(chan struct{})
	started := make(chan struct{}, 3)
	for n := range 3 {
		i := s.Institution(fmt.Sprintf("Comune%c di Prova", 'a'+n), "PA").Product("prod-interop")
		c := users.Command{
			Institution: i.ID, Actor: i.Admin("Anna Bianchi", "prod-interop"), Subject: i.User("Oto Neri", "prod-interop/api"),
			Target: access.Target{Product: "prod-interop", Role: "api"},
		}
		changes.Go(func() {
			for {
				for _, do := range []func(context.Context, users.Command) error{service.Suspend, service.Reactivate} {
					c.Key = store.IdempotencyKey(uuid.NewString())
					if err := do(t.Context(), c); err != nil {
						t.Error(err)
						started <- struct{}{}
						return
					}
					acknowledged.Add(1)
				}
				select {
				case started <- struct{}{}:
				case <-divided:
					return
				default:
				}
			}
		})
	}
	for range 3 {
		<-started
	}
	_, err = provider.Up(t.Context())
	close(divided)
	changes.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	var events int64
	if err := db.Owner.QueryRow(t.Context(), `
		SELECT count(*) FROM audit_event WHERE action IN ('export', 'suspend', 'reactivate')`).Scan(&events); err != nil ||
		events != many+acknowledged.Load() {
		t.Errorf("%d events, want %d; %v", events, many+acknowledged.Load(), err)
	}
	var partitions, mirrored int
	if err := db.Owner.QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_event'::regclass),
		       (SELECT count(*) FROM pg_trigger WHERE tgname ~ 'copy')`).Scan(&partitions, &mirrored); err != nil ||
		partitions != 16 || mirrored != 0 {
		t.Errorf("%d partitions, %d triggers left that copy; %v", partitions, mirrored, err)
	}
	if missing := eventsWithoutDay(t, db); missing != 0 {
		t.Errorf("%d events are in no day", missing)
	}
}

// eventsWithoutDay is the number of events that no day's range has.
func eventsWithoutDay(t *testing.T, db *pgtest.DB) (n int) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), `
		SELECT count(*) FROM audit_event e WHERE NOT EXISTS (
			SELECT FROM audit_day d WHERE d.institution = e.institution AND d.day = (e.at AT TIME ZONE 'Europe/Rome')::date
			AND e.seq BETWEEN d.first_seq AND d.last_seq)`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
