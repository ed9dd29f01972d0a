package chaos_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/internal/users"
)

func TestConnectionsAreCutSlowedAndSwallowed(t *testing.T) {
	t.Parallel()
	r := newRand(t)
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 4, r)
	c.start()
	kinds := map[string]int{}
	faults := repetitions(t, 20, 1000)
	for range faults {
		bad, kind := networkFault{}, "cut"
		switch r.IntN(5) {
		case 1:
			bad.refusesConnections, kind = true, "refused"
		case 2:
			bad.delay, kind = time.Duration(1+r.IntN(20))*time.Millisecond, "slowed"
		case 3:
			bad.dropsData, kind = true, "swallowed"
		case 4:
			bad.left, kind = &atomic.Int64{}, "torn"
			bad.left.Store(int64(r.IntN(4000)))
		}
		kinds[kind]++
		fine := s.proxy.inject(bad)
		if kind == "cut" || kind == "refused" {
			s.proxy.resetAll()
		}
		<-time.After(time.Duration(10+r.IntN(60)) * time.Millisecond) // the fault lasts a moment
		fine()
		if !c.waitAcknowledged(1) {
			t.Fatalf("no change after a connection was %s", kind)
		}
	}
	t.Logf("%d faults: %v", faults, kinds)
	s.requireConsistent(t, c, 1)
}

// A database that accepts data and never answers, without closing the connection, makes no request wait for ever.
func TestASilentDatabaseTimesOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 1, newRand(t))
	w := c.workers[0]
	fine := s.proxy.inject(networkFault{dropsData: true})
	path := s.base + "/dashboard/" + string(w.institution) + "/users"
	var all sync.WaitGroup
	for range 20 { // more than the pool's connections
		all.Go(func() {
			if got := w.browser.send(http.MethodGet, path, nil); got.status != http.StatusServiceUnavailable {
				t.Errorf("got %v while the database was silent", got)
			}
		})
	}
	all.Wait()
	if got := s.replicas[0].status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("ready: %d while the database is silent", got)
	}
	fine()
	waitUntil(t, "it works again", func() bool { return w.browser.send(http.MethodGet, path, nil).status == http.StatusOK })
	c.start()
	if !c.waitAcknowledged(10) {
		t.Error("no further change")
	}
	s.requireConsistent(t, c, 1)
}

// Readiness does not wait for a connection: an exhausted pool means that the replica is busy, and a balancer must not
// remove every replica because of it.
func TestABusyPoolIsReady(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 4, newRand(t))
	if got := s.statusUnderLoad(t, c); got != http.StatusOK {
		t.Errorf("ready: %d while the pool was all in use", got)
	}
	s.requireConsistent(t, c, 1)
}

// statusUnderLoad makes the workers and many more requests wait for an institution's lock, and returns the readiness
// meanwhile.
func (s *deployment) statusUnderLoad(t *testing.T, c *load) (status int) {
	t.Helper()
	ctx := t.Context()
	tx, err := s.pg.owner.Begin(ctx)
	if err == nil {
		_, err = tx.Exec(ctx, `SELECT FROM institution FOR UPDATE`)
	}
	if err != nil {
		t.Fatal(err)
	}
	w := c.workers[0]
	idempotencyKeys := make([]string, 2*64) // before the worker uses the random source
	for i := range idempotencyKeys {
		idempotencyKeys[i] = uuid(w.rng)
	}
	c.start()
	var more sync.WaitGroup
	for pair := range slices.Chunk(idempotencyKeys, 2) {
		path := s.base + w.profileURL(pair[0]+"/products/prod-pn/roles/operator/suspend")
		more.Go(func() {
			if got := w.browser.send(
				http.MethodPost,
				path,
				url.Values{"once": {pair[1]}},
			); got.status != http.StatusNotFound &&
				got.status != http.StatusServiceUnavailable {
				t.Errorf("got %v for a change of an unknown user", got)
			}
		})
	}
	waiting := func() (n int) {
		err := s.pg.owner.QueryRow(ctx,
			`SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`, devpostgres.AppUser).
			Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	waitUntil(t, "the pool is all in use", func() bool { return waiting() >= 8 })
	status = s.replicas[0].status("/readyz")
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	more.Wait()
	if !c.waitAcknowledged(10) {
		t.Error("no further change")
	}
	c.stop()
	return status
}

func TestTheMailServerAndTheProviderGoAway(t *testing.T) {
	t.Parallel()
	mail := newMailServer(t)
	s := newSite(t, siteOptions{settings: mail.settings()}).start()
	c := newLoad(t, s, 2, newRand(t))
	c.start()
	goesOn := func(what string) {
		t.Helper()
		if !c.waitAcknowledged(20) {
			t.Errorf("%s, and no further change", what)
		}
	}
	goesOn("all is well")
	s.provider.down.Store(true)
	s.replicas[0].signal(syscall.SIGTERM) // a new process reads the provider's configuration at the first sign-in
	s.replicas[0].start()
	goesOn("the provider is down")
	visitor := s.newBrowser(t)
	start := func() response { return visitor.send(http.MethodGet, s.base+"/login/start", nil) }
	refused := func() bool { return strings.HasPrefix(start().to, "/login/error/") }
	if !refused() {
		t.Error("signing in without a provider: no page says that it is away")
	}
	s.provider.down.Store(false)
	if isFullRun() {
		resume := s.provider.stopAnswering()
		waitUntil(t, "the provider is asked again", refused)
		goesOn("the provider is silent")
		resume()
	}
	waitUntil(t, "one can sign in again", func() bool { return strings.HasPrefix(start().to, s.provider.issuer) })
	s.signInAs(t, "Annaa Paesea")

	mail.down.Store(true)
	goesOn("the mail server is down")
	mail.down.Store(false)
	mail.silent.Store(true)
	goesOn("the mail server is silent")
	mail.silent.Store(false)
	s.requireConsistent(t, c, 2)
	s.waitDelivered(t, mail)
}

// waitDelivered waits until the e-mails are delivered, in long runs only: a failed one is sent again after a while.
func (s *deployment) waitDelivered(t *testing.T, mail *mailServer) {
	t.Helper()
	count := func(sql string) (n int) {
		if err := s.pg.owner.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for limit := time.After(time.Minute); count(`SELECT count(*) FROM outbox`) > 0; {
		select {
		case <-limit:
			t.Fatal("the outbox is still not empty")
		case <-time.After(10 * time.Millisecond):
		}
	}
	emails := count(`SELECT count(*) FROM river_job`)
	if isFullRun() {
		limit := time.After(5 * time.Minute)
		again := time.NewTicker(time.Second)
		defer again.Stop()
		for count(`SELECT count(*) FROM river_job WHERE state <> 'completed'`) > 0 {
			select {
			case <-limit:
				t.Fatal("e-mails are still not delivered")
			case <-again.C:
			}
		}
		if different, _ := mail.messages(); different != emails {
			t.Errorf("%d e-mails were queued, %d arrived", emails, different)
		}
	}
	different, all := mail.messages()
	t.Logf("%d e-mails queued, %d arrived, %d of them more than once", emails, different, all-different)
}

// Replicas have clocks an hour apart: the log is in the order of the changes, independent of their times.
func TestClocksAreAnHourApart(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 2, newRand(t))
	addresses := []string{s.base, s.startInProcess(t, time.Hour), s.startInProcess(t, -time.Hour)}
	for _, w := range c.workers {
		w.address = func() string { return addresses[w.rng.IntN(len(addresses))] }
	}
	c.start()
	if !c.waitAcknowledged(repetitions(t, 60, 2000)) {
		t.Error("no further change")
	}
	s.requireConsistent(t, c, 1)
	var back int
	if err := s.pg.owner.QueryRow(t.Context(), `SELECT count(*) FROM (
		SELECT at < lag(at) OVER (PARTITION BY institution ORDER BY seq) AS back FROM audit_event) e WHERE back`).Scan(&back); err != nil {
		t.Fatal(err)
	}
	if back == 0 {
		t.Error("no event has an earlier time than its predecessor: the clocks did not differ")
	}
	t.Logf("%d events have an earlier time than their predecessors", back)
}

// startInProcess starts a replica in the test's process with a clock that is ahead.
func (s *deployment) startInProcess(t *testing.T, ahead time.Duration) (address string) {
	t.Helper()
	pool, err := store.Open(s.pg.urlVia(s.proxy, devpostgres.AppUser)+"&pool_max_conns=8", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	now := func() time.Time { return time.Now().Add(ahead) }
	db := store.New(pool, s.keys)
	in := signin.New(
		signin.Config{
			Issuer:       s.provider.issuer,
			ClientID:     site.ClientID,
			ClientSecret: site.ClientSecret,
			RedirectURL:  s.base + "/login/callback",
			Now:          now,
		},
		pool,
	)
	site := server.New(server.Config{BaseURL: s.base}, db, users.New(db, nil, now), in, signin.NewSessions(pool, false),
		slog.New(slog.DiscardHandler), now)
	h := httptest.NewServer(site)
	t.Cleanup(h.Close)
	return h.URL
}

// Five replicas start at once on a database that another program migrates; see also internal/store.
func TestReplicasThatMigrateAtOnceAllEndWell(t *testing.T) {
	t.Parallel()
	if !isFullRun() {
		t.Skip("`make chaos` starts five programs; internal/store does the same within one")
	}
	pg := newPostgres(t, "")
	if _, err := pg.owner.Exec(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	w := newProxy(t, pg.socket)
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if out, err := runCommand(ctx, program(t), "MIGRATIONS_DATABASE_URL="+pg.urlVia(w, devpostgres.Superuser), "migrate"); err != nil {
				t.Errorf("migrate: %v\n%s", err, out)
			}
		})
	}
	all.Wait()
	var twice int
	if err := pg.owner.QueryRow(t.Context(), `SELECT count(*) - count(DISTINCT version_id) FROM goose_db_version`).
		Scan(&twice); err != nil ||
		twice != 0 {
		t.Errorf("%d migrations were made twice (%v)", twice, err)
	}
}
