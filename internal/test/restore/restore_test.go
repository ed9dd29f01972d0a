// Package restore destroys the database's machine and restores the service from a backup and the write-ahead log as of
// a restore point, a time, or the end of the archive, while Administrators make changes. Then it counts missing
// acknowledged changes from before the moment, changes from after it, and partial changes, and it measures the times.
// The scripts are those of deploy/backup, the checks those of docs/backup.md, made by the program itself. `go test`
// runs it small, `make restore-drill` on a disk and with many users.
package restore_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/demo/generate"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if buildOnce.folder != "" {
		_ = os.RemoveAll(buildOnce.folder)
	}
	os.Exit(code)
}

// buildOnce builds the program once for all tests; see program.
var buildOnce struct {
	once         sync.Once
	folder, path string
}

// program is areariservata.
func program(t testing.TB) string {
	t.Helper()
	buildOnce.once.Do(func() {
		var err error
		if buildOnce.folder, err = os.MkdirTemp("", "areariservata-restore-"); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(buildOnce.folder, "areariservata")
		command := exec.Command("go", "build", "-o", path, "./cmd/areariservata")
		command.Dir = "../../.."
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("build: %v\n%s", err, out)
		}
		buildOnce.path = path
	})
	if buildOnce.path == "" {
		t.Fatal("the program was not built")
	}
	return buildOnce.path
}

// userCount is the number of users beside those of the load; RESTORE_USERS sets it for the full drill.
func userCount(t testing.TB) int {
	t.Helper()
	text := os.Getenv("RESTORE_USERS")
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1000 {
		t.Fatalf("RESTORE_USERS: %q is not a number of users, 1000 or more", text)
	}
	return n
}

// isFullDrill reports whether this is the full drill, not the short run of `go test`.
func isFullDrill() bool { return os.Getenv("RESTORE_USERS") != "" }

// newRand is this run's random source; RESTORE_SEED repeats a run.
func newRand(t testing.TB) *rand.Rand {
	t.Helper()
	number := uint64(time.Now().UnixNano())
	if text := os.Getenv("RESTORE_SEED"); text != "" {
		var err error
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("RESTORE_SEED: %v", err)
		}
	}
	t.Logf("RESTORE_SEED=%d", number)
	return rand.New(rand.NewPCG(number, 0))
}

// service is the database under load, on a machine that will be lost.
type service struct {
	environment environment
	machine     *machine
	keys        store.Keys
	seed        *seed.Seed
	load        *load
	baseline    consistency.Baseline
	log         map[event]string // the audit log before the loss, by event
}

// event is an event of an institution's log.
type event struct {
	institution string
	seq         int64
}

const archiveTimeout = 1 // seconds; 60 in production

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{environment: newEnvironment(t), keys: seed.Keys(t), baseline: consistency.Baseline{}}
	s.environment.program = program(t)
	s.machine = s.environment.newMachine(t, archiveTimeout)
	if err := store.Migrate(t.Context(), s.machine.owner); err != nil {
		t.Fatal(err)
	}
	if err := devpostgres.EnsureAppRole(t.Context(), s.machine.owner, ""); err != nil {
		t.Fatal(err)
	}
	s.seed = seed.New(t, s.machine.owner, s.keys)
	if n := userCount(t); n > 0 {
		size := generate.Size{Users: n, Institutions: max(2, n/100), Largest: n / 10, Seed: 1}
		if _, err := generate.Fill(t.Context(), s.machine.owner, s.keys, size, func(generate.Report) {}); err != nil {
			t.Fatal(err)
		}
	}
	each := 2
	if isFullDrill() {
		each = 4
	}
	s.load = newLoad(t, s.machine, s.seed, s.keys, each, newRand(t))
	s.recordBaseline(t)
	return s
}

// recordBaseline records all groups, which are all active at first.
func (s *service) recordBaseline(t testing.TB) {
	t.Helper()
	rows, err := s.machine.owner.Query(t.Context(), `SELECT institution::text, id::text, product, name FROM user_group ORDER BY id::text`)
	if err != nil {
		t.Fatal(err)
	}
	var in access.InstitutionID
	g := refmodel.CatalogueGroup{Status: string(access.Active)}
	if _, err := pgx.ForEachRow(rows, []any{&in, &g.ID, &g.Product, &g.Name}, func() error {
		s.baseline[in] = append(s.baseline[in], g)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// command runs one of the program's commands on a machine, as an operator would, with keys.
func (s *service) command(t testing.TB, m *machine, find, seal string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), s.environment.program, args...)
	c.Env = []string{"MIGRATIONS_DATABASE_URL=" + m.url(devpostgres.Superuser), "FISCAL_CODE_FIND_KEY=" + find, "FISCAL_CODE_SEAL_KEY=" + seal}
	if n := len(args); args[n-1] == "-" {
		c.Stdin = strings.NewReader(s.seed.FiscalCode("Pia Paesea").Reveal() + "\n")
	}
	out, err := c.CombinedOutput()
	return string(out), err
}

// The keys of [seed.Keys], as an operator writes them.
var findKey, sealKey = hex.EncodeToString(
	[]byte(strings.Repeat("f", store.KeySize)),
), hex.EncodeToString(
	[]byte(strings.Repeat("s", store.KeySize)),
)

// recordLog records the audit log as it was before the machine is lost.
func (s *service) recordLog(t testing.TB) {
	t.Helper()
	s.log = events(t, s.machine)
}

func events(t testing.TB, m *machine) map[event]string {
	t.Helper()
	all := map[event]string{}
	rows, err := m.owner.Query(t.Context(), `SELECT institution::text, seq, encode(hash, 'hex') FROM audit_event`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var e event
		var hash string
		if err := rows.Scan(&e.institution, &e.seq, &hash); err != nil {
			t.Fatal(err)
		}
		all[e] = hash
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// moment is a moment to restore to, between two ticks of the load's clock.
type moment struct {
	target        []string
	before, after int64
}

// nameMoment adds a restore point to the write-ahead log.
func (s *service) nameMoment(t testing.TB, name string) moment {
	t.Helper()
	m := moment{target: []string{"name", name}, before: s.load.clock.Add(1)}
	queryValue[string](t, s.machine, `SELECT pg_create_restore_point($1)::text`, name)
	m.after = s.load.clock.Add(1)
	return m
}

// momentNow is the current time of the database's clock.
func (s *service) momentNow(t testing.TB) moment {
	t.Helper()
	m := moment{before: s.load.clock.Add(1)}
	m.target = []string{"time", queryValue[string](t, s.machine, `SELECT clock_timestamp()::text`)}
	m.after = s.load.clock.Add(1)
	return m
}

// compareChanges are the changes acknowledged before the moment that a machine lacks; early are those requested after
// it that it has.
func (s *service) compareChanges(t testing.TB, on *machine, at moment) (missing, early []recordedChange) {
	t.Helper()
	there := map[store.IdempotencyKey]bool{}
	rows, err := on.owner.Query(t.Context(), `SELECT key::text FROM idempotency_key`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var m store.IdempotencyKey
		if err := rows.Scan(&m); err != nil {
			t.Fatal(err)
		}
		there[m] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, n := range s.load.recordedChanges() {
		switch {
		case n.acknowledgedAt != 0 && n.acknowledgedAt < at.before && !there[n.key]:
			missing = append(missing, n)
		case n.sentAt > at.after && there[n.key]:
			early = append(early, n)
		}
	}
	return missing, early
}

// unexpectedEvents are the events of a machine's log that were not in the log before, or differ.
func (s *service) unexpectedEvents(t testing.TB, on *machine) (unexpected []event) {
	t.Helper()
	for e, hash := range events(t, on) {
		if s.log[e] != hash {
			unexpected = append(unexpected, e)
		}
	}
	return unexpected
}

// requireConsistent compares a restored machine with the acknowledged changes, the log, the state by the log, and the
// lists.
func (s *service) requireConsistent(t *testing.T, on *machine, at moment) {
	t.Helper()
	missing, early := s.compareChanges(t, on, at)
	if len(missing)+len(early) > 0 {
		t.Errorf("%v: %d changes that were acknowledged before are missing, %d later ones are present", at.target, len(missing), len(early))
	}
	if unexpected := s.unexpectedEvents(t, on); len(unexpected) > 0 {
		t.Errorf("%v: %d events differ from the log before the loss, such as %v", at.target, len(unexpected), unexpected[0])
	}
	if err := s.baseline.Check(t.Context(), on.owner, s.keys); err != nil {
		t.Errorf("%v: %v", at.target, err)
	}
	out, err := s.command(t, on, findKey, sealKey, "repair", "listing")
	for _, zero := range []string{`"assignments":0`, `"listing":0`, `"user_counts":0`} {
		if err != nil || !strings.Contains(strings.ReplaceAll(out, " ", ""), zero) {
			t.Errorf("%v: repair listing: %v\n%s", at.target, err, out)
			break
		}
	}
}

// timeToFirstChange is the time until a machine acknowledges its first change.
func (s *service) timeToFirstChange(t testing.TB, on *machine) time.Duration {
	t.Helper()
	start := time.Now()
	w := s.load.workers[0]
	c := w.change
	c.Key, c.Target.Product = newIdempotencyKey(w.rng), "prod-interop"
	if _, err := newUsersService(t, on, s.keys).CreateGroup(context.WithoutCancel(t.Context()), c, "Dopo il ripristino"); err != nil {
		t.Errorf("after the restore: %v", err)
	}
	return time.Since(start)
}

func formatSize(t testing.TB, folder string) string {
	t.Helper()
	var sum int64
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d MB", sum>>20)
}
