package store

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
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

// SealHistory encrypts what the log keeps of a person's names and e-mail with the person's own key, which goes with the
// person: the log stays whole, and tells nothing of who has gone.
func (tx *Tx) SealHistory(ctx context.Context, person access.UserID, texts ...string) ([]string, error) {
	var key []byte
	if err := tx.tx.QueryRow(ctx, `SELECT history_key FROM person WHERE id = $1`, person).Scan(&key); err != nil {
		return nil, fmt.Errorf("history key: %w", err)
	}
	aead, err := historyCipher(key)
	if err != nil {
		return nil, err
	}
	sealed := make([]string, len(texts))
	for i, text := range texts {
		nonce := make([]byte, aead.NonceSize())
		_, _ = rand.Read(nonce) // never fails
		sealed[i] = base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(text), nil))
	}
	return sealed, nil
}

// OpenHistory decrypts what [Tx.SealHistory] gave, with the person's key.
func OpenHistory(key []byte, sealed string) (string, error) {
	aead, err := historyCipher(key)
	if err != nil {
		return "", err
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < aead.NonceSize() {
		return "", errors.New("sealed history: not what was sealed")
	}
	plain, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], nil)
	if err != nil {
		return "", fmt.Errorf("sealed history: %w", err)
	}
	return string(plain), nil
}

func historyCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("history key: %w", err)
	}
	return cipher.NewGCM(block)
}
