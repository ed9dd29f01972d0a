// Package attack_test sends what no page of the site sends: forged sign-ins against a bridge that misbehaves, forged forms.
package attack_test

import (
	"os"
	"testing"

	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) {
	os.Exit(pgtest.Main(m))
}
