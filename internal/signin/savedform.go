package signin

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
)

// savedFormTTL is how long a person may take to sign in again and find the form.
const savedFormTTL = 20 * time.Minute

func (s *Sessions) formCookieName() string { return cookieName("form", s.manager.Cookie.Secure) }

// SaveForm stores a form sent to the path by a person whose session has just ended, encrypted with a secret that only
// the browser has. Stores nothing if there was no session. A session's form replaces the one before: a browser that goes
// on sending does not fill the database.
func (s *Sessions) SaveForm(w http.ResponseWriter, r *http.Request, path string, form url.Values) error {
	f, ok := r.Context().Value(sessionStateKey{}).(*sessionState)
	if !ok || f.isLive || f.person == "" || len(form) == 0 {
		return nil
	}
	session, err := r.Cookie(s.cookie)
	if err != nil {
		return nil // without its cookie there was no session
	}
	id := savedFormID(session.Value)
	aead, err := formCipher(id)
	if err != nil {
		return err
	}
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), storeTimeout)
	defer cancel()
	sealed := aead.Seal(nonce, nonce, []byte(form.Encode()), nil)
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM saved_form WHERE id_hash = $1`, hashToken(id)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
			INSERT INTO saved_form (id_hash, person, path, sealed, expires_at) VALUES ($1, $2, $3, $4, now() + $5::interval)
			ON CONFLICT DO NOTHING`, // of two forms at once, one is kept
			hashToken(id), f.person, path, sealed, savedFormTTL)
		return err
	})
	if err != nil {
		return fmt.Errorf("save form: %w", err)
	}
	http.SetCookie(w, s.newFormCookie(id, int(savedFormTTL.Seconds())))
	return nil
}

// RestoreForm returns and deletes the signed-in person's saved form for the path; nil if there is none.
func (s *Sessions) RestoreForm(w http.ResponseWriter, r *http.Request, path string) (url.Values, error) {
	cookie, err := r.Cookie(s.formCookieName())
	if err != nil {
		return nil, nil //nolint:nilerr // no cookie means no form
	}
	person, _ := s.Person(r.Context())
	var sealed []byte
	err = s.pool.QueryRow(r.Context(), `
		DELETE FROM saved_form WHERE id_hash = $1 AND path = $2 AND person::text = $3 AND expires_at > now() RETURNING sealed`,
		hashToken(cookie.Value), path, person).Scan(&sealed)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("restore form: %w", err)
	}
	http.SetCookie(w, s.newFormCookie("", -1))
	aead, err := formCipher(cookie.Value)
	if err != nil || len(sealed) < aead.NonceSize() {
		return nil, err
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
	if err != nil {
		return nil, fmt.Errorf("restore form: %w", err)
	}
	return url.ParseQuery(string(plain))
}

func (s *Sessions) newFormCookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure if the site is on https, like the session's
		Name: s.formCookieName(), Value: value, Path: "/", MaxAge: seconds,
		HttpOnly: true, Secure: s.manager.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// savedFormID is the secret of the form of an ended session, which only a browser that had the session's token can derive.
func savedFormID(sessionToken string) string {
	return base64.RawURLEncoding.EncodeToString(hashToken("saved form " + sessionToken))
}

// formCipher derives its key from the cookie's secret by another hash than the row's id_hash.
func formCipher(id string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(hashToken("form " + id))
	if err != nil {
		return nil, fmt.Errorf("form key: %w", err)
	}
	return cipher.NewGCM(block)
}
