package restore_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// script runs one of the operator's scripts and returns its status.
func script(t *testing.T, name string, args ...string) (status int, output string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "../../../deploy/backup/"+name, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if exit != nil {
		status = exit.ExitCode()
	}
	return status, string(out)
}

func write(t *testing.T, file, content string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// folderContent is the content of a folder, by name.
func folderContent(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(content)
	}
	return all
}

func TestASegmentIsArchivedOnceAndNeverOverwritten(t *testing.T) {
	t.Parallel()
	disk, archive := t.TempDir(), t.TempDir()
	first, other := write(t, filepath.Join(disk, "one"), "first"), write(t, filepath.Join(disk, "two"), "other")
	to := filepath.Join(archive, "000000010000000000000001")
	for _, c := range []struct {
		from   string
		status int
	}{{first, 0}, {first, 0}, {other, 1}, {filepath.Join(disk, "gone"), 1}} {
		if status, output := script(t, "archive-wal", c.from, to); status != c.status {
			t.Errorf("%s: status %d, want %d: %s", filepath.Base(c.from), status, c.status, output)
		}
		if got := folderContent(t, archive); len(got) != 1 || got[filepath.Base(to)] != "first" {
			t.Fatalf("after %s the archive has %v", filepath.Base(c.from), got)
		}
	}
	if status, _ := script(t, "archive-wal", filepath.Join(disk, "gone"), to+"2"); status == 0 || len(folderContent(t, archive)) != 1 {
		t.Errorf("an unreadable segment: status %d, the archive has %v", status, folderContent(t, archive))
	}
	if status, _ := script(t, "archive-wal", first, filepath.Join(archive, "nowhere", "piece")); status == 0 {
		t.Error("archiving into a missing folder succeeds")
	}
}

// The source is a pipe, so that the script is copying when it is killed.
func TestASegmentWhoseArchivingIsKilledIsAbsent(t *testing.T) {
	t.Parallel()
	disk, archive := t.TempDir(), t.TempDir()
	pipe, to := filepath.Join(disk, "pipe"), filepath.Join(archive, "000000010000000000000001")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "../../../deploy/backup/archive-wal", pipe, to)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	half, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := half.WriteString("half of it"); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(-command.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait()
	_ = half.Close()
	if _, err := os.Stat(to); err == nil {
		t.Error("an incomplete segment has its final name")
	}
	whole := write(t, filepath.Join(disk, "whole"), "the whole of it")
	if status, output := script(
		t,
		"archive-wal",
		whole,
		to,
	); status != 0 ||
		folderContent(t, archive)[filepath.Base(to)] != "the whole of it" {
		t.Errorf("asked again: status %d: %s", status, output)
	}
}

func TestOfConcurrentArchivesUnderOneNameOneSucceeds(t *testing.T) {
	t.Parallel()
	for range 10 {
		disk, archive := t.TempDir(), t.TempDir()
		to := filepath.Join(archive, "000000010000000000000001")
		var all sync.WaitGroup
		var done atomic.Int32
		for n := range 6 {
			from := write(t, filepath.Join(disk, fmt.Sprint(n)), strings.Repeat(fmt.Sprint(n), 1<<16))
			all.Go(func() {
				if exec.CommandContext(t.Context(), "../../../deploy/backup/archive-wal", from, to).Run() == nil {
					done.Add(1)
				}
			})
		}
		all.Wait()
		got := folderContent(t, archive)
		if segment := []byte(
			got[filepath.Base(to)],
		); done.Load() != 1 || len(got) != 1 || len(segment) != 1<<16 ||
			len(bytes.Trim(segment, string(segment[:1]))) > 0 {
			t.Fatalf("%d succeeded; the archive has %d files", done.Load(), len(got))
		}
	}
}

// PostgreSQL takes a status above 125 for the end of the restore, and any other for the end of the log.
func TestAMissingArchiveIsNotTheEndOfTheLog(t *testing.T) {
	t.Parallel()
	archive, disk := t.TempDir(), t.TempDir()
	write(t, filepath.Join(archive, "piece"), "content")
	for _, c := range []struct {
		from   string
		status int
	}{{filepath.Join(archive, "piece"), 0}, {filepath.Join(archive, "later"), 1}, {filepath.Join(archive, "unmounted", "piece"), 200}} {
		if status, output := script(t, "fetch-wal", c.from, filepath.Join(disk, "to")); status != c.status {
			t.Errorf("%s: status %d, want %d: %s", c.from, status, c.status, output)
		}
	}
	if got := folderContent(t, disk)["to"]; got != "content" {
		t.Errorf("fetched %q", got)
	}
}

func TestARestoreNeedsAnEmptyFolderAndAMoment(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, args := range [][]string{
		{folder, folder, folder, "newest"},
		{folder, folder, folder + "/new", "name"},
		{folder, folder, folder + "/new", "time", "it's"},
		{folder, folder, folder + "/new", "xid", "7"},
		{folder, folder + "/none", folder + "/new", "newest"},
	} {
		if status, output := script(t, "restore-to", args...); status == 0 || !strings.HasPrefix(output, "restore-to: ") {
			t.Errorf("%v: status %d: %s", args[2:], status, output)
		}
		if _, err := os.Stat(folder + "/new"); err == nil {
			t.Fatalf("%v: something was begun", args[2:])
		}
	}
}

func TestDeletingBackupsKeepsTheMomentsOfTheRequestedDays(t *testing.T) {
	t.Parallel()
	found, err := devpostgres.Find(t.Context(), "")
	if err != nil {
		t.Skipf("needs pg_archivecleanup: %v", err)
	}
	if _, err := os.Stat(filepath.Join(found.Dir, "pg_archivecleanup")); err != nil {
		t.Skip("this PostgreSQL has no pg_archivecleanup")
	}
	now := time.Now().UTC()
	for _, c := range []struct {
		days     string
		backup   []int // those kept, by their age in days
		segments []int // the first one kept is the oldest backup's
	}{{"35", []int{40, 20, 3}, []int{4, 5, 6, 7, 8}}, {"1", []int{3}, []int{8}}, {"400", []int{60, 40, 20, 3}, []int{2, 3, 4, 5, 6, 7, 8}}} {
		backups, archive := t.TempDir(), t.TempDir()
		name := func(ago int) string { return now.AddDate(0, 0, -ago).Format("2006-01-02T150405Z") }
		segment := func(n int) string { return fmt.Sprintf("0000000100000000%08X", n) }
		for n := range 9 {
			write(t, filepath.Join(archive, segment(n)), "")
		}
		for n, ago := range []int{60, 40, 20, 3} {
			folder := filepath.Join(backups, name(ago))
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			write(
				t,
				filepath.Join(folder, "backup_label"),
				fmt.Sprintf("START WAL LOCATION: 0/%d000028 (file %s)\nSTART TIMELINE: 1\n", 2*n+2, segment(2*n+2)),
			)
		}
		write(t, filepath.Join(archive, "00000002.history"), "")
		command := exec.CommandContext(t.Context(), "../../../deploy/backup/forget-before", backups, archive, c.days)
		command.Env = []string{"PATH=" + found.Dir + ":" + os.Getenv("PATH")}
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := map[string]string{"00000002.history": ""}
		for _, n := range c.segments {
			want[segment(n)] = ""
		}
		if got := folderContent(t, archive); !maps.Equal(got, want) {
			t.Errorf("%s days: the archive has %v", c.days, got)
		}
		left, err := os.ReadDir(backups)
		if err != nil || len(left) != len(c.backup) || left[0].Name() != name(c.backup[0]) {
			t.Errorf("%s days: %v (%v), want %v", c.days, left, err, c.backup)
		}
	}
	if status, _ := script(t, "forget-before", t.TempDir(), t.TempDir(), "1"); status == 0 {
		t.Error("without a backup, it deletes the log")
	}
}
