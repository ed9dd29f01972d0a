package server_test

import (
	"net/http"
	"slices"
	"testing"

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
