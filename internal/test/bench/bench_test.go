// Package bench measures how fast the site is, as ratios: to the same statements and the same page without a site
// around them, to a constant page, to PostgreSQL's pgbench, to the site with a thousand users, and to a list that reads
// all rows at every request. The compared measurements alternate, round after round, in one run; the result is the
// median of the rounds. Absolute numbers depend on the machine, ratios less so. The site is the program in a process of
// its own, with everything that production has except TLS. `make bench` measures for as long as precise results need;
// `go test` measures for moments, to check that the benchmark still works. No result fails a test: a missed goal is
// reported as missed.
package bench_test

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if code := baselinesMain(); code >= 0 {
		os.Exit(code)
	}
	os.Exit(m.Run())
}

// runLength is how long a run is.
type runLength struct {
	users  int
	rounds int
	window time.Duration // of each measurement
	rate   float64       // pages a second, in open loop
	writes float64       // changes a second meanwhile
}

// lengths: BENCH=whole is `make bench`, BENCH=quick a shorter run; without it, a moment.
func lengths(t *testing.T) runLength {
	t.Helper()
	l := runLength{users: 400, rounds: 1, window: 100 * time.Millisecond, rate: 50, writes: 20}
	switch os.Getenv("BENCH") {
	case "whole":
		l = runLength{users: 1_000_000, rounds: 5, window: 3 * time.Second, rate: 200, writes: 500}
	case "quick":
		l = runLength{users: 2_000, rounds: 3, window: 700 * time.Millisecond, rate: 200, writes: 100}
	}
	for name, place := range map[string]*int{"USERS": &l.users, "ROUNDS": &l.rounds} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				t.Fatalf("%s: %q isn't a number", name, text)
			}
			*place = n
		}
	}
	for name, place := range map[string]*float64{"RATE": &l.rate, "WRITES": &l.writes} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseFloat(text, 64)
			if err != nil || n <= 0 {
				t.Fatalf("%s: %q isn't a number", name, text)
			}
			*place = n
		}
	}
	return l
}

// smallSize is the size of the small institution, which the large one is compared with.
func (l runLength) smallSize() int { return min(1_000, l.users/2) }

func TestTheGoalsOfSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	l := lengths(t)
	r := &report{}
	path := program(t)
	cluster := newCluster(t)
	few, many := newDatabase(t, cluster, l.smallSize()), newDatabase(t, cluster, l.users)
	r.addInfo("machine", "%d cores, PostgreSQL %s, load %s at the start", runtime.NumCPU(), cluster.Binaries.Version, loadAverage())
	r.addInfo("users", "%d and %d, %d and %d of them in the institution looked at", few.people, many.people, few.largest, many.largest)
	defer func() { // also if the run is aborted
		r.addInfo("load at the end", "%s", loadAverage())
		t.Logf("\n%s", r)
	}()
	b := &benchmark{t: t, length: l, report: r, small: newEnvironment(t, path, few), large: newEnvironment(t, path, many)}
	for _, s := range []*environment{b.small, b.large} { // warms up prepared statements and the page cache
		b.requireNoFailures(closedLoad(16, l.window, s.listJob()))
		b.requireNoFailures(closedLoad(16, l.window, s.baselineJob("/bare")))
	}
	b.comparePage()
	b.compareConventional()
	b.compareSizes()
	b.compareUnderChanges()
	b.compareChanges()
	b.compareConnections()
	b.measureStart(path)
}

// environment is a database with the site and the baselines on it.
type environment struct {
	*database
	site, baselines *process
	cookie          string
	pages           []page
}

func newEnvironment(t *testing.T, path string, d *database) *environment {
	t.Helper()
	s := &environment{database: d, cookie: d.signIn(t, d.admin), pages: d.pages(t, 200)}
	s.site, s.baselines = newSite(t, path, d), newBaselines(t, d)
	return s
}

// listJob requests pages from all over the site's list.
func (s *environment) listJob() job {
	var all [][]byte
	for _, p := range s.pages {
		all = append(all, get(s.site.address, s.listURL(p), s.cookie))
	}
	return requestJob(s.site.address, all, http.StatusOK)
}

// baselineJob requests the same pages from a baseline.
func (s *environment) baselineJob(path string) job {
	var all [][]byte
	for _, p := range s.pages {
		all = append(all, get(s.baselines.address, fmt.Sprintf("%s&offset=%d", p.baselinePath(path), p.offset), ""))
	}
	return requestJob(s.baselines.address, all, http.StatusOK)
}

// benchmark is a run.
type benchmark struct {
	t            *testing.T
	length       runLength
	report       *report
	small, large *environment
}

// measured is a run with the processor time per request of the serving process.
type measured struct {
	run
	cpu float64 // seconds a request
}

func (b *benchmark) measure(of *process, clients int, j job) measured {
	before := of.cpu()
	m := measured{run: closedLoad(clients, b.length.window, j)}
	b.requireNoFailures(m.run)
	m.cpu = (of.cpu() - before).Seconds() / float64(max(1, len(m.times)))
	return m
}

// requireNoFailures fails the test if requests failed: a failed request is no measurement.
func (b *benchmark) requireNoFailures(r run) {
	b.t.Helper()
	if r.failed > 0 || len(r.times) == 0 {
		b.t.Errorf("%d requests answered, %d not: %v", len(r.times), r.failed, r.err)
	}
}

// measureStart measures the program itself.
func (b *benchmark) measureStart(path string) {
	list := func(host string) []byte { return get(host, b.large.listURL(b.large.pages[0]), b.large.cookie) }
	var took []float64
	for range max(3, b.length.rounds) {
		took = append(took, startToFirstList(b.t, path, b.large.database, list).Seconds())
	}
	b.report.atMost("from start to the first list, seconds", median(took), .1)
	if info, err := os.Stat(path); err == nil {
		b.report.atMost("the program, MB", float64(info.Size())/(1<<20), 25)
	}
}
