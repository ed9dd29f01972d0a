package chaos_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A full disk stops every change and PostgreSQL; after space is freed and PostgreSQL started, work continues and no
// acknowledged change is lost.
func TestTheDiskIsFull(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("needs PostgreSQL, which -short leaves out")
	}
	disk := smallDisk(t)
	s := newSite(t, siteOptions{folder: disk}).start()
	c := newLoad(t, s, 4, newRand(t))
	c.start()
	for range repetitions(t, 1, 5) {
		if !c.waitAcknowledged(20) {
			t.Fatal("no further change")
		}
		ballast := fill(t, filepath.Join(disk, "ballast"))
		before := c.countSent()
		waitUntil(t, "changes are refused", func() bool { return c.hasFailed("503") && c.countSent() > before+100 })
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		s.pg.stop() // as a supervisor would: it may have ended by itself
		s.pg.start()
	}
	if !c.waitAcknowledged(20) {
		t.Error("no further change")
	}
	s.requireConsistent(t, c, 1)
}

// smallDisk is a separate disk in memory; mounting it needs root.
func smallDisk(t *testing.T) string {
	t.Helper()
	disk, err := os.MkdirTemp("/var/tmp", "areariservata-faults-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(disk) })
	if err := syscall.Mount("areariservata-faults", disk, "tmpfs", 0, "size=192m,mode=0755"); err != nil {
		t.Skipf("NOT RUN: a small disk cannot be mounted here (%v); this needs root", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return disk
}

// fill leaves no space, not in the current file of the write-ahead log either.
func fill(t *testing.T, name string) string {
	t.Helper()
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	for piece := make([]byte, 1<<20); len(piece) > 0; {
		if _, err := file.Write(piece); errors.Is(err, syscall.ENOSPC) {
			piece = piece[:len(piece)/2]
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}
