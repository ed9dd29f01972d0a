package access_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain draws three times as many cases as rapid does by default, with -short too: the properties require that rare
// actions are granted sometimes, which few cases do not reach.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := "300"
	if testing.Short() {
		checks = "1500" // of which rapid draws a fifth
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
