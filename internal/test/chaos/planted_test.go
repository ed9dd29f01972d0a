package chaos_test

import (
	"net/http"
	"syscall"
	"testing"
)

// planted makes the application with a fault in it. Such tests take a build each: they are for `make faults`.
func planted(t *testing.T, plants ...plant) string {
	t.Helper()
	if !thorough() {
		t.Skip("`make faults` plants the faults")
	}
	return build(t, t.TempDir(), plants...)
}

// Who has been suspended is believed to be what they were.
func TestARememberedPowerIsFound(t *testing.T) {
	t.Parallel()
	const file = "internal/users/users.go"
	s := newSite(t, plan{replicas: 2, program: planted(
		t,
		plant{file, "import (", "import (\n\t\"sync\""},
		plant{file, "func look(", "var remembered sync.Map\n\nfunc look("},
		plant{
			file, "	if err := v.Read(ctx); err != nil {\n		return access.Profile{}, err\n	}",
			"	if err := v.Read(ctx); err != nil {\n		return access.Profile{}, err\n	}\n" +
				"	if before, found := remembered.LoadOrStore(c.Actor, *actor); found {\n		*actor = before.(access.User)\n	}",
		},
	)}).start()
	v := newRevocation(t, s, chance(t))
	if _, breaches := v.run(t, 2*round); breaches == 0 {
		t.Error("powers are remembered after they were taken away, and no request got through")
	}
}

// A change whose first half is committed by itself.
func TestHalfAChangeIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, plan{program: planted(t, plant{
		"internal/store/change.go", "	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
		"	for _, sql := range []string{\"COMMIT\", \"BEGIN\", \"SELECT pg_sleep(0.05)\"} {\n		batch.Queue(sql)\n	}\n" +
			"	if err := tx.tx.SendBatch(ctx, batch).Close(); err != nil {\n		return fmt.Errorf(\"set status",
	})}).start()
	c := newCrowd(t, s, 4, chance(t))
	c.start()
	for range 5 {
		if !c.acknowledged(20) {
			t.Fatal("nothing goes on")
		}
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.account(t); wrong == 0 || s.whole(t) == nil {
		t.Error("changes are made in two halves, and none is found half made")
	}
}

// A form that is sent again is taken for a new one.
func TestAFormTakenTwiceIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, plan{program: planted(t, plant{
		"internal/store/once.go", "WHERE institution = $1 AND mark = $2`, tx.institution, m)", "WHERE institution = $1 AND mark = $2 AND false`, tx.institution, m)",
	})}).start()
	c := newCrowd(t, s, 4, chance(t))
	c.start()
	for range 10 {
		if !c.acknowledged(20) {
			t.Fatal("nothing goes on")
		}
		s.wire.cut()
		s.replicas[0].signal(syscall.SIGKILL)
		s.replicas[0].start()
	}
	c.stop()
	if _, wrong := c.account(t); wrong == 0 {
		t.Error("forms aren't known again, and nobody notices")
	}
}

// A change that has no letter, as its letters are queued outside its transaction.
func TestAMissingLetterIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, plan{program: planted(t, plant{
		"internal/users/users.go", "return s.letters.Put(ctx, tx.Pgx(), d.letters...)", "return nil",
	})}).start()
	c := newCrowd(t, s, 1, chance(t))
	c.start()
	if !c.acknowledged(20) {
		t.Fatal("nothing goes on")
	}
	c.stop()
	if s.whole(t) == nil {
		t.Error("no letter was queued, and none is missed")
	}
}

// Readiness that queues for a connection like everybody else.
func TestQueueingReadinessIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, plan{program: planted(t, plant{
		"internal/store/store.go", "	conn, err := pgx.ConnectConfig(", "	if s.pool != nil {\n		return s.pool.Ping(ctx)\n	}\n	conn, err := pgx.ConnectConfig(",
	})}).start()
	c := newCrowd(t, s, 4, chance(t))
	if got := s.busy(t, c); got == http.StatusOK {
		t.Error("readiness waits for the pool, and says it is ready while the pool is all in use")
	}
}

// A replica that ends as soon as it is told to.
func TestAHastyEndIsFound(t *testing.T) {
	t.Parallel()
	s := newSite(t, plan{replicas: 2, balanced: true, program: planted(t, plant{
		"internal/app/app.go", "		<-time.After(a.drain)\n", "",
	})})
	c := s.roll(t, 2, 2_000)
	t.Logf("failed: %v", c.failed)
	if len(c.failed) == 0 {
		t.Error("replicas end before the balancer knows, and no request fails")
	}
}
