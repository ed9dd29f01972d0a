package ha

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/demo/devpostgres"
)

// packages are Debian's packages, by the program that is needed of each.
var packages = []struct{ program, name string }{
	{"haproxy", "haproxy"}, {"pgbouncer", "pgbouncer"}, {"patroni", "patroni"}, {"etcd", "etcd-server"},
}

// RequirePrograms skips the test where a program is missing, and names the packages.
func RequirePrograms(t testing.TB) {
	t.Helper()
	if testing.Short() {
		t.Skip("runs PostgreSQL on three machines, which -short leaves out")
	}
	var missing []string
	for _, p := range packages {
		if _, err := findProgram(p.program); err != nil {
			missing = append(missing, p.name)
		}
	}
	found, err := devpostgres.Find(t.Context(), "")
	for _, program := range []string{"pg_basebackup", "pg_rewind"} { // some have the server alone
		if _, missed := os.Stat(filepath.Join(found.Dir, program)); err == nil {
			err = missed
		}
	}
	if err != nil {
		missing = append(missing, "postgresql")
	}
	if len(missing) > 0 {
		t.Skip("left out: it wants Debian's packages " + strings.Join(missing, " ") + " (no service of theirs need run)")
	}
}

func findProgram(program string) (string, error) {
	for _, folder := range []string{"/usr/sbin", "/usr/bin", "/usr/local/bin"} {
		if path, err := exec.LookPath(filepath.Join(folder, program)); err == nil {
			return path, nil
		}
	}
	return exec.LookPath(program)
}
