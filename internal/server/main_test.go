package server_test

import (
	"os"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

var (
	api      = access.Target{Product: "prod-interop", Role: "api"}
	security = access.Target{Product: "prod-interop", Role: "security"}
)
