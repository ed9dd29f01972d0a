package fuzz_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
)

// requiredHeaders are on every response, exactly once.
func requiredHeaders() map[string]string {
	return map[string]string{
		"Content-Security-Policy":      "default-src 'none'",
		"Cache-Control":                "no-store",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=()",
	}
}

// headerFaults are the headers that a response lacks, repeats, or has with another value.
func headerFaults(h http.Header, https bool) (found []string) {
	for name, begins := range requiredHeaders() {
		if got := h.Values(name); len(got) != 1 || !strings.HasPrefix(got[0], begins) {
			if name == "Cache-Control" && len(got) == 1 && strings.HasSuffix(got[0], "immutable") { // an asset has no personal data
				continue
			}
			found = append(found, fmt.Sprintf("%s: %q", name, got))
		}
	}
	if got := h.Values("Strict-Transport-Security"); (len(got) == 1) != https {
		found = append(found, fmt.Sprintf("Strict-Transport-Security: %q", got))
	}
	return found
}

// Special characters of an address stay escaped in a redirect, where a browser could take them for another host.
func TestSpecialCharactersStayEscapedInRedirects(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop").Admin("Anna Bianchi", "prod-interop")
	b := s.signInAs(t, "Anna Bianchi")
	for _, odd := range []string{"%25", "a%20b", "%3Cx%3E", "%3Fx=1", "%23x", "%2F%2Ffire.example"} {
		to := b.Get("/dashboard/" + odd + "/users/search").Header.Get("Location")
		if to != "/dashboard/"+odd+"/users" {
			t.Errorf("%s: leads to %q", odd, to)
		}
		back := s.newBrowser(t).Post("/dashboard/"+odd+"/groups/add", url.Values{"title": {"x"}}).Header.Get("Location")
		if at, err := url.Parse(back); err != nil || at.Path != "/login" {
			t.Errorf("%s: leads to %q (%v)", odd, back, err)
		}
	}
}
