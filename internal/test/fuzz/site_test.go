// Package fire_test puts the site under fire: requests that no page of ours sends, scripts where texts belong, the same form many
// times at once, stale forms in every order, clients that are slow, wrong or hostile.
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

// isFullRun reports whether all of it is asked for (make fuzz), and not the part that the test command runs.
func isFullRun() bool { return os.Getenv("FUZZ") != "" }

// envInt is the one of that name in the environment, or else what usually is.
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

// checkedSite is a site whose log is searched for faults of the application, and whose database is compared with its own log.
type checkedSite struct {
	*site.Site
	keys     store.Keys
	faults   *faultLog
	baseline consistency.Baseline
}

// faultLog keeps of what the application logs the lines about its own faults.
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

// recordBaseline notes what an institution is like before anybody does anything.
func (s *checkedSite) recordBaseline(i *seed.Institution) {
	s.T.Helper()
	if err := s.baseline.Record(s.T.Context(), s.DB.Owner, s.keys, i.ID); err != nil {
		s.T.Fatal(err)
	}
}

// findInconsistencies is everything that is wrong after what has happened: faults in the log, and what the reckoning finds.
func (s *checkedSite) findInconsistencies() []string {
	all := s.faults.all()
	if err := s.baseline.Check(s.T.Context(), s.DB.Owner, s.keys); err != nil {
		all = append(all, err.Error())
	}
	return all
}

// countChanges is how many changes the institution's log holds.
func (s *checkedSite) countChanges(t testing.TB, i access.InstitutionID) (n int) {
	t.Helper()
	if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE institution = $1 AND actor IS NOT NULL`, i).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
