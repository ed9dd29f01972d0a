package refmodel_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each mistake of the list is planted in a copy of its file, which the compiler is told to read instead (-overlay): the
// tree stays as it is. Then the comparison with the oracle must fail; whether the decision's own tests do is told, too.
//
// It takes minutes, so it runs only with MUTANTS=1 (make mutants), or with a file's name, or a piece of text, for those
// in it.
func TestEveryMutantIsKilled(t *testing.T) {
	if os.Getenv("MUTANTS") == "" {
		t.Skip("MUTANTS=1 plants them")
	}
	if byOracle, byOwn, out := runTests(t, "{}"); byOracle || byOwn {
		t.Fatalf("the tests fail before anything is planted:\n%s", out)
	}
	planted, oracles, owns := 0, 0, 0
	for _, m := range allMutants() {
		if only := os.Getenv("MUTANTS"); only != "1" && !strings.Contains(m.file+" "+m.original, only) {
			continue
		}
		planted++
		byOracle, byOwn, out := runTests(t, m.overlay(t))
		if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
			t.Fatalf("%s: %q doesn't compile:\n%s", m.file, m.replacement, out)
		}
		if byOracle {
			oracles++
		} else {
			t.Errorf("not found by the oracle: %s: %s", m.file, m)
		}
		if byOwn {
			owns++
		}
		t.Logf("oracle %-5t own tests %-5t %s: %s", byOracle, byOwn, m.file, m)
	}
	t.Logf("mutants: %d planted, %d found by the oracle, %d by access's own tests", planted, oracles, owns)
}

// A mistake of which the text isn't there any more would be planted nowhere.
func TestTheMutantsFollowTheCode(t *testing.T) {
	t.Parallel()
	for _, m := range allMutants() {
		m.overlay(t)
	}
}

// mutant is a text of a file of package access that stands there once, and what is written instead.
type mutant struct{ file, original, replacement string }

// String is what was written, on one line.
func (m mutant) String() string { return strings.Join(strings.Fields(m.replacement), " ") }

// overlay is what tells the compiler to read the file with the mistake.
func (m mutant) overlay(t *testing.T) string {
	path, err := filepath.Abs("../../access/" + m.file)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), m.original); n != 1 {
		t.Fatalf("%s: %q stands there %d times: the list is to follow the code", m.file, m.original, n)
	}
	copied := filepath.Join(t.TempDir(), m.file)
	if err := os.WriteFile(copied, []byte(strings.Replace(string(source), m.original, m.replacement, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: copied}})
	if err != nil {
		t.Fatal(err)
	}
	return string(overlay)
}

// runTests runs the tests with an overlay and says whose failed. Properties draw more than they usually do, so that luck has no say.
func runTests(t *testing.T, overlay string) (byOracle, byOwn bool, out string) {
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, []byte(overlay), 0o600); err != nil {
		t.Fatal(err)
	}
	oracles, byOracle := testsFail(t, file, ".")
	owns, byOwn := testsFail(t, file, "../../access", "-rapid.checks=2000", "-rapid.nofailfile")
	return byOracle, byOwn, oracles + owns
}

func testsFail(t *testing.T, overlay, pkg string, flags ...string) (out string, failed bool) {
	arguments := append([]string{"test", "-count=1", "-vet=off", "-overlay", overlay, pkg}, flags...)
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Env = append(os.Environ(), "MUTANTS=")
	printed, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(printed), err != nil
}
