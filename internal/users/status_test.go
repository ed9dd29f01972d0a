package users_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

func TestMain(m *testing.M) {
	if url := os.Getenv("TEST_OUTBOX_DATABASE"); url != "" {
		os.Exit(runOutboxProcess(url))
	}
	os.Exit(pgtest.Main(m))
}

// fixture is an institution with an Administrator of SEND and of Interoperabilità, and an Operator with two roles.
type fixture struct {
	db          *pgtest.DB
	store       *store.Store
	service     *users.Service
	institution *seed.Institution
	anna, oto   access.UserID
}

func setup(t *testing.T) fixture {
	t.Helper()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop", "prod-io")
	o := fixture{db: db, institution: i, store: store.New(db.App, seed.Keys(t))}
	o.anna = i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
	o.oto = i.Operator("Oto Neri", "prod-interop", "api", "security")
	i.Admin("Ivo Rossi", "prod-io")
	o.service = users.New(o.store, outboxtest.Deliver(t, db.App), time.Now)
	return o
}

// api is a role of a product that anna administers, foreign one of a product that she does not.
var (
	api     = access.Target{Product: "prod-interop", Role: "api"}
	foreign = access.Target{Product: "prod-io", Role: "referente operativo"}
)

func (o fixture) change(actor, subject access.UserID, t access.Target) users.Command {
	return users.Command{Institution: o.institution.ID, Actor: actor, Subject: subject, Target: t, Key: newKey()}
}

// holds is the status of the subject's role; empty if not held.
func (o fixture) holds(t *testing.T, subject access.UserID, at access.Target) access.Status {
	t.Helper()
	q := o.store.Query()
	var u access.User
	q.User(&u, o.institution.ID, subject)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, _ := u.FindAssignment(at.Product, at.Role)
	return a.Status
}

// count runs a query that returns a number, as the database's owner.
func (o fixture) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := o.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func newKey() store.IdempotencyKey {
	return store.IdempotencyKey(uuid.NewString())
}

func reason(err error) access.Reason {
	var no *access.Refusal
	if errors.As(err, &no) {
		return no.Reason
	}
	return ""
}

func TestSuspendChangesOneRoleOnly(t *testing.T) { // P6
	t.Parallel()
	o := setup(t)
	if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	if got := o.holds(t, o.oto, api); got != access.Suspended {
		t.Errorf("the role is %q", got)
	}
	if got := o.holds(t, o.oto, access.Target{Product: "prod-interop", Role: "security"}); got != access.Active {
		t.Errorf("the other role is %q", got)
	}
	if err := o.service.Reactivate(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	if got := o.holds(t, o.oto, api); got != access.Active {
		t.Errorf("re-enabled, the role is %q", got)
	}
}

func TestChangesAreRecordedOnceAndRefusalsAreNot(t *testing.T) { // D5, P6
	t.Parallel()
	o := setup(t)
	before := o.count(t, `SELECT count(*) FROM audit_event`)
	if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[access.Reason]users.Command{
		access.NotActive:        o.change(o.anna, o.oto, api), // a stale form
		access.SelfAction:       o.change(o.anna, o.anna, access.Target{Product: "prod-pn", Role: "admin"}),
		access.NotVisible:       o.change(o.oto, o.anna, access.Target{Product: "prod-pn", Role: "admin"}),
		access.NoPowers:         o.change("00000000-0000-4000-8000-000000000000", o.oto, api),
		access.NotHeld:          o.change(o.anna, o.oto, access.Target{Product: "prod-interop", Role: "viewer"}),
		access.NoSuchRole:       o.change(o.anna, o.oto, access.Target{Product: "prod-interop", Role: "king"}),
		access.NotAdministrator: o.change(o.anna, o.institution.Operator("Pia Gialli", "prod-io", "referente operativo"), foreign),
	} {
		if got := reason(o.service.Suspend(t.Context(), c)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	loaded := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'load'`)
	if got := o.count(t, `SELECT count(*) FROM audit_event`) - loaded; got != 1 || before == 0 {
		t.Errorf("%d events of changes, %d before", got, before)
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE actor = $1 AND subject = $2 AND action = 'suspend' AND product = 'prod-interop'
		AND role = 'api' AND before->>'status' = 'active' AND after->>'status' = 'suspended'
		AND at > now() - interval '1 minute'`, o.anna, o.oto); n != 1 {
		t.Error("the event is wrong")
	}
	if _, err := admin.VerifyAudit(t.Context(), o.db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
}

func TestTheSameFormTakesEffectOnce(t *testing.T) { // P6
	t.Parallel()
	o := setup(t)
	form := o.change(o.anna, o.oto, api)
	outcomes := make(chan error)
	for range 20 {
		go func() { outcomes <- o.service.Suspend(context.Background(), form) }()
	}
	for range 20 {
		if err := <-outcomes; err != nil {
			t.Errorf("not the first outcome: %v", err)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'suspend'`); n != 1 {
		t.Errorf("%d effects", n)
	}
	if err := o.service.Reactivate(t.Context(), o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	if err := o.service.Suspend(t.Context(), form); err != nil {
		t.Errorf("sent again later: %v", err)
	}
	if got := o.holds(t, o.oto, api); got != access.Active {
		t.Error("an old form took effect again")
	}
}

func TestAnIdempotencyKeyServesNoOtherChange(t *testing.T) { // P6
	t.Parallel()
	o := setup(t)
	form := o.change(o.anna, o.oto, api)
	if err := o.service.Suspend(t.Context(), form); err != nil {
		t.Fatal(err)
	}
	form.Target.Role = "security"
	if got := reason(o.service.Suspend(t.Context(), form)); got != access.FormUsed {
		t.Errorf("got %q", got)
	}
	form.Target.Role = api.Role
	if got := reason(o.service.Reactivate(t.Context(), form)); got != access.FormUsed {
		t.Errorf("got %q", got)
	}
}

func TestUserWithoutPowersIsSignedOut(t *testing.T) { // P11
	t.Parallel()
	o := setup(t)
	session := func(user access.UserID) string {
		token := string(newKey())
		if _, err := o.db.App.Exec(t.Context(), `INSERT INTO web_session (token_hash, data, expiry)
			VALUES ($1, json_build_object('values', json_build_object('person', $2::text)), now() + interval '1 hour')`,
			token, string(seed.Person(t, o.db.Owner, user))); err != nil {
			t.Fatal(err)
		}
		return token
	}
	annas, otos := session(o.anna), session(o.oto)
	ended := func(token string) bool {
		return o.count(t, `SELECT count(*) FROM web_session WHERE token_hash = $1 AND revoked_reason = 'lost-powers'`, token) == 1
	}
	for i, role := range []access.RoleID{"api", "security"} {
		if err := o.service.Suspend(t.Context(), o.change(o.anna, o.oto, access.Target{Product: "prod-interop", Role: role})); err != nil {
			t.Fatal(err)
		}
		if ended(otos) != (i == 1) {
			t.Errorf("after %s: signed out: %v", role, ended(otos))
		}
	}
	if ended(annas) {
		t.Error("another user was signed out")
	}
}

func TestUserWithPowersElsewhereStaysSignedIn(t *testing.T) { // P11
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	here, there := s.Institution("Qui", "PA").Product("prod-pn"), s.Institution("Altrove", "PA").Product("prod-pn")
	anna := here.Admin("Anna Bianchi", "prod-pn")
	oto := here.Operator("Oto Neri", "prod-pn", "operator")
	there.Admin("Oto Neri", "prod-pn")
	if _, err := db.App.Exec(t.Context(), `INSERT INTO web_session (token_hash, data, expiry)
		VALUES ('t', json_build_object('values', json_build_object('person', $1::text)), now() + interval '1 hour')`,
		string(seed.Person(t, db.Owner, oto))); err != nil {
		t.Fatal(err)
	}
	service := users.New(store.New(db.App, seed.Keys(t)), nil, time.Now)
	if err := service.Suspend(t.Context(), users.Command{
		Institution: here.ID, Actor: anna, Subject: oto, Target: access.Target{Product: "prod-pn", Role: "operator"}, Key: newKey(),
	}); err != nil {
		t.Fatal(err)
	}
	var live bool
	if err := db.Owner.QueryRow(t.Context(), `SELECT revoked_at IS NULL FROM web_session`).Scan(&live); err != nil || !live {
		t.Errorf("signed out of another institution too (%v)", err)
	}
}

// The lock holds up the whole institution, so a change is completed even if the client has disconnected.
func TestChangeIsCompletedAfterTheClientLeaves(t *testing.T) {
	t.Parallel()
	o := setup(t)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	if err := o.service.Suspend(ctx, o.change(o.anna, o.oto, api)); err != nil {
		t.Fatal(err)
	}
	if got := o.holds(t, o.oto, api); got != access.Suspended {
		t.Errorf("the role is %q", got)
	}
}

func TestOtherInstitutionsAreHidden(t *testing.T) { // V9
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	here, there := s.Institution("Qui", "PA").Product("prod-pn"), s.Institution("Altrove", "PA").Product("prod-pn")
	anna := here.Admin("Anna Bianchi", "prod-pn")
	there.Admin("Ivo Rossi", "prod-pn")
	oto := there.Operator("Oto Neri", "prod-pn", "operator")
	service := users.New(store.New(db.App, seed.Keys(t)), nil, time.Now)
	at := access.Target{Product: "prod-pn", Role: "operator"}
	for name, row := range map[string]struct {
		institution access.InstitutionID
		want        access.Reason
	}{"their subject here": {here.ID, access.NotVisible}, "their institution": {there.ID, access.NoPowers}} {
		err := service.Suspend(t.Context(), users.Command{Institution: row.institution, Actor: anna, Subject: oto, Target: at, Key: newKey()})
		if got := reason(err); got != row.want {
			t.Errorf("%s: got %q, want %q", name, got, row.want)
		}
	}
	err := service.Suspend(t.Context(), users.Command{
		Institution: "00000000-0000-4000-8000-000000000000", Actor: anna, Subject: oto, Target: at, Key: newKey(),
	})
	if !errors.Is(err, access.ErrNotFound) {
		t.Errorf("no institution: %v", err)
	}
}
