package store_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// The settings of workers count as the coordinator's do. The tests' servers all run without fsync.
func TestEveryNodeIsChecked(t *testing.T) {
	t.Parallel()
	if !pgtest.IsDistributed() {
		t.Skip("needs Citus: make citus")
	}
	db := pgtest.New(t)
	pool, err := store.Open(db.AppURL, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	check := func() string {
		if err := store.New(pool, seed.Keys(t)).Check(t.Context()); err != nil {
			return err.Error()
		}
		return ""
	}
	const unsafe = ": fsync=off, full_page_writes=off, synchronous_commit=off"
	if got := check(); strings.Count(got, "node ") != 3 || strings.Count(got, unsafe) != 3 {
		t.Errorf("three nodes without fsync: %s", got)
	}
	if _, err := db.Owner.Exec(t.Context(), `
		SELECT run_command_on_shards('audit_event', 'ALTER TABLE %s DISABLE TRIGGER ALL')`); err != nil {
		t.Fatal(err)
	}
	if got := check(); !strings.Contains(got, "is disabled") || !strings.Contains(got, "audit_log_is_append_only") {
		t.Errorf("shards whose triggers are disabled: %s", got)
	}
}
