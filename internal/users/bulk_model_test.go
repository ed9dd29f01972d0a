package users_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// Random bulk actions: each user's result is what the user's own page offers, and log, state, lists and counts agree
// afterwards.
func TestBulkActionsDoWhatEachPageOffers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	st := store.New(db.App, seed.Keys(t))
	number := uint64(time.Now().UnixNano())
	t.Logf("seed %d", number)
	r := rand.New(rand.NewPCG(number, 0))
	done := map[access.Action]int{}
	for n := range 4 {
		w := newModelFixture(t, s, st, fmt.Sprintf("Paese%c", 'a'+n))
		for range 40 {
			action := pick(r, []access.Action{
				access.Suspend, access.Suspend, access.Reactivate, access.Reactivate, access.Reactivate, access.Join, access.Remove,
			})
			if action == access.Remove && r.IntN(3) > 0 {
				continue // rarely, or there are soon no users
			}
			c := users.Command{
				Institution: w.institution, Actor: pick(r, w.people[:3]), Target: access.Target{Product: pick(r, products)},
				Key: drawKey(r),
			}
			parts, want := w.bulkParts(t, r, c, action)
			if err := w.service.ApplyBulk(t.Context(), c, action, parts); err != nil {
				t.Fatalf("seed %d: %v", number, err)
			}
			got := fixture{store: st}.results(t, c)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("seed %d: %s by %s on %s (-offered +done):\n%s", number, action, c.Actor, c.Target.Product, diff)
			}
			for _, why := range got {
				if why == "" {
					done[action]++
				}
			}
		}
		w.checkAudit(t, db)
	}
	t.Log(done)
	for _, action := range []access.Action{access.Suspend, access.Reactivate, access.Join, access.Remove} {
		if done[action] == 0 {
			t.Errorf("%s never took effect: the test shows nothing about it", action)
		}
	}
}

// bulkParts draws the items of a bulk action on all people, with the reasons that access gives for each now.
func (w modelFixture) bulkParts(
	t *testing.T, r *rand.Rand, c users.Command, action access.Action,
) ([]users.BulkItem, map[access.UserID]access.Reason) {
	t.Helper()
	q := w.store.Query()
	var actor access.User
	var people []access.User
	var all []access.Product
	var groups []access.Group
	q.User(&actor, w.institution, c.Actor)
	q.Users(&people, w.institution, w.people)
	q.Products(&all, w.institution)
	q.Groups(&groups, w.institution)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var parts []users.BulkItem
	want := map[access.UserID]access.Reason{}
	for _, user := range people {
		p := access.Profile{Actor: actor, Subject: user, Products: all, Groups: groups}
		part := users.BulkItem{User: user.ID, Group: pick(r, w.groups).ID}
		if action == access.Join {
			want[user.ID] = p.WhyNotJoin(c.Target.Product, part.Group)
			parts = append(parts, part)
			continue
		}
		for _, a := range user.AssignmentsOn(c.Target.Product) {
			at := access.Target{Product: a.Product, Role: a.Role}
			if why := p.WhyNot(action, at); why != "" && r.IntN(2) == 0 {
				continue // the page leaves it out
			} else if want[user.ID] == "" {
				want[user.ID] = why
			}
			part.Roles = append(part.Roles, at)
		}
		if len(part.Roles) > 0 {
			parts = append(parts, part)
		} else {
			delete(want, user.ID)
		}
	}
	return parts, want
}
