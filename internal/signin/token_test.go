package signin_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
)

func set(name string, value any) func(map[string]any) {
	return func(claims map[string]any) { claims[name] = value }
}

func without(name string) func(map[string]any) {
	return func(claims map[string]any) { delete(claims, name) }
}

func both(one, two func(map[string]any)) func(map[string]any) {
	return func(claims map[string]any) { one(claims); two(claims) }
}

func TestATokenThatIsntForThisSignInIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	for _, c := range []struct {
		name   string
		tamper func(map[string]any)
		want   error
	}{
		{"as it should be", func(map[string]any) {}, nil},
		{"another nonce", set("nonce", "another"), signin.ErrReply},
		{"no nonce", without("nonce"), signin.ErrReply},
		{"another audience", set("aud", "another"), signin.ErrReply},
		{"no audience", without("aud"), signin.ErrReply},
		{"two others in the audience", set("aud", []string{"one", "two"}), signin.ErrReply},
		{"two in the audience, made for us", both(set("aud", []string{clientID, "another"}), set("azp", clientID)), nil},
		{"two in the audience, made for the other", both(set("aud", []string{clientID, "another"}), set("azp", "another")), signin.ErrReply},
		{"two in the audience, without azp", set("aud", []string{clientID, "another"}), signin.ErrReply},
		{"made for us", set("azp", clientID), nil},
		{"made for another", set("azp", "another"), signin.ErrReply},
		{"another issuer", set("iss", "http://elsewhere.example"), signin.ErrReply},
		{"no issuer", without("iss"), signin.ErrReply},
		{"expired two minutes ago", set("exp", time.Now().Add(-2*time.Minute).Unix()), signin.ErrReply},
		{"never expires", without("exp"), signin.ErrReply},
		{"from the future", set("iat", time.Now().Add(2*time.Minute).Unix()), signin.ErrReply},
		{"no time of issue", without("iat"), signin.ErrReply},
		{"not valid yet, as a text", set("nbf", fmt.Sprint(time.Now().Add(2*time.Minute).Unix())), signin.ErrReply},
		{"not valid yet", set("nbf", time.Now().Add(2*time.Minute).Unix()), signin.ErrReply},
		{"another access token", set("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"), signin.ErrReply},
		{"no at_hash", without("at_hash"), nil},
	} {
		s.tamperClaims = c.tamper
		if err := s.signIn(); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func TestTheProvidersClockMayBeOffByAsMuchAsConfigured(t *testing.T) {
	t.Parallel()
	s := open(t) // the bridge's tokens last a minute, and the accepted skew is a minute
	for ahead, want := range map[time.Duration]error{
		-50 * time.Second: nil,
		-90 * time.Second: nil,
		-3 * time.Minute:  signin.ErrReply,
		50 * time.Second:  nil,
		90 * time.Second:  signin.ErrReply,
	} {
		s.there.offset.Store(int64(ahead))
		if err := s.signIn(); !errors.Is(err, want) {
			t.Errorf("%s ahead: %v, want %v", ahead, err, want)
		}
	}
}

func TestALevelBelowTheMinimumIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		least int
		level any // nil: none
		want  error
	}{
		{2, bridge.Level2, nil},
		{2, "https://www.spid.gov.it/SpidL3", nil},
		{2, "https://www.spid.gov.it/SpidL1", signin.ErrLevel},
		{2, "https://www.spid.gov.it/SpidL22", signin.ErrLevel},
		{2, "", signin.ErrLevel},
		{2, 2, signin.ErrLevel},
		{2, nil, signin.ErrLevel},
		{3, bridge.Level2, signin.ErrLevel},
		{0, nil, nil},
		{0, "https://www.spid.gov.it/SpidL1", nil},
	} {
		t.Run(fmt.Sprint(c.level, " of ", c.least), func(t *testing.T) {
			t.Parallel()
			s := open(t, func(here *signin.Config, _ *bridge.Config) { here.MinLevel = c.least })
			if s.tamperClaims = set("acr", c.level); c.level == nil {
				s.tamperClaims = without("acr")
			}
			if err := s.signIn(); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			if asked := s.start(s.browser, "/").Query().Has("acr_values"); asked != (c.least > 0) {
				t.Errorf("a level is asked for: %v", asked)
			}
		})
	}
}

func TestUserinfoCantRaiseTheLevel(t *testing.T) {
	t.Parallel()
	s := open(t, func(_ *signin.Config, there *bridge.Config) { there.UserinfoOnly = true })
	s.tamperClaims = without("acr")
	s.change[userinfo] = rewrite(set("acr", bridge.Level2))
	if err := s.signIn(); !errors.Is(err, signin.ErrLevel) {
		t.Errorf("%v", err)
	}
}

func TestUserinfoMustHaveTheSameSubject(t *testing.T) {
	t.Parallel()
	s := open(t, func(_ *signin.Config, there *bridge.Config) { there.UserinfoOnly = true })
	s.change[userinfo] = rewrite(set("sub", "another"))
	if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
		t.Errorf("another subject: %v", err)
	}
	s.change[userinfo] = rewrite(without("sub"))
	if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
		t.Errorf("no subject: %v", err)
	}
	s.tamperClaims = without("sub")
	if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
		t.Errorf("no subject in either: %v", err)
	}
	s.tamperClaims = nil
	s.change[userinfo] = statusOnly(http.StatusBadGateway)
	if err := s.signIn(); !errors.Is(err, signin.ErrUnavailable) {
		t.Errorf("failing: %v", err)
	}
}

func TestUserinfoDoesntOverruleTheIDToken(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.tamperClaims = both(without("family_name"), without("familyName")) // so that userinfo is requested
	s.change[userinfo] = rewrite(func(document map[string]any) {
		document["https://attributes.eid.gov.it/fiscal_number"] = "TINIT-VRDLCU80A01H501X"
		document["fiscalNumber"] = "TINIT-VRDLCU80A01H501X"
	})
	if err := s.signIn(); err != nil || s.times(userinfo) != 1 {
		t.Errorf("%v; userinfo was asked %d times", err, s.times(userinfo))
	}
}

// signed replaces the provider's ID Token by one with the same claims and another signature.
func signed(t *testing.T, key jose.SigningKey, keyID string) func(*answer) {
	t.Helper()
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithHeader("kid", keyID))
	if err != nil {
		t.Fatal(err)
	}
	return rewrite(func(document map[string]any) {
		original, err := jose.ParseSignedCompact(document["id_token"].(string), []jose.SignatureAlgorithm{jose.RS256})
		if err != nil {
			panic(err)
		}
		forged, err := signer.Sign(original.UnsafePayloadWithoutVerification())
		if err != nil {
			panic(err)
		}
		if document["id_token"], err = forged.CompactSerialize(); err != nil {
			panic(err)
		}
	})
}

func TestATokenSignedWithAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	s := open(t)
	var keyID string
	s.change[jwks] = rewrite(func(document map[string]any) { keyID = document["keys"].([]any)[0].(map[string]any)["kid"].(string) })
	if err := s.signIn(); err != nil {
		t.Fatal(err)
	}
	otherKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*answer){
		"another key by the same name": signed(t, jose.SigningKey{Algorithm: jose.RS256, Key: otherKey}, keyID),
		"the client's secret":          signed(t, jose.SigningKey{Algorithm: jose.HS256, Key: []byte("0123456789abcdef0123456789abcdef")}, keyID),
		"no algorithm": rewrite(func(document map[string]any) {
			payload := strings.Split(document["id_token"].(string), ".")[1]
			document["id_token"] = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + payload + "."
		}),
		"no token at all": rewrite(without("id_token")),
	} {
		s.change[token] = change
		if err := s.signIn(); !errors.Is(err, signin.ErrReply) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.change[token] = signed(t, jose.SigningKey{Algorithm: jose.PS256, Key: signingKey()}, keyID)
	s.change[jwks] = rewrite(func(document map[string]any) { delete(document["keys"].([]any)[0].(map[string]any), "alg") })
	if err := s.signIn(); err != nil {
		t.Errorf("the provider's key with another accepted algorithm: %v", err)
	}
}

func TestKeysPaddedAsOneIdentityPadsThemAreRead(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.change[jwks] = rewrite(func(document map[string]any) {
		key := document["keys"].([]any)[0].(map[string]any)
		number := signingKey().N.Bytes()
		key["n"] = base64.URLEncoding.EncodeToString(append([]byte{0}, number...)) // as Java writes a positive number
		key["e"] = base64.URLEncoding.EncodeToString(big.NewInt(int64(signingKey().E)).Bytes())
		body, err := json.Marshal(key)
		if err != nil {
			panic(err)
		}
		if new(jose.JSONWebKey).UnmarshalJSON(body) == nil {
			t.Error("go-jose reads them by itself")
		}
	})
	if err := s.signIn(); err != nil {
		t.Error(err)
	}
}

func TestNewKeysOfTheProviderAreFetched(t *testing.T) {
	t.Parallel()
	s := open(t)
	for range 3 {
		if err := s.signIn(); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.times(jwks); n != 1 {
		t.Errorf("the same keys were fetched %d times", n)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	again := open(t, func(_ *signin.Config, there *bridge.Config) { there.Key = key })
	s.provider = again.provider // the bridge after a restart
	if err := s.signIn(); err != nil || s.times(jwks) != 2 {
		t.Errorf("%v; fetched %d times", err, s.times(jwks))
	}
}
