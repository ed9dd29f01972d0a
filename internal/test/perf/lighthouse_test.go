package perf_test

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
)

// lighthouseAsks are the minimum scores of the list, measured as a telephone on a slow network.
func lighthouseAsks() map[string]int {
	return map[string]int{"accessibility": 100, "best-practices": 100, "performance": 95}
}

// report has the parts of Lighthouse's report that the test reads.
type report struct {
	FinalURL   string `json:"finalDisplayedUrl"`
	Warnings   []any  `json:"runWarnings"`
	Categories map[string]struct {
		Score float64
		Refs  []struct {
			ID     string
			Weight float64
		} `json:"auditRefs"`
	}
	Audits map[string]struct {
		Score   *float64
		Title   string
		Display string `json:"displayValue"`
		Details json.RawMessage
	}
}

// `make lighthouse` sets LIGHTHOUSE to the program's path. The run takes half a minute, and its performance score
// needs an idle machine.
func TestTheListReachesLighthouseScores(t *testing.T) {
	program := os.Getenv("LIGHTHOUSE")
	if program == "" {
		t.Skip("make lighthouse")
	}
	s := site.Start(t, site.Options{})
	list := addManyUsers(s)
	r := lighthouse(t, program, list, s.SignIn(t, "Anna Bianchi").CookieHeader())
	if r.FinalURL != list {
		t.Fatalf("it saw %s instead of %s", r.FinalURL, list)
	}
	for _, warning := range r.Warnings {
		t.Logf("warning: %v", warning)
	}
	for _, name := range slices.Sorted(maps.Keys(lighthouseAsks())) {
		category := r.Categories[name]
		score := int(math.Round(100 * category.Score))
		t.Logf("%s: %d", name, score)
		if least := lighthouseAsks()[name]; score < least {
			t.Errorf("%s: %d, at least %d is required", name, score, least)
		}
		for _, ref := range category.Refs {
			if audit := r.Audits[ref.ID]; audit.Score != nil && ref.Weight > 0 && (*audit.Score < 1 || name == "performance") {
				t.Logf("\t%3.0f %s %s", 100**audit.Score, audit.Title, audit.Display)
				if *audit.Score < 0.9 {
					t.Logf("\t    %s", audit.Details)
				}
			}
		}
	}
}

func lighthouse(t *testing.T, program, address, cookies string) (r report) {
	t.Helper()
	headers, err := json.Marshal(map[string]string{"Cookie": cookies, "Accept-Language": "it"})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "node", program, address)
	command.Args = append(
		command.Args,
		"--quiet",
		"--output=json",
		"--only-categories="+strings.Join(slices.Sorted(maps.Keys(lighthouseAsks())), ","),
		"--no-enable-error-reporting",
		"--extra-headers="+string(headers),
		"--chrome-flags="+browsertest.UseForLaunch(t, command),
	)
	var complaints strings.Builder
	command.Stderr = &complaints
	raw, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, complaints.String())
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatalf("%v: %.500s", err, raw)
	}
	return r
}
