package users_test

import (
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
)

var interop, send = access.Target{Product: "prod-interop"}, access.Target{Product: "prod-pn"}

// members counts the members of a group in the database.
func (o fixture) members(t *testing.T, g access.GroupID) int {
	t.Helper()
	return o.count(t, `SELECT count(*) FROM group_member WHERE "group" = $1`, g)
}

// Each change of a group takes effect once, with one event without a subject, and queues no e-mail.
func TestGroupFromCreationToDeletion(t *testing.T) { // P9, D5
	t.Parallel()
	o := setup(t)
	ctx := t.Context()
	create := o.change(o.anna, "", interop)
	g, err := o.service.CreateGroup(ctx, create, "Sviluppo")
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.service.CreateGroup(ctx, create, "Sviluppo"); err != nil || again != g {
		t.Errorf("the same form again: %s, %v", again, err)
	}
	steps := []struct {
		name string
		c    users.Command
		do   func(users.Command) error
		in   int
	}{
		{"join", o.change(o.anna, o.oto, interop), func(c users.Command) error { return o.service.Join(ctx, c, g) }, 1},
		{"rename", o.change(o.anna, "", interop), func(c users.Command) error { return o.service.RenameGroup(ctx, c, g, "Altro") }, 1},
		{"suspend", o.change(o.anna, "", interop), func(c users.Command) error { return o.service.SuspendGroup(ctx, c, g) }, 1},
		{"leave, suspended", o.change(o.anna, o.oto, interop), func(c users.Command) error { return o.service.Leave(ctx, c, g) }, 0},
		{"re-enable", o.change(o.anna, "", interop), func(c users.Command) error { return o.service.ReactivateGroup(ctx, c, g) }, 0},
		{"join, the actor", o.change(o.anna, o.anna, interop), func(c users.Command) error { return o.service.Join(ctx, c, g) }, 1},
		{"delete", o.change(o.anna, "", interop), func(c users.Command) error { return o.service.DeleteGroup(ctx, c, g) }, 0},
	}
	for n, step := range steps {
		for range 2 { // the same form twice
			if err := step.do(step.c); err != nil {
				t.Fatalf("%s: %v", step.name, err)
			}
		}
		if got := o.members(t, g); got != step.in {
			t.Errorf("%s: %d members", step.name, got)
		}
		if got := o.count(t, `SELECT count(*) FROM audit_event WHERE action LIKE '%group' OR action IN ('join', 'leave')`); got != n+2 {
			t.Errorf("%s: %d events of %d changes", step.name, got, n+2)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE action LIKE '%group' AND subject IS NOT NULL`); n != 0 {
		t.Errorf("%d events about a group name a person", n)
	}
	if o.count(t, `SELECT count(*) FROM user_group WHERE id = $1`, g) != 0 || o.holds(t, o.oto, api) != access.Active {
		t.Error("the group was not deleted, or a role was")
	}
}

// An actor who does not administer the group's product is refused, even if the form names another product.
func TestOnlyAdministratorsOfTheProductChangeItsGroups(t *testing.T) { // P1, V9
	t.Parallel()
	o := setup(t)
	ctx := t.Context()
	ivo := o.institution.Admin("Ivo Rossi", "prod-io")
	g, closed := o.institution.Group("prod-interop", "Ufficio"), o.institution.SuspendedGroup("prod-interop", "Chiuso")
	o.institution.Join("Oto Neri", "prod-interop", "Ufficio")
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api")
	operations := map[string]func(users.Command) error{
		"create":    func(c users.Command) error { _, err := o.service.CreateGroup(ctx, c, "Nuovo"); return err },
		"rename":    func(c users.Command) error { return o.service.RenameGroup(ctx, c, g, "Nuovo") },
		"suspend":   func(c users.Command) error { return o.service.SuspendGroup(ctx, c, g) },
		"re-enable": func(c users.Command) error { return o.service.ReactivateGroup(ctx, c, closed) },
		"delete":    func(c users.Command) error { return o.service.DeleteGroup(ctx, c, g) },
		"join":      func(c users.Command) error { c.Subject = pia; return o.service.Join(ctx, c, g) },
		"leave":     func(c users.Command) error { c.Subject = o.oto; return o.service.Leave(ctx, c, g) },
	}
	for name, do := range operations {
		if got := reason(do(o.change(ivo, "", interop))); got != access.NotAdministrator {
			t.Errorf("%s by another product's Administrator: %q", name, got)
		}
		if got := reason(do(o.change(ivo, "", access.Target{Product: "prod-io"}))); got != access.NoGroup && name != "create" {
			t.Errorf("%s with another product in the form: %q", name, got)
		}
		want := access.NotAnyAdministrator
		switch name {
		case "join":
			want = access.NotVisible
		case "leave": // an Operator sees their own profile
			want = access.NotAdministrator
		}
		if got := reason(do(o.change(o.oto, "", interop))); got != want {
			t.Errorf("%s by an Operator: %q, want %q", name, got, want)
		}
		if got := reason(do(o.change("00000000-0000-4000-8000-000000000000", "", interop))); got != access.NoPowers {
			t.Errorf("%s by an unknown user: %q", name, got)
		}
	}
	n := o.count(t, `SELECT count(*) FROM audit_event WHERE action LIKE '%group' OR action IN ('join', 'leave')`)
	if n != 1 { // the group that Ivo created
		t.Errorf("%d events", n)
	}
}

// A group is deleted while a user joins it. In either order, no membership is left without its group.
func TestAGroupIsDeletedWhileAUserJoins(t *testing.T) {
	t.Parallel()
	o := setup(t)
	ctx := t.Context()
	joined := 0
	for round := range 30 {
		g, err := o.service.CreateGroup(ctx, o.change(o.anna, "", interop), "Breve")
		if err != nil {
			t.Fatal(err)
		}
		var join, remove error
		var wg sync.WaitGroup
		wg.Go(func() { join = o.service.Join(ctx, o.change(o.anna, o.oto, interop), g) })
		wg.Go(func() { remove = o.service.DeleteGroup(ctx, o.change(o.anna, "", interop), g) })
		wg.Wait()
		if remove != nil || (join != nil && reason(join) != access.NoGroup) {
			t.Fatalf("round %d: join %v, delete %v", round, join, remove)
		}
		if join == nil {
			joined++
		}
		if n := o.members(t, g); n != 0 {
			t.Fatalf("round %d: %d members of a deleted group", round, n)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'join'`); n != joined {
		t.Errorf("%d events of %d joins", n, joined)
	}
}

// Two requests give the same name at the same time, to a new group and to an existing one. One is refused.
func TestTwoGroupsDoNotGetTheSameName(t *testing.T) {
	t.Parallel()
	o := setup(t)
	ctx := t.Context()
	other := o.institution.Group("prod-interop", "Altro")
	var made, renamed error
	var wg sync.WaitGroup
	wg.Go(func() { _, made = o.service.CreateGroup(ctx, o.change(o.anna, "", interop), "Caffè") })
	wg.Go(func() { renamed = o.service.RenameGroup(ctx, o.change(o.anna, "", interop), other, "CAFFE") })
	wg.Wait()
	if (made == nil) == (renamed == nil) || (reason(made) != access.GroupNameTaken && reason(renamed) != access.GroupNameTaken) {
		t.Errorf("created: %v, renamed: %v", made, renamed)
	}
}

// A bulk join that stopped before the second user is finished by sending the form again.
func TestBulkJoinResumes(t *testing.T) {
	t.Parallel()
	o := setup(t)
	ctx := t.Context()
	g := o.institution.Group("prod-interop", "Ufficio")
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api")
	c := o.change(o.anna, "", interop)
	first := c
	first.Subject, first.Key = o.oto, c.Key.Derive(string(o.oto))
	if err := o.service.Join(ctx, first, g); err != nil { // the first item
		t.Fatal(err)
	}
	parts := []users.BulkItem{{User: o.oto, Group: g}, {User: pia, Group: g}}
	for range 2 {
		if err := o.service.ApplyBulk(ctx, c, access.Join, parts); err != nil {
			t.Fatal(err)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'join'`); n != 2 || o.members(t, g) != 2 {
		t.Errorf("%d events, %d members", n, o.members(t, g))
	}
	if n := o.count(t, `SELECT count(*) FROM bulk_result, jsonb_array_elements(results) r WHERE r->>'reason' IS NOT NULL`); n != 0 {
		t.Errorf("%d results are refusals", n)
	}
}
