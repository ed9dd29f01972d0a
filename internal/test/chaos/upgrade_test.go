package chaos_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program of the release before serves beside the present one, on the migrated database and with the same sessions:
// a form that one of them has shown is sent to the other.
func TestTheReleaseBeforeServesBesideThisOne(t *testing.T) {
	t.Parallel()
	commit := releaseBefore(t)
	s := newSite(t, siteOptions{replicas: 2, isBalanced: true})
	s.replicas[1].program = buildCommit(t, commit)
	s.start()
	b := newBalancer(t, s)
	c := newLoad(t, s, 4, newRand(t))
	c.reads = 4
	c.start()
	requests := repetitions(t, 1_000, 20_000)
	for c.countSent() < requests && c.waitAcknowledged(1) {
	}
	c.stop()
	b.logFailures(t)
	if len(c.failed) > 0 {
		t.Errorf("failed beside %s: %v", commit, c.failed)
	}
	s.requireConsistent(t, c, 1)
}

// releaseBefore is the commit of the newest tag; without tags, the one before the newest migration. UPGRADE_FROM names
// another.
func releaseBefore(t *testing.T) string {
	t.Helper()
	if named := os.Getenv("UPGRADE_FROM"); named != "" {
		return named
	}
	if tag, err := git("describe", "--tags", "--abbrev=0", "HEAD^"); err == nil {
		return tag
	}
	migration, err := git("log", "-1", "--format=%H", "--", "migrations")
	if err != nil {
		t.Skipf("NOT RUN: the commits before are not here: %v", err)
	}
	if _, err := git("rev-parse", migration+"^"); err != nil {
		t.Skipf("NOT RUN: the commit before the newest migration is not here: %v", err)
	}
	return migration + "^"
}

// buildCommit builds the program of a commit.
func buildCommit(t *testing.T, commit string) string {
	t.Helper()
	folder := t.TempDir()
	source, program := filepath.Join(folder, "source"), filepath.Join(folder, "areariservata")
	if _, err := git("clone", "-q", "--shared", "--no-checkout", ".", source); err != nil {
		t.Fatal(err)
	}
	if _, err := git("-C", source, "checkout", "-q", hash(t, commit)); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", program, "./cmd/areariservata")
	command.Dir = source
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", commit, err, out)
	}
	return program
}

func hash(t *testing.T, commit string) string {
	t.Helper()
	full, err := git("rev-parse", commit+"^{commit}")
	if err != nil {
		t.Fatal(err)
	}
	return full
}

// git runs a command in the repository, and returns its output.
func git(arguments ...string) (string, error) {
	command := exec.Command("git", arguments...)
	command.Dir = "../../.."
	out, err := command.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", arguments[0], err, out)
	}
	return strings.TrimSpace(string(out)), nil
}
