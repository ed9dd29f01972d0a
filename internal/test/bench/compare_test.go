package bench_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// comparePage compares the complete page with a bare handler and a constant page, in turn.
func (b *benchmark) comparePage() {
	s := b.large
	for _, clients := range []int{1, 16} {
		var site, bare, toBare, toConstant, cpu, siteCPU []float64
		for range b.length.rounds {
			a := b.measure(s.site, clients, s.listJob())
			f := b.measure(s.baselines, clients, s.baselineJob("/bare"))
			c := b.measure(s.baselines, clients, s.baselineJob("/constant"))
			site, bare = append(site, a.rate()), append(bare, f.rate())
			toBare, toConstant = append(toBare, a.rate()/f.rate()), append(toConstant, a.rate()/c.rate())
			if f.cpu > 0 {
				cpu, siteCPU = append(cpu, a.cpu/f.cpu), append(siteCPU, a.cpu)
			}
		}
		at := ", " + connections(clients)
		b.report.addInfo(
			"the list page, pages a second"+at,
			"%s, bare %s; %s µs of the processor a page",
			formatNumber(median(site)),
			formatNumber(median(bare)),
			formatNumber(median(siteCPU)*1e6),
		)
		b.report.atLeast("the list page to a bare handler, pages a second"+at, median(toBare), .70)
		b.report.atMost("the same, processor's time a page"+at, median(cpu), 1.5)
		b.report.atLeast("the list page to a constant page of 30 KB"+at, median(toConstant), .08)
	}
}

// compareConventional compares the complete page with a conventional page, whose queries do not scale.
func (b *benchmark) compareConventional() {
	for _, of := range []struct {
		*environment
		goal float64
	}{{b.small, 10}, {b.large, 500}} {
		var ratio, rates []float64
		for range b.length.rounds {
			a := b.measure(of.site, 2, of.listJob())
			c := b.measure(of.baselines, 2, of.baselineJob("/conventional"))
			ratio, rates = append(ratio, a.rate()/c.rate()), append(rates, c.rate())
		}
		what := fmt.Sprintf("the list page to a conventional one, list of %d users, 2 connections", of.largest)
		if of.environment == b.large && of.largest < 90_000 { // the goal is for a hundred thousand users
			b.report.addInfo(what, "%s", formatNumber(median(ratio)))
		} else {
			b.report.atLeast(what, median(ratio), of.goal)
		}
		b.report.addInfo("the conventional one, pages a second", "%s", formatNumber(median(rates)))
	}
}

// p99 is the time of the slowest of a hundred pages, at that many a second.
func (b *benchmark) p99(s *environment, rate float64) float64 {
	r := openLoad(rate, 64, 2*b.length.window, s.listJob())
	b.requireNoFailures(r)
	return r.quantile(.99).Seconds()
}

// compareSizes compares the slowest of a hundred pages among many users with those among few.
func (b *benchmark) compareSizes() {
	var few, many, ratio []float64
	for range b.length.rounds {
		var small, beside float64 // measured at the same time, so that other load on the machine affects both
		var both sync.WaitGroup
		both.Go(func() { small = b.p99(b.small, b.length.rate/2) })
		both.Go(func() { beside = b.p99(b.large, b.length.rate/2) })
		both.Wait()
		few, many, ratio = append(few, small), append(many, beside), append(ratio, beside/small)
	}
	b.report.addInfo(
		fmt.Sprintf("p99, %s pages a second in open loop to each at the same time", formatNumber(b.length.rate/2)),
		"%s ms among %d users, %s ms among %d",
		formatNumber(median(few)*1e3), b.small.people, formatNumber(median(many)*1e3), b.large.people,
	)
	b.report.atMost("p99 among many to that among few, at the same time", median(ratio), 1.15)
}

// compareUnderChanges compares the slowest of a hundred pages during changes with those without: at a quarter as many changes
// as pages, which is half of what two cores can do, and at more.
func (b *benchmark) compareUnderChanges() {
	workers := b.large.workers(b.t)
	rates := []float64{b.length.rate / 4, b.length.rate / 2, b.length.rate, b.length.writes}
	var alone []float64
	writing, ratio, changes := make([][]float64, len(rates)), make([][]float64, len(rates)), make([][]float64, len(rates))
	for range b.length.rounds {
		without := b.p99(b.large, b.length.rate)
		alone = append(alone, without)
		for i, rate := range rates {
			var meanwhile float64
			made := runWhileChanging(b.large.site.address, workers, rate, 2*b.length.window, func() { meanwhile = b.p99(b.large, b.length.rate) })
			b.requireNoFailures(made)
			writing[i], changes[i] = append(writing[i], meanwhile), append(changes[i], made.rate())
			ratio[i] = append(ratio[i], meanwhile/without)
		}
	}
	b.reactivateAll(workers)
	b.report.addInfo(fmt.Sprintf("p99, %s pages a second in open loop", formatNumber(b.length.rate)), "%s ms", formatNumber(median(alone)*1e3))
	for i, rate := range rates {
		what := fmt.Sprintf("p99 under %s changes a second (asked for: %s) to that without", formatNumber(median(changes[i])), formatNumber(rate))
		if i == 0 {
			b.report.atMost(what, median(ratio[i]), 1.25)
		} else {
			b.report.addInfo(what, "%s: %s ms", formatNumber(median(ratio[i])), formatNumber(median(writing[i])*1e3))
		}
	}
}

// compareChanges compares a change by its form with pgbench executing its statements.
func (b *benchmark) compareChanges() {
	d := b.large
	if d.pgbench() == "" {
		b.report.addInfo("a change to pgbench's", "not measured: there is no pgbench (Debian has it in postgresql-contrib or postgresql)")
		return
	}
	script := filepath.Join(b.t.TempDir(), "change.sql")
	if err := os.WriteFile(script, []byte(d.pgbenchScript(b.t)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	workers := d.workers(b.t)
	for _, clients := range []int{1, workbenches} {
		var ratio, rates, floor []float64
		for range b.length.rounds {
			a := closedLoad(clients, b.length.window, changeJob(d.site.address, workers))
			b.requireNoFailures(a)
			b.reactivateAll(workers)
			f := d.changesByPgbench(b.t, script, clients, b.length.window)
			ratio, rates, floor = append(ratio, a.rate()/f), append(rates, a.rate()), append(floor, f)
		}
		at := ", " + connections(clients)
		b.report.addInfo("changes a second"+at, "%s, pgbench %s", formatNumber(median(rates)), formatNumber(median(floor)))
		b.report.atLeast("a change to pgbench's"+at, median(ratio), .5)
	}
}

// reactivateAll leaves every role active, as pgbench's script expects.
func (b *benchmark) reactivateAll(workers []*worker) {
	b.t.Helper()
	for _, w := range workers {
		if w.bench.suspended {
			to := &httpConn{address: b.large.site.address}
			if err := w.change(to); err != nil {
				b.t.Error(err)
			}
			to.close()
		}
	}
}

func connections(n int) string {
	if n == 1 {
		return "1 connection"
	}
	return fmt.Sprintf("%d connections", n)
}

// compareConnections compares 256 connections with 16.
func (b *benchmark) compareConnections() {
	s := b.large
	var ratio, p99 []float64
	failed := 0
	for range b.length.rounds {
		a := closedLoad(16, b.length.window, s.listJob())
		c := closedLoad(256, b.length.window, s.listJob())
		b.requireNoFailures(a)
		b.requireNoFailures(c)
		failed += c.failed
		ratio, p99 = append(ratio, c.rate()/a.rate()), append(p99, c.quantile(.99).Seconds())
	}
	b.report.atLeast("pages a second at 256 connections to those at 16", median(ratio), .85)
	b.report.atMost("errors at 256 connections", float64(failed), 0)
	b.report.addInfo("p99 at 256 connections", "%s ms", formatNumber(median(p99)*1e3))
	if n := s.site.resident(); n > 0 {
		b.report.atMost("most memory resident so far, MB", float64(n)/(1<<20), 64)
	}
}
