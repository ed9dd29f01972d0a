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
		t.Skip("`make chaos` runs the mutants")
	}
	return build(t, t.TempDir(), mutations...)
}

// mutants are the mutations of each test below.
func mutants() map[string][]mutation {
	const users = "internal/users/users.go"
	return map[string][]mutation{
		"remembered power": {
			{users, "import (", "import (\n\t\"sync\""},
			{users, "func loadProfile(", "var remembered sync.Map\n\nfunc loadProfile("},
			{
				users, "	return p, nil\n}\n\n// newEmail",
				"	if before, found := remembered.LoadOrStore(c.Actor, p.Actor); found {\n		p.Actor = before.(access.User)\n	}\n" +
					"	return p, nil\n}\n\n// newEmail",
			},
		},
		"half a change": {{
			"internal/store/change.go", "	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
			"	for _, sql := range []string{\"COMMIT\", \"BEGIN\", \"SELECT pg_sleep(0.05)\"} {\n		batch.Queue(sql)\n	}\n" +
				"	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
		}},
		"form executed twice": {{
			"internal/store/idempotency.go", "WHERE institution = $1 AND key = $2`, tx.institution, m)",
			"WHERE institution = $1 AND key = $2 AND false`, tx.institution, m)",
		}},
		"missing e-mail": {{
			"internal/users/users.go", "return tx.Post(ctx, entries...)", "return nil",
		}},
		"queueing readiness": {{
			"internal/store/store.go", "	conn, err := pgx.ConnectConfig(",
			"	if s.pool != nil {\n		return s.pool.Ping(ctx)\n	}\n	conn, err := pgx.ConnectConfig(",
		}},
		"hasty end": {{
			"internal/app/app.go", "		<-time.After(a.drain)\n", "",
		}},
	}
}

// Checks that the mutations still match the code: the tests that build them run in `make chaos` only.
func TestEveryMutationApplies(t *testing.T) {
	t.Parallel()
	for _, mutations := range mutants() {
		overlay(t, t.TempDir(), mutations)
	}
}

// Mutant: a suspended user keeps their powers.
func TestARememberedPowerIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{replicas: 2, program: buildMutant(t, mutants()["remembered power"]...)}).start()
	v := newRevocation(t, s, newRand(t))
	if _, breaches := v.run(t, 2*requestsPerRevocation); breaches == 0 {
		t.Error("the mutant keeps revoked powers, and no request succeeded")
	}
}

// Mutant: the first half of a change is committed by itself.
func TestHalfAChangeIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutants()["half a change"]...)}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	for range 5 {
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.report(t); wrong == 0 || s.consistencyError(t) == nil {
		t.Error("changes are made in two halves, and none is found half made")
	}
}

// Mutant: a resent form is executed again.
func TestAFormExecutedTwiceIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutants()["form executed twice"]...)}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	for range 10 {
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		s.proxy.resetAll()
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.report(t); wrong == 0 {
		t.Error("the mutant executes repeated forms again, and the test does not notice")
	}
}

// Mutant: the e-mails of a change are queued outside its transaction.
func TestAMissingEmailIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutants()["missing e-mail"]...)}).start()
	c := newLoad(t, s, 1, newRand(t))
	c.start()
	if !c.waitAcknowledged(20) {
		t.Fatal("no further change")
	}
	c.stop()
	if s.consistencyError(t) == nil {
		t.Error("no e-mail was queued, and none is missed")
	}
}

// Mutant: readiness waits for a connection of the pool.
func TestQueueingReadinessIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{program: buildMutant(t, mutants()["queueing readiness"]...)}).start()
	c := newLoad(t, s, 4, newRand(t))
	if got := s.statusUnderLoad(t, c); got == http.StatusOK {
		t.Error("readiness waits for the pool, and says it is ready while the pool is all in use")
	}
}

// Mutant: a replica ends without draining.
func TestASkippedDrainIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, siteOptions{replicas: 2, isBalanced: true, program: buildMutant(t, mutants()["hasty end"]...)})
	c := s.restartReplicas(t, 2, 2_000)
	t.Logf("failed: %v", c.failed)
	if len(c.failed) == 0 {
		t.Error("the mutant ends replicas without draining, and no request failed")
	}
}
