package server_test

import (
	"os"
	"testing"

	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) {
	os.Exit(browsertest.Main(func() int { return pgtest.Main(m) }))
}
