package signin

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"golang.org/x/oauth2"
)

// attemptLifetime is how long a person may take at the provider.
const attemptLifetime = 20 * time.Minute

// Further errors of a sign-in: see also [Identity] and [ErrUnavailable].
var (
	ErrAttempt = errors.New("no such sign-in attempt: unknown, used, too old, or another browser's")
	ErrReply   = errors.New("invalid reply of the identity provider")
)

// RefusedError is the provider's refusal. Code is SPID's error number, empty if there was none.
type RefusedError struct{ Code string }

// Error is for logs.
func (r *RefusedError) Error() string { return "refused by the identity provider: " + r.Code }

// SignIn sends people to the provider and reads its replies.
type SignIn struct {
	provider *provider
	pool     *pgxpool.Pool
}

// New returns the relying party. It contacts the provider at the first sign-in.
func New(c Config, pool *pgxpool.Pool) *SignIn { return &SignIn{provider: newProvider(c), pool: pool} }

// BrowserCookie returns the name of the cookie that binds attempts to a browser.
func (s *SignIn) BrowserCookie() string { return cookieName("login", s.provider.config.HTTPS) }

// NewBrowser returns a new value for a browser's cookie. All attempts of a browser share it, so that two tabs work.
func NewBrowser() string { return newSecret() }

// BrowserLifetime is that cookie's lifetime.
const BrowserLifetime = attemptLifetime

// StartAttempt stores an attempt and returns the provider's address for it. After sign-in the person goes to returnTo.
func (s *SignIn) StartAttempt(ctx context.Context, browser, returnTo string) (address string, err error) {
	p, err := s.provider.resolve(ctx)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := newSecret(), newSecret(), oauth2.GenerateVerifier()
	_, err = s.pool.Exec(ctx, `
		INSERT INTO login_attempt (state_hash, browser_hash, nonce, verifier, return_to, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		hashToken(state), hashToken(browser), nonce, verifier, SafeReturn(returnTo), s.now().Add(attemptLifetime))
	if err != nil {
		return "", fmt.Errorf("start sign-in: %w", err)
	}
	options := []oauth2.AuthCodeOption{oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)}
	if least := s.provider.config.MinLevel; least > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", fmt.Sprintf("https://www.spid.gov.it/SpidL%d", least)))
	}
	return p.oauth.AuthCodeURL(state, options...), nil
}

// FinishAttempt reads the provider's reply, brought by the browser. Errors: [ErrAttempt], [*RefusedError],
// [ErrUnavailable], [ErrReply], [ErrLevel], [ErrNoFiscalCode]. returnTo is also set after a refusal.
func (s *SignIn) FinishAttempt(
	ctx context.Context, browser string, reply url.Values,
) (id Identity, returnTo string, err error) {
	for name, values := range reply {
		if len(values) > 1 {
			return Identity{}, "/", fmt.Errorf("%w: %q is repeated", ErrReply, name)
		}
	}
	nonce, verifier, returnTo, err := s.claimAttempt(ctx, reply.Get("state"), browser)
	if err != nil {
		return Identity{}, "/", err
	}
	p, err := s.provider.resolve(ctx)
	if err != nil {
		return Identity{}, returnTo, err
	}
	if iss := reply.Get("iss"); (iss != "" || p.hasIssuerInReply) && iss != s.provider.config.Issuer {
		return Identity{}, returnTo, fmt.Errorf("%w: from another issuer", ErrReply)
	}
	if reply.Has("error") {
		return Identity{}, returnTo, &RefusedError{Code: parseSPIDCode(reply.Get("error"), reply.Get("error_description"))}
	}
	if reply.Get("code") == "" {
		return Identity{}, returnTo, fmt.Errorf("%w: neither a code nor an error", ErrReply)
	}
	claims, err := s.fetchClaims(ctx, p, reply.Get("code"), verifier, nonce)
	if err != nil {
		return Identity{}, returnTo, err
	}
	id, err = parseIdentity(s.provider.config.Claims, claims)
	return id, returnTo, err
}

// claimAttempt marks an attempt as used, so that only one of several replies to it succeeds.
func (s *SignIn) claimAttempt(ctx context.Context, state, browser string) (nonce, verifier, returnTo string, err error) {
	now := s.now()
	err = s.pool.QueryRow(ctx, `
		UPDATE login_attempt SET used_at = $3
		WHERE state_hash = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3
		RETURNING nonce, verifier, return_to`, hashToken(state), hashToken(browser), now).Scan(&nonce, &verifier, &returnTo)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", "", ErrAttempt
	}
	if err != nil {
		return "", "", "", fmt.Errorf("sign-in attempt: %w", err)
	}
	return nonce, verifier, returnTo, nil
}

// fetchClaims exchanges the code for the person's claims, from the ID Token or the userinfo endpoint. No token is
// stored.
func (s *SignIn) fetchClaims(ctx context.Context, p *discovered, code, verifier, nonce string) (map[string]any, error) {
	// One deadline for all requests: the browser is waiting.
	ctx, cancel := context.WithTimeout(s.provider.context(ctx), s.provider.config.Timeout)
	defer cancel()
	tokens, err := p.oauth.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode < 500 {
		return nil, fmt.Errorf("%w: code exchange: %s", ErrReply, errorCodePattern.FindString(refused.ErrorCode))
	}
	if err != nil {
		return nil, fmt.Errorf("%w: code exchange: %w", ErrUnavailable, err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, err := p.verifier.Verify(ctx, raw)
	if err != nil && strings.Contains(err.Error(), "fetching keys") { // go-oidc shows it only in the error's text
		return nil, fmt.Errorf("%w: its keys cannot be read", ErrUnavailable)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReply, err)
	}
	claims := map[string]any{}
	if err := token.Claims(&claims); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReply, err)
	}
	if err := s.verifyClaims(token, claims, nonce, tokens.AccessToken); err != nil {
		return nil, err
	}
	// The level is a property of this sign-in, so only the ID Token counts.
	if err := checkLevel(claims, s.provider.config.MinLevel); err != nil {
		return nil, err
	}
	if hasIdentity(s.provider.config.Claims, claims) {
		return claims, nil
	}
	return claims, s.addUserinfo(ctx, p, tokens, token.Subject, claims)
}

// verifyClaims makes the checks that go-oidc leaves to the caller.
func (s *SignIn) verifyClaims(token *oidc.IDToken, claims map[string]any, nonce, accessToken string) error {
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return fmt.Errorf("%w: the token answers another attempt", ErrReply)
	}
	latest := s.now().Add(s.provider.config.ClockSkew)
	if token.IssuedAt.IsZero() || token.IssuedAt.After(latest) {
		return fmt.Errorf("%w: the token is from the future, or has no issue time", ErrReply)
	}
	if notBefore, given := claims["nbf"]; given { // go-oidc always allows five minutes
		if seconds, ok := notBefore.(float64); !ok || seconds > float64(latest.Unix()) {
			return fmt.Errorf("%w: the token is not valid yet", ErrReply)
		}
	}
	azp := firstClaim(claims, []string{"azp"})
	if (azp != "" || len(token.Audience) > 1) && azp != s.provider.config.ClientID {
		return fmt.Errorf("%w: the token was issued to another client", ErrReply)
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return fmt.Errorf("%w: the access token does not match the ID Token", ErrReply)
	}
	return nil
}

// addUserinfo adds the claims that the ID Token lacks. It compares the subjects, which go-oidc does not.
func (s *SignIn) addUserinfo(
	ctx context.Context, p *discovered, tokens *oauth2.Token, subject string, claims map[string]any,
) error {
	if p.oidc.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("%w: userinfo: %w", ErrUnavailable, err)
	}
	if subject == "" || info.Subject != subject {
		return fmt.Errorf("%w: userinfo has another subject", ErrReply)
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return fmt.Errorf("%w: userinfo: %w", ErrReply, err)
	}
	for name, value := range more {
		if _, isPresent := claims[name]; !isPresent {
			claims[name] = value
		}
	}
	return nil
}

// EndSession returns the address at which the provider ends its own session and then leads to back. Empty if the
// provider has none or does not answer within a second: the person is signed out already, and the page works without
// the link.
func (s *SignIn) EndSession(ctx context.Context, back string) string {
	ctx, cancel := context.WithTimeout(ctx, linkTimeout)
	defer cancel()
	p, err := s.provider.resolve(ctx)
	if err != nil || p.endSession == "" {
		return ""
	}
	separator := "?"
	if strings.Contains(p.endSession, "?") {
		separator = "&"
	}
	query := url.Values{"client_id": {s.provider.config.ClientID}, "post_logout_redirect_uri": {back}}
	return p.endSession + separator + query.Encode()
}

var (
	spidCodes       = []string{"19", "20", "21", "22", "23", "25", "30"}
	spidCodePattern = regexp.MustCompile(`(?:^|nr)(\d\d)$`) // OneIdentity sends the bare number, SPID "ErrorCode nr19"
)

// parseSPIDCode returns SPID's error number; empty if it is not one that has a page.
func parseSPIDCode(code, description string) string {
	for _, text := range []string{description, code} {
		if m := spidCodePattern.FindStringSubmatch(text); m != nil && slices.Contains(spidCodes, m[1]) {
			return m[1]
		}
	}
	return ""
}

func (s *SignIn) now() time.Time { return s.provider.config.Now() }

func hashToken(s string) []byte {
	h := sha256.Sum256([]byte(s))
	return h[:]
}

// newSecret returns 256 random bits as 43 characters that need no escaping in an address.
func newSecret() string { return oauth2.GenerateVerifier() }
