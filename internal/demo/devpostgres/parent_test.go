package devpostgres

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// childVariable makes the test binary run as the parent process to be killed: it starts a cluster in this folder and
// waits for its end.
const childVariable = "DEVPOSTGRES_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(childVariable); ok {
		os.Exit(runChild(dir))
	}
	os.Exit(m.Run())
}

func runChild(dir string) int {
	cluster, err := Start(context.Background(), Config{DataDir: dir, Ephemeral: dir == ""})
	if err != nil {
		fmt.Println("fault:", err)
		return 1
	}
	fmt.Printf("%d\n%s\n%s\n", cluster.server.Process.Pid, cluster.data, cluster.sockets)
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

type childProcess struct {
	cmd           *exec.Cmd
	server        int
	data, sockets string
}

func startChild(t *testing.T, dir string) childProcess {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v := childProcess{cmd: cmd}
	if _, err := fmt.Fscan(out, &v.server, &v.data, &v.sockets); err != nil {
		rest, _ := io.ReadAll(out)
		t.Fatalf("child: %v: %s", err, rest)
	}
	return v
}

func (v childProcess) kill(t *testing.T) {
	t.Helper()
	if err := v.cmd.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = v.cmd.Wait()
}

// openFolder is t.TempDir with a folder that the server's account can enter.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "pgembed-test-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "data")
}

func start(t *testing.T, config Config) *Cluster {
	t.Helper()
	began := time.Now()
	cluster, err := Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("PostgreSQL %s ready after %s", cluster.Binaries.Version, time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() { _ = cluster.kill() })
	return cluster
}

func stop(t *testing.T, cluster *Cluster) {
	t.Helper()
	if err := cluster.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func queryValue(t *testing.T, cluster *Cluster, sql string, args ...any) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.URL("postgres", Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func execSQL(t *testing.T, cluster *Cluster, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), cluster.URL("postgres", Superuser))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// waitUntil waits up to ten seconds for a condition.
func waitUntil(t *testing.T, what string, holds func() bool) {
	t.Helper()
	limit := time.After(10 * time.Second)
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !holds() {
		select {
		case <-limit:
			t.Fatalf("after ten seconds still not: %s", what)
		case <-again.C:
		}
	}
}

func isAlive(pid int) bool {
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return !fileExists("/proc/self") && syscall.Kill(pid, 0) == nil
	}
	return !bytes.Contains(state, []byte(") Z "))
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (g *syncBuffer) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.buf.Write(p)
}

func (g *syncBuffer) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.buf.String()
}

// startImpostor starts a process with this name as the server's user and writes its process number into postmaster.pid.
func startImpostor(t *testing.T, name, files string) (end func(), pid int) {
	t.Helper()
	program := openFolder(t)
	if err := os.Mkdir(program, 0o755); err != nil {
		t.Fatal(err)
	}
	program = filepath.Join(program, name)
	if err := os.Symlink("/bin/sh", program); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", "read _")
	currentAccount(t).applyTo(cmd)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	end = sync.OnceFunc(func() { _ = pipe.Close(); _ = cmd.Wait() })
	t.Cleanup(end)
	text := fmt.Sprintf("%d\n%s\n0\n5432\n/tmp\n\n", cmd.Process.Pid, files)
	if err := os.WriteFile(filepath.Join(files, "postmaster.pid"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return end, cmd.Process.Pid
}
