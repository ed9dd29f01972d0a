package perf_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// discardWriter discards a response.
type discardWriter struct {
	header http.Header
	status int
}

func (w *discardWriter) Header() http.Header         { return w.header }
func (w *discardWriter) Write(p []byte) (int, error) { return len(p), nil }
func (w *discardWriter) WriteHeader(status int)      { w.status = status }

// maxAllocations is the limit for a response with a list of 25 users, the request included.
const maxAllocations = 1_300

// Not parallel: allocations are counted for the whole process, including the database driver.
func TestAListIsAnsweredWithFewAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates too")
	}
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io", "prod-pn", "prod-pagopa")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io", "prod-pn", "prod-pagopa")
	for n := range 40 {
		i.Operator(fmt.Sprintf("Oto%c Neri%c", 'a'+n%26, 'a'+n/26), "prod-interop", "api")
	}
	b := s.SignIn(t, "Anna Bianchi")
	address := web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	handle := func(encoding string) func() {
		return func() {
			r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, s.URL+address, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", encoding)
			for _, cookie := range b.Client.Jar.Cookies(base) {
				r.AddCookie(cookie)
			}
			w := &discardWriter{header: http.Header{}}
			s.Server.ServeHTTP(w, r)
			if w.status != http.StatusOK {
				t.Fatalf("status %d", w.status)
			}
		}
	}
	for _, encoding := range []string{"", "zstd"} {
		handle(encoding)()
		n := testing.AllocsPerRun(100, handle(encoding))
		t.Logf("%q: %.0f allocations", encoding, n)
		if n > maxAllocations {
			t.Errorf("%q: %.0f allocations, at most %d", encoding, n, maxAllocations)
		}
	}
}
