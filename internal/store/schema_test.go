package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/migrations"
)

// Statements that PostgreSQL refuses even to the owner of the tables, each with the name of the constraint, or with the
// error's code for built-in constraints.
func TestTheDatabaseEnforcesTheInvariants(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t)).MarkVerified("Anna Bianchi")
	i := s.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.Group("prod-pn", "Messi")
	i.SuspendedGroup("prod-interop", "Vecchio ufficio")
	for name, row := range map[string]struct{ sql, want string }{
		"P5 both categories on one product": {
			`INSERT INTO assignment SELECT institution, person, product, 'admin', 'administrator', 'active', '' FROM assignment WHERE role = 'api'`,
			"assignment_category_matches_enrolment",
		},
		"P5 a role of the other category": {
			`INSERT INTO assignment SELECT institution, person, product, 'admin', 'operator', 'active', '' FROM assignment WHERE role = 'api'`,
			"23503",
		},
		"P5 two enrolments": {
			`INSERT INTO enrolment SELECT institution, person, product, 'administrator' FROM enrolment WHERE category = 'operator'`, "23505",
		},
		"P3 the last active Administrator suspended": {
			`UPDATE assignment SET status = 'suspended' WHERE role = 'admin' AND product = 'prod-pn'`, "product_has_active_administrator",
		},
		"P3 the last active Administrator removed": {
			`WITH a AS (DELETE FROM assignment WHERE product = 'prod-pn') DELETE FROM enrolment WHERE product = 'prod-pn'`,
			"product_has_active_administrator",
		},
		"P7 an enrolment without an assignment": {`DELETE FROM assignment WHERE role = 'api'`, "enrolment_has_assignment"},
		"P7 a user without an enrolment": {
			`WITH a AS (DELETE FROM assignment WHERE role = 'api') DELETE FROM enrolment WHERE category = 'operator'`, "user_has_enrolment",
		},
		"P9 a member without a role on the product": {
			`INSERT INTO group_member SELECT g.institution, g.id, g.product, '` + string(oto) + `' FROM user_group g WHERE g.name = 'Messi'`,
			"23503",
		},
		"P9 a suspended group": {
			`INSERT INTO group_member SELECT g.institution, g.id, g.product, '` + string(oto) +
				`' FROM user_group g WHERE g.name = 'Vecchio ufficio'`,
			"joined_group_is_active",
		},
		"P8 another fiscal code":    {`UPDATE person SET fiscal_code_hash = 'x'`, "fiscal_code_is_immutable"},
		"P8 another encrypted code": {`UPDATE app_user SET fiscal_code_sealed = 'x'`, "fiscal_code_is_immutable"},
		"P8 another person":         {`UPDATE app_user SET identity = person`, "fiscal_code_is_immutable"},
		"D4 other verified names": {
			`UPDATE person SET verified_first_name = 'Ada' WHERE verified_at IS NOT NULL`, "verified_names_are_immutable",
		},
		"D4 other names of a verified user": {
			`UPDATE app_user SET first_name = 'Ada' WHERE person = '` + string(anna) + `'`, "verified_names_are_immutable",
		},
		"P7 a user whom the log would not know": {
			`DELETE FROM user_history WHERE person = '` + string(oto) + `'`, "app_user_institution_person_fkey",
		},
		"D5 an event altered": {`UPDATE audit_event SET actor = NULL`, "audit_log_is_append_only"},
		"D5 an event removed": {`DELETE FROM audit_event WHERE seq = 1`, "audit_log_is_append_only"},
		"D5 the log emptied":  {`TRUNCATE audit_event`, "audit_log_is_append_only"},
		"D5 a part emptied":   {`TRUNCATE audit_event_p07`, "audit_log_is_append_only"},
		"D5 a part's event removed": {
			`DO $$ BEGIN EXECUTE (SELECT 'DELETE FROM ' || tableoid::regclass FROM audit_event LIMIT 1); END $$`, "audit_log_is_append_only",
		},
		"D3 an upper-case mail": {`UPDATE app_user SET email = 'Anna@example.it'`, "23514"},
		"an inactive product's enrolment": {
			`INSERT INTO enrolment VALUES ('` + string(i.ID) + `', '` + string(oto) + `', 'prod-io', 'operator')`, "23503",
		},
	} {
		err := pgx.BeginFunc(t.Context(), db.Owner, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), row.sql)
			return err
		})
		var pg *pgconn.PgError
		// On Citus, the constraint's name is in the hint, or with the shard's number in the message.
		if !errors.As(err, &pg) || pg.ConstraintName != row.want && pg.Code != row.want &&
			pg.Hint != row.want && (!pgtest.IsDistributed() || !strings.Contains(pg.Message, `"`+row.want+`_`)) {
			t.Errorf("%s: got %v, want %s", name, err, row.want)
		}
	}
}

// Least privilege: what the application's role cannot do.
func TestTheApplicationsRoleCanDoItsWorkAndNoMore(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, sql := range []string{
		`UPDATE audit_event SET actor = NULL`, `DELETE FROM audit_event`, `TRUNCATE audit_event`, `SELECT * FROM audit_event_p07`,
		`INSERT INTO audit_event_p07 SELECT * FROM audit_event`, `ALTER TABLE audit_event DISABLE TRIGGER ALL`,
		`SET session_replication_role = replica`, `DROP TABLE assignment`, `CREATE TABLE public.x ()`, `CREATE TEMP TABLE x ()`,
		`UPDATE product SET title_it = 'x'`, `DELETE FROM product_role`, `INSERT INTO role_offer DEFAULT VALUES`,
		`UPDATE institution SET name = 'x'`,
		`INSERT INTO institution (code, name, type) VALUES ('x', 'x', 'PA')`, `UPDATE institution_product SET active = true`,
		`UPDATE person SET fiscal_code_hash = 'x'`, `UPDATE app_user SET fiscal_code_sealed = 'x'`, `UPDATE app_user SET identity = person`,
		`UPDATE user_history SET key = ''`, `UPDATE user_history SET fiscal_code_hash = ''`, `DELETE FROM user_history`, `TRUNCATE user_history`,
		`UPDATE assignment SET category = 'administrator'`,
		`UPDATE assignment SET role = 'admin'`,
		`UPDATE idempotency_key SET actor = key`, `DELETE FROM idempotency_key`,
		`DELETE FROM listing`, `UPDATE user_count SET users = '{}'`, `DELETE FROM user_count`,
		`INSERT INTO user_count SELECT * FROM user_count`, `TRUNCATE listing`, `UPDATE group_member SET person = person`,
		`UPDATE group_member SET sort_key = ''`, `TRUNCATE group_member`, `UPDATE user_group SET member_count = 0`,
		`UPDATE suspension SET role = role`, `DELETE FROM suspension`, `INSERT INTO suspension SELECT * FROM suspension`, `TRUNCATE suspension`,
		`UPDATE audit_day SET last_seq = 0`, `DELETE FROM audit_day`, `INSERT INTO audit_day SELECT * FROM audit_day`, `TRUNCATE audit_day`,
		`UPDATE user_group SET product = product`, `UPDATE user_group SET institution = institution`,
		`UPDATE user_group SET id = id`, `TRUNCATE user_group`,
		`SELECT * FROM profile_view`, `SELECT subject FROM profile_view`, `SELECT actor FROM profile_view`, `UPDATE profile_view SET at = now()`,
		`DELETE FROM profile_view`, `TRUNCATE profile_view`,
		`UPDATE web_session SET token_hash = ''`, `UPDATE web_session SET created_at = now()`,
		`UPDATE login_attempt SET browser_hash = ''`, `UPDATE login_attempt SET return_to = ''`,
		`UPDATE saved_form SET person = person`, `TRUNCATE river_job`, `ALTER TABLE river_queue ADD COLUMN x int`,
		`UPDATE outbox SET payload = '{}'`, `TRUNCATE outbox`, `DELETE FROM outbox_position`,
		`SELECT * FROM river_migration`, `SELECT * FROM institution_product`,
		`SELECT * FROM product_role`, `INSERT INTO goose_db_version DEFAULT VALUES`,
		`DROP FUNCTION product_has_active_administrator CASCADE`,
		`ALTER ROLE areariservata SET search_path = x`, `SET ROLE postgres`,
		`UPDATE bulk_result SET results = '[]'`, `DELETE FROM bulk_result`, `TRUNCATE bulk_result`, `TRUNCATE idempotency_key`,
		`UPDATE goose_db_version SET version_id = 0`, `COPY audit_event TO PROGRAM 'cat'`,
		`COPY person FROM '/etc/passwd'`, `SELECT pg_read_file('/etc/passwd')`,
		`CREATE ROLE x`, `ALTER ROLE areariservata SUPERUSER`, `CREATE EXTENSION citext`,
		`CREATE FUNCTION x() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
		`DROP TRIGGER audit_log_is_append_only ON audit_event`, `CREATE SCHEMA x`, `SELECT * FROM pg_authid`,
	} {
		if pgtest.IsDistributed() && sql == `SELECT * FROM institution_product` { // as which a node runs a view
			continue
		}
		_, err := db.App.Exec(t.Context(), sql)
		var pg *pgconn.PgError
		if !errors.As(err, &pg) || (pg.Code != "42501" && pg.Code != "42P01") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// The rights on each table are decided here: the test fails on a new table, and on other rights.
func TestTheApplicationHasTheseRightsOfEachTable(t *testing.T) {
	pgtest.SkipDistributed(t, "views need the rights of their tables there")
	t.Parallel()
	want := map[string]string{
		"product": "SELECT", "product_role": "", "role_offer": "SELECT", "active_product": "SELECT",
		"active_administrator": "SELECT", "institution_product": "",
		"institution":  "SELECT; UPDATE of audit_head audit_seq outbox_seq", // locking the row needs a column to update
		"person":       "DELETE INSERT SELECT; UPDATE of language verified_at verified_first_name verified_last_name",
		"app_user":     "DELETE INSERT SELECT; UPDATE of email first_name language last_name verified_at version",
		"user_history": "INSERT SELECT; UPDATE of name_sealed removed_at", // the key goes by erase and retain only (P7)
		"enrolment":    "DELETE INSERT SELECT; UPDATE of category",        // by a change of role (P13)
		"assignment":   "DELETE INSERT SELECT; UPDATE of email sort_key status",
		"listing":      "INSERT SELECT; UPDATE of category email first_name last_name roles search_key sort_key statuses",
		"user_count":   "SELECT", "suspension": "SELECT", "audit_day": "SELECT", "catalogue_version": "SELECT",
		"user_group": "DELETE INSERT SELECT; UPDATE of name status", "group_member": "DELETE INSERT SELECT",
		"audit_event": "INSERT SELECT", "idempotency_key": "INSERT SELECT", "bulk_result": "INSERT SELECT",
		"prepared_form": "DELETE INSERT SELECT",
		"profile_view":  "INSERT; SELECT of at form viewer",
		"web_session":   "DELETE INSERT SELECT; UPDATE of data expiry revoked_at revoked_reason",
		"login_attempt": "DELETE INSERT SELECT; UPDATE of used_at", "saved_form": "DELETE INSERT SELECT",
		"outbox": "DELETE INSERT SELECT", "outbox_position": "INSERT SELECT; UPDATE of seq",
		// River works with the application's rights on its own tables.
		"river_job": "DELETE INSERT SELECT UPDATE", "river_job_id_seq": "USAGE",
		"river_queue": "DELETE INSERT SELECT UPDATE", "river_leader": "DELETE INSERT SELECT UPDATE",
		"river_notification": "DELETE INSERT SELECT UPDATE", "river_notification_id_seq": "USAGE", "river_migration": "",
		"goose_db_version": "SELECT of is_applied version_id", "goose_db_version_id_seq": "", // to refuse an older schema
	}
	for i := range 16 { // the rights are those of audit_event
		want[fmt.Sprintf("audit_event_p%02d", i)] = ""
	}
	db := pgtest.New(t)
	rows, err := db.Owner.Query(t.Context(), `
		SELECT c.relname, coalesce((
			SELECT string_agg(x.privilege_type, ' ' ORDER BY x.privilege_type) FROM aclexplode(c.relacl) x
			WHERE x.grantee <> c.relowner), '') || coalesce((
			SELECT string_agg('; ' || columns.privilege_type || ' of ' || columns.names, '' ORDER BY columns.privilege_type) FROM (
				SELECT x.privilege_type, string_agg(a.attname, ' ' ORDER BY a.attname) AS names
				FROM pg_attribute a, aclexplode(a.attacl) x WHERE a.attrelid = c.oid GROUP BY x.privilege_type) columns), '')
		FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	var name, rights string
	if _, err := pgx.ForEachRow(rows, []any{&name, &rights}, func() error {
		got[name] = strings.TrimPrefix(rights, "; ")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	// Only the triggers that keep lists and days, and functions of extensions, run with more rights than their caller's.
	var functions string
	err = db.Owner.QueryRow(t.Context(), `
		SELECT coalesce(string_agg(proname, ' ' ORDER BY proname), '') FROM pg_proc
			WHERE pronamespace = 'public'::regnamespace AND prosecdef`).Scan(&functions)
	if err != nil ||
		functions != "update_audit_day update_group_member_count update_group_member_sort_key update_suspension update_user_count" {
		t.Errorf("with their owner's rights: %s (%v)", functions, err)
	}
}

func TestTheSchemaGoesUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	db := pgtest.Blank(t)
	provider, err := migrations.Provider(db.Owner, migrations.FS)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = provider.Close() }()
	for range 2 {
		if err := store.Migrate(t.Context(), db.Owner); err != nil {
			t.Fatal(err)
		}
		if _, err := provider.DownTo(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	var left int
	if err := db.Owner.QueryRow(t.Context(),
		`SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace
			AND relkind IN ('r', 'p', 'v')`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d tables left besides goose's own (%v)", left-1, err)
	}
}

// Several replicas that start at once migrate once, and all continue.
func TestReplicasMigrateOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.Blank(t)
	done := make(chan error)
	for range 5 {
		go func() {
			pool, err := pgxpool.New(context.Background(), db.OwnerURL)
			if err == nil {
				defer pool.Close()
				err = store.Migrate(context.Background(), pool)
			}
			done <- err
		}()
	}
	for range 5 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestADatabaseThatIsntFitIsRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	check := func(pool *pgxpool.Pool) string {
		err := store.New(pool, seed.Keys(t)).Check(t.Context())
		if err == nil {
			return ""
		}
		return err.Error()
	}
	// The tests' server runs without fsync.
	if got := check(db.App); !strings.Contains(got, "fsync=off") || !strings.Contains(got, "full_page_writes=off") ||
		strings.Contains(got, "role") {
		t.Errorf("as the application: %s", got)
	}
	// Its connections are not made by store.Open, and have no limits.
	if got := check(db.App); !strings.Contains(got, "statement_timeout=0: 3000 at most") || strings.Count(got, "at most") != 3 {
		t.Errorf("without limits: %s", got)
	}
	limited, err := store.Open(db.AppURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer limited.Close()
	if got := check(limited); strings.Contains(got, "at most") {
		t.Errorf("with limits: %s", got)
	}
	if got := check(db.Owner); !strings.Contains(got, "superuser") {
		t.Errorf("as a superuser: %s", got)
	}
	if _, err := db.Owner.Exec(t.Context(), `DELETE FROM goose_db_version WHERE version_id > 3`); err != nil {
		t.Fatal(err)
	}
	if got := check(db.App); !strings.Contains(got, "areariservata migrate") {
		t.Errorf("with an older schema: %s", got)
	}
	if _, err := db.Owner.Exec(t.Context(), `GRANT UPDATE ON audit_event TO areariservata`); err != nil {
		t.Fatal(err)
	}
	if got := check(db.App); !strings.Contains(got, "rewrite the audit log") {
		t.Errorf("with a log that can be rewritten: %s", got)
	}
}
