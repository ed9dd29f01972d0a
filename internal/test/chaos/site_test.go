package chaos_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/ha"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/seed"
)

// site is the whole service: PostgreSQL, the wire that leads to it, replicas of the application, a provider, a mail server.
type site struct {
	t        testing.TB
	pg       *postgres
	proxy    *proxy
	provider *provider
	base     string // the address that browsers know
	replicas []*replica
	seed     *seed.Seed
	keys     store.Keys
}

// siteOptions says how a site differs from the usual one.
type siteOptions struct {
	folder     string      // where the database lies
	program    string      // empty: the application as it is
	replicas   int         // one, if it isn't said
	isBalanced bool        // browsers know a balancer's address, which is the site's base
	settings   []string    // of the application
	cluster    *ha.Cluster // three machines with the database, instead of one of the site's own
}

func newSite(t testing.TB, p siteOptions) *site {
	t.Helper()
	if p.program == "" {
		p.program = program(t)
	}
	s := &site{t: t, keys: seed.Keys(t)}
	var database string
	if p.cluster != nil {
		s.pg, database = postgresOnCluster(t, p.cluster), p.cluster.URL()
	} else {
		s.pg = newPostgres(t, p.folder)
		s.proxy = newProxy(t, s.pg.socket)
		database = s.pg.urlVia(s.proxy, devpostgres.AppUser)
	}
	s.seed = seed.New(t, s.pg.owner, s.keys)
	address := freeAddress(t)
	s.base = "http://" + address
	s.provider = newProvider(t, s.seed, s.base)
	for n := range max(1, p.replicas) {
		at := address
		if n > 0 || p.isBalanced {
			at = freeAddress(t)
		}
		r := &replica{t: t, program: p.program, address: at, env: append([]string{
			"APP_ENV=development", "BASE_URL=" + s.base, "DATABASE_URL=" + database + "&pool_max_conns=8",
			"FISCAL_CODE_FIND_KEY=" + hex.EncodeToString([]byte(strings.Repeat("f", store.KeySize))),
			"FISCAL_CODE_SEAL_KEY=" + hex.EncodeToString([]byte(strings.Repeat("s", store.KeySize))),
			"OIDC_ISSUER=" + s.provider.issuer, "OIDC_CLIENT_ID=" + client, "OIDC_CLIENT_SECRET=" + secret, "DRAIN_TIME=1s",
		}, p.settings...)}
		s.replicas = append(s.replicas, r)
		t.Cleanup(func() { r.signal(syscall.SIGKILL) })
	}
	return s
}

func (s *site) start() *site {
	s.t.Helper()
	for _, r := range s.replicas {
		r.start()
	}
	return s
}

// checkConsistency holds everything against everything.
func (s *site) checkConsistency(t testing.TB) {
	t.Helper()
	if err := s.consistencyError(t); err != nil {
		t.Error(err)
	}
}

// consistencyError says what is half made.
func (s *site) consistencyError(t testing.TB) error {
	t.Helper()
	return consistency.Check(t.Context(), s.pg.owner, s.keys)
}

const client, secret = "areariservata", "a secret of the tests' own"

// provider is the stand-in for SPID and CIE, which can be taken away.
type provider struct {
	issuer string
	state  atomic.Pointer[chan struct{}] // nil: it answers; else it is silent until the channel is closed
	down   atomic.Bool

	mu     sync.Mutex
	people []string
}

func newProvider(t testing.TB, s *seed.Seed, base string) *provider {
	t.Helper()
	p := &provider{}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.issuer = server.URL + "/idp"
	stand, err := bridge.New(bridge.Config{
		Issuer:  p.issuer,
		Clients: []bridge.Client{{ID: client, Secret: secret, RedirectURIs: []string{base + "/login/callback"}, PostLogoutRedirectURIs: []string{base + "/logout"}}},
		Identities: func() []bridge.Identity {
			p.mu.Lock()
			defer p.mu.Unlock()
			var all []bridge.Identity
			for _, name := range p.people {
				first, last, _ := strings.Cut(name, " ")
				all = append(all, bridge.Identity{FiscalCode: s.FiscalCode(name).Reveal(), FirstName: first, LastName: last})
			}
			return all
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if silent := p.state.Load(); silent != nil {
			select {
			case <-*silent:
			case <-r.Context().Done():
				return
			}
		}
		if p.down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		stand.ServeHTTP(w, r)
	})
	return p
}

// stopAnswering makes the provider take requests and answer none, until speak is called.
func (p *provider) stopAnswering() (resume func()) {
	silent := make(chan struct{})
	p.state.Store(&silent)
	return func() {
		p.state.Store(nil)
		close(silent)
	}
}

// browser is somebody's browser: cookies, no scripts.
type browser struct {
	*http.Client
	t    testing.TB
	site *site
}

func (s *site) newBrowser(t testing.TB) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	return browser{&http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}, t, s}
}

// signInAs signs somebody in, through all the screens.
func (s *site) signInAs(t testing.TB, name string) browser {
	t.Helper()
	b := s.newBrowser(t)
	b.signIn(name)
	return b
}

func (b browser) signIn(name string) {
	b.t.Helper()
	p := b.site.provider
	p.mu.Lock()
	p.people = append(p.people, name)
	p.mu.Unlock()
	page := b.submitForm(b.open("/login/start"), "Entra con SPID")
	form := page.All("button", "")[0].Form()
	form.Values.Set("fiscal_code", b.site.seed.FiscalCode(name).Reveal())
	page = b.submitForm(b.post(resolve(b.t, page, form.Action), form.Values), "Acconsenti e accedi")
	if page.url.Host != strings.TrimPrefix(b.site.base, "http://") || strings.HasPrefix(page.url.Path, "/login") {
		b.t.Fatalf("%s isn't signed in: %s\n%s", name, page.url, page.Text())
	}
}

// page is what the browser got.
type page struct {
	htmltest.Element
	url *url.URL
}

func (b browser) open(path string) page {
	b.t.Helper()
	return b.fetch(http.MethodGet, b.site.base+path, nil)
}

func (b browser) post(address string, form url.Values) page {
	b.t.Helper()
	return b.fetch(http.MethodPost, address, form)
}

func (b browser) submitForm(p page, name string) page {
	b.t.Helper()
	form := p.One("button", name).Form()
	return b.post(resolve(b.t, p, form.Action), form.Values)
}

func (b browser) fetch(method, address string, form url.Values) page {
	b.t.Helper()
	r, err := request(b.t.Context(), method, address, form)
	if err != nil {
		b.t.Fatal(err)
	}
	answer, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{htmltest.ParseString(b.t, string(text)), answer.Request.URL}
}

func resolve(t testing.TB, p page, ref string) string {
	t.Helper()
	u, err := p.url.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

// request is as the site's own pages send it.
func request(ctx context.Context, method, address string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r, nil
}

// response is what matters of one.
type response struct {
	status int // 0: none came
	to     string
	err    error
}

func (a response) String() string {
	if a.err != nil {
		return "no answer"
	}
	return fmt.Sprint(a.status)
}

// send sends a request and follows nothing. It may be called from several goroutines.
func (b browser) send(method, address string, form url.Values) response {
	r, err := request(context.Background(), method, address, form)
	if err != nil {
		return response{err: err}
	}
	c := *b.Client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := c.Do(r)
	if err != nil {
		return response{err: err}
	}
	_, err = io.Copy(io.Discard, got.Body)
	_ = got.Body.Close()
	if err != nil {
		return response{err: err}
	}
	return response{status: got.StatusCode, to: got.Header.Get("Location")}
}
