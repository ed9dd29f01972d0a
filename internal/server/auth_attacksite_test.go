package server_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"log/slog"
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
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
)

// signingKeys are made once: the provider's, and a stranger's.
var signingKeys = sync.OnceValue(func() (keys [2]*rsa.PrivateKey) {
	for i := range keys {
		var err error
		if keys[i], err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			panic(err)
		}
	}
	return keys
})

// attackSite is the whole site and, at an address of its own, a provider that misbehaves on command. Between the browser, the
// site and the provider everything goes over HTTP.
type attackSite struct {
	*site
	provider    http.Handler
	issuer      string
	victim      browser      // Anna's, where nothing else is said
	clockOffset atomic.Int64 // how far the application's clock is

	mu             sync.Mutex
	tamperClaims   func(map[string]any)           // bends the ID Token's, before they are signed
	requestChanges map[string]func(*http.Request) // changes what the provider is asked, by path
	overrides      map[string]responseOverride    // by path
	requestCounts  map[string]int                 // how often, by path
	secrets        []string                       // what no page and no log may hold
}

// responseOverride sends something else than the provider's good answer.
type responseOverride = func(w http.ResponseWriter, r *http.Request, good *httptest.ResponseRecorder)

const discovery, authorization, keySet, exchange, userinfo = "/.well-known/openid-configuration", "/authorize", "/jwks", "/token", "/userinfo"

// openAttackSite makes one on the database of a site.
func openAttackSite(t *testing.T, base *site, changes ...func(*signin.Config, *bridge.Config)) *attackSite {
	t.Helper()
	f := &attackSite{site: &site{t: t, db: base.db, store: base.store, service: base.service, seed: base.seed, log: &logbook{}}, requestCounts: map[string]int{}}
	f.requestChanges = map[string]func(*http.Request){}
	f.overrides = map[string]responseOverride{}
	ours := http.NewServeMux()
	f.Server = httptest.NewServer(ours)
	idp := httptest.NewServer(http.HandlerFunc(f.answer))
	t.Cleanup(idp.Close)
	t.Cleanup(f.Close)
	f.issuer = idp.URL + "/idp"
	code := base.seed.FiscalCode("Anna Bianchi").Reveal()
	f.secrets = []string{code, strings.ToLower(code)}

	there := bridge.Config{
		Issuer: f.issuer, Key: signingKeys()[0],
		Clients: []bridge.Client{{ID: client, Secret: secret, RedirectURIs: []string{f.URL + "/login/callback"}, PostLogoutRedirectURIs: []string{f.URL + "/logout"}}},
		Identities: func() []bridge.Identity {
			return []bridge.Identity{{FiscalCode: code, FirstName: "Anna", LastName: "Bianchi"}, {FiscalCode: base.seed.FiscalCode("Oto Neri").Reveal(), FirstName: "Oto", LastName: "Neri"}}
		},
		TweakIDToken: func(claims map[string]any) {
			f.mu.Lock()
			tamper := f.tamperClaims
			f.mu.Unlock()
			if tamper != nil {
				tamper(claims)
			}
		},
	}
	now := func() time.Time { return time.Now().Add(time.Duration(f.clockOffset.Load())) }
	here := signin.Config{
		Issuer: f.issuer, ClientID: client, ClientSecret: secret, RedirectURL: f.URL + "/login/callback", Scopes: []string{"openid"},
		MinLevel: 2, ClockSkew: time.Minute, Claims: "auto", Now: now,
	}
	for _, change := range changes {
		change(&here, &there)
	}
	provider, err := bridge.New(there)
	if err != nil {
		t.Fatal(err)
	}
	f.provider = provider
	ours.Handle("/", server.New(server.Config{BaseURL: f.URL}, base.store, base.service, signin.New(here, base.db.App),
		signin.NewSessions(base.db.App, false), slog.New(slog.NewJSONHandler(f.log, nil)), time.Now))
	f.victim = f.newBrowser(t)
	return f
}

// answer is the provider's address.
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

// override sets what one of the provider's addresses does; nil: what it should.
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

// addSecrets remembers the tokens in an answer, which nobody may show.
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

// leave opens the page that leads to the provider, and gives the address there; nil if it leads elsewhere.
func (f *attackSite) leave(b browser, back string) (page, *url.URL) {
	f.t.Helper()
	p := b.stay().get("/login/start?" + url.Values{"return": {back}}.Encode())
	address, err := url.Parse(p.header.Get("Location"))
	if err != nil {
		f.t.Fatal(err)
	}
	if !strings.HasPrefix(address.String(), f.issuer) {
		return b.get(p.header.Get("Location")), nil
	}
	return p, address
}

// consent is what somebody does at the provider; the browser hasn't followed it back yet.
func (f *attackSite) consent(b browser, address *url.URL, name string) *url.URL {
	f.t.Helper()
	hinted := *address
	hinted.RawQuery += "&" + url.Values{"login_hint": {f.seed.FiscalCode(name).Reveal()}}.Encode()
	p := b.get(hinted.String())
	if !strings.HasPrefix(p.url.String(), f.issuer) {
		return p.url // the provider wouldn't have it, and the browser is back already
	}
	back, err := url.Parse(b.stay().press(p, "Acconsenti e accedi").header.Get("Location"))
	if err != nil || back.Path != "/login/callback" {
		f.t.Fatalf("the provider leads to %s (%v)", back, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.secrets = append(f.secrets, back.Query().Get("code"), back.Query().Get("state"))
	return back
}

// reply is what the browser is to come back with.
func (f *attackSite) reply(b browser, back, name string) *url.URL {
	f.t.Helper()
	p, address := f.leave(b, back)
	if address == nil {
		f.t.Fatalf("sign-in can't start: %s", p.url)
	}
	return f.consent(b, address, name)
}

// signIn signs Anna in, or as far as she gets.
func (f *attackSite) signIn() page {
	f.t.Helper()
	p, address := f.leave(f.victim, "/")
	if address == nil {
		return p
	}
	return f.victim.get(f.consent(f.victim, address, "Anna Bianchi").String())
}

// session is the value of a browser's session cookie, and plant puts one there.
func (b browser) session() string {
	b.t.Helper()
	at, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range b.Jar.Cookies(at) {
		if cookie.Name == "session" {
			return cookie.Value
		}
	}
	return ""
}

func (b browser) plant(value string) {
	b.t.Helper()
	at, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Jar.SetCookies(at, []*http.Cookie{{Name: "session", Value: value, Path: "/"}})
}

// opensHome opens a page for who has signed in, in a browser that should not be.
func (f *attackSite) opensHome(b browser) page {
	f.t.Helper()
	p := b.get("/")
	f.victim = b
	return p
}

// endSessions leaves nothing to the next.
func (f *attackSite) endSessions() {
	f.t.Helper()
	if _, err := f.db.Owner.Exec(f.t.Context(), `DELETE FROM web_session`); err != nil {
		f.t.Fatal(err)
	}
}

func (f *attackSite) want(path string, times int) {
	f.t.Helper()
	if n := f.countRequests(path); n != times {
		f.t.Errorf("%s was asked %d times, not %d", path, n, times)
	}
}

func (f *attackSite) check(t *testing.T, p page, ends string) {
	t.Helper()
	ours := strings.HasPrefix(p.url.String(), f.URL+"/")
	switch {
	case ends == in && (!ours || p.status != http.StatusOK || strings.HasPrefix(p.url.Path, "/login")):
		t.Errorf("not signed in: %d %s", p.status, p.url)
	case ends != in && (!ours || p.url.Path != ends || p.status != statuses[ends]):
		t.Errorf("it ends with %d at %s, want %d at %s", p.status, p.url, statuses[ends], ends)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, secret := range append(f.secrets, "Chiama il numero", "Manutenzione") {
		if secret != "" && (strings.Contains(f.log.String(), secret) || strings.Contains(p.url.String(), secret) || ends != in && strings.Contains(p.body, secret)) {
			t.Errorf("%q is on the page, in its address %s, or in the log:\n%s", secret, p.url, f.log)
		}
	}
}
