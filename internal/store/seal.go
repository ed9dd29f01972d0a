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

// Keys protect fiscal codes in the database: one key hashes a code, to find it; the other encrypts it, to show it. Both
// are kept outside the database, so that a dump, a replica or a backup discloses no code. (A hash without a key would:
// all possible codes are few enough to try.)
type Keys struct {
	find []byte
	seal cipher.AEAD
	page cipher.Block // of sort keys in addresses
}

// NewKeys makes keys of [KeySize] bytes each, which must differ.
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
	k := Keys{find: find, seal: aead}
	if k.page, err = aes.NewCipher(k.derive("page cipher")); err != nil {
		return Keys{}, fmt.Errorf("fiscal code keys: %w", err)
	}
	return k, nil
}

// Hash returns the hash by which a fiscal code is found.
func (k Keys) Hash(code access.FiscalCode) []byte {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte(code.Reveal()))
	return h.Sum(nil)
}

// HashForm returns the hash of a form's content. It can contain a fiscal code, so the hash is keyed as the code's own.
func (k Keys) HashForm(content []byte) []byte {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte("form"))
	h.Write(content)
	return h.Sum(nil)
}

// AuditKey returns the key of the audit log's hash chain.
func (k Keys) AuditKey() audit.Key {
	return k.derive("audit")
}

// derive returns a key for another purpose, or the keyed hash of the parts that follow its name.
func (k Keys) derive(purpose string, parts ...string) []byte {
	h := hmac.New(sha256.New, k.find)
	h.Write([]byte(purpose))
	for _, part := range parts {
		h.Write([]byte(part))
	}
	return h.Sum(nil)
}

// Seal encrypts a fiscal code for its user: in another user's row it does not decrypt.
func (k Keys) Seal(code access.FiscalCode, user access.UserID) []byte {
	return seal(k.seal, code.Reveal(), user)
}

// Open decrypts what [Keys.Seal] returned for the user.
func (k Keys) Open(sealed []byte, user access.UserID) (access.FiscalCode, error) {
	plain, err := open(k.seal, sealed, user)
	if err != nil {
		return access.FiscalCode{}, fmt.Errorf("sealed fiscal code of %s: %w", user, err)
	}
	return access.ParseFiscalCode(plain)
}

// SealHistory encrypts names and e-mails for the audit log with the user's own key. The key outlives the user for the
// log's retention; without it, the log stays complete, and discloses none of them (rule P7).
func (tx *Tx) SealHistory(ctx context.Context, user access.UserID, texts ...string) ([]string, error) {
	var key []byte
	err := tx.tx.QueryRow(ctx, `SELECT key FROM user_history WHERE institution = $1 AND person = $2`, tx.institution, user).Scan(&key)
	if err != nil {
		return nil, fmt.Errorf("history key: %w", err)
	}
	return sealHistory(key, texts...)
}

func sealHistory(key []byte, texts ...string) ([]string, error) {
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

// OpenHistory decrypts what [Tx.SealHistory] returned, with the user's key.
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

// seal encrypts a text for its owner (empty if the key is the owner's own). The random nonce is the result's prefix.
func seal(with cipher.AEAD, text string, owner access.UserID) []byte {
	nonce := make([]byte, with.NonceSize())
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the process instead
	return with.Seal(nonce, nonce, []byte(text), []byte(owner))
}

// open decrypts what seal returned for the owner.
func open(with cipher.AEAD, sealed []byte, owner access.UserID) (string, error) {
	size := with.NonceSize()
	if len(sealed) < size {
		return "", errors.New("too short")
	}
	plain, err := with.Open(nil, sealed[:size], sealed[size:], []byte(owner))
	return string(plain), err
}
