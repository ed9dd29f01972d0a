package attack_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/site"
)

// signingKeys are generated once: the provider's, and an attacker's.
var signingKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		var err error
		if keys[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return keys
})

// attackSite is a site with a provider at another address that misbehaves on command. Browser, site and provider
// speak HTTP.
type attackSite struct {
	*site.Site
	provider    http.Handler
	issuer      string
	victim      *site.Browser // Anna's browser, unless a test uses another one
	clockOffset atomic.Int64  // of the application's clock, in nanoseconds

	mu             sync.Mutex
	tamperClaims   func(map[string]any)           // changes the ID Token's claims before they are signed
	requestChanges map[string]func(*http.Request) // by path: changes to the requests that the provider receives
	overrides      map[string]responseOverride    // by path
	requestCounts  map[string]int                 // number of requests by path
	secrets        []string                       // must appear on no page and in no log line
}

// responseOverride replaces the provider's correct response.
type responseOverride = func(w http.ResponseWriter, r *http.Request, good *httptest.ResponseRecorder)

const (
	discovery     = "/.well-known/openid-configuration"
	authorization = "/authorize"
	keySet        = "/jwks"
	exchange      = "/token"
	userinfo      = "/userinfo"
)

// openAttackSite starts a replica of a site, with a provider of its own.
func openAttackSite(t *testing.T, base *site.Site, changes ...func(*signin.Config)) *attackSite {
	t.Helper()
	f := &attackSite{
		requestCounts:  map[string]int{},
		requestChanges: map[string]func(*http.Request){},
		overrides:      map[string]responseOverride{},
	}
	code := base.Seed.FiscalCode("Anna Bianchi").Reveal()
	f.secrets = []string{code, strings.ToLower(code)}
	identities := func() []bridge.Identity {
		return []bridge.Identity{
			{FiscalCode: code, FirstName: "Anna", LastName: "Bianchi"},
			{FiscalCode: base.Seed.FiscalCode("Oto Neri").Reveal(), FirstName: "Oto", LastName: "Neri"},
		}
	}
	f.Site = site.Start(t, site.Options{
		Beside: base,
		Issuer: func(s *site.Site) string {
			idp := httptest.NewServer(http.HandlerFunc(f.answer))
			t.Cleanup(idp.Close)
			f.issuer = idp.URL + "/idp"
			config := site.BridgeConfig(f.issuer, s.URL, identities)
			config.Key, config.TweakIDToken = signingKeys()[0], f.tamper
			provider, err := bridge.New(config)
			if err != nil {
				t.Fatal(err)
			}
			f.provider = provider
			return f.issuer
		},
		SignIn: func(config *signin.Config) {
			config.Now = func() time.Time { return time.Now().Add(time.Duration(f.clockOffset.Load())) }
			for _, change := range changes {
				change(config)
			}
		},
	})
	f.victim = f.NewBrowser(t)
	return f
}

func (f *attackSite) tamper(claims map[string]any) {
	f.mu.Lock()
	change := f.tamperClaims
	f.mu.Unlock()
	if change != nil {
		change(claims)
	}
}

// answer serves the provider's addresses.
func (f *attackSite) answer(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/idp")
	f.mu.Lock()
	f.requestCounts[path]++
	change, answer := f.requestChanges[path], f.overrides[path]
	f.mu.Unlock()
	if change != nil {
		change(r)
	}
	good := httptest.NewRecorder()
	f.provider.ServeHTTP(good, r)
	if path == exchange {
		f.addSecrets(good.Body.Bytes())
	}
	if answer == nil {
		answer = func(w http.ResponseWriter, _ *http.Request, good *httptest.ResponseRecorder) { send(w, good) }
	}
	answer(w, r, good)
}

// override sets the response of one of the provider's addresses; nil: the correct one.
func (f *attackSite) override(path string, answer responseOverride) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.overrides[path] = answer
}

func send(w http.ResponseWriter, answer *httptest.ResponseRecorder) {
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// addSecrets remembers the tokens in a response, which must not be shown or logged.
func (f *attackSite) addSecrets(body []byte) {
	var tokens struct {
		Access string `json:"access_token"`
		ID     string `json:"id_token"`
	}
	if json.Unmarshal(body, &tokens) == nil && tokens.Access != "" {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.secrets = append(f.secrets, tokens.Access, tokens.ID)
	}
}

func (f *attackSite) countRequests(path string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.requestCounts[path]
}

// leave opens the page that redirects to the provider and returns the provider's address; nil if it redirects
// elsewhere.
func (f *attackSite) leave(b *site.Browser, back string) (site.Page, *url.URL) {
	f.T.Helper()
	p := b.Stay().Get("/login/start?" + url.Values{"return": {back}}.Encode())
	address, err := url.Parse(p.Header.Get("Location"))
	if err != nil {
		f.T.Fatal(err)
	}
	if !strings.HasPrefix(address.String(), f.issuer) {
		return b.Get(p.Header.Get("Location")), nil
	}
	return p, address
}

// consent signs the person in at the provider; the browser has not followed the redirect back yet.
func (f *attackSite) consent(b *site.Browser, address *url.URL, name string) *url.URL {
	f.T.Helper()
	hinted := *address
	hinted.RawQuery += "&" + url.Values{"login_hint": {f.Seed.FiscalCode(name).Reveal()}}.Encode()
	p := b.Get(hinted.String())
	if !strings.HasPrefix(p.URL.String(), f.issuer) {
		return p.URL // the provider refused, and the browser is back already
	}
	back, err := url.Parse(b.Stay().Press(p, "Acconsenti e accedi").Header.Get("Location"))
	if err != nil || back.Path != "/login/callback" {
		f.T.Fatalf("the provider leads to %s (%v)", back, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets = append(f.secrets, back.Query().Get("code"), back.Query().Get("state"))
	return back
}

// reply is the address with which the browser returns from the provider.
func (f *attackSite) reply(b *site.Browser, back, name string) *url.URL {
	f.T.Helper()
	p, address := f.leave(b, back)
	if address == nil {
		f.T.Fatalf("sign-in can't start: %s", p.URL)
	}
	return f.consent(b, address, name)
}

// signIn signs Anna in, as far as that succeeds.
func (f *attackSite) signIn() site.Page {
	f.T.Helper()
	p, address := f.leave(f.victim, "/")
	if address == nil {
		return p
	}
	return f.victim.Get(f.consent(f.victim, address, "Anna Bianchi").String())
}

// session is the value of a browser's session cookie.
func session(b *site.Browser) string {
	for _, cookie := range b.Cookies() {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func plant(b *site.Browser, value string) {
	b.T.Helper()
	at, err := url.Parse(b.Base)
	if err != nil {
		b.T.Fatal(err)
	}
	b.Client.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: value, Path: "/"}})
}

// opensHome opens the first page in a browser that should not be signed in.
func (f *attackSite) opensHome(b *site.Browser) site.Page {
	f.T.Helper()
	p := b.Get("/")
	f.victim = b
	return p
}

// endSessions deletes all sessions before the next attack.
func (f *attackSite) endSessions() {
	f.T.Helper()
	if _, err := f.DB.Owner.Exec(f.T.Context(), `DELETE FROM web_session`); err != nil {
		f.T.Fatal(err)
	}
}

func (f *attackSite) want(path string, times int) {
	f.T.Helper()
	if n := f.countRequests(path); n != times {
		f.T.Errorf("%s was asked %d times, not %d", path, n, times)
	}
}

func (f *attackSite) check(t *testing.T, p site.Page, ends string) {
	t.Helper()
	ours := strings.HasPrefix(p.URL.String(), f.URL+"/")
	switch {
	case ends == in && (!ours || p.Status != http.StatusOK || strings.HasPrefix(p.URL.Path, "/login")):
		t.Errorf("not signed in: %d %s", p.Status, p.URL)
	case ends != in && (!ours || p.URL.Path != ends || p.Status != statuses[ends]):
		t.Errorf("it ends with %d at %s, want %d at %s", p.Status, p.URL, statuses[ends], ends)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, secret := range append(f.secrets, "Chiama il numero", "Manutenzione") {
		if secret != "" &&
			(strings.Contains(f.Log.String(), secret) || strings.Contains(p.URL.String(), secret) ||
				ends != in && strings.Contains(p.Body, secret)) {
			t.Errorf("%q is on the page, in its address %s, or in the log:\n%s", secret, p.URL, f.Log)
		}
	}
}
