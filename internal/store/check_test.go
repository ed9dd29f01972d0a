package store_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// Rights that lead out of the application's own, each given to a role of its own, and a log whose guard does not run.
func TestARoleWithMoreRightsIsRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	exec := func(sql string) {
		t.Helper()
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	check := func(user string) string {
		t.Helper()
		address, err := url.Parse(db.AppURL)
		if err != nil {
			t.Fatal(err)
		}
		address.User = url.User(user)
		pool, err := store.Open(address.String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		if err := store.New(pool, seed.Keys(t)).Check(t.Context()); err != nil {
			return err.Error()
		}
		return ""
	}
	name := "test_" + strings.ToLower(rand.Text())
	exec(`CREATE ROLE ` + name + ` LOGIN IN ROLE areariservata`)
	exec(`CREATE ROLE ` + name + `_group`)
	t.Cleanup(func() {
		_, err := db.Owner.Exec(context.WithoutCancel(t.Context()), `DROP OWNED BY `+name+`, `+name+`_group; DROP ROLE `+name+`, `+name+`_group`)
		if err != nil {
			t.Error(err)
		}
	})
	if got := check(name); strings.Contains(got, "role") || strings.Contains(got, "trigger") {
		t.Fatalf("a fit role is refused: %s", got)
	}
	role := `ALTER ROLE ` + name
	for want, change := range map[string][2]string{
		"CREATEROLE":                {role + ` CREATEROLE`, role + ` NOCREATEROLE`},
		"CREATEDB":                  {role + ` CREATEDB`, role + ` NOCREATEDB`},
		"REPLICATION":               {role + ` REPLICATION`, role + ` NOREPLICATION`},
		"superuser":                 {role + ` BYPASSRLS`, role + ` NOBYPASSRLS`},
		"pg_execute_server_program": {`GRANT pg_execute_server_program TO ` + name, `REVOKE pg_execute_server_program FROM ` + name},
		"pg_read_all_data":          {`GRANT pg_read_all_data TO ` + name, `REVOKE pg_read_all_data FROM ` + name},
		"can rewrite":               {`GRANT UPDATE (hash) ON audit_event TO ` + name, `REVOKE UPDATE (hash) ON audit_event FROM ` + name},
		"rewrite the audit log":     {`GRANT DELETE ON audit_event TO ` + name, `REVOKE DELETE ON audit_event FROM ` + name},
		"audit_event.audit_log_is":  {`ALTER TABLE audit_event DISABLE TRIGGER USER`, `ALTER TABLE audit_event ENABLE TRIGGER USER`},
		"product_has_active":        {`ALTER TABLE assignment DISABLE TRIGGER USER`, `ALTER TABLE assignment ENABLE TRIGGER USER`},
		"only or": {
			`ALTER TRIGGER audit_log_is_append_only ON audit_event RENAME TO x`,
			`ALTER TRIGGER x ON audit_event RENAME TO audit_log_is_append_only`,
		},
		"is_not_truncated of the": {
			`ALTER TRIGGER audit_log_is_not_truncated ON audit_event_p07 RENAME TO x`,
			`ALTER TRIGGER x ON audit_event_p07 RENAME TO audit_log_is_not_truncated`,
		},
		"role " + name + " can rewrite the audit": {
			`GRANT TRUNCATE ON audit_event_p07 TO ` + name,
			`REVOKE TRUNCATE ON audit_event_p07 FROM ` + name,
		},
		"session_replication_role": {role + ` SET session_replication_role = replica`, role + ` RESET session_replication_role`},
		"CREATEROLE, itself or by a rol": {
			`ALTER ROLE ` + name + `_group CREATEROLE; GRANT ` + name + `_group TO ` + name,
			`REVOKE ` + name + `_group FROM ` + name,
		},
	} {
		exec(change[0])
		if got := check(name); !strings.Contains(got, want) {
			t.Errorf("%s: %q is not in %q", change[0], want, got)
		}
		exec(change[1])
	}
}
