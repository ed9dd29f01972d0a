package ha_test

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/test/ha"
)

// Only the primary answers through any PgBouncer: neither a standby, nor a machine that was the primary when the
// connection was made.
func TestOnlyThePrimaryAnswers(t *testing.T) {
	if os.Getenv("HA") == "" {
		t.Skip("a part of make ha")
	}
	cluster := ha.Start(t, false)
	prepare(t, cluster.Owner())
	cluster.AppRole(cluster.Owner())
	ctx := t.Context()

	was := cluster.WaitHealthy()
	for _, m := range cluster.Machines {
		port, err := queryPort(t, cluster.URLVia(m))
		if m == was.Machine && (err != nil || port != m.Port()) {
			t.Errorf("by the primary's PgBouncer: %q, %v", port, err)
		}
		if m != was.Machine && err == nil {
			t.Errorf("by a standby's PgBouncer %s answers", port)
		}
	}
	if port, err := queryPort(t, cluster.URL()); err != nil || port != was.Port() {
		t.Errorf("by all: %q, %v", port, err)
	}

	kept, err := pgx.Connect(ctx, cluster.URLVia(was.Machine))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kept.Close(ctx) }()
	was.KillPostgres()
	next := cluster.WaitForSuccessor(was)
	cluster.WaitHealthy()
	var recovering bool // what the connection was made to is a standby by now; the connection itself has noticed nothing
	if err := kept.QueryRow(ctx, `SELECT pg_is_in_recovery()`).Scan(&recovering); err == nil {
		t.Errorf("a connection made to the primary reads on (a standby: %t)", recovering)
	}
	if port, err := queryPort(t, cluster.URL()); err != nil || port != next.Port() {
		t.Errorf("by all, afterwards: %q, %v", port, err)
	}
}

// prepare creates the role that the migrations would.
func prepare(t *testing.T, owner *pgxpool.Pool) {
	t.Helper()
	if _, err := owner.Exec(t.Context(), `CREATE ROLE areariservata`); err != nil {
		t.Fatal(err)
	}
}

// queryPort is the port of the PostgreSQL that answers.
func queryPort(t *testing.T, address string) (port string, err error) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close(t.Context()) }()
	err = conn.QueryRow(t.Context(), `SELECT inet_server_port()::text`).Scan(&port)
	return port, err
}
