package ha

import (
	"context"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Machine is one of the three: etcd, Patroni with its PostgreSQL, and PgBouncer.
type Machine struct {
	Name string

	cluster  *Cluster
	folder   string
	values   map[string]string // what its configuration says
	programs []*process        // etcd, PgBouncer, Patroni
	isOff    bool
}

// The indexes of [Machine.programs].
const (
	etcd = iota
	pgbouncer
	patroni
)

// StartAll starts every program that is not running.
func (m *Machine) StartAll() {
	m.cluster.t.Helper()
	m.isOff = false
	for _, p := range m.programs {
		if p.running == nil {
			p.start()
		}
	}
}

// KillPostgres kills the postmaster, and its children end. Patroni notices.
func (m *Machine) KillPostgres() {
	if all := processTree(m.data()); len(all) > 0 {
		_ = syscall.Kill(all[0], syscall.SIGKILL)
	}
}

// KillDatabase kills Patroni and PostgreSQL, so that the machine does not release the leader's lock.
func (m *Machine) KillDatabase() {
	m.programs[patroni].kill()
	m.signalPostgres(syscall.SIGKILL)
}

// KillAll kills everything at once, as a power cut would; written data stay.
func (m *Machine) KillAll() {
	m.isOff = true
	for _, p := range m.programs {
		p.signal(syscall.SIGKILL)
	}
	m.signalPostgres(syscall.SIGKILL)
	for _, p := range m.programs {
		p.kill()
	}
}

// Freeze pauses everything: connections stay open and get no answer.
func (m *Machine) Freeze() {
	m.isOff = true
	for _, p := range m.programs {
		p.signal(syscall.SIGSTOP)
	}
	m.signalPostgres(syscall.SIGSTOP)
}

// Thaw continues a frozen machine, on which a primary still takes itself for one.
func (m *Machine) Thaw() {
	m.isOff = false
	m.signalPostgres(syscall.SIGCONT)
	for _, p := range m.programs {
		p.signal(syscall.SIGCONT)
	}
}

// FreezePostgres pauses PostgreSQL alone, ThawPostgres continues it.
func (m *Machine) FreezePostgres() { m.signalPostgres(syscall.SIGSTOP) }

// ThawPostgres undoes [Machine.FreezePostgres].
func (m *Machine) ThawPostgres() { m.signalPostgres(syscall.SIGCONT) }

// StallReplication pauses the processes that send changes to the standbys: later commits exist here only.
func (m *Machine) StallReplication() {
	for _, pid := range processTree(m.data()) {
		if strings.Contains(processTitle(pid), ": walsender ") {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
	}
}

func (m *Machine) signalPostgres(s syscall.Signal) {
	all := processTree(m.data())
	for _, pid := range all { // the parent first: paused, it starts no other
		_ = syscall.Kill(pid, s)
	}
	if s == syscall.SIGKILL && len(all) > 0 {
		m.cluster.waitUntil("PostgreSQL has ended", func() bool { return !isRunning(all[0], "postgres") })
	}
}

// Port is PostgreSQL's own port.
func (m *Machine) Port() string { return m.values["POSTGRES_PORT"] }

func (m *Machine) data() string { return filepath.Join(m.folder, "data") }

// askPatroni is the status of a Patroni endpoint; 0: no answer.
func (m *Machine) askPatroni(path string) (status int, text []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.values["HOST"]+":"+m.values["PATRONI_PORT"]+path, http.NoBody)
	if err != nil {
		return 0, nil
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = answer.Body.Close() }()
	text, err = io.ReadAll(answer.Body)
	if err != nil {
		return 0, nil
	}
	return answer.StatusCode, text
}

// configure writes the machine's configuration, from the files that an operator starts from.
func (m *Machine) configure() {
	t := m.cluster.t
	for name, private := range map[string]bool{"etcd.yml": false, "patroni.yml": true, "pgbouncer.ini": false} {
		writeFile(t, filepath.Join(m.folder, name), renderConfig(t, name, m.values), private, m.cluster.credential)
	}
	writeFile(t, filepath.Join(m.folder, "users.txt"), `"`+AppUser+`" "`+m.cluster.password+"\"\n", true, m.cluster.credential)
	for _, p := range []struct{ name, program, file string }{
		etcd:      {"etcd", "etcd", "--config-file=" + filepath.Join(m.folder, "etcd.yml")},
		pgbouncer: {"pgbouncer", "pgbouncer", filepath.Join(m.folder, "pgbouncer.ini")},
		patroni:   {"patroni", "patroni", filepath.Join(m.folder, "patroni.yml")},
	} {
		path, err := findProgram(p.program)
		if err != nil {
			t.Fatal(err)
		}
		m.programs = append(
			m.programs,
			&process{t: t, credential: m.cluster.credential, note: filepath.Join(m.folder, p.name), args: []string{path, p.file}},
		)
	}
}

// Log is the end of each program's log, for a test that fails.
func (m *Machine) Log() string {
	var all strings.Builder
	for _, p := range m.programs {
		all.WriteString("--- " + m.Name + " " + filepath.Base(p.note) + "\n" + p.log() + "\n")
	}
	return all.String()
}
