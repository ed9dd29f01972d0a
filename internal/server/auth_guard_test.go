package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A browser that fetches a page ahead of a click, or as a part of another page, starts no sign-in.
func TestOnlyAClickStartsASignIn(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t).Stay()
	for _, header := range [][2]string{
		{"Sec-Purpose", "prefetch"}, {"Sec-Purpose", "prefetch;prerender"}, {"Sec-Fetch-Dest", "image"}, {"Sec-Fetch-Site", "cross-site"},
	} {
		r := b.Request(http.MethodGet, "/login/start", http.NoBody)
		r.Header.Set(header[0], header[1])
		if p := b.Send(r); p.Location() != web.LoginURL() {
			t.Errorf("%s: leads to %s", header, p.Location())
		}
	}
	if n := s.Count(t, `SELECT count(*) FROM login_attempt`); n != 0 {
		t.Errorf("%d sign-ins are started", n)
	}
	b.Get("/login/start")
	if n := s.Count(t, `SELECT count(*) FROM login_attempt`); n != 1 {
		t.Errorf("a click starts %d sign-ins", n)
	}
}

// Signing out makes the browser forget the pages that it keeps.
func TestSigningOutClearsTheCache(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi").Stay()
	if p := b.Post(web.LogoutURL(), nil); p.Header.Get("Clear-Site-Data") != `"cache"` {
		t.Errorf("Clear-Site-Data: %q", p.Header.Get("Clear-Site-Data"))
	}
}

// The addresses of one network of IPv6 are one client's: each household has as many as it likes.
func TestANetworkOfIPv6HasOneLimit(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	handler := server.New(server.Config{BaseURL: "http://utenti.example", Limits: server.Limits{SignIns: 1}},
		s.Store, s.Service, nil, signin.NewSessions(s.Pool, false), slog.New(slog.DiscardHandler), time.Now)
	isRefused := func(from string) bool {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login/callback", http.NoBody)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w.Code == http.StatusTooManyRequests
	}
	for _, c := range []struct {
		from string
		want bool
	}{{"[2001:db8:1:1::1]:4000", false}, {"[2001:db8:1:1::2]:4000", true}, {"[2001:db8:1:2::1]:4000", false}} {
		if got := isRefused(c.from); got != c.want {
			t.Errorf("%s: refused: %t", c.from, got)
		}
	}
}

// What was typed when a session had ended waits for twenty minutes, and no longer.
func TestAKeptFormExpires(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	last := b.Post(web.AddURL(i.ID, ""), url.Values{"first_name": {"Pia"}})
	if n := s.Count(
		t,
		`SELECT count(*) FROM saved_form WHERE expires_at BETWEEN now() + interval '19 minutes' AND now() + interval '20 minutes'`,
	); n != 1 {
		t.Errorf("%d forms wait for twenty minutes", n)
	}
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE saved_form SET expires_at = now()`); err != nil {
		t.Fatal(err)
	}
	if p := b.SignIn(last, "Anna Bianchi"); p.Field("Nome").Value() != "" {
		t.Error("the form is shown after its time")
	}
}
