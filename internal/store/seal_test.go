package store_test

import (
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/seed"
)

func TestSealedCodesOpenForTheirPersonOnly(t *testing.T) { // D7
	t.Parallel()
	keys := seed.Keys(t)
	code, err := access.ParseFiscalCode("RSSMRA80A01H501U")
	if err != nil {
		t.Fatal(err)
	}
	sealed := keys.Seal(code, "one")
	if again := keys.Seal(code, "one"); string(again) == string(sealed) {
		t.Error("the same code is sealed alike twice: a dump reveals equal codes")
	}
	if strings.Contains(string(sealed), code.Reveal()) || strings.Contains(string(keys.Hash(code)), code.Reveal()) {
		t.Error("the result contains the code")
	}
	if opened, err := keys.Open(sealed, "one"); err != nil || opened != code {
		t.Errorf("for its person: %v", err)
	}
	if _, err := keys.Open(sealed, "two"); err == nil {
		t.Error("it opens for another person")
	}
	if _, err := keys.Open(sealed[:5], "one"); err == nil {
		t.Error("a part of it opens")
	}
	other, err := store.NewKeys(make([]byte, store.KeySize), append(make([]byte, store.KeySize-1), 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Open(sealed, "one"); err == nil {
		t.Error("it opens with another key")
	}
	if string(other.Hash(code)) == string(keys.Hash(code)) {
		t.Error("another key finds it")
	}
	if _, err := store.NewKeys(make([]byte, store.KeySize), make([]byte, store.KeySize)); err == nil {
		t.Error("two equal keys are accepted")
	}
}
