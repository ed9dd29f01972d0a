package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ErrUnavailable says that the provider can't be reached, or makes no sense. Who has signed in already goes on working.
var ErrUnavailable = errors.New("identity provider unavailable")

const (
	defaultTimeout = 10 * time.Second
	linkTimeout    = time.Second     // a page that has a link to the provider, and is good without it, waits no longer
	retryDelay     = 3 * time.Second // a provider that was down isn't asked again sooner
	maxBodySize    = 1 << 20
)

// provider finds the provider out when it is first needed, and only keeps a success: one that is down when the
// application starts keeps nobody from starting.
type provider struct {
	config Config
	client *http.Client

	mu   sync.Mutex
	last *discovery // nil: none was asked yet
}

// discovery is one time that the provider is asked about itself, whoever waits for the answer. The rest is written before it is done.
type discovery struct {
	done     chan struct{}
	provider *discovered
	err      error
	failedAt time.Time
}

// discovered is a provider that has been found out. The verifier is kept with its keys: made anew, it would fetch them at every sign-in.
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
		Timeout:       c.Timeout,
		Transport:     backChannel{c.Transport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a redirect would carry the secret along
	}}
}

// resolve gives the provider. Those who ask meanwhile wait for the same answer, each as long as their context lets them.
func (p *provider) resolve(ctx context.Context) (*discovered, error) {
	q := p.currentDiscovery()
	select {
	case <-q.done:
		return q.provider, q.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// currentDiscovery gives the question whose answer counts: the last one, unless that failed a while ago.
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
			q.err, q.failedAt = fmt.Errorf("%w: %w", ErrUnavailable, err), p.config.Now()
		}
	}()
	return q
}

// isStale reports whether it is time to ask again.
func (q *discovery) isStale(now time.Time) bool {
	select {
	case <-q.done:
		return q.err != nil && now.Sub(q.failedAt) >= retryDelay
	default:
		return false
	}
}

// discover reads what the provider says of itself. Its context isn't a request's: go-oidc keeps it for fetching keys later on.
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
			Now:                  func() time.Time { return p.config.Now().Add(-skew) }, // exp gets no leeway otherwise
		}),
		hasIssuerInReply: more.IssInReply,
		endSession:       more.EndSession,
	}, nil
}

// context makes oauth2 and go-oidc use our client.
func (p *provider) context(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, p.client)
}

// authStyle settles how the client's secret is sent. Left to find out by itself, oauth2 tries twice, and the second time the code is spent.
func authStyle(methods []string) oauth2.AuthStyle {
	basic, post := false, false
	for _, m := range methods {
		basic = basic || m == "client_secret_basic"
		post = post || m == "client_secret_post"
	}
	if post && !basic {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader // also what a provider that says nothing must take
}

// backChannel bounds what the provider sends, mends its keys, and keeps the texts of its errors from going further.
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
	if body = stripKeyPadding(body); resp.StatusCode >= http.StatusMultipleChoices {
		body = redactErrorBody(body)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, nil
}

// errorCodePattern is the shape of RFC 6749's (5.2) and of those that came after.
var errorCodePattern = regexp.MustCompile(`^[a-z_]{1,40}$`)

// redactErrorBody is what is kept of an answer that isn't a yes: the error's code. What else it says may be about the person, and
// errors end up in the log.
func redactErrorBody(body []byte) []byte {
	var parsed struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &parsed) != nil || !errorCodePattern.MatchString(parsed.Error) {
		return nil
	}
	return []byte(`{"error":"` + parsed.Error + `"}`)
}

// stripKeyPadding takes the padding off the numbers of a key set: OneIdentity sends it, and go-jose refuses it, as it should.
func stripKeyPadding(body []byte) []byte {
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
	mended, err := json.Marshal(map[string]any{"keys": keys})
	if err != nil {
		return body
	}
	return mended
}
