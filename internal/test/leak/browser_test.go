package leak_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
)

// browser shows redirects instead of following them, and reports every fiscal code in an address, a title or a header.
type browser struct {
	*site.Browser
	people *site.People
}

func (s *watchedSite) browser(t testing.TB) *browser {
	t.Helper()
	b := s.NewBrowser(t).Stay()
	b.Client.Timeout = time.Minute
	b.Client.Transport = &watcher{t, s.Host, b.Client.Transport}
	return &browser{b, &s.People}
}

// watcher searches the responses of the site, not of the bridge below its address.
type watcher struct {
	t    testing.TB
	host string
	next http.RoundTripper
}

// addresses are links, forms, loaded files, titles, and the address that the choice of the language returns to.
var addresses = regexp.MustCompile(`(?:href|src|action|formaction|name="back" value)="([^"]*)"|<title>([^<]*)</title>`)

// RoundTrip implements [http.RoundTripper].
func (w *watcher) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := w.next.RoundTrip(r)
	if err != nil || r.URL.Host != w.host || strings.HasPrefix(r.URL.Path, "/idp/") {
		return response, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	seen := fmt.Sprint(response.Header)
	for _, address := range addresses.FindAllString(string(body), -1) {
		seen += "\n" + address
	}
	if unescaped, err := url.QueryUnescape(seen); err == nil {
		seen += unescaped
	}
	if newSearchPattern(codes).isIn(w.t, seen) {
		w.t.Errorf(
			"%s %s (%d): a fiscal code is in an address, a title or a header:\n%s",
			r.Method,
			r.URL.Path,
			response.StatusCode,
			excerpt(seen),
		)
	}
	return response, nil
}

// excerpt is the text around the first fiscal code.
func excerpt(text string) string {
	at := strings.Index(strings.ToUpper(text), codes)
	return text[max(0, at-100):min(len(text), at+50)]
}

const formKind = "application/x-www-form-urlencoded"

func (b *browser) requireStatus(p site.Page, status int) site.Page {
	b.T.Helper()
	if p.Status != status {
		b.T.Errorf("%s: %d, want %d\n%s", p.URL, p.Status, status, htmltest.ParseString(b.T, p.Body).Text())
	}
	return p
}

// requireNoCode is for pages that show no person's fiscal code.
func (b *browser) requireNoCode(p site.Page) {
	b.T.Helper()
	b.requireStatus(p, http.StatusOK)
	if newSearchPattern(codes).isIn(b.T, p.Body) {
		b.T.Errorf("%s shows a fiscal code: %s", p.URL, excerpt(p.Body))
	}
}

// signIn signs a person in through all the pages of the bridge, which offers only them.
func (b *browser) signIn(code access.FiscalCode, first, last string) site.Page {
	b.T.Helper()
	b.people.OfferOnly(bridge.Identity{FiscalCode: code.Reveal(), FirstName: first, LastName: last})
	return b.SignInWith(b.Get("/login"), code)
}
