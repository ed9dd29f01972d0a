package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// Of an actor's check pages the newest ten are kept, and those of others stay.
func TestTheNewestCheckPagesAreKept(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-interop")
	anna, eva := i.Admin("Anna Bianchi", "prod-interop"), i.Admin("Eva Bruni", "prod-interop")
	st := store.New(db.App, seed.Keys(t))
	start := time.Now()
	prepare := func(actor access.UserID, n int) store.IdempotencyKey {
		t.Helper()
		f := store.PreparedForm{
			Kind:    store.PreparedImport,
			Key:     store.IdempotencyKey(uuid.NewString()),
			Actor:   actor,
			Content: []byte("x"),
			At:      start.Add(time.Duration(n) * time.Second),
		}
		if err := st.PrepareForm(t.Context(), i.ID, f); err != nil {
			t.Fatal(err)
		}
		return f.Key
	}
	of := prepare(eva, 0)
	var keys []store.IdempotencyKey
	for n := range 12 {
		keys = append(keys, prepare(anna, n))
	}
	isKept := func(actor access.UserID, key store.IdempotencyKey) bool {
		t.Helper()
		var f store.PreparedForm
		q := st.Query()
		q.PreparedForm(&f, store.PreparedImport, i.ID, actor, key, time.Time{})
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		return f.Key == key
	}
	for n, key := range keys {
		if want := n >= 2; isKept(anna, key) != want {
			t.Errorf("page %d of 12 is kept: %t", n+1, !want)
		}
	}
	if !isKept(eva, of) {
		t.Error("another actor's page is gone")
	}
}

// An institution that adds the person while a change waits for the lock of another one belongs to that change too.
func TestAnInstitutionThatAddsThePersonMeanwhileIsChangedToo(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	first := s.Institution("Comune di Prova", "PA").Product("prod-interop")
	second := s.Institution("Altrove", "PA").Product("prod-interop")
	first.Admin("Anna Bianchi", "prod-interop")
	second.Admin("Anna Bianchi", "prod-interop")
	oto := first.Operator("Oto Neri", "prod-interop", "api")
	st := store.New(db.App, seed.Keys(t))
	var user access.User
	q := st.Query()
	q.User(&user, first.ID, oto)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	held, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := held.Exec(t.Context(), `SELECT FROM institution WHERE id = $1 FOR UPDATE`, first.ID); err != nil {
		t.Fatal(err)
	}
	type outcome struct {
		changed int
		err     error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		o.err = st.ChangeInAllInstitutions(t.Context(), user.Person, func(_ context.Context, all []store.UserChange) error {
			o.changed = len(all)
			return nil
		})
		done <- o
	}()
	for isWaiting := false; !isWaiting; {
		err := db.Owner.QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&isWaiting)
		if err != nil {
			t.Fatal(err)
		}
	}
	second.Operator("Oto Neri", "prod-interop", "api")
	if err := held.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if o := <-done; o.err != nil || o.changed != 2 {
		t.Errorf("%d institutions are changed, want 2: %v", o.changed, o.err)
	}
}
