package fuzz_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/test/site"
)

// browser shows redirects instead of following them. Its cookies can be replaced while other goroutines send requests.
type browser struct {
	*site.Browser
	name string // of the person; empty: not signed in
}

func (s *checkedSite) newBrowser(t testing.TB) *browser {
	t.Helper()
	b := &browser{s.NewBrowser(t).Stay(), ""}
	b.Client.Jar = newCookies(t)
	return b
}

// signInAs is a browser in which a person has signed in, through all the pages of the bridge.
func (s *checkedSite) signInAs(t testing.TB, name string) *browser {
	t.Helper()
	s.Offer(name)
	b := s.newBrowser(t)
	b.name = name
	b.signIn()
	return b
}

// signIn signs the browser's person in with separate cookies, which replace the browser's at the end: other requests
// may be in flight.
func (b *browser) signIn() {
	b.T.Helper()
	in := *b.Browser
	client, cookies := *b.Client, newCookies(b.T)
	client.Jar = cookies
	in.Client = &client
	if p := in.SignIn(in.Get("/login"), b.name); strings.HasPrefix(p.URL.Path, "/login") || strings.HasPrefix(p.URL.Path, "/idp") {
		b.T.Fatalf("%s is not signed in: %s", b.name, p.URL)
	}
	to, _ := b.Client.Jar.(*cookieJar)
	to.mu.Lock()
	defer to.mu.Unlock()
	to.jar = cookies.jar
}

// cookieJar can be replaced while the browser sends requests.
type cookieJar struct {
	mu  sync.Mutex
	jar http.CookieJar
}

// SetCookies implements [http.CookieJar].
func (c *cookieJar) SetCookies(u *url.URL, all []*http.Cookie) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.jar.SetCookies(u, all)
}

// Cookies implements [http.CookieJar].
func (c *cookieJar) Cookies(u *url.URL) []*http.Cookie {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.jar.Cookies(u)
}

func newCookies(t testing.TB) *cookieJar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &cookieJar{jar: jar}
}
