package chaos_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"areariservata.example/utenti/internal/demo/devpostgres"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/ha"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
)

// deployment is the whole service: PostgreSQL, the proxy before it, replicas of the application, the bridge, a mail
// server.
type deployment struct {
	t        testing.TB
	pg       *postgres
	proxy    *proxy
	provider *provider
	base     string // the address that browsers use
	replicas []*replica
	seed     *seed.Seed
	keys     store.Keys
}

// siteOptions are the options of a deployment. The zero value is one replica with a database of its own.
type siteOptions struct {
	folder     string      // the database's folder
	program    string      // empty: the application without mutations
	replicas   int         // 0: one
	isBalanced bool        // a balancer listens at the site's address
	settings   []string    // of the application
	cluster    *ha.Cluster // the three machines of the database; nil: a single server
}

func newSite(t testing.TB, p siteOptions) *deployment {
	t.Helper()
	if p.program == "" {
		p.program = program(t)
	}
	s := &deployment{t: t, keys: seed.Keys(t)}
	var database string
	if p.cluster != nil {
		s.pg, database = postgresOnCluster(t, p.cluster), p.cluster.URL()
	} else {
		s.pg = newPostgres(t, p.folder)
		s.proxy = newProxy(t, s.pg.socket)
		database = s.pg.urlVia(s.proxy, devpostgres.AppUser)
	}
	s.seed = seed.New(t, s.pg.owner, s.keys)
	address := ha.FreeAddress(t)
	s.base = "http://" + address
	s.provider = newProvider(t, s.seed, s.base)
	for n := range max(1, p.replicas) {
		at := address
		if n > 0 || p.isBalanced {
			at = ha.FreeAddress(t)
		}
		r := &replica{
			t:       t,
			program: p.program,
			address: at,
			env: append(
				append(site.ProgramSettings(s.base, s.provider.issuer), "DATABASE_URL="+database+"&pool_max_conns=8", "DRAIN_TIME=1s"),
				p.settings...),
		}
		s.replicas = append(s.replicas, r)
		t.Cleanup(func() { r.signal(syscall.SIGKILL) })
	}
	return s
}

func (s *deployment) start() *deployment {
	s.t.Helper()
	for _, r := range s.replicas {
		r.start()
	}
	return s
}

// checkConsistency reports the inconsistencies of the database.
func (s *deployment) checkConsistency(t testing.TB) {
	t.Helper()
	if err := s.consistencyError(t); err != nil {
		t.Error(err)
	}
}

// consistencyError lists the inconsistencies.
func (s *deployment) consistencyError(t testing.TB) error {
	t.Helper()
	return consistency.Check(t.Context(), s.pg.owner, s.keys)
}

// provider is the bridge, which can be stopped.
type provider struct {
	*site.People
	issuer string
	state  atomic.Pointer[chan struct{}] // nil: it responds; otherwise it does not until the channel is closed
	down   atomic.Bool
}

func newProvider(t testing.TB, s *seed.Seed, base string) *provider {
	t.Helper()
	p := &provider{People: site.NewPeople(s)}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	p.issuer = server.URL + "/idp"
	bridge := site.NewBridge(t, p.issuer, base, p.Identities)
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
		bridge.ServeHTTP(w, r)
	})
	return p
}

// stopAnswering makes the provider accept requests without answering, until resume is called.
func (p *provider) stopAnswering() (resume func()) {
	silent := make(chan struct{})
	p.state.Store(&silent)
	return func() {
		p.state.Store(nil)
		close(silent)
	}
}

// browser sends requests that may fail.
type browser struct {
	*site.Browser
	site *deployment
}

func (s *deployment) newBrowser(t testing.TB) *browser {
	t.Helper()
	b := &browser{site.NewBrowser(t, s.base, &http.Transport{}, s.seed.FiscalCode), s}
	b.Client.Timeout = time.Minute
	return b
}

// signInAs is a browser in which a person has signed in, through all the pages of the bridge.
func (s *deployment) signInAs(t testing.TB, name string) *browser {
	t.Helper()
	b := s.newBrowser(t)
	b.signIn(name)
	return b
}

func (b *browser) signIn(name string) {
	b.T.Helper()
	b.site.provider.Offer(name)
	if p := b.SignIn(b.Get("/login"), name); p.URL.Host != strings.TrimPrefix(b.Base, "http://") || strings.HasPrefix(p.URL.Path, "/login") {
		b.T.Fatalf("%s is not signed in: %s\n%s", name, p.URL, p.Text())
	}
}

// response has the parts of a response that the tests check.
type response struct {
	status int // 0: no response
	to     string
	err    error
}

func (a response) String() string {
	if a.err != nil {
		return "no answer"
	}
	return fmt.Sprint(a.status)
}

// send sends a request and follows no redirect. Several goroutines can call it, also after the test has ended.
func (b *browser) send(method, address string, form url.Values) response {
	r, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return response{err: err}
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	got, err := b.Stay().Client.Do(r)
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
