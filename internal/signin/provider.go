package signin

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ErrUnavailable reports a provider that cannot be reached or has invalid metadata. Existing sessions continue.
var ErrUnavailable = errors.New("identity provider unavailable")

const (
	defaultTimeout = 10 * time.Second
	linkTimeout    = time.Second     // for a page that only has a link to the provider
	retryDelay     = 3 * time.Second // before another discovery after a failed one
	maxBodySize    = 1 << 20

	// A success is used for this long. go-oidc keeps the keys of a provider for ever, those that it withdraws included.
	discoveryLifetime = 12 * time.Hour

	minRSABits = 2048 // of the provider's keys; shorter ones are ignored
)

// provider runs the discovery when the provider is first needed and keeps only a success, for a limited time, so that the
// application also starts while the provider is down.
type provider struct {
	config Config
	client *http.Client

	mu   sync.Mutex
	last *discovery // nil: none yet
}

// discovery is one request for the provider's metadata, which any number of callers may wait for. The other fields are
// written before done is closed.
type discovery struct {
	done     chan struct{}
	provider *discovered
	err      error
	endedAt  time.Time
}

// discovered has a provider's metadata. The verifier is kept because it caches the provider's keys.
type discovered struct {
	oauth            oauth2.Config
	oidc             *oidc.Provider
	verifier         *oidc.IDTokenVerifier
	hasIssuerInReply bool   // RFC 9207
	endSession       string // empty: none
}

func newProvider(c Config) *provider {
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return &provider{config: c, client: &http.Client{
		Timeout:   c.Timeout,
		Transport: backChannel{c.Transport},
		// A redirect would receive the client's secret.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// resolve returns the provider. Concurrent callers wait for the same discovery, each until its context ends.
func (p *provider) resolve(ctx context.Context) (*discovered, error) {
	q := p.currentDiscovery()
	select {
	case <-q.done:
		return q.provider, q.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// currentDiscovery returns the last discovery, or starts one if there is none or the last one is too old.
func (p *provider) currentDiscovery() *discovery {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != nil && !p.last.isStale(p.config.Now()) {
		return p.last
	}
	q := &discovery{done: make(chan struct{})}
	p.last = q
	go func() {
		defer close(q.done)
		var err error
		if q.provider, err = p.discover(); err != nil {
			q.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		q.endedAt = p.config.Now()
	}()
	return q
}

// isStale reports whether a discovery is to be repeated.
func (q *discovery) isStale(now time.Time) bool {
	select {
	case <-q.done:
		if q.err != nil {
			return now.Sub(q.endedAt) >= retryDelay
		}
		return now.Sub(q.endedAt) >= discoveryLifetime
	default:
		return false
	}
}

// discover reads the provider's metadata. Its context is not a request's, because go-oidc keeps it for fetching keys
// later.
func (p *provider) discover() (*discovered, error) {
	op, err := oidc.NewProvider(p.context(context.Background()), p.config.Issuer)
	if err != nil {
		return nil, err
	}
	var more struct {
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
		IssInReply  bool     `json:"authorization_response_iss_parameter_supported"`
		EndSession  string   `json:"end_session_endpoint"`
	}
	if err := op.Claims(&more); err != nil {
		return nil, err
	}
	endpoint := op.Endpoint()
	endpoint.AuthStyle = authStyle(more.AuthMethods)
	if p.config.AuthURL != "" {
		endpoint.AuthURL = p.config.AuthURL
	}
	skew := p.config.ClockSkew
	return &discovered{
		oauth: oauth2.Config{
			ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: endpoint,
			RedirectURL: p.config.RedirectURL, Scopes: p.config.Scopes,
		},
		oidc: op,
		verifier: op.Verifier(&oidc.Config{
			ClientID:             p.config.ClientID,
			SupportedSigningAlgs: []string{oidc.RS256, oidc.ES256, oidc.PS256},
			Now:                  func() time.Time { return p.config.Now().Add(-skew) }, // go-oidc has no leeway for exp
		}),
		hasIssuerInReply: more.IssInReply,
		endSession:       more.EndSession,
	}, nil
}

// context makes oauth2 and go-oidc use the provider's client.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// authStyle chooses how the client's secret is sent. If oauth2 detected it, it would try twice, and the first try
// would use the code.
func authStyle(methods []string) oauth2.AuthStyle {
	basic, post := false, false
	for _, m := range methods {
		basic = basic || m == "client_secret_basic"
		post = post || m == "client_secret_post"
	}
	if post && !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader // the default of the specification
}

// backChannel limits the size of the provider's responses, repairs its keys and removes the texts of its errors.
type backChannel struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b backChannel) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBodySize))
	if err != nil {
		return nil, err
	}
	if body = repairKeys(body); resp.StatusCode >= http.StatusMultipleChoices {
		body = redactErrorBody(body)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// errorCodePattern matches the error codes of RFC 6749 (5.2) and of later specifications.
var errorCodePattern = regexp.MustCompile(`^[a-z_]{1,40}$`)

// redactErrorBody keeps only the code of an error response. The rest may be personal data, and errors are logged.
func redactErrorBody(body []byte) []byte {
	var parsed struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &parsed) != nil || !errorCodePattern.MatchString(parsed.Error) {
		return nil
	}
	return []byte(`{"error":"` + parsed.Error + `"}`)
}

// repairKeys removes the padding from the numbers of a key set: OneIdentity sends it, and go-jose rightly refuses it. It
// also removes RSA keys that are too short, which go-jose accepts.
func repairKeys(body []byte) []byte {
	var set map[string]json.RawMessage
	var keys []map[string]any
	if json.Unmarshal(body, &set) != nil || json.Unmarshal(set["keys"], &keys) != nil {
		return body
	}
	for _, key := range keys {
		for _, number := range []string{"n", "e", "x", "y"} {
			if value, ok := key[number].(string); ok {
				key[number] = strings.TrimRight(value, "=")
			}
		}
	}
	mended, err := json.Marshal(map[string]any{"keys": slices.DeleteFunc(keys, isShortRSA)})
	if err != nil {
		return body
	}
	return mended
}

// isShortRSA reports whether a key is an RSA key with a modulus of fewer than minRSABits.
func isShortRSA(key map[string]any) bool {
	n, _ := key["n"].(string)
	modulus, err := base64.RawURLEncoding.DecodeString(n)
	return key["kty"] == "RSA" && (err != nil || new(big.Int).SetBytes(modulus).BitLen() < minRSABits)
}
