package store_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
)

// A cursor in an address hides the name that it holds, is the same for the same name, and opens unchanged and with its key
// only.
func TestSealedPagesOpenUnchangedOnly(t *testing.T) {
	t.Parallel()
	keys := seed.Keys(t)
	const name = "dell angelo niccolo maria della santissima trinita"
	sealed := store.SealPage(keys, "one", name)
	if sealed != store.SealPage(keys, "one", name) || store.OpenPage(keys, "one", sealed) != name {
		t.Errorf("%q opens as %q", sealed, store.OpenPage(keys, "one", sealed))
	}
	if other := store.SealPage(keys, "one", name+"x"); strings.HasPrefix(other, sealed[:20]) || strings.Contains(sealed, "angelo") {
		t.Errorf("%q and %q begin alike", sealed, other)
	}
	for n := range sealed {
		changed := sealed[:n] + "A" + sealed[n+1:]
		if sealed[n] == 'A' {
			changed = sealed[:n] + "B" + sealed[n+1:]
		}
		if got := store.OpenPage(keys, "one", changed); got != "" {
			t.Errorf("changed at %d, it opens as %q", n, got)
		}
	}
	for _, text := range []string{"", "x", sealed[:8], sealed[:len(sealed)-4], sealed + "AAAA", "%"} {
		if got := store.OpenPage(keys, "one", text); got != "" {
			t.Errorf("%q opens as %q", text, got)
		}
	}
	if got := store.OpenPage(keys, "two", sealed); got != "" {
		t.Errorf("for another user it opens as %q", got)
	}
	other, err := store.NewKeys(make([]byte, store.KeySize), append(make([]byte, store.KeySize-1), 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := store.OpenPage(other, "one", sealed); got != "" {
		t.Errorf("with another key it opens as %q", got)
	}
}
