package chaos_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/ha"
)

// replica is a process of the application, always at the same address.
type replica struct {
	t       testing.TB
	program string
	address string
	env     []string

	log     logTail
	process *exec.Cmd
	ended   chan struct{}
	starts  int
	wanted  atomic.Bool // false: the process may end
}

// start starts the process and waits until it answers, ready or not.
func (r *replica) start() {
	r.t.Helper()
	r.process = exec.Command(r.program, "serve")
	r.process.Env = append([]string{"LISTEN=" + r.address, "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, r.env...)
	if raceDetector {
		r.process.Env = append(r.process.Env, "GORACE=halt_on_error=1") // a data race ends the process
	}
	r.process.Stderr = &r.log
	r.process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that Ctrl-C reaches only the test
	if err := r.process.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.starts++
	r.wanted.Store(true)
	stopWatchdog := ha.KillAfter(r.t, r.process.Process.Pid)
	ended, process := make(chan struct{}), r.process
	r.ended = ended
	go func() {
		err := process.Wait()
		if r.wanted.Load() {
			r.t.Errorf("the application ended by itself: %v\n%s", err, r.log.tail())
		}
		stopWatchdog()
		close(ended)
	}()
	waitUntil(r.t, "the application answers", func() bool { return r.status("/healthz") == http.StatusOK || !r.isAlive() })
	if !r.isAlive() {
		r.t.Fatalf("the application does not start:\n%s", r.log.tail())
	}
}

func (r *replica) isAlive() bool {
	select {
	case <-r.ended:
		return false
	default:
		return true
	}
}

// signal sends the process a signal that ends it, and waits until it has ended.
func (r *replica) signal(s syscall.Signal) {
	if r.process == nil || !r.isAlive() {
		return
	}
	r.wanted.Store(false)
	if err := r.process.Process.Signal(s); err != nil {
		r.t.Error(err)
	}
	select {
	case <-r.ended:
	case <-time.After(time.Minute):
		r.t.Errorf("the application does not end:\n%s", r.log.tail())
		_ = r.process.Process.Kill()
		<-r.ended
	}
}

// status asks the replica itself; 0: no response.
func (r *replica) status(path string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+path, http.NoBody)
	if err != nil {
		return 0
	}
	request.Close = true
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// waitUntil waits for a condition, for half a minute at most.
func waitUntil(t testing.TB, what string, holds func() bool) {
	t.Helper()
	limit := time.After(30 * time.Second)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("after half a minute still not: %s", what)
		case <-again.C:
		}
	}
}

// logTail keeps the end of a process's log, and counts its own errors.
type logTail struct {
	mu             sync.Mutex
	text           []byte
	internalErrors []string // log lines of responses with status 500
}

// Write implements io.Writer.
func (j *logTail) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range bytes.Lines(p) {
		if bytes.Contains(line, []byte(`"msg":"failed"`)) && bytes.Contains(line, []byte(`"status":500`)) {
			j.internalErrors = append(j.internalErrors, string(line))
		}
	}
	j.text = append(j.text, p...)
	if over := len(j.text) - 8<<10; over > 0 {
		j.text = append(j.text[:0], j.text[over:]...)
	}
	return len(p), nil
}

func (j *logTail) tail() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text)
}

// mutation replaces a piece of a source file.
type mutation struct{ file, old, new string }

// build builds the application with mutations of copies of its files.
func build(t testing.TB, folder string, mutations ...mutation) string {
	t.Helper()
	program := filepath.Join(folder, "areariservata")
	args := []string{"build", "-o", program}
	if raceDetector {
		args = append(args, "-race")
	}
	if len(mutations) > 0 {
		args = append(args, "-overlay", overlay(t, folder, mutations))
	}
	command := exec.Command("go", append(args, "./cmd/areariservata")...)
	command.Dir = "../../.."
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

// overlay is the list of mutated files in the format of `go build -overlay`.
func overlay(t testing.TB, folder string, mutations []mutation) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, p := range mutations {
		if texts[p.file] == "" {
			text, err := os.ReadFile(filepath.Join(root, p.file))
			if err != nil {
				t.Fatal(err)
			}
			texts[p.file] = string(text)
		}
		mutated := strings.Replace(texts[p.file], p.old, p.new, 1)
		if mutated == texts[p.file] {
			t.Fatalf("%s has no %q to mutate", p.file, p.old)
		}
		texts[p.file] = mutated
	}
	var pairs []string
	for name, text := range texts {
		copied := filepath.Join(folder, fmt.Sprintf("mutated%d.go", len(pairs)))
		if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		pairs = append(pairs, fmt.Sprintf("%q: %q", filepath.Join(root, name), copied))
	}
	list := filepath.Join(folder, "overlay.json")
	if err := os.WriteFile(list, []byte(`{"Replace": {`+strings.Join(pairs, ", ")+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return list
}

// runCommand runs another command of the program to its end.
func runCommand(ctx context.Context, program, setting string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, program, args...)
	c.Env = []string{setting}
	out, err := c.CombinedOutput()
	return string(out), err
}
