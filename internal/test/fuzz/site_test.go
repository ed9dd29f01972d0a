// Package fuzz_test sends what the site's pages do not: random and malformed requests, scripts in texts, the same form
// many times at once, stale forms in every order, and slow requests.
package fuzz_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
)

func TestMain(m *testing.M) {
	os.Exit(browsertest.Main(func() int { return pgtest.Main(m) }))
}

// isFullRun reports whether this is the full run (make fuzz), not the short one of `go test`.
func isFullRun() bool { return os.Getenv("FUZZ") != "" }

// envInt is the number in an environment variable, or the default.
func envInt(t testing.TB, name string, usual int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// checkedSite is a site whose log is searched for errors, and whose database is compared with its audit log.
type checkedSite struct {
	*site.Site
	keys     store.Keys
	faults   *faultLog
	baseline consistency.Baseline
}

// faultLog keeps the lines about panics and errors.
type faultLog struct {
	mu    sync.Mutex
	lines []string
}

// Write implements [io.Writer]; the logger writes a line at a time.
func (l *faultLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if line := string(p); strings.Contains(line, "panic") || strings.Contains(line, `"level":"ERROR"`) {
		l.lines = append(l.lines, line)
	}
	return len(p), nil
}

func (l *faultLog) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines)
}

func open(t testing.TB, o site.Options) *checkedSite {
	t.Helper()
	s := &checkedSite{keys: seed.Keys(t), faults: &faultLog{}, baseline: consistency.Baseline{}}
	o.Log = s.faults
	s.Site = site.Start(t, o)
	return s
}

// recordBaseline records the institution's groups before any change.
func (s *checkedSite) recordBaseline(i *seed.Institution) {
	s.T.Helper()
	if err := s.baseline.Record(s.T.Context(), s.DB.Owner, s.keys, i.ID); err != nil {
		s.T.Fatal(err)
	}
}

// findInconsistencies are the errors in the log and the inconsistencies of the database.
func (s *checkedSite) findInconsistencies() []string {
	all := s.faults.all()
	if err := s.baseline.Check(s.T.Context(), s.DB.Owner, s.keys); err != nil {
		all = append(all, err.Error())
	}
	return all
}

// countChanges is the number of changes in the institution's log.
func (s *checkedSite) countChanges(t testing.TB, i access.InstitutionID) (n int) {
	t.Helper()
	if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE institution = $1 AND actor IS NOT NULL`, i).
		Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
