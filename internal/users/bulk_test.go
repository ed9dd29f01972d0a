package users_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

var security = access.Target{Product: "prod-interop", Role: "security"}

// results are the saved results of a bulk action, by user.
func (o fixture) results(t *testing.T, c users.Command) map[access.UserID]access.Reason {
	t.Helper()
	q := o.store.Query()
	var did store.BulkResult
	q.BulkResult(&did, c.Institution, c.Actor, c.Key, time.Time{})
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	all := map[access.UserID]access.Reason{}
	for _, r := range did.Results {
		all[r.User] = r.Reason
	}
	return all
}

func TestRolesOfOneUserChangeTogether(t *testing.T) { // P6
	t.Parallel()
	o := setup(t)
	both := []access.Target{api, security}
	all := func(do string, roles []access.Target) error {
		c := o.change(o.anna, o.oto, access.Target{})
		switch do {
		case "suspend":
			return o.service.SuspendAll(t.Context(), c, roles)
		case "reactivate":
			return o.service.ReactivateAll(t.Context(), c, roles)
		default:
			_, err := o.service.RemoveAll(t.Context(), c, roles)
			return err
		}
	}
	events := func() int { return o.count(t, `SELECT count(*) FROM audit_event`) }
	steps := []struct {
		do            string
		roles         []access.Target
		why           access.Reason
		first, second access.Status // of the two roles, afterwards
		events        int
	}{
		{"suspend", []access.Target{security}, "", access.Active, access.Suspended, 1},
		{"suspend", both, access.NotActive, access.Active, access.Suspended, 0},
		{"reactivate", both, access.NotSuspended, access.Active, access.Suspended, 0},
		{"suspend", []access.Target{api, api}, access.NotHeld, access.Active, access.Suspended, 0}, // named twice
		{"suspend", nil, access.NoSuchRole, access.Active, access.Suspended, 0},
		{"suspend", []access.Target{api, foreign}, access.NotAdministrator, access.Active, access.Suspended, 0},
		{"reactivate", []access.Target{security}, "", access.Active, access.Active, 1},
		{"suspend", both, "", access.Suspended, access.Suspended, 2},
		{"reactivate", both, "", access.Active, access.Active, 2},
		{"remove", []access.Target{api, {Product: "prod-interop", Role: "viewer"}}, access.NotHeld, access.Active, access.Active, 0},
		{"remove", both, "", "", "", 2},
	}
	for n, step := range steps {
		before := events()
		err := all(step.do, step.roles)
		if got := reason(err); got != step.why || (err != nil) != (step.why != "") {
			t.Errorf("%d, %s: %v, want %q", n, step.do, err, step.why)
		}
		if got := [2]access.Status{o.holds(t, o.oto, api), o.holds(t, o.oto, security)}; got != [2]access.Status{step.first, step.second} {
			t.Errorf("%d, %s: the roles are %q", n, step.do, got)
		}
		if got := events() - before; got != step.events {
			t.Errorf("%d, %s: %d events, want %d", n, step.do, got, step.events)
		}
	}
}

// P7: the same form again returns the same result. With other roles it is refused.
func TestRemovingAllRolesRemovesTheUser(t *testing.T) {
	t.Parallel()
	o := setup(t)
	person, c := seed.Person(t, o.db.Owner, o.oto), o.change(o.anna, o.oto, access.Target{})
	for n := range 2 {
		if gone, err := o.service.RemoveAll(t.Context(), c, []access.Target{api, security}); err != nil || !gone {
			t.Fatalf("attempt %d: gone %v, %v", n+1, gone, err)
		}
	}
	if got := o.count(t, `SELECT count(*) FROM person WHERE id = $1`, person); got != 0 {
		t.Error("the person was not deleted")
	}
	if _, err := o.service.RemoveAll(t.Context(), c, []access.Target{api}); reason(err) != access.FormUsed {
		t.Errorf("the same key for other roles: %v", err)
	}
}

func TestEveryBulkActionHasAnOperation(t *testing.T) {
	t.Parallel()
	o := setup(t)
	office := o.institution.Group("prod-interop", "Ufficio")
	for _, a := range append(access.BulkActions(true), access.Leave) {
		c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
		part := users.BulkItem{User: o.oto, Roles: []access.Target{api}, Group: office}
		if err := o.service.ApplyBulk(t.Context(), c, a, []users.BulkItem{part}); err != nil {
			t.Fatal(err)
		}
		if got := o.results(t, c); len(got) != 1 || got[o.oto] == access.NoRule {
			t.Errorf("%s: %v", a, got)
		}
	}
}

// A refused item does not stop the others. The same form again changes nothing, even if a refused item has become possible.
func TestBulkItemsAreIndependent(t *testing.T) {
	t.Parallel()
	o := setup(t)
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api suspended")
	rino := o.institution.Operator("Rino Verdi", "prod-interop", "security")
	const unknownID access.UserID = "00000000-0000-4000-8000-000000000000"
	o.institution.Group("prod-interop", "Ufficio")
	c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	parts := []users.BulkItem{
		{User: o.oto, Roles: []access.Target{api, security}},
		{User: pia, Roles: []access.Target{api}},
		{User: o.anna, Roles: []access.Target{{Product: "prod-interop", Role: "admin"}}},
		{User: unknownID, Roles: []access.Target{api}},
		{User: rino, Roles: []access.Target{security}},
	}
	want := map[access.UserID]access.Reason{
		o.oto: "", pia: access.NotActive, o.anna: access.SelfAction, unknownID: access.NotVisible, rino: "",
	}
	before := o.count(t, `SELECT count(*) FROM audit_event`)
	for n := range 2 {
		if err := o.service.ApplyBulk(t.Context(), c, access.Suspend, parts); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, o.results(t, c)); diff != "" {
			t.Errorf("attempt %d (-want +got):\n%s", n+1, diff)
		}
		if got := o.count(t, `SELECT count(*) FROM audit_event`) - before; got != 3 {
			t.Errorf("attempt %d: %d events", n+1, got)
		}
		if n == 0 { // make the refused item possible
			if err := o.service.Reactivate(t.Context(), o.change(o.anna, pia, api)); err != nil {
				t.Fatal(err)
			}
			before++
		}
	}
	if got := o.holds(t, pia, api); got != access.Active {
		t.Errorf("refused at first, applied the second time: %q", got)
	}
}

// After an error of the database, the same form again applies the remaining items.
func TestBulkActionResumes(t *testing.T) {
	t.Parallel()
	o := setup(t)
	var parts []users.BulkItem
	for n := range 6 {
		ugo := o.institution.Operator(fmt.Sprint("Ugo Numero", string(rune('a'+n))), "prod-interop", "api", "security")
		parts = append(parts, users.BulkItem{User: ugo, Roles: []access.Target{api, security}})
	}
	owner := func(sql string) {
		if _, err := o.db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	owner(`CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped'; END $$`)
	owner(`CREATE TRIGGER stop BEFORE INSERT ON idempotency_key FOR EACH ROW
		WHEN (NEW.subject = '` + string(parts[3].User) + `') EXECUTE FUNCTION stop()`)
	c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	err := o.service.ApplyBulk(t.Context(), c, access.Suspend, parts)
	var no *access.Refusal
	if err == nil || errors.As(err, &no) {
		t.Fatalf("no error: %v", err)
	}
	suspended := func() (n int) {
		for _, p := range parts {
			if o.holds(t, p.User, api) == access.Suspended && o.holds(t, p.User, security) == access.Suspended {
				n++
			}
		}
		return n
	}
	if n, results := suspended(), o.results(t, c); n != 3 || len(results) != 0 {
		t.Fatalf("%d items applied before the error, %d results saved", n, len(results))
	}
	owner(`DROP TRIGGER stop ON idempotency_key`)
	for range 2 {
		if err := o.service.ApplyBulk(t.Context(), c, access.Suspend, parts); err != nil {
			t.Fatal(err)
		}
		events := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'suspend'`)
		emails := o.count(t, `SELECT count(*) FROM river_job`)
		if n := suspended(); n != 6 || len(o.results(t, c)) != 6 || events != 12 || emails != 6 { // one e-mail a person
			t.Errorf("%d suspended, %d results, %d events, %d e-mails", n, len(o.results(t, c)), events, emails)
		}
	}
}

// D5, D6: one event for each role, one e-mail and one idempotency key for each user. The e-mail says whether the roles were
// the last.
func TestBulkItemsAreRecordedAndNotified(t *testing.T) {
	t.Parallel()
	o := setup(t)
	pia := o.institution.User("Pia Gialli", "prod-interop/api", "prod-pn/operator")
	c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	parts := []users.BulkItem{{User: o.oto, Roles: []access.Target{api, security}}, {User: pia, Roles: []access.Target{api}}}
	if err := o.service.ApplyBulk(t.Context(), c, access.Remove, parts); err != nil {
		t.Fatal(err)
	}
	rows, err := o.db.Owner.Query(t.Context(), `SELECT args->'Email' FROM river_job ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, raw := range sent {
		var email notify.Email
		if err := json.Unmarshal(raw, &email); err != nil {
			t.Fatal(err)
		}
		var roles []string
		for _, r := range email.Roles {
			roles = append(roles, r.Role.It)
		}
		got = append(got, fmt.Sprint(email.Kind, " ", email.Name, " ", strings.Join(roles, ", "), " ", email.Last))
	}
	want := []string{
		"remove Oto Neri Operatore API, Operatore Sicurezza true", "remove Pia Gialli Operatore API false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("e-mails %q", got)
	}
	events := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'remove'`)
	if keys := o.count(t, `SELECT count(*) FROM idempotency_key`); events != 3 || keys != 2 {
		t.Errorf("%d events, %d keys", events, keys)
	}
	if got := o.count(t, `SELECT count(DISTINCT xmin::text) FROM audit_event WHERE action = 'remove'`); got != 2 {
		t.Errorf("%d transactions for two users", got)
	}
	if got := o.count(t, `SELECT count(*) FROM idempotency_key WHERE key = $1`, c.Key.Derive(string(pia))); got != 1 {
		t.Error("no key for the user")
	}
}

func TestUsersJoinAGroupInBulk(t *testing.T) { // P9
	t.Parallel()
	o := setup(t)
	group := o.institution.Group("prod-interop", "Ufficio")
	o.institution.Operator("Pia Gialli", "prod-interop", "api")
	o.institution.Join("Pia Gialli", "prod-interop", "Ufficio")
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api")
	sara := o.institution.Operator("Sara Verdi", "prod-pn", "operator")
	c := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	var parts []users.BulkItem
	for _, user := range []access.UserID{o.anna, o.oto, pia, sara} {
		parts = append(parts, users.BulkItem{User: user, Group: group})
	}
	if err := o.service.ApplyBulk(t.Context(), c, access.Join, parts); err != nil {
		t.Fatal(err)
	}
	want := map[access.UserID]access.Reason{o.anna: "", o.oto: "", pia: access.AlreadyMember, sara: access.NoRoleThere}
	if diff := cmp.Diff(want, o.results(t, c)); diff != "" {
		t.Error(diff)
	}
	if got := o.count(t, `SELECT count(*) FROM group_member WHERE "group" = $1`, group); got != 3 {
		t.Errorf("%d members", got)
	}
	if got := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'join'`); got != 2 {
		t.Errorf("%d events", got)
	}
	none := o.change(o.anna, "", access.Target{Product: "prod-interop"})
	if err := o.service.ApplyBulk(t.Context(), none, access.Edit, parts[:1]); err != nil || o.results(t, none)[o.anna] != access.NoRule {
		t.Errorf("an action that is not a bulk action: %v, %q", err, o.results(t, none))
	}
}
