package signin_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

const (
	mario = "RSSMRA80A01H501U"

	issuer       = "http://nowhere.example:8080/idp"
	clientID     = "users section" // the space, and the secret's colon, must be encoded
	clientSecret = "segreto: 100%"
	returning    = "http://service.example/login/callback"
	leaving      = "http://service.example/logout"
)

// signingKey is generated once: that takes longer than the rest of a test.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// clock is the current time plus an offset that a test sets.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// transport makes a function an http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// site has a relying party, a provider in the same process, and the connection between them.
type site struct {
	t           *testing.T
	db          *pgtest.DB
	config      signin.Config
	signin      *signin.SignIn
	provider    *bridge.Provider
	here, there clock  // of the application and of the provider
	browser     string // the browser's cookie

	tamperClaims  func(claims map[string]any) // changes the ID Token's claims before they are signed
	between       func(*http.Request) error   // sees each request; its error replaces the response
	change        map[string]func(*answer)    // changes the provider's responses, by the path below the issuer's
	mu            sync.Mutex
	requestCounts map[string]int // by the path below the issuer's
}

// open starts a site. The functions may change its configurations first.
func open(t *testing.T, changes ...func(*signin.Config, *bridge.Config)) *site {
	t.Helper()
	s := &site{
		t: t, db: pgtest.New(t), browser: signin.NewBrowser(),
		requestCounts: map[string]int{}, change: map[string]func(*answer){},
	}
	there := bridge.Config{
		Issuer: issuer,
		Clients: []bridge.Client{{
			ID: clientID, Secret: clientSecret, RedirectURIs: []string{returning}, PostLogoutRedirectURIs: []string{leaving},
		}},
		Identities: func() []bridge.Identity {
			return []bridge.Identity{{FiscalCode: mario, FirstName: "Mario", LastName: "Rossi"}}
		},
		Key: signingKey(), Now: s.there.now,
		TweakIDToken: func(claims map[string]any) {
			if s.tamperClaims != nil {
				s.tamperClaims(claims)
			}
		},
	}
	s.config = signin.Config{
		Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, RedirectURL: returning, Scopes: []string{"openid"},
		MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Transport: transport(s.carry), Now: s.here.now,
	}
	for _, change := range changes {
		change(&s.config, &there)
	}
	var err error
	if s.provider, err = bridge.New(there); err != nil {
		t.Fatal(err)
	}
	s.signin = signin.New(s.config, s.db.App)
	return s
}

// inside returns the provider's transport without the test's changes.
func (s *site) inside() http.RoundTripper {
	return s.provider.InProcess(transport(func(r *http.Request) (*http.Response, error) {
		return nil, errors.New("a request to the network: " + r.URL.String())
	}))
}

// carry is the back channel, with the test's changes.
func (s *site) carry(r *http.Request) (*http.Response, error) {
	path := strings.TrimPrefix(r.URL.String(), issuer)
	s.mu.Lock()
	s.requestCounts[path]++
	s.mu.Unlock()
	if s.between != nil {
		if err := s.between(r); err != nil {
			return nil, err
		}
	}
	response, err := s.inside().RoundTrip(r)
	change := s.change[path]
	if err != nil || change == nil {
		return response, err
	}
	a := answer{response.StatusCode, response.Header, nil}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		return nil, err
	}
	change(&a)
	return &http.Response{
		StatusCode: a.status, Header: a.header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: r,
	}, nil
}

// answer is a response of the provider.
type answer struct {
	status int
	header http.Header
	body   []byte
}

const discovery, token, userinfo, jwks = "/.well-known/openid-configuration", "/token", "/userinfo", "/jwks"

// times returns the number of requests for a path of the provider.
func (s *site) times(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requestCounts[path]
}

// rewrite changes a JSON response.
func rewrite(change func(map[string]any)) func(*answer) {
	return func(a *answer) {
		document := map[string]any{}
		if err := json.Unmarshal(a.body, &document); err != nil {
			panic(err)
		}
		change(document)
		var err error
		if a.body, err = json.Marshal(document); err != nil {
			panic(err)
		}
	}
}

// statusOnly replaces a response by a status without a body.
func statusOnly(status int) func(*answer) {
	return func(a *answer) { *a = answer{status, http.Header{}, nil} }
}

// start starts an attempt and returns the provider's address.
func (s *site) start(browser, returnTo string) *url.URL {
	s.t.Helper()
	address, err := s.signin.StartAttempt(s.t.Context(), browser, returnTo)
	if err != nil {
		s.t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		s.t.Fatal(err)
	}
	return u
}

// atProvider signs Mario in at the provider with a browser and returns the reply that it brings back.
func (s *site) atProvider(address *url.URL, button string) url.Values {
	s.t.Helper()
	var back url.Values
	browser := http.Client{Transport: s.inside(), CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(next.URL.String(), returning) {
			back = next.URL.Query()
			return http.ErrUseLastResponse
		}
		return nil
	}}
	response, err := browser.Get(address.String() + "&login_hint=" + mario)
	if err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	form := response.Request.URL.Query()
	form.Set("answer", button)
	if response, err = browser.PostForm(issuer+"/login/answer", form); err != nil {
		s.t.Fatal(err)
	}
	response.Body.Close()
	if back == nil {
		s.t.Fatalf("the provider did not redirect back: %s", response.Status)
	}
	return back
}

// back returns a valid reply to a new attempt of the site's browser.
func (s *site) back() url.Values {
	s.t.Helper()
	return s.atProvider(s.start(s.browser, "/"), "consent")
}

func (s *site) finish(browser string, reply url.Values) error {
	s.t.Helper()
	id, _, err := s.signin.FinishAttempt(s.t.Context(), browser, reply)
	if (err == nil) != (id.FiscalCode == mario) || err != nil && id != (signin.Identity{}) {
		s.t.Errorf("identity %+v along with error %v", id, err)
	}
	return err
}

// signIn runs a whole sign-in.
func (s *site) signIn() error {
	s.t.Helper()
	return s.finish(s.browser, s.back())
}
