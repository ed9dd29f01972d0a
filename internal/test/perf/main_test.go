// Package perf_test bounds what pages cost: round trips and pages of the database, allocations, bytes over the network; and holds
// that every statement names its institution.
package perf_test

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

var api = access.Target{Product: "prod-interop", Role: "api"}
