// Package bridge is an OpenID Connect provider that stands in for SPID and CIE in demos and tests. Its pages sign every
// visitor in as any of the test identities, so it refuses to start in production.
//
// It supports only the authorization code flow, with mandatory PKCE (S256). Its state is in memory, and it has no
// sessions: every request shows the screens again.
//
// A refusal reaches the relying party like one of SPID: error=access_denied and an error_description of [RefusalPrefix]
// and SPID's two-digit number ("ErrorCode nr25"). OneIdentity sends the bare number; a relying party that reads the
// trailing digits understands both.
//
// The package imports nothing of the application.
package bridge

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// RefusalPrefix precedes SPID's number in the error_description of a refused sign-in.
const RefusalPrefix = "ErrorCode nr"

// Level2 is the level of every sign-in here. SPID and CIE share its name.
const Level2 = "https://www.spid.gov.it/SpidL2"

// Identity is a test identity. Note describes the person's part in the demo's data, for the list of identities.
type Identity struct {
	FiscalCode string `json:"fiscalCode"`
	FirstName  string `json:"firstName"`
	LastName   string `json:"lastName"`
	Note       string `json:"note"`
}

// Client is a relying party. Redirect addresses are compared character by character.
type Client struct {
	ID, Secret             string
	RedirectURIs           []string
	PostLogoutRedirectURIs []string
}

// Config configures a provider. Issuer, Clients and Identities are required.
type Config struct {
	// Issuer is the address as the browser sees it. It may have a path and never ends in a slash.
	Issuer  string
	Clients []Client
	// Identities is called for every screen, so the list may change, and from multiple goroutines.
	Identities func() []Identity

	// Production makes New fail.
	Production bool
	// SubPerLogin gives each sign-in a new subject, like OneIdentity. Otherwise it is stable by client and person.
	SubPerLogin bool
	// UserinfoOnly leaves the person's attributes out of the ID Token, like SPID.
	UserinfoOnly bool
	// TweakIDToken changes the claims before they are signed, for tests.
	TweakIDToken func(map[string]any)

	// Key signs the ID Tokens (RSA, at least 2048 bits). Nil: a new key at each start.
	Key *rsa.PrivateKey
	// Now and Rand default to the system's. Both are used from multiple goroutines.
	Now  func() time.Time
	Rand io.Reader
}

// Provider is an http.Handler for the paths below the issuer's.
type Provider struct {
	config  Config
	issuer  *url.URL
	base    string // the issuer's path, empty or "/idp"
	clients map[string]Client
	keyID   string
	signer  jose.Signer
	memory  *memory
	screens map[string]*template.Template
	mux     *http.ServeMux
}

// New checks the configuration, reports all faults together, and returns the provider.
func New(c Config) (*Provider, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	issuer, err := parseIssuer(c.Issuer)
	faults := []error{err}
	if c.Production {
		faults = append(faults, errors.New("the bridge never runs in production: every visitor could sign in as any person"))
	}
	if c.Identities == nil {
		faults = append(faults, errors.New("no source of test identities"))
	}
	clients, err := indexClients(c.Clients)
	faults = append(faults, err)
	if c.Key != nil && c.Key.N.BitLen() < 2048 {
		faults = append(faults, fmt.Errorf("the signing key has %d bits: at least 2048 are needed", c.Key.N.BitLen()))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}

	p := &Provider{config: c, issuer: issuer, base: issuer.Path, clients: clients, memory: newMemory()}
	if p.screens, err = parseScreens(); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	if err := p.prepareKey(); err != nil {
		return nil, fmt.Errorf("bridge: %w", err)
	}
	p.mux = p.routes()
	return p, nil
}

// ServeHTTP serves the routes below the issuer's path. The request must have the whole path.
func (p *Provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	// No form-action: Chromium also applies it to the redirect after a form, and the last form redirects to the relying
	// party.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'")
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	p.mux.ServeHTTP(w, r)
}

func (p *Provider) routes() *http.ServeMux {
	mux := http.NewServeMux()
	handle := func(method, path string, h http.HandlerFunc) { mux.HandleFunc(method+" "+p.base+path, h) }
	handle("GET", "/.well-known/openid-configuration", p.discovery)
	handle("GET", "/jwks", p.keys)
	handle("GET", "/authorize", p.authorize)
	handle("POST", "/authorize", p.authorize)
	handle("POST", "/token", p.token)
	handle("GET", "/userinfo", p.userinfo)
	handle("POST", "/userinfo", p.userinfo)
	handle("GET", "/end-session", p.endSession)
	handle("POST", "/end-session", p.endSession)

	handle("GET", "/login/scheme", p.schemeScreen)
	handle("POST", "/login/scheme", p.chooseScheme)
	handle("GET", "/login/identity", p.identityScreen)
	handle("POST", "/login/identity", p.chooseIdentity)
	handle("GET", "/login/consent", p.consentScreen)
	handle("POST", "/login/answer", p.answer)
	handle("GET", "/screen.css", serveStyle)
	handle("GET", "/{$}", p.showIndex)
	return mux
}

// random returns 256 random bits as 43 characters that need no escaping in an address.
func (p *Provider) random() (string, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(p.config.Rand, b); err != nil {
		return "", fmt.Errorf("randomness: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// plainPath excludes characters from the issuer's path that have a meaning for the router.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

func parseIssuer(issuer string) (*url.URL, error) {
	if issuer == "" {
		return nil, errors.New("the issuer is missing")
	}
	u, err := parseWebAddress(issuer)
	if err != nil {
		return nil, fmt.Errorf("issuer: %w", err)
	}
	if u.RawQuery != "" || u.ForceQuery || u.RawPath != "" || !plainPath.MatchString(u.Path) ||
		u.Path != "" && path.Clean(u.Path) != u.Path {
		return nil, fmt.Errorf("issuer %q: only a plain path, without a slash at its end, may follow the host", issuer)
	}
	return u, nil
}

func parseWebAddress(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not an absolute http or https address without user and fragment", address)
	}
	return u, nil
}

func indexClients(clients []Client) (map[string]Client, error) {
	if len(clients) == 0 {
		return nil, errors.New("no client")
	}
	byID := make(map[string]Client)
	var faults []error
	for _, c := range clients {
		if c.ID == "" || c.Secret == "" {
			faults = append(faults, fmt.Errorf("client %q: identifier and secret are required", c.ID))
		}
		if _, twice := byID[c.ID]; twice {
			faults = append(faults, fmt.Errorf("client %q: listed twice", c.ID))
		}
		if len(c.RedirectURIs) == 0 {
			faults = append(faults, fmt.Errorf("client %q: no redirect address", c.ID))
		}
		for _, addresses := range [][]string{c.RedirectURIs, c.PostLogoutRedirectURIs} {
			for _, address := range addresses {
				if _, err := parseWebAddress(address); err != nil {
					faults = append(faults, fmt.Errorf("client %q: redirect address: %w", c.ID, err))
				}
			}
		}
		byID[c.ID] = c
	}
	return byID, errors.Join(faults...)
}
