package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/outboxtest"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// settings are the environment of a command on the test's database.
func settings(db *pgtest.DB) []string {
	return []string{
		"MIGRATIONS_DATABASE_URL", db.OwnerURL,
		"FISCAL_CODE_FIND_KEY", hex.EncodeToString([]byte(strings.Repeat("f", store.KeySize))),
		"FISCAL_CODE_SEAL_KEY", hex.EncodeToString([]byte(strings.Repeat("s", store.KeySize))),
	}
}

func runErase(t *testing.T, printed string) (e admin.Erasure) {
	t.Helper()
	if err := json.Unmarshal([]byte(printed), &e); err != nil {
		t.Fatalf("%s: %v", printed, err)
	}
	return e
}

// countRows is the number of rows of all tables, except the audit log, that contain one of the ids.
func countRows(t *testing.T, db *pgtest.DB, ids ...string) (n int) {
	t.Helper()
	for _, table := range []string{
		"app_user", "enrolment", "assignment", "listing", "group_member", "suspension", "web_session", "saved_form", "prepared_form",
		"profile_view", "river_job", "person", "user_history",
	} {
		var rows int
		if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM `+table+` t WHERE t::text ~ $1`,
			strings.Join(ids, "|")).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		n += rows
	}
	return n
}

// An erased person is deleted everywhere: from two institutions, with session, saved form, e-mails and views of their
// profile. The log still matches the tables, its chain verifies, and the names in it cannot be read.
func TestAnErasedUserIsDeletedAndTheLogVerifies(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	one, two := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn"), s.Institution("Altrove", "PA").Product("prod-pn")
	anna := one.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	two.Admin("Anna Bianchi", "prod-pn")
	oto := one.Operator("Oto Neri", "prod-interop", "api", "security suspended")
	same := two.Operator("Oto Neri", "prod-pn", "operator")
	ids := []string{string(oto), string(same), string(seed.Person(t, db.Owner, oto))}
	one.Group("prod-interop", "Messi")
	one.Join("Oto Neri", "prod-interop", "Messi")

	service := users.New(store.New(db.App, seed.Keys(t)), outboxtest.Deliver(t, db.App), time.Now)
	change := users.Command{Institution: one.ID, Actor: anna, Subject: oto, Key: "00000000-0000-4000-8000-000000000001"}
	if err := service.Edit(t.Context(), change,
		form.Edit{FirstName: "Otone", LastName: "Neri", Email: "otone@ente.example", Version: 1}); err != nil {
		t.Fatal(err)
	}
	change.Key, change.Target.Product, change.Target.Role = "00000000-0000-4000-8000-000000000002", "prod-interop", "security"
	if err := service.Reactivate(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO web_session (token_hash, data, expiry)
		 SELECT id, jsonb_build_object('values', jsonb_build_object('person', id)), now() + interval '1 hour' FROM person`,
		`INSERT INTO saved_form SELECT id::text::bytea, id, '/', 'x', now() + interval '1 hour' FROM person`,
		`INSERT INTO prepared_form SELECT institution, gen_random_uuid(), person, 'x', now() FROM app_user`,
		`INSERT INTO profile_view (institution, viewer, actor, subject, at)
		 SELECT u.institution, v.identity, v.person, u.person, now() FROM app_user u
		 JOIN app_user v USING (institution) WHERE u.person <> v.person`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	var key []byte
	if err := db.Owner.QueryRow(t.Context(), `SELECT key FROM user_history WHERE person = $1`, oto).Scan(&key); err != nil {
		t.Fatal(err)
	}
	code := s.FiscalCode("Oto Neri").Reveal()
	want := admin.Erasure{
		People: 1, Unknown: 1, Users: 2, Histories: 2, Assignments: 3, Memberships: 1, Sessions: 1, SavedForms: 1, Emails: 1,
		ProfileViews: 2,
	}
	before := countRows(t, db, ids...)
	out, err := commandReading(t, code+"\n\n"+s.FiscalCode("Ida Ignota").Reveal()+"\n", "erase -dry-run -", settings(db)...)
	if err != nil || runErase(t, out) != want || countRows(t, db, ids...) != before {
		t.Fatalf("dry: %s, %v; %d rows of %d", out, err, countRows(t, db, ids...), before)
	}
	out, err = commandReading(t, code+"\n\n"+s.FiscalCode("Ida Ignota").Reveal()+"\n", "erase -", settings(db)...)
	if err != nil || runErase(t, out) != want || strings.Contains(out, code) {
		t.Errorf("%s, %v; want %+v", out, err, want)
	}
	// Their views of other profiles stay, with an id that leads to no person.
	if _, err := db.Owner.Exec(t.Context(), `DELETE FROM profile_view WHERE actor::text = ANY ($1)`, ids); err != nil {
		t.Fatal(err)
	}
	if n := countRows(t, db, ids...); n != 0 {
		t.Errorf("%d rows still contain their id", n)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	var removals, unreadable int
	err = db.Owner.QueryRow(t.Context(), `
		SELECT count(*) FILTER (WHERE action = 'remove' AND actor IS NULL), count(*) FILTER (WHERE action = 'edit')
		FROM audit_event WHERE subject::text = ANY ($1)`, ids).Scan(&removals, &unreadable)
	if err != nil || removals != 3 || unreadable != 1 {
		t.Errorf("%d removals, %d edits in the log, %v", removals, unreadable, err)
	}
	var left int
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM user_history WHERE key = $1`, key).Scan(&left); err != nil || left != 0 {
		t.Errorf("the key to their history still exists (%d, %v)", left, err)
	}
	// Their e-mails were deleted too, so the queue no longer matches the log.
	if err := consistency.CheckLogs(t.Context(), db.Owner, seed.Keys(t)); err != nil {
		t.Error(err)
	}
}

// A product's last active Administrator is not erased until there is another one; the others of the list are. No message
// contains a fiscal code.
func TestTheLastAdministratorIsReplacedFirst(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	i.Operator("Oto Neri", "prod-pn", "operator")
	list := filepath.Join(t.TempDir(), "codes")
	code := s.FiscalCode("Anna Bianchi").Reveal()
	if err := os.WriteFile(list, []byte(strings.ToLower(code)+"\r\n"+s.FiscalCode("Oto Neri").Reveal()+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := command(t, "erase "+list, settings(db)...)
	if err == nil || !strings.Contains(err.Error(), "line 1: ") ||
		!strings.Contains(err.Error(), "prod-pn of Comune di Prova") || strings.Contains(err.Error(), "interop") {
		t.Errorf("erased: %v", err)
	}
	if got := runErase(t, out); got.People != 1 || countRows(t, db, string(anna)) == 0 {
		t.Errorf("%s", out)
	}
	if strings.Contains(err.Error()+out, code) {
		t.Error("the output contains a fiscal code")
	}
	i.Admin("Eva Bruni", "prod-pn")
	if out, err := command(t, "erase "+list, settings(db)...); err != nil ||
		runErase(t, out) != (admin.Erasure{People: 1, Unknown: 1, Users: 1, Histories: 1, Assignments: 2}) {
		t.Errorf("replaced: %s, %v", out, err)
	}
	if err := consistency.Check(t.Context(), db.Owner, seed.Keys(t)); err != nil {
		t.Error(err)
	}
}

// A list with a fault erases no person. The message contains line numbers only.
func TestAFaultyListErasesNoUser(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	s.Institution("Comune di Prova", "PA").Product("prod-pn").Admin("Anna Bianchi", "prod-pn")
	out, err := commandReading(t, s.FiscalCode("Anna Bianchi").Reveal()+"\nRSSMRA80A01H501A\n", "erase -", settings(db)...)
	if err == nil || !strings.Contains(err.Error(), "line 2") || strings.Contains(err.Error(), "RSSMRA") || out != "" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := commandReading(t, "\n", "erase -", settings(db)...); err == nil {
		t.Error("an empty list is accepted")
	}
}
