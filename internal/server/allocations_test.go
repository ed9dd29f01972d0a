package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// nowhere takes an answer.
type nowhere struct {
	header http.Header
	status int
}

func (w *nowhere) Header() http.Header         { return w.header }
func (w *nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (w *nowhere) WriteHeader(status int)      { w.status = status }

// handled is the most that answering a list of 25 may allocate, the request included.
const handled = 1_500

// Not parallel: what is counted is the whole process's, the database's driver included.
func TestAListIsAnsweredWithFewAllocations(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates too")
	}
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io", "prod-pn", "prod-pagopa")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io", "prod-pn", "prod-pagopa")
	for n := range 40 {
		i.Operator(fmt.Sprintf("Oto%c Neri%c", 'a'+n%26, 'a'+n/26), "prod-interop", "api")
	}
	b := s.as(t, "Anna Bianchi")
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
			for _, cookie := range b.Jar.Cookies(base) {
				r.AddCookie(cookie)
			}
			w := &nowhere{header: http.Header{}}
			s.server.ServeHTTP(w, r)
			if w.status != http.StatusOK {
				t.Fatalf("status %d", w.status)
			}
		}
	}
	for _, encoding := range []string{"", "zstd"} {
		handle(encoding)()
		n := testing.AllocsPerRun(100, handle(encoding))
		t.Logf("%q: %.0f allocations", encoding, n)
		if n > handled {
			t.Errorf("%q: %.0f allocations, at most %d", encoding, n, handled)
		}
	}
}
