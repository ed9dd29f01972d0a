package migrations

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// A newer River that brings migrations of its own needs a new migration here.
func TestTheSchemaOfTheEmailQueueIsRiversNewest(t *testing.T) {
	t.Parallel()
	migrator, err := rivermigrate.New[pgx.Tx](riverpgxv5.New(nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := migrator.AllVersions()
	if got := all[len(all)-1].Version; got != riverVersion {
		t.Errorf("got version %d, River's newest is %d", riverVersion, got)
	}
}

func TestTheNewestMigrationHasTheHighestNumberOfSQLAndGo(t *testing.T) {
	t.Parallel()
	newest, err := Newest()
	if err != nil {
		t.Fatal(err)
	}
	if newest < emailQueueVersion {
		t.Errorf("got %d, and migration %d is written in Go", newest, emailQueueVersion)
	}
}
