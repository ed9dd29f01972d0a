package main

import (
	"bytes"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/pgtest"
)

// From an empty schema to a site full of people, with the demo's catalogue where there is none; its log holds, its lists are
// right, and it isn't filled twice.
func TestAnEmptyDatabaseIsFilledOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	env := inPairs(settings(db)...)
	line := strings.Fields("generate -users 300 -institutions 12 -largest 120 -seed 5")
	var out, progress bytes.Buffer
	if err := run(t.Context(), line, env, nil, &out, &progress); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), `"Institutions":12`) || !strings.Contains(progress.String(), "100 %: 300 users") {
		t.Errorf("told %s and %s", out.String(), progress.String())
	}
	for asked, want := range map[string]string{
		"repair listing": `{"Institutions":12,"Assignments":0,"Listing":0,"Tally":0,"Members":0,"Groups":0,"Suspensions":0,"Days":0}`,
		"audit verify":   `{"Institutions":12,"Events":`,
	} {
		if got, err := command(t, asked, settings(db)...); err != nil || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, %v", asked, got, err)
		}
	}
	if _, err := command(t, strings.Join(line, " "), settings(db)...); err == nil {
		t.Error("filled twice")
	}
	if _, err := command(t, "generate -users many", settings(db)...); err == nil || err.Error() != usage {
		t.Errorf("a number that is none: %v", err)
	}
}
