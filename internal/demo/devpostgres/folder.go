package devpostgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// DefaultDataDir is where the demo's data lie when no folder is named: .demo in the checkout; for root a
// folder of /var/tmp named after the checkout, as the user who runs the server may not enter root's folders.
func DefaultDataDir() (string, error) {
	root, err := checkout()
	if err != nil {
		return "", fmt.Errorf("no folder for the data was named: %w", err)
	}
	if os.Getuid() != 0 {
		return filepath.Join(root, ".demo"), nil
	}
	sum := sha256.Sum256([]byte(root))
	return fmt.Sprintf("/var/tmp/areariservata-%s-%x", filepath.Base(root), sum[:4]), nil
}

// ephemeralRoot is memory when half a gigabyte of it is free: Docker gives a container 64 MB, which is not enough.
func ephemeralRoot() string {
	const memory, freeBytes = "/dev/shm", 512 << 20
	var fs syscall.Statfs_t
	if err := syscall.Statfs(
		memory,
		&fs,
	); err == nil &&
		uint64(fs.Bavail)*uint64(fs.Bsize) >= freeBytes { //nolint:gosec,unconvert // types differ between systems; none is negative
		return memory
	}
	return os.TempDir()
}

// lockFolder says that the folder is ours; the system takes the word back when we end.
func lockFolder(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(file)
		_ = file.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("%s is already in use by process %s", dir, holder)
		}
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	if err := file.Truncate(0); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if _, err := file.WriteString(strconv.Itoa(os.Getpid())); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// waitForPredecessor waits for the server of a run that was killed: its watcher is just stopping it. If the number
// in postmaster.pid has meanwhile become some other program's, PostgreSQL would refuse to start
// for ever; we hold the folder's lock and know better.
func waitForPredecessor(ctx context.Context, files string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	note := filepath.Join(files, "postmaster.pid")
	for {
		text, err := os.ReadFile(note)
		if errors.Is(err, os.ErrNotExist) {
			return nil
		} else if err != nil {
			return err
		}
		first, _, _ := strings.Cut(string(text), "\n")
		pid, err := strconv.Atoi(first)
		if err != nil || !isPostgres(pid) {
			return os.Remove(note)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is already in use by PostgreSQL, process %d", files, pid)
		case <-again.C:
		}
	}
}

func isPostgres(pid int) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil && !fileExists("/proc/self/comm") { // no Linux
		name, _ = exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	}
	return filepath.Base(strings.TrimSpace(string(name))) == "postgres"
}

// logTail hands on what it is given and remembers the end of it, to be shown when the server doesn't start.
type logTail struct {
	mu   sync.Mutex
	to   io.Writer
	last []byte
}

func (t *logTail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	const enough = 4 << 10
	t.last = append(t.last, p...)
	if over := len(t.last) - enough; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	if t.to != nil {
		return t.to.Write(p)
	}
	return len(p), nil
}

func (t *logTail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.last)
}
