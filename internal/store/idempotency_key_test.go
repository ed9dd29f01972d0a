package store_test

import (
	"testing"

	"areariservata.example/utenti/internal/store"
)

// The expected key was computed without this code. A form that was sent before an upgrade must find its keys after it.
func TestDeriveKeepsItsKeys(t *testing.T) {
	t.Parallel()
	form := store.IdempotencyKey("7e0a7d7c-1111-4000-8000-000000000001")
	if got := form.Derive("oto"); got != "1e62306a-95ac-03c5-dfbe-a2271c7d6987" {
		t.Errorf("got %s", got)
	}
	if form.Derive("a", "bc") == form.Derive("ab", "c") {
		t.Error("two lists of parts give one key")
	}
}
