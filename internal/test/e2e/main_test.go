// Package e2e_test goes through the site in a real browser: journeys, keyboard, accessibility, languages.
package e2e_test

import (
	"os"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) {
	os.Exit(browsertest.Main(func() int { return pgtest.Main(m) }))
}

var security = access.Target{Product: "prod-interop", Role: "security"}
