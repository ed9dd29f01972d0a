package server_test

import (
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

func TestMain(m *testing.M) {
	os.Exit(browsertest.Main(func() int { return pgtest.Main(m) }))
}

// site is the whole application on a database of its own, with the stand-in provider below the same address.
type site struct {
	*httptest.Server
	t       *testing.T
	db      *pgtest.DB
	store   *store.Store
	service *users.Service
	server  *server.Server
	seed    *seed.Seed
	pool    *pgxpool.Pool
	idp     *bridge.Provider
	log     *logbook

	mu     sync.Mutex
	people []string // whom the stand-in offers
}

// logbook keeps what the application logs.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func open(t *testing.T) *site { return openTraced(t, nil) }

// openLimited lets nobody do more than that.
func openLimited(t *testing.T, l server.Limits) *site {
	t.Helper()
	s := open(t)
	s.buildServer(l)
	return s
}

// startReplica is the same site once more, on the same database; it is told by its address. Cookies are the same: of 127.0.0.1, whatever the port.
func (s *site) startReplica(t *testing.T, l server.Limits) string {
	t.Helper()
	first := s.server
	s.buildServer(l)
	second := httptest.NewServer(s.server)
	t.Cleanup(second.Close)
	s.server = first
	return second.URL
}

// openTraced lets a tracer see what is asked of the database.
func openTraced(t *testing.T, tracer pgx.QueryTracer) *site {
	t.Helper()
	db := pgtest.New(t)
	pool, err := store.Open(db.AppURL, tracer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := &site{t: t, db: db, seed: seed.New(t, db.Owner, seed.Keys(t)), log: &logbook{}}
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	s.pool, s.idp = pool, s.provider()
	s.buildServer(server.Limits{})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.server.ServeHTTP(w, r) })
	mux.Handle("/idp/", s.idp)
	return s
}

const client, secret = "areariservata", "a secret of the tests' own"

func (s *site) provider() *bridge.Provider {
	s.t.Helper()
	provider, err := bridge.New(bridge.Config{
		Issuer:  s.URL + "/idp",
		Clients: []bridge.Client{{ID: client, Secret: secret, RedirectURIs: []string{s.URL + "/login/callback"}, PostLogoutRedirectURIs: []string{s.URL + "/logout"}}},
		Identities: func() []bridge.Identity {
			s.mu.Lock()
			defer s.mu.Unlock()
			var all []bridge.Identity
			for _, name := range s.people {
				first, last, _ := strings.Cut(name, " ")
				all = append(all, bridge.Identity{FiscalCode: s.seed.FiscalCode(name).Reveal(), FirstName: first, LastName: last})
			}
			return all
		},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return provider
}

func (s *site) buildServer(l server.Limits) {
	s.t.Helper()
	s.store = store.New(s.pool, seed.Keys(s.t))
	s.service = users.New(s.store, nil, time.Now)
	in := signin.New(signin.Config{
		Issuer: s.URL + "/idp", ClientID: client, ClientSecret: secret, RedirectURL: s.URL + "/login/callback",
		Scopes: []string{"openid"}, MinLevel: 2, ClockSkew: time.Minute, Claims: "auto",
		Transport: s.idp.InProcess(http.DefaultTransport), Now: time.Now,
	}, s.pool)
	s.server = server.New(server.Config{BaseURL: s.URL, Manual: "https://manual.example/", Limits: l}, s.store, s.service, in,
		signin.NewSessions(s.pool, false), slog.New(slog.NewJSONHandler(s.log, nil)), time.Now)
}

// browser is somebody's browser: cookies, no scripts.
type browser struct {
	*http.Client
	t    *testing.T
	site *site
}

// page is what the browser got.
type page struct {
	htmltest.Element
	status int
	header http.Header
	url    *url.URL
	body   string
}

// newBrowser is a browser in which nobody has signed in.
func (s *site) newBrowser(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{&http.Client{Jar: jar}, t, s}
}

// signInAs signs somebody in, through all the screens of the stand-in.
func (s *site) signInAs(t *testing.T, name string) browser {
	t.Helper()
	s.mu.Lock()
	s.people = append(s.people, name)
	s.mu.Unlock()
	b := s.newBrowser(t)
	b.signIn(b.get("/login"), name)
	return b
}

// signIn goes from the sign-in page to wherever it leads.
func (b browser) signIn(from page, name string) page {
	b.t.Helper()
	p := b.follow(from, "Entra con SPID o CIE")
	p = b.press(p, "Entra con SPID")
	form := p.All("button", "")[0].Form()
	form.Values.Set("fiscal_code", b.site.seed.FiscalCode(name).Reveal())
	p = b.send(form)
	return b.press(p, "Acconsenti e accedi")
}

func (b browser) get(address string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.absolute(address), http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// post sends a form as the site's own pages do.
func (b browser) post(address string, values url.Values) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.absolute(address), strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b browser) absolute(address string) string {
	if strings.HasPrefix(address, "/") {
		return b.site.URL + address
	}
	return address
}

func (b browser) do(r *http.Request) page {
	b.t.Helper()
	resp, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{htmltest.ParseString(b.t, string(body)), resp.StatusCode, resp.Header, resp.Request.URL, string(body)}
}

// stay makes the browser show redirects instead of following them.
func (b browser) stay() browser {
	c := *b.Client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.Client = &c
	return b
}

// follow clicks a link.
func (b browser) follow(p page, name string) page {
	b.t.Helper()
	return b.get(resolve(b.t, p, p.One("link", name).Attr("href")))
}

// press presses a form's button.
func (b browser) press(p page, name string) page {
	b.t.Helper()
	form := p.One("button", name).Form()
	form.Action = resolve(b.t, p, form.Action)
	return b.send(form)
}

func (b browser) send(f htmltest.Form) page {
	b.t.Helper()
	return b.post(f.Action, f.Values)
}

func resolve(t *testing.T, p page, ref string) string {
	t.Helper()
	u, err := p.url.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

// reason is why the service refused.
func reason(err error) access.Reason {
	var no *access.Refusal
	if errors.As(err, &no) {
		return no.Reason
	}
	return ""
}
