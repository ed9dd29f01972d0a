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
	"areariservata.example/utenti/internal/audit"
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
	aead, err := newCipher(seal)
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

// HashForm is what a form's content is known by. It may have a fiscal code in it, so its hash is keyed as the code's own.
func (k Keys) HashForm(content []byte) []byte {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte("form"))
	h.Write(content)
	return h.Sum(nil)
}

// AuditKey is what the log's events are hashed with.
func (k Keys) AuditKey() audit.Key {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte("audit"))
	return h.Sum(nil)
}

// Seal encrypts a fiscal code for the person it belongs to: on another person's row it doesn't open.
func (k Keys) Seal(code access.FiscalCode, person access.UserID) []byte {
	return seal(k.seal, code.Reveal(), person)
}

// Open decrypts what [Keys.Seal] gave for that person.
func (k Keys) Open(sealed []byte, person access.UserID) (access.FiscalCode, error) {
	plain, err := open(k.seal, sealed, person)
	if err != nil {
		return access.FiscalCode{}, fmt.Errorf("sealed fiscal code of %s: %w", person, err)
	}
	return access.ParseFiscalCode(plain)
}

// SealHistory encrypts what the log keeps of a person's names and e-mail with the person's own key, which goes with the
// person: the log stays whole, and tells nothing of who has gone.
func (tx *Tx) SealHistory(ctx context.Context, person access.UserID, texts ...string) ([]string, error) {
	var key []byte
	if err := tx.tx.QueryRow(ctx, `SELECT history_key FROM person WHERE id = $1`, person).Scan(&key); err != nil {
		return nil, fmt.Errorf("history key: %w", err)
	}
	aead, err := newCipher(key)
	if err != nil {
		return nil, fmt.Errorf("history key: %w", err)
	}
	sealed := make([]string, len(texts))
	for i, text := range texts {
		sealed[i] = base64.StdEncoding.EncodeToString(seal(aead, text, ""))
	}
	return sealed, nil
}

// OpenHistory decrypts what [Tx.SealHistory] gave, with the person's key.
func OpenHistory(key []byte, sealed string) (string, error) {
	aead, err := newCipher(key)
	if err != nil {
		return "", fmt.Errorf("history key: %w", err)
	}
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return "", fmt.Errorf("sealed history: %w", err)
	}
	plain, err := open(aead, raw, "")
	if err != nil {
		return "", fmt.Errorf("sealed history: %w", err)
	}
	return plain, nil
}

func newCipher(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal encrypts a text for its owner (empty where the key itself is the owner's), under a nonce of its own that goes in front.
func seal(with cipher.AEAD, text string, owner access.UserID) []byte {
	nonce := make([]byte, with.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the process rather than give less
	return with.Seal(nonce, nonce, []byte(text), []byte(owner))
}

// open decrypts what seal gave for that owner.
func open(with cipher.AEAD, sealed []byte, owner access.UserID) (string, error) {
	size := with.NonceSize()
	if len(sealed) < size {
		return "", errors.New("too short")
	}
	plain, err := with.Open(nil, sealed[:size], sealed[size:], []byte(owner))
	return string(plain), err
}
