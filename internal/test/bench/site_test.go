package bench_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/ha"
	"areariservata.example/utenti/internal/test/site"
)

// process is a measured process at an address.
type process struct {
	address string
	command *exec.Cmd
}

// program is the application: BENCH_PROGRAM, which `make bench` has built, or a new build.
func program(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("BENCH_PROGRAM"); named != "" {
		return named
	}
	path := filepath.Join(t.TempDir(), "areariservata")
	command := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/areariservata")
	command.Dir = "../../.."
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return path
}

// newSite starts the program on a database, with its defaults: limits, log, metrics.
func newSite(t *testing.T, path string, d *database) *process {
	t.Helper()
	address := ha.FreeAddress(t)
	command := exec.Command(path, "serve")
	command.Env = append(
		site.ProgramSettings("http://"+address, "http://127.0.0.1:9/idp"),
		"LISTEN="+address,
		"DATABASE_URL="+d.url,
		"DRAIN_TIME=0s",
	)
	return start(t, command, address)
}

// start starts a process and waits until it accepts connections.
func start(t *testing.T, command *exec.Cmd, address string) *process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	command.Stderr = log // a file, so that logging costs as much as in production
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	_ = log.Close()
	stopWatchdog := ha.KillAfter(t, command.Process.Pid)
	p := &process{address: address, command: command}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
		stopWatchdog()
		if text, err := os.ReadFile(log.Name()); t.Failed() && err == nil {
			t.Logf("the log of %s ends with:\n%s", command.Path, text[max(0, len(text)-2<<10):])
		}
	})
	p.wait(t)
	return p
}

// wait waits until the process accepts connections.
func (p *process) wait(t *testing.T) {
	t.Helper()
	limit := time.After(30 * time.Second)
	again := time.NewTicker(500 * time.Microsecond)
	defer again.Stop()
	for {
		conn, err := net.Dial("tcp", p.address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-limit:
			t.Fatalf("%s doesn't listen: %v", p.command.Path, err)
		case <-again.C:
		}
	}
}

// cpu is the processor time used so far; 0 where it is unknown.
func (p *process) cpu() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks of a hundredth of a second
}

// resident is the peak memory in bytes; 0 where it is unknown.
func (p *process) resident() int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, found := strings.CutPrefix(line, "VmHWM:"); found {
			n, _ := strconv.Atoi(strings.Fields(rest)[0]) // kB; 0 if it isn't a number
			return n << 10
		}
	}
	return 0
}

// startToFirstList is the time from starting the program to the first list of a signed-in person.
func startToFirstList(t *testing.T, path string, d *database, list func(host string) []byte) time.Duration {
	t.Helper()
	began := time.Now()
	p := newSite(t, path, d)
	w := &httpConn{address: p.address}
	defer w.close()
	status, _, err := w.send(list(p.address))
	took := time.Since(began)
	if err != nil || status != http.StatusOK {
		t.Fatalf("the first list: status %d, %v", status, err)
	}
	_ = p.command.Process.Kill()
	return took
}
