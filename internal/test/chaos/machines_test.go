package chaos_test

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/ha"
)

// postgresOnCluster is the cluster's database, with the application's schema.
func postgresOnCluster(t testing.TB, cluster *ha.Cluster) *postgres {
	t.Helper()
	p := &postgres{t: t, owner: cluster.Owner()}
	if err := store.Migrate(t.Context(), p.owner); err != nil {
		t.Fatal(err)
	}
	cluster.AppRole(p.owner)
	return p
}

// newSiteBehindHAProxy is a deployment of two replicas behind HAProxy.
func newSiteBehindHAProxy(t *testing.T, p siteOptions) (*deployment, *ha.Balancer) {
	t.Helper()
	p.replicas, p.isBalanced = 2, true
	s := newSite(t, p).start()
	return s, ha.StartBalancer(t, strings.TrimPrefix(s.base, "http://"), [2]string{s.replicas[0].address, s.replicas[1].address})
}

// primaryLoss is a way to lose the primary, and how its machine is brought back.
type primaryLoss struct {
	name       string
	lose, back func(*ha.Machine)
}

func primaryLosses() []primaryLoss {
	return []primaryLoss{
		{"PostgreSQL killed", (*ha.Machine).KillPostgres, (*ha.Machine).StartAll},
		{"Patroni and PostgreSQL killed", (*ha.Machine).KillDatabase, (*ha.Machine).StartAll},
		{"machine off", (*ha.Machine).KillAll, (*ha.Machine).StartAll},
		{"cut off from its standbys, then off", isolate, (*ha.Machine).StartAll},
		{"machine frozen", (*ha.Machine).Freeze, (*ha.Machine).Thaw}, // must be last: the process is alive and resets no connection
	}
}

// isolate separates the primary while work continues, and then switches its machine off.
func isolate(m *ha.Machine) {
	m.StallReplication()
	<-time.After(300 * time.Millisecond) // the isolation lasts a moment
	m.KillAll()
}

// lossCount is how often a primary is lost; HA sets it.
func lossCount(t testing.TB, few int) int {
	t.Helper()
	text := os.Getenv("HA")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("HA: %q isn't a number of kills", text)
	}
	return n
}

// After each loss of the primary, a machine with every acknowledged change becomes primary, and the application finds
// it by itself.
func TestThePrimaryIsLostUnderLoad(t *testing.T) {
	cluster := ha.Start(t, false)
	s, _ := newSiteBehindHAProxy(t, siteOptions{cluster: cluster})
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	kinds, took := primaryLosses(), map[string][]time.Duration{}
	for n := range lossCount(t, 1) {
		primary := cluster.WaitHealthy()
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		loss := kinds[n%len(kinds)]
		start := time.Now()
		loss.lose(primary.Machine)
		next := cluster.WaitForSuccessor(primary)
		known := time.Since(start)
		if !c.waitAcknowledged(1) {
			t.Fatal("no further change")
		}
		back := time.Since(start)
		took[loss.name] = append(took[loss.name], back)
		t.Logf(
			"%2d. %-36s %s follows %s after %4.1f s, changes are made again after %4.1f s",
			n+1,
			loss.name+":",
			next.Name,
			primary.Name,
			known.Seconds(),
			back.Seconds(),
		)
		loss.back(primary.Machine)
	}
	cluster.WaitHealthy()
	s.pg.owner.Reset() // the pool's connections lead to the old primary
	s.requireConsistent(t, c, 1)
	frozen := kinds[len(kinds)-1].name
	var killed []time.Duration
	for _, kind := range kinds[:len(kinds)-1] {
		killed = append(killed, took[kind.name]...)
	}
	logRecovery(t, "killed", killed)
	logRecovery(t, frozen, took[frozen])
	if slowest := slices.Max(killed); os.Getenv("HA") != "" && slowest > 10*time.Second {
		t.Errorf("changes made again only after %s", slowest)
	}
}

// logRecovery logs how long it took until changes were made again.
func logRecovery(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	t.Logf(
		"%s: %d times; changes made again after %.1f s in the middle, %.1f s at most",
		what,
		len(took),
		took[len(took)/2].Seconds(),
		slices.Max(took).Seconds(),
	)
}

// A silent standby is replaced by the other; while both are silent no change is acknowledged, and none is lost.
func TestStandbysStopResponding(t *testing.T) {
	if os.Getenv("HA") == "" {
		t.Skip("a part of make ha")
	}
	cluster := ha.Start(t, false)
	s, _ := newSiteBehindHAProxy(t, siteOptions{cluster: cluster})
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	silent := cluster.Standbys()
	start := time.Now()
	silent[0].FreezePostgres()
	<-time.After(200 * time.Millisecond) // requests already sent are acknowledged meanwhile
	if !c.waitAcknowledged(1) {
		t.Fatal("no change without the synchronous standby")
	}
	t.Logf("the synchronous standby frozen: changes are made again after %.1f s", time.Since(start).Seconds())
	if !c.waitAcknowledged(20) {
		t.Fatal("no further change")
	}

	silent[1].FreezePostgres()
	<-time.After(200 * time.Millisecond)
	before := c.countAcknowledged()
	<-time.After(8 * time.Second) // longer than the detection of the loss of all standbys
	if alone := c.countAcknowledged() - before; alone > 0 {
		t.Errorf("%d changes acknowledged by a primary without a standby", alone)
	}
	start = time.Now()
	silent[0].ThawPostgres()
	silent[1].ThawPostgres()
	if !c.waitAcknowledged(20) {
		t.Fatal("no further change")
	}
	t.Logf("both frozen: no change acknowledged in 8 s; 20 made %.1f s after they were back", time.Since(start).Seconds())
	s.requireConsistent(t, c, 1)
}

// A test of the test: with asynchronous replication the same run finds lost changes.
func TestALossOfAMachineIsDetected(t *testing.T) {
	if os.Getenv("HA") == "" {
		t.Skip("a part of make ha")
	}
	cluster := ha.Start(t, true)
	s, _ := newSiteBehindHAProxy(t, siteOptions{cluster: cluster})
	c := newLoad(t, s, 4, newRand(t))
	lost, tries := 0, 0
	for ; tries < 5 && lost == 0; tries++ {
		c.start()
		primary := cluster.WaitHealthy()
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		isolate(primary.Machine)
		cluster.WaitForSuccessor(primary)
		c.stop()
		primary.StartAll()
		cluster.WaitHealthy()
		s.pg.owner.Reset()
		lost = c.countLost(t)
	}
	t.Logf("asynchronous: %d acknowledged changes lost with the %d. primary", lost, tries)
	if lost == 0 {
		t.Error("no loss is detected: the other test proves nothing")
	}
}

// HAProxy stops sending requests to a replica that is about to end before it ends.
func TestHAProxyTakesADrainingReplicaOut(t *testing.T) {
	ha.RequirePrograms(t)
	t.Parallel()
	s, b := newSiteBehindHAProxy(t, siteOptions{})
	c := newLoad(t, s, 4, newRand(t))
	c.reads = 4
	c.start()
	restarts := lossCount(t, 2)
	for n := range restarts {
		if !c.waitAcknowledged(50) {
			t.Fatal("no further change")
		}
		s.replicas[n%2].signal(syscall.SIGTERM)
		s.replicas[n%2].start()
		b.WaitFor(n % 2)
	}
	c.stop()
	failed := 0
	for _, n := range c.failed {
		failed += n
	}
	t.Logf("%d of %d requests failed over %d restarts behind HAProxy", failed, c.countSent(), restarts)
	if failed > 0 {
		t.Errorf("%d requests failed", failed)
	}
	s.requireConsistent(t, c, 1+restarts/2)
}
