package fuzz_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/test/htmltest"
)

// browser is somebody's browser: cookies, no scripts, and redirects are shown, not followed.
type browser struct {
	*http.Client
	t    testing.TB
	site *site
	name string
}

// page is what a browser got.
type page struct {
	htmltest.Element
	status int
	header http.Header
	url    *url.URL
	body   string
}

func (s *site) newBrowser(t testing.TB) *browser {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 32, DisableCompression: true}
	if s.certificate != nil { // the test's own, which nobody else has signed
		own, err := x509.ParseCertificate(s.certificate)
		if err != nil {
			t.Fatal(err)
		}
		trusted := x509.NewCertPool()
		trusted.AddCert(own)
		transport.TLSClientConfig = &tls.Config{RootCAs: trusted}
	}
	t.Cleanup(transport.CloseIdleConnections)
	b := &browser{&http.Client{Transport: transport, Jar: newCookies(t), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, t, s, ""}
	return b
}

// cookies are a browser's, which can be changed for others while it goes on sending requests.
type cookies struct {
	mu  sync.Mutex
	jar http.CookieJar
}

// SetCookies implements http.CookieJar.
func (c *cookies) SetCookies(u *url.URL, all []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.jar.SetCookies(u, all)
}

// Cookies implements http.CookieJar.
func (c *cookies) Cookies(u *url.URL) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jar.Cookies(u)
}

func newCookies(t testing.TB) *cookies {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &cookies{jar: jar}
}

// signInAs signs somebody in, through all the screens of the stand-in.
func (s *site) signInAs(t testing.TB, name string) *browser {
	t.Helper()
	s.mu.Lock()
	if !slices.Contains(s.people, name) {
		s.people = append(s.people, name)
	}
	s.mu.Unlock()
	b := s.newBrowser(t)
	b.name = name
	b.signIn()
	return b
}

// signIn signs the browser's person in, with cookies of their own until they are in: other requests of theirs may be under way.
func (b *browser) signIn() {
	b.t.Helper()
	own := *b.Client
	in := newCookies(b.t)
	own.Jar = in
	a := &browser{&own, b.t, b.site, b.name}
	p := a.submitForm(a.openAndFollow("/login/start"), "Entra con SPID")
	form := p.All("button", "")[0].Form()
	form.Values.Set("fiscal_code", b.site.seed.FiscalCode(b.name).Reveal())
	p = a.followRedirects(a.post(resolve(b.t, p, form.Action), form.Values))
	p = a.submitForm(p, "Acconsenti e accedi")
	if strings.HasPrefix(p.url.Path, "/login") || strings.HasPrefix(p.url.Path, "/idp") {
		b.t.Fatalf("%s isn't signed in: %s", b.name, p.url)
	}
	to := b.Jar.(*cookies)
	to.mu.Lock()
	defer to.mu.Unlock()
	to.jar = in.jar
}

// openAndFollow opens a page and follows where it leads.
func (b *browser) openAndFollow(address string) page { return b.followRedirects(b.get(address)) }

func (b *browser) followRedirects(p page) page {
	b.t.Helper()
	for hop := 0; hop < 10 && p.status >= 300 && p.status < 400; hop++ {
		p = b.get(resolve(b.t, p, p.header.Get("Location")))
	}
	return p
}

func (b *browser) submitForm(p page, name string) page {
	b.t.Helper()
	form := p.One("button", name).Form()
	return b.followRedirects(b.post(resolve(b.t, p, form.Action), form.Values))
}

func (b *browser) get(address string) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.absolute(address), http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

// post sends a form as the site's own pages do.
func (b *browser) post(address string, values url.Values) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.absolute(address), strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func (b *browser) absolute(address string) string {
	if strings.HasPrefix(address, "/") {
		return b.site.base + address
	}
	return address
}

func (b *browser) do(r *http.Request) page {
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

func resolve(t testing.TB, p page, ref string) string {
	t.Helper()
	u, err := p.url.Parse(ref)
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}
