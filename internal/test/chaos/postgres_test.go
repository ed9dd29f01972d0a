package chaos_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
)

const database = "areariservata"

// postgres is a durable PostgreSQL server that can be killed and started again.
type postgres struct {
	t       testing.TB
	folder  string
	cluster atomic.Pointer[devpostgres.Cluster]
	owner   *pgxpool.Pool // through a proxy of its own, which finds the server after a restart
}

// newPostgres starts a server with the application's schema, in folder, or in any folder with space if that is empty.
func newPostgres(t testing.TB, folder string) *postgres {
	t.Helper()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	if folder == "" {
		folder = openFolder(t)
	}
	p := &postgres{t: t, folder: filepath.Join(folder, "data")}
	t.Cleanup(p.stop)
	p.start()
	ctx := t.Context()
	maintenance, err := pgxpool.New(ctx, p.cluster.Load().URL("postgres", devpostgres.Superuser))
	if err == nil {
		_, err = maintenance.Exec(ctx, `CREATE DATABASE `+database)
		maintenance.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	p.owner, err = pgxpool.New(context.WithoutCancel(ctx), p.urlVia(newProxy(t, p.socket), devpostgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.owner.Close)
	if err := store.Migrate(ctx, p.owner); err != nil {
		t.Fatal(err)
	}
	if err := devpostgres.EnsureAppRole(ctx, p.owner, ""); err != nil {
		t.Fatal(err)
	}
	return p
}

// openFolder is a folder that the server's account can enter, in memory if possible, since no test cuts the power.
func openFolder(t testing.TB) string {
	t.Helper()
	root := "/dev/shm"
	var fs syscall.Statfs_t
	if err := syscall.Statfs(
		root,
		&fs,
	); err != nil ||
		uint64(fs.Bavail)*uint64(fs.Bsize) < 2<<30 { //nolint:unconvert // types differ between systems
		root = "/var/tmp"
	}
	folder, err := os.MkdirTemp(root, "areariservata-faults-")
	if err == nil {
		err = os.Chmod(folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	return folder
}

// start starts the server, repeatedly as a supervisor would: remains of a killed one may still be ending.
func (p *postgres) start() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), time.Minute)
	defer cancel()
	for {
		cluster, err := devpostgres.Start(ctx, devpostgres.Config{DataDir: p.folder})
		if err == nil {
			p.cluster.Store(cluster)
			if p.owner != nil {
				p.owner.Reset() // the pool's connections lead to the server before the restart
			}
			return
		}
		if ctx.Err() != nil {
			p.t.Fatal(err)
		}
	}
}

// kill kills the postmaster and cleans up after it.
func (p *postgres) kill() {
	p.t.Helper()
	if err := syscall.Kill(p.pid(), syscall.SIGKILL); err != nil {
		p.t.Fatal(err)
	}
	p.stop()
}

// stop stops the server if it runs.
func (p *postgres) stop() {
	cluster := p.cluster.Swap(nil)
	if cluster == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := cluster.Stop(ctx); err != nil {
		p.t.Errorf("stop PostgreSQL: %v", err)
	}
}

// pid is the postmaster's process id.
func (p *postgres) pid() int {
	p.t.Helper()
	note := filepath.Join(p.folder, fmt.Sprintf("pg%d", p.cluster.Load().Binaries.Major), "postmaster.pid")
	text, err := os.ReadFile(note)
	if err != nil {
		p.t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil {
		p.t.Fatal(err)
	}
	return pid
}

// socket is the server's address; empty while it is stopped.
func (p *postgres) socket() string {
	cluster := p.cluster.Load()
	if cluster == nil {
		return "/nonexistent"
	}
	u, err := url.Parse(cluster.URL(database, devpostgres.Superuser))
	if err != nil {
		return "/nonexistent"
	}
	return filepath.Join(u.Query().Get("host"), ".s.PGSQL."+u.Query().Get("port"))
}

// urlVia is the database's address through a proxy.
func (p *postgres) urlVia(w *proxy, user string) string {
	return "postgres://" + user + "@" + w.address() + "/" + database + "?sslmode=disable"
}
