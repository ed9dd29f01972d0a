package users_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

var sendOperator = access.Target{Product: "prod-pn", Role: "operator"}

// profile loads the subject's profile as seen by the actor.
func (o fixture) profile(t *testing.T, actor, subject access.UserID) access.Profile {
	t.Helper()
	q := o.store.Query()
	p := access.Profile{Institution: access.Institution{ID: o.institution.ID}}
	q.User(&p.Actor, o.institution.ID, actor)
	q.Subject(&p.Subject, o.institution.ID, subject)
	q.Products(&p.Products, o.institution.ID)
	q.Groups(&p.Groups, o.institution.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	return p
}

// row loads the subject's row in a product's list; nil if there is none.
func (o fixture) row(t *testing.T, p access.ProductID, subject access.UserID) *access.Row {
	t.Helper()
	q := o.store.Query()
	var sections []access.Section
	q.Sections(&sections, o.institution.ID, access.Filter{Product: p})
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, r := range sections[0].Rows {
		if r.User == subject {
			return &r
		}
	}
	return nil
}

func TestAssignFirstRole(t *testing.T) { // P4
	t.Parallel()
	o := setup(t)
	c := o.change(o.anna, o.oto, send)
	if err := o.service.Assign(t.Context(), c, []access.RoleID{"operator"}); err != nil {
		t.Fatal(err)
	}
	if got := o.holds(t, o.oto, access.Target{Product: "prod-pn", Role: "operator"}); got != access.Active {
		t.Errorf("the role is %q", got)
	}
	want := &access.Row{
		User: o.oto, FirstName: "Oto", LastName: "Neri", Email: seed.Email("Oto Neri"), Category: access.Operator,
		Roles: []access.HeldRole{{Role: "operator", Status: access.Active}},
	}
	if diff := cmp.Diff(want, o.row(t, "prod-pn", o.oto)); diff != "" {
		t.Errorf("the list: %s", diff)
	}
}

func TestAssignAnotherRole(t *testing.T) { // P5
	t.Parallel()
	o := setup(t)
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api")
	sara := o.institution.Operator("Sara Verdi", "prod-interop", "api suspended")
	for name, row := range map[string]struct {
		subject access.UserID
		roles   []access.RoleID
		want    access.Reason
	}{
		"held already":            {pia, []access.RoleID{"api"}, access.AlreadyHeld},
		"does not combine":        {pia, []access.RoleID{"viewer"}, access.NotCombinable},
		"two that do not combine": {pia, []access.RoleID{"security", "viewer"}, access.NotCombinable},
		"the same one twice":      {pia, []access.RoleID{"security", "security"}, access.AlreadyHeld},
		"of the other category":   {pia, []access.RoleID{"admin"}, access.OtherCategory},
		"while all are suspended": {sara, []access.RoleID{"security"}, access.AllSuspendedThere},
		"none":                    {pia, nil, access.NoSuchRole},
		"own role":                {o.anna, []access.RoleID{"api"}, access.SelfAction},
	} {
		if got := reason(o.service.Assign(t.Context(), o.change(o.anna, row.subject, interop), row.roles)); got != row.want {
			t.Errorf("%s: got %q, want %q", name, got, row.want)
		}
	}
	if n := len(o.row(t, "prod-interop", pia).Roles); n != 1 {
		t.Errorf("%d roles after refusals only", n)
	}
	if err := o.service.Assign(t.Context(), o.change(o.anna, pia, interop), []access.RoleID{"security"}); err != nil {
		t.Fatal(err)
	}
	if n := len(o.row(t, "prod-interop", pia).Roles); n != 2 {
		t.Errorf("%d roles in the list", n)
	}
	if err := o.service.Assign(t.Context(), o.change(o.anna, pia, send), []access.RoleID{"operator"}); err != nil {
		t.Fatal(err)
	}
	if got := reason(o.service.Assign(t.Context(), o.change(o.anna, pia, send), []access.RoleID{"admin"})); got != access.OtherCategory {
		t.Errorf("both categories: got %q", got)
	}
}

// P7: the last role on a product ends the memberships there, the last role of all deletes the user, and the last
// institution the person. The log stays.
func TestRemovingRolesRemovesWhatDependsOnThem(t *testing.T) {
	t.Parallel()
	o := setup(t)
	o.institution.Group("prod-interop", "Ufficio")
	o.institution.Join("Oto Neri", "prod-interop", "Ufficio")
	if err := o.service.Assign(t.Context(), o.change(o.anna, o.oto, send), []access.RoleID{"operator"}); err != nil {
		t.Fatal(err)
	}
	person := seed.Person(t, o.db.Owner, o.oto)
	steps := []struct {
		at     access.Target
		groups int
		gone   bool
	}{
		{api, 1, false},
		{access.Target{Product: "prod-interop", Role: "security"}, 0, false},
		{access.Target{Product: "prod-pn", Role: "operator"}, 0, true},
	}
	var last users.Command
	for _, step := range steps {
		expected := o.profile(t, o.anna, o.oto).PreviewRemoval(step.at)
		last = o.change(o.anna, o.oto, step.at)
		gone, err := o.service.Remove(t.Context(), last)
		if err != nil || gone != step.gone || expected.LastAtAll != step.gone {
			t.Fatalf("%v: gone %v, expected %+v, %v", step.at, gone, expected, err)
		}
		if n := o.count(t, `SELECT count(*) FROM group_member`); n != step.groups {
			t.Errorf("%v: %d memberships", step.at, n)
		}
		if o.row(t, step.at.Product, o.oto) != nil != (step.at == api) {
			t.Errorf("%v: the list is wrong", step.at)
		}
	}
	if gone, err := o.service.Remove(t.Context(), last); !gone || err != nil {
		t.Errorf("the same form again: %v, %v", gone, err)
	}
	if n := o.count(t, `SELECT count(*) FROM person WHERE id = $1`, person); n != 0 {
		t.Errorf("%d persons left", n)
	}
	for _, table := range []string{"app_user WHERE person", "enrolment WHERE person", "listing WHERE person"} {
		if n := o.count(t, `SELECT count(*) FROM `+table+` = $1`, o.oto); n != 0 {
			t.Errorf("%s: %d rows left", table, n)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event
		WHERE subject = $1 AND action = 'remove' AND before->>'status' = 'active' AND after IS NULL`, o.oto); n != 3 {
		t.Errorf("%d events of removals", n)
	}
	if _, err := admin.VerifyAudit(t.Context(), o.db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
}

// P7: removing the last role in one institution keeps the person in another.
func TestPersonStaysInOtherInstitutions(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	here, there := s.Institution("Qui", "PA").Product("prod-pn"), s.Institution("Altrove", "PA").Product("prod-pn")
	anna, oto := here.Admin("Anna Bianchi", "prod-pn"), here.Operator("Oto Neri", "prod-pn", "operator")
	same := there.Admin("Oto Neri", "prod-pn")
	service := users.New(store.New(db.App, seed.Keys(t)), nil, clock)
	gone, err := service.Remove(t.Context(), users.Command{
		Institution: here.ID, Actor: anna, Subject: oto, Target: sendOperator, Key: newKey(),
	})
	if err != nil || !gone {
		t.Fatal(gone, err)
	}
	var left int
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM person p JOIN app_user u ON u.identity = p.id
		WHERE u.person = $1 AND u.institution = $2`, same, there.ID).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d left, %v", left, err)
	}
}

// P7: roles on a product without an active subscription are invisible and keep the user in the institution.
func TestRolesOnAnInactiveProductKeepTheUser(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn", "prod-io inactive")
	anna := i.Admin("Anna Bianchi", "prod-pn", "prod-io")
	oto := i.User("Oto Neri", "prod-pn/operator", "prod-io/referente operativo")
	service := users.New(store.New(db.App, seed.Keys(t)), nil, clock)
	gone, err := service.Remove(t.Context(), users.Command{
		Institution: i.ID, Actor: anna, Subject: oto, Target: sendOperator, Key: newKey(),
	})
	if err != nil || gone {
		t.Errorf("gone %v, %v", gone, err)
	}
}

func TestAUserJoinsAGroup(t *testing.T) { // P9
	t.Parallel()
	o := setup(t)
	office, other := o.institution.Group("prod-interop", "Ufficio"), o.institution.Group("prod-pn", "Messi")
	closed := o.institution.SuspendedGroup("prod-interop", "Vecchio")
	at := interop
	for name, row := range map[string]struct {
		group access.GroupID
		want  access.Reason
	}{
		"suspended": {closed, access.GroupSuspended}, "another product's": {other, access.NoGroup},
		"no group": {"00000000-0000-4000-8000-000000000000", access.NoGroup},
	} {
		if got := reason(o.service.Join(t.Context(), o.change(o.anna, o.oto, at), row.group)); got != row.want {
			t.Errorf("%s: got %q, want %q", name, got, row.want)
		}
	}
	for _, subject := range []access.UserID{o.oto, o.anna} { // also the actor
		if err := o.service.Join(t.Context(), o.change(o.anna, subject, at), office); err != nil {
			t.Fatal(err)
		}
	}
	if got := reason(o.service.Join(t.Context(), o.change(o.anna, o.oto, at), office)); got != access.AlreadyMember {
		t.Errorf("twice: got %q", got)
	}
	if got := reason(o.service.Join(t.Context(), o.change(o.anna, o.oto, send), other)); got != access.NoRoleThere {
		t.Errorf("without a role: got %q", got)
	}
	if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	if n := len(o.profile(t, o.anna, o.oto).Subject.Groups); n != 1 {
		t.Errorf("suspended, a member of %d groups", n)
	}
}

func TestAdd(t *testing.T) { // P10
	t.Parallel()
	o := setup(t)
	code := parse(t, "RSSMRA80A01H501U")
	newUser := form.NewUser{
		FiscalCode: code, FirstName: "Mario", LastName: "Rossi", Email: "mario.rossi@ente.example",
		Product: "prod-interop", Roles: []access.RoleID{"api", "security"},
	}
	c := o.change(o.anna, "", access.Target{})
	id, err := o.service.Add(t.Context(), c, newUser)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := o.service.Add(t.Context(), c, newUser); err != nil || again != id {
		t.Errorf("the same form again: %s, %v", again, err)
	}
	p := o.profile(t, o.anna, id)
	if p.Subject.Name() != "Mario Rossi" || p.Subject.Email != "mario.rossi@ente.example" ||
		p.Subject.FiscalCode != code || len(p.Subject.Assignments) != 2 {
		t.Errorf("%+v", p.Subject)
	}
	other := newUser
	other.FirstName, other.Email = "Altro", "altro@ente.example"
	existing, err := o.service.Add(t.Context(), o.change(o.anna, "", access.Target{}), other)
	if reason(err) != access.AlreadyUser || existing != id {
		t.Errorf("added again: %s, %v", existing, err)
	}
	if p := o.profile(t, o.anna, id); p.Subject.FirstName != "Mario" {
		t.Error("an existing user's data were overwritten")
	}
	changed := newUser
	changed.Email = "other@ente.example"
	if _, err := o.service.Add(t.Context(), c, changed); reason(err) != access.FormUsed {
		t.Errorf("the same key with other data: %v", err)
	}
	for name, row := range map[string]struct {
		actor   access.UserID
		product access.ProductID
		roles   []access.RoleID
		want    access.Reason
	}{
		"on another's product":    {o.anna, "prod-io", []access.RoleID{"referente operativo"}, access.NotAdministrator},
		"with the signature":      {o.anna, "prod-interop", []access.RoleID{"admin"}, access.NeedsSignature},
		"two that do not combine": {o.anna, "prod-interop", []access.RoleID{"api", "viewer"}, access.NotCombinable},
		"without a role":          {o.anna, "prod-interop", nil, access.NoSuchRole},
		"by an Operator":          {o.oto, "prod-interop", []access.RoleID{"api"}, access.NotAnyAdministrator},
	} {
		n := form.NewUser{
			FiscalCode: parse(t, "RSSMRA80B29H501Q"), FirstName: "Mara", LastName: "Rossi", Email: "m@ente.example",
			Product: row.product, Roles: row.roles,
		}
		if _, err := o.service.Add(t.Context(), o.change(row.actor, "", access.Target{}), n); reason(err) != row.want {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM person`); n != 4 {
		t.Errorf("%d people after refusals only", n)
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE subject = $1`, id); n != 3 {
		t.Errorf("%d events, want one of the user and two of roles", n)
	}
}

func TestEdit(t *testing.T) { // P8
	t.Parallel()
	o := setup(t)
	c := o.change(o.anna, o.oto, access.Target{})
	edit := form.Edit{FirstName: "Otto", LastName: "Neri", Email: "otto@ente.example", Version: 1}
	if err := o.service.Edit(t.Context(), c, edit); err != nil {
		t.Fatal(err)
	}
	if r := o.row(t, "prod-interop", o.oto); r.FirstName != "Otto" || r.Email != "otto@ente.example" {
		t.Errorf("the list: %+v", r)
	}
	edit.FirstName = "Ottone"
	if err := o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}), edit); reason(err) != access.Edited {
		t.Errorf("the second of two editors: %v", err)
	}
	edit.FirstName = "Otto"
	if err := o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}), edit); err != nil {
		t.Errorf("the second of two editors who type the same: %v", err)
	}
	edit = form.Edit{FirstName: "Anna", LastName: "Bianchi", Email: "nuova@ente.example", Version: 1}
	if err := o.service.Edit(t.Context(), o.change(o.anna, o.anna, access.Target{}), edit); err != nil {
		t.Errorf("the own e-mail: %v", err)
	}
	edit.FirstName, edit.Version = "Ada", 2
	if err := o.service.Edit(t.Context(), o.change(o.anna, o.anna, access.Target{}), edit); reason(err) != access.SelfAction {
		t.Errorf("the own name: %v", err)
	}
	var before, after, key string
	if err := o.db.Owner.QueryRow(t.Context(), `SELECT before->'sealed'->>0, after->'sealed'->>0, encode(key, 'hex')
		FROM audit_event e JOIN user_history h ON h.institution = e.institution AND h.person = subject
		WHERE action = 'edit' AND subject = $1`, o.oto).
		Scan(&before, &after, &key); err != nil {
		t.Fatal(err)
	}
	if was, err := store.OpenHistory(unhex(t, key), before); err != nil || was != "Oto Neri" {
		t.Errorf("before: %q, %v", was, err)
	}
	if is, err := store.OpenHistory(unhex(t, key), after); err != nil || is != "Otto Neri" {
		t.Errorf("after: %q, %v", is, err)
	}
}

// P5: roles of both categories are assigned at the same time. One is refused.
func TestNeverBothCategories(t *testing.T) {
	t.Parallel()
	o := setup(t)
	pia := o.institution.Operator("Pia Gialli", "prod-interop", "api")
	eva := o.institution.Admin("Eva Bruni", "prod-pn")
	for range 50 {
		done := make(chan error, 2)
		for role, actor := range map[access.RoleID]access.UserID{"admin": o.anna, "operator": eva} {
			go func() {
				done <- o.service.Assign(t.Context(), o.change(actor, pia, send), []access.RoleID{role})
			}()
		}
		one, two := <-done, <-done
		if (one == nil) == (two == nil) || reason(errors.Join(one, two)) != access.OtherCategory {
			t.Fatalf("%v, %v", one, two)
		}
		for _, role := range []access.RoleID{"admin", "operator"} {
			_, _ = o.service.Remove(t.Context(), o.change(o.anna, pia, access.Target{Product: "prod-pn", Role: role})) // the role that was assigned
		}
	}
}
