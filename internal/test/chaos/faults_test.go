// Package chaos injects faults while people work: PostgreSQL and the application are killed, connections are reset,
// slowed and silently dropped, the disk is filled, the mail server and the identity provider are stopped. Afterwards it
// counts lost acknowledged changes, partial changes, and necessary restarts; also requests that succeed after a power
// was revoked, and requests that fail while replicas are restarted one after the other. The application is the real
// program in processes of its own; its users are browsers that resend the same form until they get a response. `go
// test` runs a few of each fault, `make chaos` and `make rolling` all of them.
package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if buildOnce.folder != "" {
		_ = os.RemoveAll(buildOnce.folder)
	}
	os.Exit(code)
}

// buildOnce builds the application once for all tests; see program.
var buildOnce struct {
	once   sync.Once
	folder string
	path   string
}

// program is the application's program, without mutations.
func program(t testing.TB) string {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the application, which -short leaves out")
	}
	buildOnce.once.Do(func() {
		var err error
		if buildOnce.folder, err = os.MkdirTemp("", "areariservata-faults-"); err != nil {
			t.Fatal(err)
		}
		buildOnce.path = build(t, buildOnce.folder)
	})
	if buildOnce.path == "" {
		t.Fatal("the application was not built")
	}
	return buildOnce.path
}

// repetitions is the number of injections of a fault: CHAOS sets the share of a full run (1 is all of it); without it,
// few.
func repetitions(t testing.TB, few, whole int) int {
	t.Helper()
	text := os.Getenv("CHAOS")
	if text == "" {
		return few
	}
	share, err := strconv.ParseFloat(text, 64)
	if err != nil || share <= 0 || share > 1 {
		t.Fatalf("CHAOS: %q isn't a share, such as 1 or 0.1", text)
	}
	return max(few, int(share*float64(whole)))
}

// isFullRun reports whether this is more than the short run of `go test`.
func isFullRun() bool { return os.Getenv("CHAOS") != "" }

// newRand is this run's random source; FAULTS_SEED repeats a run.
func newRand(t testing.TB) *rand.Rand {
	t.Helper()
	number := uint64(time.Now().UnixNano())
	if text := os.Getenv("CHAOS_SEED"); text != "" {
		var err error
		if number, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("CHAOS_SEED: %v", err)
		}
	}
	t.Logf("CHAOS_SEED=%d", number)
	return rand.New(rand.NewPCG(number, 0))
}

// uuid is a random idempotency key.
func uuid(r *rand.Rand) string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48))
}
