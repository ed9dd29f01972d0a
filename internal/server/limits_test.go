package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Opening a profile is recorded, also of an unknown user. Over the limit per minute it is refused on any replica, with
// a text that does not reveal whether the user exists. The own profile stays accessible.
func TestOpeningTooManyProfilesIsRefused(t *testing.T) {
	t.Parallel()
	const most = 7
	s := site.Start(t, site.Options{Limits: server.Limits{Profiles: most}})
	other := site.Start(t, site.Options{Beside: s, Limits: server.Limits{Profiles: most}}).URL
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	const unknownID = "00000000-0000-4000-8000-000000000000"
	b := s.SignIn(t, "Anna Bianchi")
	for n := range most - 1 {
		if p := b.Get(web.ProfileURL(i.ID, oto)); p.Status != http.StatusOK {
			t.Fatalf("view %d: %d", n+1, p.Status)
		}
	}
	if p := b.Get(web.ProfileURL(i.ID, unknownID)); p.Status != http.StatusNotFound {
		t.Errorf("an unknown user's profile: %d", p.Status)
	}
	for name, address := range map[string]string{
		"a user's": web.ProfileURL(i.ID, oto), "an unknown user's": web.ProfileURL(i.ID, unknownID), "to be edited": web.EditURL(i.ID, oto),
		"on another replica": other + web.ProfileURL(i.ID, oto),
	} {
		p := b.Get(address)
		if p.Status != http.StatusTooManyRequests || p.Header.Get("Retry-After") == "" || strings.Contains(p.Body, "Neri") {
			t.Errorf("one too many, %s: %d", name, p.Status)
		}
	}
	if p := b.Get(web.ProfileURL(i.ID, anna)); p.Status != http.StatusOK {
		t.Errorf("one's own: %d", p.Status)
	}
	if p := b.Get(web.RoleURL(i.ID, oto, api, access.Suspend)); p.Status != http.StatusOK {
		t.Errorf("a page without a fiscal code: %d", p.Status)
	}
	var recorded int
	err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM profile_view WHERE institution = $1 AND actor = $2`, i.ID, anna).
		Scan(&recorded)
	if err != nil || recorded != most {
		t.Errorf("recorded: %d, %v", recorded, err)
	}
	if !strings.Contains(s.Log.String(), `"reason":"too-many"`) {
		t.Error("the refusal is not in the security log")
	}
}

// Concurrent requests cannot exceed the limit.
func TestTheLimitOfProfilesHoldsForRequestsAtOnce(t *testing.T) {
	t.Parallel()
	const most, sent = 5, 20
	s := site.Start(t, site.Options{Limits: server.Limits{Profiles: most}})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	var seen atomic.Int64
	var all sync.WaitGroup
	for range sent {
		all.Go(func() {
			if b.Get(web.ProfileURL(i.ID, oto)).Status == http.StatusOK {
				seen.Add(1)
			}
		})
	}
	all.Wait()
	if n := seen.Load(); n != most {
		t.Errorf("%d of %d were shown, want %d", n, sent, most)
	}
}

// Each limit counts its own kind of request and its own person.
func TestTooManyOfACostlyKindAreRefused(t *testing.T) {
	t.Parallel()
	const most = 12 // signing in takes some by itself
	s := site.Start(t, site.Options{Limits: server.Limits{SignIns: most, Searches: most, Files: most}})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	anna, ivo := s.SignIn(t, "Anna Bianchi").Stay(), s.SignIn(t, "Ivo Rossi").Stay()
	for name, c := range map[string]func(*site.Browser) site.Page{
		"searches": func(b *site.Browser) site.Page { return b.Get(web.UsersURL(i.ID, access.Filter{Text: "ner"})) },
		"files":    func(b *site.Browser) site.Page { return b.Get(web.ActivityFileURL(i.ID, access.EventFilter{})) },
	} {
		for n := range most {
			if p := c(anna); p.Status >= 400 {
				t.Fatalf("%s, %d: %d", name, n+1, p.Status)
			}
		}
		if p := c(anna); p.Status != http.StatusTooManyRequests {
			t.Errorf("%s, one too many: %d", name, p.Status)
		}
		if p := c(ivo); p.Status >= 400 {
			t.Errorf("%s of another person: %d", name, p.Status)
		}
	}
	visitor := s.NewBrowser(t).Stay()
	for range most {
		visitor.Get("/login/start")
	}
	if p := visitor.Get("/login/start"); p.Status != http.StatusTooManyRequests {
		t.Errorf("sign-ins: %d", p.Status)
	}
}

// X-Forwarded-For is used only if it comes from a configured proxy; without configured proxies, never.
func TestOnlyConfiguredProxiesSetTheClientsAddress(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	const most = 3
	for name, c := range map[string]struct {
		proxies      []string
		from         string
		othersHeader string // X-Forwarded-For of the other requests
		refused      bool   // the others are counted as the client that has reached the limit
	}{
		"a configured proxy": {[]string{"10.0.0.0/8"}, "10.0.0.7:4000", "203.0.113.9", false},
		"a client that forges the header, behind the proxy": {[]string{"10.0.0.0/8"}, "10.0.0.7:4000", "203.0.113.9, 198.51.100.1", true},
		"a client who claims to be a proxy":                 {nil, "198.51.100.1:4000", "203.0.113.9", true},
	} {
		site := server.New(
			server.Config{BaseURL: "http://utenti.example", Proxies: c.proxies, Limits: server.Limits{SignIns: most}},
			s.Store,
			s.Service,
			nil,
			signin.NewSessions(s.Pool, false),
			slog.New(slog.DiscardHandler),
			time.Now,
		)
		ask := func(says string) int {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/login/callback", http.NoBody)
			r.RemoteAddr = c.from
			r.Header.Set("X-Forwarded-For", says)
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			return w.Code
		}
		for range most {
			if status := ask("198.51.100.1"); status == http.StatusTooManyRequests {
				t.Fatalf("%s: refused too soon", name)
			}
		}
		if status := ask("198.51.100.1"); status != http.StatusTooManyRequests {
			t.Errorf("%s: one too many: %d", name, status)
		}
		if got := ask(c.othersHeader) == http.StatusTooManyRequests; got != c.refused {
			t.Errorf("%s: another client refused: %t, want %t", name, got, c.refused)
		}
	}
}
