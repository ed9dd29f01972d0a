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

// DefaultDataDir is the default folder of the demo's data: .demo in the checkout. For root it is a folder in /var/tmp
// named after the checkout, because the server's user may be unable to enter root's folders.
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

// ephemeralRoot is /dev/shm if half a gigabyte is free there. Docker gives a container 64 MB, which is not enough.
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

// lockFolder locks the folder for this process; the system releases the lock when the process ends.
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

// waitForPredecessor waits for the server of a killed run, which its watchdog is stopping. If another program has got
// the process number in postmaster.pid since, PostgreSQL would refuse to start; the folder's lock proves that no server
// is running, so the file is removed.
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
	if err != nil && !fileExists("/proc/self/comm") { // not Linux
		name, _ = exec.Command("ps", "-o", "comm=", "-p", strconv.Itoa(pid)).Output()
	}
	return filepath.Base(strings.TrimSpace(string(name))) == "postgres"
}

// logTail passes on what is written and keeps the end of it, which is shown if the server does not start.
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
