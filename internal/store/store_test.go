package store_test

import (
	"crypto/rand"
	"fmt"
	"os"
	"testing"

	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func newKey() store.IdempotencyKey {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return store.IdempotencyKey(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
