package store_test

import (
	"os"
	"testing"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newKey() store.IdempotencyKey {
	return store.IdempotencyKey(uuid.NewString())
}
