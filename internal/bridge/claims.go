package bridge

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Each attribute is sent twice: under OneIdentity's name and under that of AgID's OpenID Connect profile.
// OneIdentity's "name" is the first name alone.
const (
	claimFiscalNumber    = "fiscalNumber"
	claimName            = "name"
	claimFamilyName      = "familyName"
	claimEIDFiscalNumber = "https://attributes.eid.gov.it/fiscal_number"
	claimGivenName       = "given_name"
	claimEIDFamilyName   = "family_name"
)

// fiscalCodePrefix marks the number as Italian.
const fiscalCodePrefix = "TINIT-"

func attributes(person Identity) map[string]any {
	return map[string]any{
		claimFiscalNumber:    fiscalCodePrefix + person.FiscalCode,
		claimName:            person.FirstName,
		claimFamilyName:      person.LastName,
		claimEIDFiscalNumber: fiscalCodePrefix + person.FiscalCode,
		claimGivenName:       person.FirstName,
		claimEIDFamilyName:   person.LastName,
	}
}

// allow returns a code for the consent.
func (p *Provider) allow(a attempt, person Identity) (string, error) {
	code, err := p.random()
	if err != nil {
		return "", err
	}
	subject, err := p.subject(a.clientID, person)
	if err != nil {
		return "", err
	}
	now := p.config.Now()
	g := &grant{
		clientID: a.clientID, redirectURI: a.redirectURI, nonce: a.nonce, challenge: a.challenge,
		subject: subject, person: person, at: now,
	}
	if !p.memory.addGrant(code, g, now) {
		return "", fmt.Errorf("already %d stored sign-ins", maxEntries)
	}
	return code, nil
}

// subject reveals nothing about the person and differs by client.
func (p *Provider) subject(clientID string, person Identity) (string, error) {
	if p.config.SubPerLogin {
		return p.random()
	}
	return digest(p.config.Issuer + "\n" + clientID + "\n" + person.FiscalCode), nil
}

func (p *Provider) idToken(g *grant, accessToken string, now time.Time) (string, error) {
	claims := map[string]any{
		"iss": p.config.Issuer, "sub": g.subject, "aud": g.clientID,
		"iat": now.Unix(), "exp": now.Add(idTokenLife).Unix(), "auth_time": g.at.Unix(),
		"acr": Level2, "at_hash": halfDigest(accessToken),
	}
	if g.nonce != "" {
		claims["nonce"] = g.nonce
	}
	if !p.config.UserinfoOnly {
		maps.Copy(claims, attributes(g.person))
	}
	if p.config.TweakIDToken != nil {
		p.config.TweakIDToken(claims)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("ID Token: %w", err)
	}
	signed, err := p.signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("ID Token: %w", err)
	}
	return signed.CompactSerialize()
}

// prepareKey generates a key if there is none, and a signer that names it by its thumbprint.
func (p *Provider) prepareKey() (err error) {
	if p.config.Key == nil {
		if p.config.Key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
	}
	key := jose.JSONWebKey{Key: p.config.Key}
	thumbprint, err := (&jose.JSONWebKey{Key: p.config.Key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	p.keyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	key.KeyID = p.keyID
	options := (&jose.SignerOptions{}).WithType("JWT")
	if p.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, options); err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	return nil
}

// digest also computes a PKCE challenge from its verifier.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// halfDigest returns the left half of the digest, for at_hash.
func halfDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}
