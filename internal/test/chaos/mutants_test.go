package chaos_test

import (
	"net/http"
	"syscall"
	"testing"
)

// buildMutant builds the application with a mutation. It takes a build each, so these tests run in `make chaos` only.
func buildMutant(t *testing.T, mutations ...mutation) string {
	t.Helper()
	if !isFullRun() {
		t.Skip("`make chaos` plants the faults")
	}
	return build(t, t.TempDir(), mutations...)
}

// A suspended user keeps their powers.
func TestARememberedPowerIsFound(t *testing.T) {
	t.Parallel()
	const file = "internal/users/users.go"
	s := newSite(t, siteOptions{replicas: 2, program: buildMutant(
		t,
		mutation{file, "import (", "import (\n\t\"sync\""},
		mutation{file, "func loadProfile(", "var remembered sync.Map\n\nfunc loadProfile("},
		mutation{
			file, "	if err := v.Read(ctx); err != nil {\n		return access.Profile{}, err\n	}",
			"	if err := v.Read(ctx); err != nil {\n		return access.Profile{}, err\n	}\n" +
				"	if before, found := remembered.LoadOrStore(c.Actor, *actor); found {\n		*actor = before.(access.User)\n	}",
		},
	)}).start()
	v := newRevocation(t, s, newRand(t))
	if _, breaches := v.run(t, 2*requestsPerRevocation); breaches == 0 {
		t.Error("powers are remembered after they were taken away, and no request got through")
	}
}

// The first half of a change is committed by itself.
func TestHalfAChangeIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutation{
		"internal/store/change.go", "	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
		"	for _, sql := range []string{\"COMMIT\", \"BEGIN\", \"SELECT pg_sleep(0.05)\"} {\n		batch.Queue(sql)\n	}\n" +
			"	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
	})}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	for range 5 {
		if !c.waitAcknowledged(20) {
			t.Fatal("nothing goes on")
		}
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.report(t); wrong == 0 || s.consistencyError(t) == nil {
		t.Error("changes are made in two halves, and none is found half made")
	}
}

// A form sent again is taken for a new one.
func TestAFormTakenTwiceIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutation{
		"internal/store/idempotency.go",
		"WHERE institution = $1 AND key = $2`, tx.institution, m)",
		"WHERE institution = $1 AND key = $2 AND false`, tx.institution, m)",
	})}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	for range 10 {
		if !c.waitAcknowledged(20) {
			t.Fatal("nothing goes on")
		}
		s.proxy.resetAll()
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.report(t); wrong == 0 {
		t.Error("repeated forms take effect twice, and the test does not notice")
	}
}

// The e-mails of a change are queued outside its transaction.
func TestAMissingEmailIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutation{
		"internal/users/users.go", "return s.emails.Enqueue(ctx, tx.Pgx(), d.emails...)", "return nil",
	})}).start()
	c := newLoad(t, s, 1, newRand(t))
	c.start()
	if !c.waitAcknowledged(20) {
		t.Fatal("nothing goes on")
	}
	c.stop()
	if s.consistencyError(t) == nil {
		t.Error("no e-mail was queued, and none is missed")
	}
}

// Readiness waits for a connection of the pool.
func TestQueueingReadinessIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutation{
		"internal/store/store.go",
		"	conn, err := pgx.ConnectConfig(",
		"	if s.pool != nil {\n		return s.pool.Ping(ctx)\n	}\n	conn, err := pgx.ConnectConfig(",
	})}).start()
	c := newLoad(t, s, 4, newRand(t))
	if got := s.statusUnderLoad(t, c); got == http.StatusOK {
		t.Error("readiness waits for the pool, and says it is ready while the pool is all in use")
	}
}

// A replica ends as soon as it is asked to.
func TestAHastyEndIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{replicas: 2, isBalanced: true, program: buildMutant(t, mutation{
		"internal/app/app.go", "		<-time.After(a.drain)\n", "",
	})})
	c := s.restartReplicas(t, 2, 2_000)
	t.Logf("failed: %v", c.failed)
	if len(c.failed) == 0 {
		t.Error("replicas end before the balancer knows, and no request fails")
	}
}
