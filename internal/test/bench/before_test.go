package bench_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// BENCH_BEFORE names a program built from an earlier commit, which runs on the same database: what a page costs the
// processor, in turn with this commit's, whose figures are divided by the earlier one's.
func TestAgainstAnEarlierProgram(t *testing.T) {
	earlier := os.Getenv("BENCH_BEFORE")
	if earlier == "" {
		t.Skip("BENCH_BEFORE names no program of an earlier commit")
	}
	l := lengths(t)
	r := &report{}
	many := newDatabase(t, newCluster(t), l.users)
	now := newEnvironment(t, program(t), many)
	before := *now
	before.site = newSite(t, earlier, many)
	b := &benchmark{t: t, length: l, report: r}
	for _, of := range []*environment{now, &before} { // warms up prepared statements and the page cache
		b.requireNoFailures(closedLoad(16, l.window, of.listJob()))
	}
	for _, clients := range []int{1, 16, 256} {
		b.compareBefore(clients, now, &before)
	}
	r.addInfo("most memory resident, MB", "%d, before %d", now.site.resident()>>20, before.site.resident()>>20)
	r.addInfo("load at the end", "%s", loadAverage())
	t.Logf("\n%s", r)
}

func (b *benchmark) compareBefore(clients int, now, before *environment) {
	var site, database, sum, rate []float64
	var cost [2][2][]float64 // of this commit's and of the earlier program: the site's and the database's
	for round := range b.length.rounds {
		var a [2]pageCost
		for turn := range 2 {
			i := (round + turn) % 2 // who is second finds warm caches
			a[i] = b.measurePage(clients, []*environment{now, before}[i])
			cost[i][0], cost[i][1] = append(cost[i][0], a[i].site), append(cost[i][1], a[i].database)
		}
		site, database = append(site, a[0].site/a[1].site), append(database, a[0].database/a[1].database)
		sum = append(sum, (a[0].site+a[0].database)/(a[1].site+a[1].database))
		rate = append(rate, a[0].rate/a[1].rate)
	}
	at := ", " + connections(clients)
	for i, name := range []string{"now", "before"} {
		b.report.addInfo("processor's time a page, "+name+at, "%s µs of the site, %s µs of PostgreSQL",
			formatNumber(median(cost[i][0])*1e6), formatNumber(median(cost[i][1])*1e6))
	}
	b.report.addInfo("to the earlier program: the site's, PostgreSQL's"+at, "%s, %s",
		formatNumber(median(site)), formatNumber(median(database)))
	b.report.atMost("to the earlier program: both"+at, median(sum), .5)
	b.report.addInfo("pages a second to the earlier program's"+at, "%s", formatNumber(median(rate)))
}

// pageCost is what a page costs: seconds of the processor, and pages a second.
type pageCost struct{ site, database, rate float64 }

func (b *benchmark) measurePage(clients int, of *environment) pageCost {
	server := of.cpu(b.t)
	m := b.measure(of.site, clients, of.listJob())
	n := float64(max(1, len(m.times)))
	return pageCost{site: m.cpu, database: (of.cpu(b.t) - server).Seconds() / n, rate: m.rate()}
}

// cpu is the processor's time that the database's present connections have used.
func (d *database) cpu(t *testing.T) (sum time.Duration) {
	t.Helper()
	rows, err := d.owner.Query(t.Context(), `
		SELECT pid FROM pg_stat_activity WHERE datname = $1 AND application_name = 'areariservata'`, d.name)
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	if _, err := pgx.ForEachRow(rows, []any{&pid}, func() error {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid)) // nanoseconds first
		if err != nil {
			return err
		}
		used, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(used, 10, 64)
		sum += time.Duration(n)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return sum
}
