package access_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
)

// D1: compared with npm's codice-fiscale-js on random codes, with omocodia at any subset of its positions.
func TestParseFiscalCodeAgreesWithAnotherProgram(t *testing.T) {
	t.Parallel()
	tools := filepath.Join("..", "..", "tools")
	if _, err := os.Stat(filepath.Join(tools, "node_modules", "codice-fiscale-js")); err != nil || testing.Short() {
		if os.Getenv("CI") == "true" && !testing.Short() {
			t.Fatal("tools/node_modules is missing: npm ci --prefix tools --ignore-scripts")
		}
		t.Skip("needs npm's codice-fiscale-js: npm ci --prefix tools --ignore-scripts")
	}
	const count = 12_000
	seed := time.Now().UnixNano() % 1_000_000
	out, err := exec.CommandContext(t.Context(), "node",
		filepath.Join(tools, "fiscalcodes.mjs"), strconv.Itoa(count), strconv.FormatInt(seed, 10)).Output()
	if err != nil {
		t.Fatalf("seed %d: %v", seed, err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	disagreements, valid := 0, 0
	for _, line := range lines {
		code, judged, _ := strings.Cut(line, " ")
		_, err := access.ParseFiscalCode(code)
		if (err == nil) != (judged == "valid") {
			disagreements++
			t.Errorf("%s: %s there, here %v", code, judged, err)
		}
		if err == nil {
			valid++
		}
	}
	t.Logf("fiscal codes: %d compared, %d of them valid, %d disagreements; seed %d", len(lines), valid, disagreements, seed)
	if len(lines) != count || valid == 0 || valid == count {
		t.Errorf("%d codes, %d valid: the comparison is meaningless", len(lines), valid)
	}
}

func TestHasFiscalCodeShape(t *testing.T) { // D1
	t.Parallel()
	for code, want := range map[string]bool{
		"RSSMRA80A01H501U": true, "RSSMRA80A01H501X": true, "RSSMRA80A99H501U": true, "RSSMRAUMALMHRLMU": true,
		"rssmra80a01h501u": false, "RSSMRA80F01H501U": false, "RSSMRA80A01H501": false, "RSSMRA80A01H501UU": false,
		"RSSMRA80A0AH501U": false, "R5SMRA80A01H501U": false, "": false, "12345678901": false, "ÀSSMRA80A01H501": false,
	} {
		if got := access.HasFiscalCodeShape(code); got != want {
			t.Errorf("%q: got %v", code, got)
		}
	}
}
