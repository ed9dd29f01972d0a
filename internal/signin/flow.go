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

// attemptLifetime is how long somebody may take at the provider.
const attemptLifetime = 20 * time.Minute

// What may come back instead of an identity, besides those of [Identity] and [ErrUnavailable].
var (
	ErrAttempt = errors.New("no such sign-in attempt: unknown, spent, too old, or another browser's")
	ErrReply   = errors.New("the provider's reply doesn't make sense")
)

// RefusedError is the provider's no: SPID's number of what happened, "" if it gave none.
type RefusedError struct{ Code string }

// Error is for logs.
func (r *RefusedError) Error() string { return "refused by the identity provider: " + r.Code }

// SignIn takes people to the provider and back.
type SignIn struct {
	provider *provider
	pool     *pgxpool.Pool
}

// New makes the relying party. Nothing is asked of the provider until somebody signs in.
func New(c Config, pool *pgxpool.Pool) *SignIn { return &SignIn{provider: newProvider(c), pool: pool} }

// BrowserCookie is the name of the cookie that binds attempts to a browser.
func (s *SignIn) BrowserCookie() string { return cookieName("login", s.provider.config.HTTPS) }

// NewBrowser makes the value of a browser's cookie. One browser has one for all its attempts, so that two tabs work.
func NewBrowser() string { return newSecret() }

// BrowserLifetime is how long that cookie is good for.
const BrowserLifetime = attemptLifetime

// StartAttempt makes an attempt and gives the address of the provider to go to. Afterwards the person comes to returnTo.
func (s *SignIn) StartAttempt(ctx context.Context, browser, returnTo string) (address string, err error) {
	p, err := s.provider.resolve(ctx)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := newSecret(), newSecret(), oauth2.GenerateVerifier()
	_, err = s.pool.Exec(ctx, `
		INSERT INTO login_attempt (state_hash, browser_hash, nonce, verifier, return_to, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
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

// FinishAttempt takes what the provider sent back with the browser. Errors: [ErrAttempt], [*RefusedError], [ErrUnavailable],
// [ErrReply], [ErrLevel], [ErrNoFiscalCode]; the path to go back to is given along with a refusal too.
func (s *SignIn) FinishAttempt(ctx context.Context, browser string, reply url.Values) (id Identity, returnTo string, err error) {
	for name, values := range reply {
		if len(values) > 1 {
			return Identity{}, "/", fmt.Errorf("%w: %q stands there twice", ErrReply, name)
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
		return Identity{}, returnTo, fmt.Errorf("%w: it comes from another issuer", ErrReply)
	}
	if reply.Has("error") {
		return Identity{}, returnTo, &RefusedError{Code: parseSPIDCode(reply.Get("error"), reply.Get("error_description"))}
	}
	if reply.Get("code") == "" {
		return Identity{}, returnTo, fmt.Errorf("%w: there is neither a code nor an error in it", ErrReply)
	}
	claims, err := s.fetchClaims(ctx, p, reply.Get("code"), verifier, nonce)
	if err != nil {
		return Identity{}, returnTo, err
	}
	id, err = parseIdentity(s.provider.config.Claims, claims)
	return id, returnTo, err
}

// claimAttempt uses an attempt up: of any number of replies to it, one gets through.
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

// fetchClaims exchanges the code for what the provider says of the person: in the ID Token, or at its userinfo endpoint. No token is kept.
func (s *SignIn) fetchClaims(ctx context.Context, p *discovered, code, verifier, nonce string) (map[string]any, error) {
	ctx, cancel := context.WithTimeout(s.provider.context(ctx), s.provider.config.Timeout) // for all of it: the browser is waiting
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
	if err != nil && strings.Contains(err.Error(), "fetching keys") { // go-oidc says it in its text only
		return nil, fmt.Errorf("%w: its keys can't be read", ErrUnavailable)
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
	if err := checkLevel(claims, s.provider.config.MinLevel); err != nil { // of this sign-in, so only the ID Token can say it
		return nil, err
	}
	if hasIdentity(s.provider.config.Claims, claims) {
		return claims, nil
	}
	return claims, s.addUserinfo(ctx, p, tokens, token.Subject, claims)
}

// verifyClaims is what go-oidc leaves to us.
func (s *SignIn) verifyClaims(token *oidc.IDToken, claims map[string]any, nonce, accessToken string) error {
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return fmt.Errorf("%w: the token answers another attempt", ErrReply)
	}
	latest := s.now().Add(s.provider.config.ClockSkew)
	if token.IssuedAt.IsZero() || token.IssuedAt.After(latest) {
		return fmt.Errorf("%w: the token comes from the future, or doesn't say when it was made", ErrReply)
	}
	if notBefore, given := claims["nbf"]; given { // go-oidc allows five minutes, whatever the skew
		if seconds, ok := notBefore.(float64); !ok || seconds > float64(latest.Unix()) {
			return fmt.Errorf("%w: the token isn't good yet", ErrReply)
		}
	}
	if azp := firstClaim(claims, []string{"azp"}); (azp != "" || len(token.Audience) > 1) && azp != s.provider.config.ClientID {
		return fmt.Errorf("%w: the token was made for another client", ErrReply)
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(accessToken) != nil {
		return fmt.Errorf("%w: the access token isn't the ID Token's", ErrReply)
	}
	return nil
}

// addUserinfo adds what the ID Token doesn't say. It must speak of the same subject, which go-oidc doesn't compare.
func (s *SignIn) addUserinfo(ctx context.Context, p *discovered, tokens *oauth2.Token, subject string, claims map[string]any) error {
	if p.oidc.UserInfoEndpoint() == "" {
		return nil
	}
	info, err := p.oidc.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
	if err != nil {
		return fmt.Errorf("%w: userinfo: %w", ErrUnavailable, err)
	}
	if subject == "" || info.Subject != subject {
		return fmt.Errorf("%w: userinfo speaks of somebody else", ErrReply)
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

// EndSession is the address at which the provider ends its own session, with the way back; empty if it has none, or if
// it doesn't answer at once: the person has left already, and waits for a page that is as good without a link.
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
	return p.endSession + separator + url.Values{"client_id": {s.provider.config.ClientID}, "post_logout_redirect_uri": {back}}.Encode()
}

var (
	spidCodes       = []string{"19", "20", "21", "22", "23", "25", "30"}
	spidCodePattern = regexp.MustCompile(`(?:^|nr)(\d\d)$`) // OneIdentity gives the bare number, SPID says "ErrorCode nr19"
)

// parseSPIDCode is SPID's number for what happened; empty if it is none of those that have a page.
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

// newSecret is 256 bits as 43 letters, of the kind that no address needs to escape.
func newSecret() string { return oauth2.GenerateVerifier() }
