package main

import (
	"bytes"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// From an empty schema to a full site, with the demo's catalogue because there is none: its audit log verifies, its lists
// need no repair, and it is not filled twice.
func TestAnEmptyDatabaseIsFilledOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	env := map[string]string{
		"MIGRATIONS_DATABASE_URL": db.OwnerURL,
		"FISCAL_CODE_FIND_KEY":    hex.EncodeToString([]byte(strings.Repeat("f", store.KeySize))),
		"FISCAL_CODE_SEAL_KEY":    hex.EncodeToString([]byte(strings.Repeat("s", store.KeySize))),
	}
	generate := func(line string) (out, progress string, err error) {
		var stdout, stderr bytes.Buffer
		err = run(t.Context(), append([]string{"generate"}, strings.Fields(line)...), env, &stdout, &stderr)
		return stdout.String(), stderr.String(), err
	}
	const line = "-users 300 -institutions 12 -largest 120 -seed 5"
	out, progress, err := generate(line)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out, `"institutions":12`) || !strings.Contains(progress, "100 %: 300 users") {
		t.Errorf("reported %s and %s", out, progress)
	}
	if got, err := admin.RepairListing(t.Context(), db.Owner); err != nil || got != (admin.Repaired{Institutions: 12}) {
		t.Errorf("lists repaired: %+v, %v", got, err)
	}
	if got, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil || got.Institutions != 12 || got.Events == 0 {
		t.Errorf("audit log: %+v, %v", got, err)
	}
	if _, _, err := generate(line); err == nil {
		t.Error("filled twice")
	}
}

func TestAnUnknownCommandPrintsTheUsage(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"serve", "generate -users many", "generate 1", "identities x"} {
		if err := run(t.Context(), strings.Fields(line), nil, io.Discard, io.Discard); err == nil || err.Error() != usage {
			t.Errorf("%s: %v", line, err)
		}
	}
}
