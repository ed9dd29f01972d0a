package restore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// machine is a machine with PostgreSQL. The archive, the backups and the operator's scripts are elsewhere: they
// outlive it.
type machine struct {
	t           testing.TB
	environment environment
	data        string // its disk
	major       int
	cluster     *devpostgres.Cluster
	log         *serverLog
	owner       *pgxpool.Pool // of the tables, in the application's database
}

// environment is everything outside the machine, which survives its loss.
type environment struct {
	folder, scripts, archive, backups string
	program                           string // areariservata
	binaries                          devpostgres.Binaries
	credential                        *syscall.Credential // the account that runs the servers; nil: the current one
}

// newEnvironment makes an empty one, with the scripts of deploy/backup in a folder that the server's account can
// enter.
func newEnvironment(t testing.TB) environment {
	t.Helper()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	p := environment{folder: openFolder(t)}
	var err error
	if p.binaries, err = devpostgres.Find(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pg_basebackup", "pg_verifybackup"} {
		if _, err := os.Stat(filepath.Join(p.binaries.Dir, name)); err != nil {
			t.Skipf("%s has no %s: this PostgreSQL cannot make backups (npm's cannot; a system's can)", p.binaries.Dir, name)
		}
	}
	p.scripts, p.archive, p.backups = filepath.Join(
		p.folder,
		"scripts",
	), filepath.Join(
		p.folder,
		"archive",
	), filepath.Join(
		p.folder,
		"backups",
	)
	if err := os.CopyFS(p.scripts, os.DirFS("../../../deploy/backup")); err != nil {
		t.Fatal(err)
	}
	_ = filepath.WalkDir(p.scripts, func(path string, _ fs.DirEntry, _ error) error { return os.Chmod(path, 0o755) })
	return p
}

// openFolder is a folder that the server's account can enter: in memory for the short run, on a disk for the drill,
// which measures times.
func openFolder(t testing.TB) string {
	t.Helper()
	root := "/dev/shm"
	var room syscall.Statfs_t
	if err := syscall.Statfs(
		root,
		&room,
	); isFullDrill() || err != nil ||
		uint64(room.Bavail)*uint64(room.Bsize) < 2<<30 { //nolint:unconvert // types differ between systems
		root = "/var/tmp"
	}
	folder, err := os.MkdirTemp(root, "areariservata-restore-")
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

// run runs a program as the server's account, to its end.
func (p environment) run(ctx context.Context, env []string, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = p.folder
	command.Env = append([]string{"PATH=" + p.binaries.Dir + ":" + os.Getenv("PATH"), "LC_ALL=C.UTF-8"}, env...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.credential}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	out, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w: %s", filepath.Base(name), err, out)
	}
	return strings.TrimSpace(string(out)), err
}

func (p environment) script(name string) string { return filepath.Join(p.scripts, name) }

// newMachine starts a server on an empty disk that archives its write-ahead log: each segment when it is full, and
// after that many seconds at the latest.
func (p *environment) newMachine(t testing.TB, archiveTimeout int) *machine {
	t.Helper()
	m := &machine{t: t, data: filepath.Join(p.folder, "lost"), major: p.binaries.Major}
	t.Cleanup(m.stop)
	if err := m.start(p.binaries); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(m.data)
	if err != nil {
		t.Fatal(err)
	}
	owner := info.Sys().(*syscall.Stat_t)
	if int(owner.Uid) != os.Getuid() {
		p.credential = &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}
	}
	m.environment = *p
	p.makeFolder(t, p.archive)
	p.makeFolder(t, p.backups)
	superuser, err := pgxpool.New(t.Context(), m.cluster.URL("postgres", devpostgres.Superuser))
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`CREATE DATABASE ` + database,
		`ALTER SYSTEM SET archive_mode = 'on'`,
		fmt.Sprintf(`ALTER SYSTEM SET archive_command = '%s %%p %s/%%f'`, p.script("archive-wal"), p.archive),
		fmt.Sprintf(`ALTER SYSTEM SET archive_timeout = %d`, archiveTimeout),
	} {
		if _, err := superuser.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	superuser.Close()
	m.stop()
	if err := m.start(p.binaries); err != nil {
		t.Fatal(err)
	}
	return m
}

// makeFolder makes a folder that belongs to the server's account.
func (p environment) makeFolder(t testing.TB, folder string) {
	t.Helper()
	err := os.MkdirAll(folder, 0o700)
	if err == nil && p.credential != nil {
		err = os.Chown(folder, int(p.credential.Uid), int(p.credential.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
}

const database = "areariservata"

func (m *machine) start(binaries devpostgres.Binaries) (err error) {
	ctx, cancel := context.WithTimeout(m.t.Context(), 10*time.Minute)
	defer cancel()
	m.log = &serverLog{}
	if m.cluster, err = devpostgres.Start(ctx, devpostgres.Config{DataDir: m.data, Binaries: binaries, Log: m.log}); err != nil {
		m.cluster = nil
		return err
	}
	m.owner, err = pgxpool.New(ctx, m.url(devpostgres.Superuser))
	return err
}

func (m *machine) url(user string) string { return m.cluster.URL(database, user) }

// stop stops the server if it runs.
func (m *machine) stop() {
	if m.cluster == nil {
		return
	}
	if m.owner != nil {
		m.owner.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := m.cluster.Stop(ctx); err != nil {
		m.t.Errorf("stop PostgreSQL: %v", err)
	}
	m.cluster, m.owner = nil, nil
}

// destroy kills the server and deletes its disk.
func (m *machine) destroy() {
	m.t.Helper()
	note, err := os.ReadFile(filepath.Join(m.dataFiles(), "postmaster.pid"))
	if err != nil {
		m.t.Fatal(err)
	}
	var pid int
	if _, err := fmt.Sscan(string(note), &pid); err != nil {
		m.t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		m.t.Fatal(err)
	}
	m.stop()
	if err := os.RemoveAll(m.data); err != nil {
		m.t.Fatal(err)
	}
}

// dataFiles is the cluster's folder on the disk.
func (m *machine) dataFiles() string { return filepath.Join(m.data, fmt.Sprintf("pg%d", m.major)) }

// serverLog keeps a server's log.
type serverLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *serverLog) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *serverLog) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// queryValue is the value of a query with one row.
func queryValue[T any](t testing.TB, m *machine, sql string, args ...any) (value T) {
	t.Helper()
	if err := m.owner.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

// waitArchived waits until everything written so far is archived: a segment is archived when it is full or old.
func (m *machine) waitArchived() {
	m.t.Helper()
	m.waitSegmentArchived(queryValue[string](m.t, m, `SELECT pg_walfile_name(pg_current_wal_insert_lsn() - 1)`))
}

// waitSegmentArchived waits until a segment is archived.
func (m *machine) waitSegmentArchived(segment string) {
	m.t.Helper()
	waitUntil(m.t, "the log is archived up to "+segment, func() bool {
		return queryValue[bool](m.t, m, `SELECT coalesce(last_archived_wal >= $1, false) FROM pg_stat_archiver`, segment)
	})
}

// backup takes a backup with the operator's script.
func (m *machine) backup() string {
	m.t.Helper()
	host, _, _ := strings.Cut(strings.SplitN(m.url(devpostgres.Superuser), "host=", 2)[1], "&")
	host = strings.ReplaceAll(host, "%2F", "/")
	out, err := m.environment.run(
		m.t.Context(),
		[]string{"PGHOST=" + host, "PGUSER=" + devpostgres.Superuser},
		m.environment.script("base-backup"),
		m.environment.backups,
	)
	if err != nil {
		m.t.Fatal(err)
	}
	return out[strings.LastIndexByte(out, '\n')+1:]
}

// restoreMachine is a new machine, restored from a backup and an archive to a moment; or the error.
func (p environment) restoreMachine(t testing.TB, name, backup, archive string, moment ...string) (*machine, error) {
	t.Helper()
	m := &machine{t: t, environment: p, data: filepath.Join(p.folder, name), major: p.binaries.Major}
	t.Cleanup(m.stop)
	p.makeFolder(t, m.data)
	args := append([]string{backup, archive, m.dataFiles()}, moment...)
	if _, err := p.run(t.Context(), nil, p.script("restore-to"), args...); err != nil {
		return nil, err
	}
	if err := m.start(p.binaries); err != nil {
		return nil, err
	}
	// It accepts reads before recovery ends; it has reached the moment when it accepts writes.
	limit, again := time.After(10*time.Minute), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for {
		var recovering bool
		err := m.owner.QueryRow(t.Context(), `SELECT pg_is_in_recovery()`).Scan(&recovering)
		switch {
		case err != nil:
			return nil, fmt.Errorf("the server does not reach the moment: %w\n%s", err, m.log)
		case !recovering:
			return m, nil
		}
		select {
		case <-limit:
			return nil, errors.New("after ten minutes still recovering")
		case <-again.C:
		}
	}
}

// discard stops the machine and frees its disk.
func (m *machine) discard() {
	m.t.Helper()
	m.stop()
	if err := os.RemoveAll(m.data); err != nil {
		m.t.Error(err)
	}
}

// segmentNames are the names of the archived segments, in order.
func (p environment) segmentNames(t testing.TB) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(p.archive)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if len(e.Name()) == 24 {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names
}

// waitUntil waits for a condition, for a minute at most.
func waitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	limit, again := time.After(time.Minute), time.NewTicker(10*time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("after a minute still not: %s", what)
		case <-again.C:
		}
	}
}
