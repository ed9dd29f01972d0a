package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// rivalFixture is an institution with two Administrators of SEND who act on each other at the same instant. A third one
// re-enables the suspended one, and keeps P3 from refusing the second suspension.
type rivalFixture struct {
	service       *users.Service
	institution   access.InstitutionID
	ada, eva, leo access.UserID
}

var administrator = access.Target{Product: "prod-pn", Role: "admin"}

func newRivalFixture(t *testing.T, without bool) rivalFixture {
	t.Helper()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	d := rivalFixture{
		institution: i.ID,
		leo:         i.Admin("Leo Verdi", "prod-pn"), ada: i.Admin("Ada Neri", "prod-pn"), eva: i.Admin("Eva Bruni", "prod-pn"),
	}
	s := store.New(db.App, seed.Keys(t))
	if without {
		s = store.WithoutLock(s)
	}
	d.service = users.New(s, nil, time.Now)
	return d
}

func (d rivalFixture) change(actor, subject access.UserID) users.Command {
	return users.Command{Institution: d.institution, Actor: actor, Subject: subject, Target: administrator, Key: newKey()}
}

// suspendEachOther lets the two suspend each other, and returns both results.
func (d rivalFixture) suspendEachOther(ctx context.Context) (ada, eva error) {
	start, done := make(chan struct{}), make(chan error, 1)
	go func() {
		<-start
		done <- d.service.Suspend(ctx, d.change(d.ada, d.eva))
	}()
	close(start)
	eva = d.service.Suspend(ctx, d.change(d.eva, d.ada))
	return <-done, eva
}

// rounds is the number in docs/quality.md: "500 times of 500".
const rounds = 500

// P1, P3: the one who is suspended first cannot suspend the other any more.
func TestOfTwoWhoSuspendEachOtherExactlyOneSucceeds(t *testing.T) {
	t.Parallel()
	d := newRivalFixture(t, false)
	for n := range rounds {
		ada, eva := d.suspendEachOther(t.Context())
		winner, loser, loss := d.ada, d.eva, eva
		if ada != nil {
			winner, loser, loss = d.eva, d.ada, ada
		}
		if (ada == nil) == (eva == nil) {
			t.Fatalf("round %d: both or neither: %v, %v", n, ada, eva)
		}
		var no *access.Refusal
		if !errors.As(loss, &no) || (no.Reason != access.NotAdministrator && no.Reason != access.NoPowers) {
			t.Fatalf("round %d: %s loses to %s by %v", n, loser, winner, loss)
		}
		if err := d.service.Reactivate(t.Context(), d.change(d.leo, loser)); err != nil {
			t.Fatalf("round %d: %v", n, err)
		}
	}
}

// Without the lock, both succeed sooner or later, each by a power that the other removes.
func TestWithoutTheLockBothSucceed(t *testing.T) {
	t.Parallel()
	d := newRivalFixture(t, true)
	for range rounds {
		ada, eva := d.suspendEachOther(t.Context())
		if ada == nil && eva == nil {
			return
		}
		for _, subject := range []access.UserID{d.ada, d.eva} {
			_ = d.service.Reactivate(t.Context(), d.change(d.leo, subject)) // refused for the one who is active
		}
	}
	t.Errorf("never in %d rounds: the test of the lock proves nothing", rounds)
}
