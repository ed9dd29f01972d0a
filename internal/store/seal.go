package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"areariservata.example/utenti/internal/access"
)

// KeySize is the length in bytes of each of the two keys.
const KeySize = 32

// Keys keep fiscal codes out of the database: one key finds a code by a keyed hash, the other shows it again by
// decrypting. Both live outside the database, so that a dump, a replica or a backup gives nobody's code away. (A hash
// without a key would: all the codes there can be are few enough to try.)
type Keys struct {
	find []byte
	seal cipher.AEAD
}

// NewKeys takes the two keys, [KeySize] bytes each, different from each other.
func NewKeys(find, seal []byte) (Keys, error) {
	if len(find) != KeySize || len(seal) != KeySize {
		return Keys{}, fmt.Errorf("fiscal code keys: want %d bytes each, have %d and %d", KeySize, len(find), len(seal))
	}
	if hmac.Equal(find, seal) {
		return Keys{}, errors.New("fiscal code keys: the two must differ")
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return Keys{}, fmt.Errorf("fiscal code keys: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return Keys{}, fmt.Errorf("fiscal code keys: %w", err)
	}
	return Keys{find: find, seal: aead}, nil
}

// Hash is what a fiscal code is found by.
func (k Keys) Hash(code access.FiscalCode) []byte {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte(code.Reveal()))
	return h.Sum(nil)
}

// Seal encrypts a fiscal code for the person it belongs to: on another person's row it doesn't open.
func (k Keys) Seal(code access.FiscalCode, person access.UserID) []byte {
	nonce := make([]byte, k.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the process rather than give less
	return k.seal.Seal(nonce, nonce, []byte(code.Reveal()), []byte(person))
}

// Open decrypts what [Keys.Seal] gave for that person.
func (k Keys) Open(sealed []byte, person access.UserID) (access.FiscalCode, error) {
	size := k.seal.NonceSize()
	if len(sealed) < size {
		return access.FiscalCode{}, errors.New("sealed fiscal code: too short")
	}
	plain, err := k.seal.Open(nil, sealed[:size], sealed[size:], []byte(person))
	if err != nil {
		return access.FiscalCode{}, fmt.Errorf("sealed fiscal code of %s: %w", person, err)
	}
	return access.ParseFiscalCode(string(plain))
}
