package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"encoding/base64"

	"areariservata.example/utenti/internal/access"
)

// pageIVSize is the length in bytes of what precedes a sort key in an address. Lists repeat addresses, and encrypted text
// does not compress, so it is short: 64 bits are too many to guess, and enough for one value a user.
const pageIVSize = 8

// sealPage encrypts a user's sort key, which holds a name or an e-mail, for the address of a page: a row has one address.
// The initialization vector is the keyed hash of both, which also authenticates them, as in RFC 5297 (SIV).
func (k Keys) sealPage(user access.UserID, sortKey string) string {
	sealed := make([]byte, pageIVSize+len(sortKey))
	copy(sealed, k.pageIV(user, sortKey))
	copy(sealed[pageIVSize:], sortKey)
	k.cipherPage(sealed)
	return base64.RawURLEncoding.EncodeToString(sealed)
}

// openPage decrypts what [Keys.sealPage] returned for the user, and reports whether it did.
func (k Keys) openPage(user access.UserID, text string) (sortKey string, isSealed bool) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(sealed) < pageIVSize {
		return "", false
	}
	k.cipherPage(sealed)
	sortKey = string(sealed[pageIVSize:])
	if !hmac.Equal(sealed[:pageIVSize], k.pageIV(user, sortKey)) {
		return "", false
	}
	return sortKey, true
}

// withPage returns a page with its key decrypted; without a key, the user's place is looked up.
func (k Keys) withPage(p access.Page) access.Page {
	p.Key, _ = k.openPage(p.User(), p.Key)
	return p
}

// IsPage reports whether a page, if it is not the first, is one that a list linked to.
func (s *Store) IsPage(p access.Page) bool {
	_, isSealed := s.keys.openPage(p.User(), p.Key)
	return isSealed || p == (access.Page{})
}

// SignSearch signs a search text for a person, in 48 bits: enough where each guess costs a request.
func (s *Store) SignSearch(person access.PersonID, text string) string {
	return base64.RawURLEncoding.EncodeToString(s.keys.derive("search", string(person), text)[:6])
}

func (k Keys) pageIV(user access.UserID, sortKey string) []byte {
	return k.derive("page", string(user), sortKey)[:pageIVSize]
}

// cipherPage encrypts or decrypts the text behind the initialization vector.
func (k Keys) cipherPage(sealed []byte) {
	var iv [aes.BlockSize]byte
	copy(iv[:], sealed[:pageIVSize])
	cipher.NewCTR(k.page, iv[:]).XORKeyStream(sealed[pageIVSize:], sealed[pageIVSize:])
}
