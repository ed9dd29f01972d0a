package chaos_test

import (
	"syscall"
	"testing"
	"time"
)

// requireConsistent stops the load and requires that no acknowledged change is lost or partial, no process was
// restarted without cause, and no fault was logged as an internal error of the application.
func (s *deployment) requireConsistent(t *testing.T, c *load, starts int) {
	t.Helper()
	c.stop()
	if lost, wrong := c.report(t); lost+wrong > 0 {
		for _, what := range c.unexpected[:min(5, len(c.unexpected))] {
			t.Log(what)
		}
		t.Errorf("%d acknowledged changes lost, %d users or answers otherwise than they should be", lost, wrong)
	}
	s.checkConsistency(t)
	for _, r := range s.replicas {
		if r.starts != starts {
			t.Errorf("the application was started %d times, not %d", r.starts, starts)
		}
		r.log.mu.Lock()
		if len(r.log.internalErrors) > 0 {
			t.Errorf("%d answers 500, where 503 says what is the matter: %s", len(r.log.internalErrors), r.log.internalErrors[0])
		}
		r.log.internalErrors = nil
		r.log.mu.Unlock()
	}
}

func TestPostgresIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	var slowest time.Duration
	kills := repetitions(t, 3, 50)
	for range kills {
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		s.pg.kill()
		s.pg.start()
		back := time.Now()
		if !c.waitAcknowledged(1) {
			t.Fatal("no further change")
		}
		slowest = max(slowest, time.Since(back))
	}
	t.Logf("PostgreSQL killed %d times; first success at most %s after it was back", kills, slowest.Round(time.Millisecond))
	if isFullRun() && slowest > 2*time.Second {
		t.Errorf("first success %s after PostgreSQL was back", slowest)
	}
	s.requireConsistent(t, c, 1)
}

func TestTheApplicationIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	kills := repetitions(t, 3, 50)
	for range kills {
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	if !c.waitAcknowledged(20) {
		t.Error("no further change")
	}
	t.Logf("the application killed %d times", kills)
	s.requireConsistent(t, c, 1+kills)
}

// A test of the test: a PostgreSQL that acknowledges before it has written loses changes, and the run must find them.
func TestALossIsDetected(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{}).start() // the setting is read at the start
	c := newLoad(t, s, 4, newRand(t))
	for _, sql := range []string{
		`ALTER ROLE areariservata_app SET synchronous_commit = off`, `ALTER SYSTEM SET wal_writer_delay = '10s'`,
		`SELECT pg_reload_conf(), pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'areariservata_app'`,
	} {
		if _, err := s.pg.owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	// Sometimes another backend flushes the change.
	for kills := 1; kills <= 15 && (kills <= repetitions(t, 1, 10) || c.countLost(t) == 0); kills++ {
		c.start()
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		s.pg.kill()
		s.pg.start()
		c.stop()
	}
	if lost, _ := c.report(t); lost == 0 {
		t.Error("synchronous_commit=off, and no loss is detected: the other tests prove nothing")
	}
}
