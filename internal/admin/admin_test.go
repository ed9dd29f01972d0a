package admin_test

import (
	"os"
	"testing"

	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
