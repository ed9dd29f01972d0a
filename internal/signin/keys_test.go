package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"areariservata.example/utenti/internal/signin"
)

// A key that the provider has withdrawn is accepted for less than a day, although no unknown key makes the application
// read the keys again.
func TestAWithdrawnKeyIsDroppedWithinADay(t *testing.T) {
	t.Parallel()
	s := open(t)
	if err := s.signIn(); err != nil {
		t.Fatal(err)
	}
	s.change[jwks] = rewrite(func(set map[string]any) { set["keys"] = []any{} })
	if err := s.signIn(); err != nil {
		t.Fatalf("the keys are read at every sign-in: %v", err)
	}
	s.here.advance(23 * time.Hour)
	s.there.advance(23 * time.Hour)
	if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
		t.Errorf("after a day: %v", err)
	}
}

// A token that is signed with a short RSA key is refused, although the provider publishes the key.
func TestAShortRSAKeyIsRefused(t *testing.T) {
	t.Setenv("GODEBUG", "rsa1024min=0") // Go itself makes and checks no shorter ones
	for bits, want := range map[int]error{1024: signin.ErrReply, 2047: signin.ErrReply, 2048: nil} {
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		s := open(t)
		public := jose.JSONWebKey{Key: key.Public(), KeyID: "other", Algorithm: "RS256", Use: "sig"}
		s.change[jwks] = rewrite(func(set map[string]any) { set["keys"] = []any{public} })
		s.change[token] = rewrite(func(response map[string]any) {
			signed, _ := response["id_token"].(string)
			response["id_token"] = signAgain(t, signed, key)
		})
		if err := s.signIn(); !errors.Is(err, want) {
			t.Errorf("%d bits: %v, want %v", bits, err, want)
		}
	}
}

// signAgain is the token with the same claims, signed by another key.
func signAgain(t *testing.T, signed string, key *rsa.PrivateKey) string {
	t.Helper()
	parsed, err := jose.ParseSignedCompact(signed, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "other"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := signer.Sign(parsed.UnsafePayloadWithoutVerification())
	if err != nil {
		t.Fatal(err)
	}
	text, err := again.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}
