package users_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

type roleList = []access.RoleID

// P13: an Operator becomes Administrator in one change: one event, one e-mail, the groups stay. The same form again does
// nothing more, and with other roles it is another form.
func TestARoleChangesToTheOtherCategory(t *testing.T) {
	t.Parallel()
	o := setup(t)
	leo := o.institution.Operator("Leo Verdi", "prod-pn", "operator")
	group := o.institution.Group("prod-pn", "Messi")
	if err := o.service.Join(t.Context(), o.change(o.anna, leo, send), group); err != nil {
		t.Fatal(err)
	}
	c := o.change(o.anna, leo, send)
	for range 2 {
		if err := o.service.ChangeRole(t.Context(), c, roleList{"operator"}, roleList{"admin"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := reason(o.service.ChangeRole(t.Context(), c, roleList{"admin"}, roleList{"operator"})); got != access.FormUsed {
		t.Errorf("the form with other roles: %q", got)
	}
	admin, operator := access.Target{Product: "prod-pn", Role: "admin"}, access.Target{Product: "prod-pn", Role: "operator"}
	if o.holds(t, leo, admin) != access.Active || o.holds(t, leo, operator) != "" || o.members(t, group) != 1 {
		t.Errorf("admin %q, operator %q, %d members", o.holds(t, leo, admin), o.holds(t, leo, operator), o.members(t, group))
	}
	if row := o.row(t, "prod-pn", leo); row == nil || row.Category != access.Administrator || len(row.Roles) != 1 {
		t.Errorf("the list shows %+v", row)
	}
	var e access.EventList
	q := o.store.Query()
	q.Events(&e, o.institution.ID, o.anna, access.EventFilter{Subject: leo, Action: access.ChangeRole}, 9)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(e.Events) != 1 || !slices.Equal(e.Events[0].PreviousRoles, roleList{"operator"}) ||
		!slices.Equal(e.Events[0].Roles, roleList{"admin"}) {
		t.Errorf("the log has %+v", e.Events)
	}
	last := o.lastEmail(t)
	if last.id != 1 || last.email.Kind != access.ChangeRole || last.email.From[0].Role.It != "Gestore Notifiche" ||
		last.email.Roles[0].Role.It != "Amministratore" || last.email.Closed || last.email.Others {
		t.Errorf("%d e-mails, the last %+v", last.id, last.email)
	}
}

// P13: of two Administrators who change the same role at once, one does; the form of the other shows roles of before.
func TestTwoChangesOfOneRoleAtOnce(t *testing.T) {
	t.Parallel()
	o := setup(t)
	eva := o.institution.Admin("Eva Gialli", "prod-interop")
	var wait sync.WaitGroup
	var mutex sync.Mutex
	got := map[access.Reason]int{}
	for actor, to := range map[access.UserID]roleList{o.anna: {"viewer"}, eva: {"reviewer"}} {
		wait.Go(func() {
			err := o.service.ChangeRole(t.Context(), o.change(actor, o.oto, interop), roleList{"api", "security"}, to)
			mutex.Lock()
			defer mutex.Unlock()
			got[reason(err)]++
		})
	}
	wait.Wait()
	if want := map[access.Reason]int{"": 1, access.RolesChanged: 1}; !cmp.Equal(want, got) {
		t.Errorf("got %v", got)
	}
	if n := o.count(t, `SELECT count(*) FROM assignment WHERE person = $1`, o.oto); n != 1 {
		t.Errorf("%d roles", n)
	}
}

// P13, P6: a change is undone by its form, unless a role of the product was changed again since, back to the same state
// too. An earlier change of one of the roles cannot be undone after it.
func TestAChangeIsUndoneUnlessChangedSince(t *testing.T) {
	t.Parallel()
	o := setup(t)
	eva := o.institution.Admin("Eva Gialli", "prod-interop")
	group := o.institution.Group("prod-interop", "Sviluppo")
	both, viewer := roleList{"api", "security"}, roleList{"viewer"}
	change := func(actor access.UserID, undoes store.IdempotencyKey, from, to roleList) (store.IdempotencyKey, access.Reason) {
		c := o.change(actor, o.oto, interop)
		c.Undoes = undoes
		return c.Key, reason(o.service.ChangeRole(t.Context(), c, from, to))
	}
	suspension := o.change(o.anna, o.oto, api)
	if err := errors.Join(
		o.service.Suspend(t.Context(), suspension),
		o.service.Reactivate(t.Context(), o.change(o.anna, o.oto, api)),
	); err != nil {
		t.Fatal(err)
	}
	reenabled := o.change(o.anna, o.oto, api)
	if err := errors.Join(
		o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)), o.service.Reactivate(t.Context(), reenabled),
	); err != nil {
		t.Fatal(err)
	}
	first, why := change(o.anna, "", both, viewer)
	if why != "" {
		t.Fatal(why)
	}
	if err := o.service.Join(t.Context(), o.change(o.anna, o.oto, interop), group); err != nil { // changes no role
		t.Fatal(err)
	}
	if _, why := change(o.anna, first, viewer, both); why != "" {
		t.Errorf("undone: %q", why)
	}
	undo := o.change(o.anna, o.oto, api)
	undo.Undoes = reenabled.Key
	if got := reason(o.service.Suspend(t.Context(), undo)); got != access.ChangedSince {
		t.Errorf("an earlier change of a role of the change: %q", got)
	}
	second, _ := change(o.anna, "", both, viewer)
	for _, roles := range [][2]roleList{{viewer, both}, {both, viewer}} {
		if _, why := change(eva, "", roles[0], roles[1]); why != "" {
			t.Fatal(why)
		}
	}
	if _, why := change(o.anna, second, viewer, both); why != access.ChangedSince {
		t.Errorf("changed there and back by a colleague: %q", why)
	}
	third, _ := change(o.anna, "", viewer, roleList{"api"})
	if err := o.service.Assign(t.Context(), o.change(eva, o.oto, interop), roleList{"security"}); err != nil {
		t.Fatal(err)
	}
	if _, why := change(o.anna, third, both, viewer); why != access.ChangedSince {
		t.Errorf("another role assigned since: %q", why)
	}
}

// P3: the decision lets no actor change their own role, so the last active Administrator stays. The database holds it too.
func TestTheLastAdministratorCannotBecomeOperator(t *testing.T) {
	t.Parallel()
	o := setup(t)
	own := o.change(o.anna, o.anna, send)
	if got := reason(o.service.ChangeRole(t.Context(), own, roleList{"admin"}, roleList{"operator"})); got != access.SelfAction {
		t.Errorf("oneself: %q", got)
	}
	err := o.store.Change(t.Context(), o.institution.ID, access.ChangeRole, func(ctx context.Context, tx *store.Tx) error {
		return tx.ChangeRoles(ctx, o.anna, "prod-pn", roleList{"admin"}, roleList{"operator"}, access.Operator)
	})
	var no *access.Refusal
	if !errors.As(err, &no) || no.Reason != access.LastAdministrator || no.Action != access.ChangeRole {
		t.Errorf("got %v", err)
	}
}

// P13: over random histories, a change of role and the change back leave roles, states and groups as they were.
func TestChangeThereAndBackIsTheIdentityOnTheProfile(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	w := newModelFixture(t, s, store.New(db.App, seed.Keys(t)), "Paese")
	number := runSeed(t)
	r := rand.New(rand.NewPCG(number, 1))
	seen := map[string]int{}
	for range 400 {
		c := w.drawOperation(r)
		done, err := w.execute(t.Context(), c)
		if err != nil {
			t.Fatalf("SEED=%d: %v", number, err)
		}
		w.apply(done, 12)
		c.command = users.Command{
			Institution: w.institution, Actor: w.people[r.IntN(3)], Subject: pick(r, w.people), Target: access.Target{Product: pick(r, products)},
		}
		to := drawRoles(r, c.command.Target.Product)
		from := w.drawActive(r, c.command)
		before := w.profileText(t, c.command)
		c.command.Key = drawKey(r)
		if reason(w.service.ChangeRole(t.Context(), c.command, from, to)) != "" {
			seen["refused"]++
			continue
		}
		changed := w.profileText(t, c.command)
		c.command.Key = drawKey(r)
		if why := reason(w.service.ChangeRole(t.Context(), c.command, to, from)); why != "" {
			seen[string(why)]++ // from a role that is not assigned here
			continue
		}
		if got := w.profileText(t, c.command); got != before || changed == before {
			t.Fatalf("SEED=%d: before\n%s, changed to %v\n%s, back to %v\n%s", number, before, to, changed, from, got)
		}
		seen["back"]++
	}
	t.Log(seen)
	if seen["back"] < 10 {
		t.Errorf("%v: the property was hardly tested", seen)
	}
	w.checkAudit(t, db)
}

func drawRoles(r *rand.Rand, product access.ProductID) roleList {
	drawn := roleList{pick(r, roles[product])}
	if other := pick(r, roles[product]); r.IntN(3) == 0 && other != drawn[0] {
		drawn = append(drawn, other)
	}
	return drawn
}

// profileText is the subject's profile without its version, with the row of the list.
func (w modelFixture) profileText(t *testing.T, c users.Command) string {
	t.Helper()
	var user access.User
	q := w.store.Query()
	q.Subject(&user, c.Institution, c.Subject)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %s %v %v %v", user.Name(), user.Email, user.Assignments, user.Groups, user.HasInactiveRoles)
}
