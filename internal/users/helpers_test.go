package users_test

import (
	"encoding/hex"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
)

func clock() time.Time { return time.Now() }

func parse(t *testing.T, typed string) access.FiscalCode {
	t.Helper()
	code, err := access.ParseFiscalCode(typed)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
