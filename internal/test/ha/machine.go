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

// Machine is one of the three: an etcd, a Patroni with its PostgreSQL, a PgBouncer before that.
type Machine struct {
	Name string

	rack     *Rack
	folder   string
	values   map[string]string // what its configuration says
	programs []*process        // etcd, PgBouncer, Patroni
	off      bool
}

// The places of [Machine.programs].
const (
	etcd = iota
	pgbouncer
	patroni
)

// On starts all that isn't running: a machine that comes back.
func (m *Machine) On() {
	m.rack.t.Helper()
	m.off = false
	for _, p := range m.programs {
		if p.running == nil {
			p.start()
		}
	}
}

// KillPostgres kills PostgreSQL's first process; the others notice, and follow. Patroni sees it.
func (m *Machine) KillPostgres() {
	if all := family(m.data()); len(all) > 0 {
		_ = syscall.Kill(all[0], syscall.SIGKILL)
	}
}

// KillDatabase kills Patroni and PostgreSQL: nobody there gives the primary's place up.
func (m *Machine) KillDatabase() {
	m.programs[patroni].kill()
	m.postgres(syscall.SIGKILL)
}

// Off kills everything at once, as a power cut would; what was written stays.
func (m *Machine) Off() {
	m.off = true
	for _, p := range m.programs {
		p.signal(syscall.SIGKILL)
	}
	m.postgres(syscall.SIGKILL)
	for _, p := range m.programs {
		p.kill()
	}
}

// Freeze stops everything where it stands: connections stay open, and nobody answers on them.
func (m *Machine) Freeze() {
	m.off = true
	for _, p := range m.programs {
		p.signal(syscall.SIGSTOP)
	}
	m.postgres(syscall.SIGSTOP)
}

// Thaw lets a frozen machine go on as if nothing had happened: a primary still believes itself one.
func (m *Machine) Thaw() {
	m.off = false
	m.postgres(syscall.SIGCONT)
	for _, p := range m.programs {
		p.signal(syscall.SIGCONT)
	}
}

// FreezePostgres stops PostgreSQL alone, ThawPostgres lets it go on.
func (m *Machine) FreezePostgres() { m.postgres(syscall.SIGSTOP) }

// ThawPostgres undoes [Machine.FreezePostgres].
func (m *Machine) ThawPostgres() { m.postgres(syscall.SIGCONT) }

// StallReplication stops what sends changes to the standbys: what is committed from now on exists here only.
func (m *Machine) StallReplication() {
	for _, pid := range family(m.data()) {
		if strings.Contains(title(pid), ": walsender ") {
			_ = syscall.Kill(pid, syscall.SIGSTOP)
		}
	}
}

func (m *Machine) postgres(s syscall.Signal) {
	all := family(m.data())
	for _, pid := range all { // the first is everybody's parent: it can't make more once it is stopped
		_ = syscall.Kill(pid, s)
	}
	if s == syscall.SIGKILL && len(all) > 0 {
		m.rack.until("PostgreSQL has ended", func() bool { return !named(all[0], "postgres") })
	}
}

// Port is where PostgreSQL itself listens.
func (m *Machine) Port() string { return m.values["POSTGRES_PORT"] }

func (m *Machine) data() string { return filepath.Join(m.folder, "data") }

// says asks the machine's Patroni; 0 is no answer.
func (m *Machine) says(path string) (status int, text []byte) {
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
	t := m.rack.t
	for name, private := range map[string]bool{"etcd.yml": false, "patroni.yml": true, "pgbouncer.ini": false} {
		write(t, filepath.Join(m.folder, name), fill(t, name, m.values), private, m.rack.as)
	}
	write(t, filepath.Join(m.folder, "users.txt"), `"`+AppUser+`" "`+m.rack.password+"\"\n", true, m.rack.as)
	for _, p := range []struct{ name, program, file string }{
		etcd:      {"etcd", "etcd", "--config-file=" + filepath.Join(m.folder, "etcd.yml")},
		pgbouncer: {"pgbouncer", "pgbouncer", filepath.Join(m.folder, "pgbouncer.ini")},
		patroni:   {"patroni", "patroni", filepath.Join(m.folder, "patroni.yml")},
	} {
		path, err := find(p.program)
		if err != nil {
			t.Fatal(err)
		}
		m.programs = append(m.programs, &process{t: t, as: m.rack.as, note: filepath.Join(m.folder, p.name), args: []string{path, p.file}})
	}
}

// Log is the end of what each program has said, for a test that fails.
func (m *Machine) Log() string {
	var all strings.Builder
	for _, p := range m.programs {
		all.WriteString("--- " + m.Name + " " + filepath.Base(p.note) + "\n" + p.log() + "\n")
	}
	return all.String()
}
