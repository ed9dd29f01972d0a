// Package ha runs what docs/availability.md describes on one machine: three PostgreSQL servers under Patroni with
// etcd, PgBouncer before each, HAProxy before replicas of the application. The configuration is that of deploy/ha, so
// that the tests cover what an operator starts from. Each of the three can be killed, frozen and brought back. Only
// tests use it. All addresses are of 127.0.0.1, and every process and file is removed at the end.
package ha

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// AppUser is the application's role; Superuser creates the database.
const (
	AppUser   = devpostgres.AppUser
	Superuser = devpostgres.Superuser
)

// Database is the only database.
const Database = "areariservata"

// Cluster is the three machines.
type Cluster struct {
	Machines []*Machine

	t                 testing.TB
	credential        *syscall.Credential
	folder            string
	password          string // the application's
	superuserPassword string // the superuser's
	isSynchronous     bool   // standbys are synchronous
}

// Start starts three machines with an empty database, and returns when each has it. If asynchronous is true, a change
// is acknowledged before another machine has it: a test that looks for losses must find one.
func Start(t testing.TB, asynchronous bool) *Cluster {
	t.Helper()
	RequirePrograms(t)
	r := &Cluster{
		t:                 t,
		credential:        account(t),
		folder:            openFolder(t),
		password:          rand.Text(),
		superuserPassword: rand.Text(),
		isSynchronous:     !asynchronous,
	}
	dismiss := removeAfter(t, r.folder)
	t.Cleanup(func() {
		if t.Failed() {
			for _, m := range r.Machines {
				t.Log(m.Log())
			}
		}
		r.stop()
		dismiss()
		if err := os.RemoveAll(r.folder); err != nil {
			t.Error(err)
		}
	})
	r.configureMachines()
	for _, m := range r.Machines {
		m.StartAll()
	}
	r.WaitHealthy()
	r.createDatabase()
	return r
}

// configureMachines assigns addresses and writes the configuration.
func (r *Cluster) configureMachines() {
	r.t.Helper()
	found, err := devpostgres.Find(r.t.Context(), "")
	if err != nil {
		r.t.Fatal(err)
	}
	replication, rewind := rand.Text(), rand.Text()
	var members, hosts []string
	for n := range 3 {
		name := fmt.Sprintf("machine%d", n+1)
		m := &Machine{Name: name, cluster: r, folder: filepath.Join(r.folder, name), values: map[string]string{
			"NAME":                 name,
			"HOST":                 "127.0.0.1",
			"NETWORK":              "127.0.0.1/32",
			"FOLDER":               filepath.Join(r.folder, name),
			"POSTGRES_PROGRAMS":    found.Dir,
			"SUPERUSER_PASSWORD":   r.superuserPassword,
			"REPLICATION_PASSWORD": replication,
			"REWIND_PASSWORD":      rewind,
			"SYNCHRONOUS":          fmt.Sprint(r.isSynchronous),
		}}
		for _, port := range []string{"ETCD_PORT", "ETCD_PEER_PORT", "PATRONI_PORT", "POSTGRES_PORT", "PGBOUNCER_PORT"} {
			_, m.values[port], _ = net.SplitHostPort(FreeAddress(r.t))
		}
		members = append(members, name+"=http://127.0.0.1:"+m.values["ETCD_PEER_PORT"])
		hosts = append(hosts, "127.0.0.1:"+m.values["ETCD_PORT"])
		r.Machines = append(r.Machines, m)
	}
	for _, m := range r.Machines {
		m.values["ETCD_CLUSTER"], m.values["ETCD_HOSTS"] = strings.Join(members, ","), strings.Join(hosts, ",")
		if err := os.Mkdir(m.folder, 0o700); err != nil {
			r.t.Fatal(err)
		}
		chown(r.t, m.folder, r.credential)
		m.configure()
	}
}

// createDatabase creates the database.
func (r *Cluster) createDatabase() {
	r.t.Helper()
	ctx := r.t.Context()
	conn, err := pgx.Connect(ctx, r.address(Superuser, "postgres", "POSTGRES_PORT", r.Machines...))
	if err == nil {
		_, err = conn.Exec(ctx, `CREATE DATABASE `+Database)
		_ = conn.Close(ctx)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range r.Machines { // clients of a standby without the database get an error and try no other machine
		r.waitUntil("every machine has the database", func() bool {
			conn, err := pgx.Connect(ctx, r.address(Superuser, Database, "POSTGRES_PORT", m))
			if err == nil {
				_ = conn.Close(ctx)
			}
			var not *pgconn.NotPreferredError
			return err == nil || errors.As(err, &not) || strings.Contains(err.Error(), "read only connection")
		})
	}
}

// Owner connects to the primary's PostgreSQL directly as the owner, for migrations and checks.
func (r *Cluster) Owner() *pgxpool.Pool {
	r.t.Helper()
	pool, err := pgxpool.New(context.WithoutCancel(r.t.Context()), r.address(Superuser, Database, "POSTGRES_PORT", r.Machines...))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(pool.Close)
	return pool
}

// AppRole gives the application its privileges and its password. Run it after the migrations.
func (r *Cluster) AppRole(owner *pgxpool.Pool) {
	r.t.Helper()
	if err := devpostgres.EnsureAppRole(r.t.Context(), owner, r.password); err != nil {
		r.t.Fatal(err)
	}
}

// URL is the application's DATABASE_URL: through every machine's PgBouncer, of which one leads to the primary.
func (r *Cluster) URL() string {
	return r.address(AppUser, Database, "PGBOUNCER_PORT", r.Machines...) + "&default_query_exec_mode=cache_describe"
}

// URLVia is the address through one machine's PgBouncer.
func (r *Cluster) URLVia(m *Machine) string {
	return strings.Replace(
		r.address(AppUser, Database, "PGBOUNCER_PORT", m),
		"read-write",
		"any",
		1,
	) + "&default_query_exec_mode=cache_describe"
}

func (r *Cluster) address(user, database, port string, machines ...*Machine) string {
	password := map[string]string{AppUser: r.password, Superuser: r.superuserPassword}[user]
	var hosts []string
	for _, m := range machines {
		hosts = append(hosts, m.values["HOST"]+":"+m.values[port])
	}
	return "postgres://" + url.UserPassword(user, password).String() + "@" + strings.Join(hosts, ",") + "/" + database +
		"?sslmode=disable&target_session_attrs=read-write&connect_timeout=1"
}

func (r *Cluster) stop() {
	for _, m := range slices.Backward(r.Machines) {
		m.KillAll()
	}
}

// waitUntil waits for a condition, for two minutes at most, since copying or rewinding a database takes time.
func (r *Cluster) waitUntil(what string, holds func() bool) {
	r.t.Helper()
	waitFor(r.t, 2*time.Minute, what, holds)
}
