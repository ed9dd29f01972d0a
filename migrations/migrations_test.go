package migrations

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// A newer River that brings steps of its own needs a new step here.
func TestTheQueuesSchemaIsTheNewestOfItsLibrary(t *testing.T) {
	t.Parallel()
	migrator, err := rivermigrate.New[pgx.Tx](riverpgxv5.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := migrator.AllVersions()
	if got := all[len(all)-1].Version; got != riverVersion {
		t.Errorf("the library's newest is %d, ours %d", got, riverVersion)
	}
}

func TestTheNewestStepIsTheOneWithTheHighestNumber(t *testing.T) {
	t.Parallel()
	newest, err := Newest()
	if err != nil {
		t.Fatal(err)
	}
	if newest < 10 {
		t.Errorf("%d: steps written in Go count too", newest)
	}
}
