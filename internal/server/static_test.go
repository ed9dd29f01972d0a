package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Assets have the headers of every response, and their own Cache-Control, each once.
func TestAssetsHaveTheHeadersOfEveryResponse(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t)
	for _, name := range []string{"app.css", "app.js", "sprite.svg", "titillium-latin-400.woff2"} {
		p := b.Get(web.Asset(name))
		if p.Status != http.StatusOK || p.Body == "" {
			t.Errorf("%s: %d, %d bytes", name, p.Status, len(p.Body))
		}
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cache-Control": "public, max-age=31536000, immutable",
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()", "Vary": "Accept-Encoding",
		} {
			if got := p.Header.Values(header); !slices.Equal(got, []string{want}) {
				t.Errorf("%s: %s: %q, want %q", name, header, got, want)
			}
		}
	}
}

// The pages of text say what is set: for how long the log names people, where the accessibility declaration is.
func TestThePagesOfTextFollowTheSettings(t *testing.T) {
	t.Parallel()
	const declaration = "https://form.agid.gov.it/view/0"
	for years, says := range map[int]string{0: "leggibile per 5 anni", 1: "leggibile per 1 anno", 10: "leggibile per 10 anni"} {
		s := site.Start(t, site.Options{Config: func(c *server.Config) { c.LogYears, c.Declaration = years, declaration }})
		p := s.NewBrowser(t).Get(web.PrivacyURL())
		if !strings.Contains(p.Text(), says) {
			t.Errorf("%d years: the page doesn't say %q: %s", years, says, p.One("main", "").Text())
		}
		if !p.HasInner("a", "href", declaration) {
			t.Errorf("the footer has no link to the declaration: %q", p.Names("link"))
		}
	}
}
