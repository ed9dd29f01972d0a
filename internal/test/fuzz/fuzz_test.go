package fuzz_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/internal/users"
)

// route is a route of the site.
type route struct{ method, pattern string }

// routes are all routes of the site.
func routes(t testing.TB, s *checkedSite) (all []route) {
	t.Helper()
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		all = append(all, route{method, pattern})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// fuzzer sends requests of which some resemble those of the site's pages.
type fuzzer struct {
	site   *checkedSite
	routes []route
	corpus []string
	fields []string

	mu     sync.Mutex
	forms  []pageForm          // found on pages, the newest last
	links  []string            // found on pages
	values map[string][]string // values of fields, by name
	ids    []string            // of institutions, people, groups
	faults []string
	seen   map[string]map[int]int // statuses, by route
	sent   atomic.Int64
}

func newFuzzer(t testing.TB, s *checkedSite) *fuzzer {
	t.Helper()
	return &fuzzer{
		site: s, routes: routes(t, s), corpus: corpus(), fields: fieldNames(), values: map[string][]string{}, seen: map[string]map[int]int{},
	}
}

func (f *fuzzer) recordFault(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.faults) < 50 {
		f.faults = append(f.faults, fmt.Sprintf(format, args...))
	}
}

// run sends that many requests to a new institution, from all its people at once.
func (f *fuzzer) run(t testing.TB, n, requests int, seeded uint64) {
	t.Helper()
	s := f.site
	name := fmt.Sprintf("Comune %c%c%c", 'A'+n/676%26, 'A'+n/26%26, 'A'+n%26)
	i := s.Seed.Institution(name, "PA").Product("prod-interop", "prod-pn", "prod-io")
	people := []string{"Anna Bianchi", "Bea Blu", "Ivo Rossi", "Oto Neri", "Sara Suspesi"}
	ids := []string{
		string(
			i.ID,
		),
		string(i.Admin(people[0], "prod-interop", "prod-pn", "prod-io")),
		string(i.Admin(people[1], "prod-interop", "prod-pn")),
		string(i.Admin(people[2], "prod-io")),
		string(i.Operator(people[3], "prod-interop", "api")),
		string(i.User(people[4], "prod-interop/api suspended", "prod-pn/operator")),
		string(
			i.User("Pia Gialli", "prod-interop/security", "prod-pn/operator suspended"),
		),
		string(i.User("Leo Verdi", "prod-interop/api", "prod-interop/security suspended")),
		string(i.Group("prod-interop", "Sviluppo")),
		string(i.Group("prod-pn", "Messi")),
		string(i.SuspendedGroup("prod-pn", "Vecchio")),
	}
	s.recordBaseline(i)
	c := users.Command{
		Institution: i.ID, Actor: access.UserID(ids[1]), Subject: access.UserID(ids[7]), Target: access.Target{Product: "prod-interop"},
		Key: store.IdempotencyKey(randomKey(rand.New(rand.NewPCG(seeded, uint64(n))))),
	}
	if err := s.Service.Join(t.Context(), c, access.GroupID(ids[8])); err != nil {
		t.Fatal(err)
	}
	other := s.Seed.Institution("Altrove "+name, "PA").Product("prod-interop")
	ids = append(ids, string(other.ID), string(other.Admin("Ada Altrove", "prod-interop")), string(other.Group("prod-interop", "Loro")))
	s.recordBaseline(other)
	f.mu.Lock()
	f.forms, f.links, f.ids = nil, nil, ids
	f.values["fiscal_code"] = []string{
		s.Seed.FiscalCode("Nina Nuova").Reveal(),
		s.Seed.FiscalCode("Nello Novelli").Reveal(),
		s.Seed.FiscalCode("Ada Altrove").Reveal(),
	}
	f.mu.Unlock()
	var browsers []*browser
	for _, name := range append(people, "Ada Altrove") {
		browsers = append(browsers, s.signInAs(t, name))
	}
	browsers = append(browsers, browsers[0], browsers[1], s.newBrowser(t)) // those with the most permissions send the most
	for _, b := range browsers[:3] {
		f.crawl(b, i)
	}
	var left atomic.Int64
	left.Store(int64(requests))
	var wait sync.WaitGroup
	var doors [10]sync.Mutex // one sign-in at a time for each
	for worker := range 4 {
		r := rand.New(rand.NewPCG(seeded, uint64(n<<8+worker)))
		wait.Go(func() {
			for at := r.IntN(len(f.routes)); left.Add(-1) >= 0; at++ {
				who := r.IntN(len(browsers))
				f.sendRandom(browsers[who], r, f.routes[at%len(f.routes)])
				if r.IntN(40) == 0 && browsers[who].name != "" {
					f.signInAgain(browsers[who], &doors[who%6])
				}
			}
		})
	}
	wait.Wait()
}

// signInAgain signs a person in again whose session a request has ended.
func (f *fuzzer) signInAgain(b *browser, door *sync.Mutex) {
	door.Lock()
	defer door.Unlock()
	if p := b.Get("/"); strings.HasPrefix(p.Header.Get("Location"), "/login") {
		b.signIn()
	}
}

// sendRandom sends one request and checks the response.
func (f *fuzzer) sendRandom(b *browser, r *rand.Rand, to route) {
	request, what := f.randomRequest(b, r, to)
	answer, err := b.Client.Do(request)
	f.sent.Add(1)
	if err != nil {
		if !expectedError(err) {
			f.recordFault("%s: no answer: %v", what, err)
		}
		return
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil && !expectedError(err) {
		f.recordFault("%s: half an answer: %v", what, err)
	}
	f.checkResponse(what, answer, body)
	f.mu.Lock()
	if f.seen[what] == nil {
		f.seen[what] = map[int]int{}
	}
	f.seen[what][answer.StatusCode]++
	f.mu.Unlock()
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") && r.IntN(3) == 0 && len(body) < 200_000 {
		f.collectForms(string(body), request.URL.EscapedPath())
	}
}

// expectedError reports whether the server closed the connection before it had read an oversized body.
func expectedError(err error) bool {
	return strings.Contains(err.Error(), "connection reset") || strings.Contains(err.Error(), "broken pipe") ||
		errors.Is(err, context.Canceled)
}

// checkResponse records what is wrong with a response to any request.
func (f *fuzzer) checkResponse(what string, answer *http.Response, body []byte) {
	if answer.StatusCode >= 500 {
		f.recordFault("%s: %d", what, answer.StatusCode)
	}
	if kind := answer.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && bytes.Contains(body, []byte(marker)) {
		f.recordFault("%s: markup comes out as it went in", what)
	}
	if to := answer.Header.Get(
		"Location",
	); to != "" && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\")) &&
		!strings.HasPrefix(to, f.site.URL+"/idp/") {
		f.recordFault("%s: leads away", what)
	}
	if answer.Header.Get("X-Fire") != "" || len(answer.Header.Values("Set-Cookie")) > 3 {
		f.recordFault("%s: headers that were sent to it", what)
	}
	if found := headerFaults(answer.Header, false); len(found) > 0 && !isFromNetHTTP(answer, body) {
		f.recordFault("%s: %d: %s", what, answer.StatusCode, strings.Join(found, ", "))
	}
}

// isFromNetHTTP reports whether net/http refused the request before the site saw it: malformed HTTP or oversized
// headers. Such a response has no page and no personal data.
func isFromNetHTTP(answer *http.Response, body []byte) bool {
	refused := answer.StatusCode == http.StatusBadRequest || answer.StatusCode == http.StatusRequestHeaderFieldsTooLarge
	return refused && answer.Close && answer.Header.Get("Content-Security-Policy") == "" &&
		(len(body) == 0 || bytes.HasPrefix(body, []byte(answer.Status)))
}

// statuses counts the responses by status.
func (f *fuzzer) statuses() map[int]int {
	all := map[int]int{}
	for _, by := range f.seen {
		for status, n := range by {
			all[status] += n
		}
	}
	return all
}

// Random requests to every route cause no error of the application and no panic; afterwards log, state, lists and
// counts agree. REQUESTS sets their number, SEED repeats a run.
func TestRandomRequestsBreakNothing(t *testing.T) {
	t.Parallel()
	requests, seeded := envInt(t, "REQUESTS", 3_000), uint64(envInt(t, "SEED", int(time.Now().UnixNano()>>1)))
	t.Logf("SEED=%d", seeded)
	s := open(t, site.Options{})
	f := newFuzzer(t, s)
	const each = 1_500 // more requests to one institution would find most of its people without roles
	for n := 0; n*each < requests; n++ {
		f.run(t, n, min(each, requests-n*each), seeded)
		if _, err := s.DB.Owner.Exec(t.Context(), `ANALYZE`); err != nil { // as autovacuum, which tests leave out
			t.Fatal(err)
		}
	}
	for _, fault := range append(f.faults, s.findInconsistencies()...) {
		t.Error(fault)
	}
	for _, to := range f.routes {
		what := to.method + " " + to.pattern
		if len(f.seen[what]) == 0 && to.method == http.MethodGet {
			t.Errorf("%s: no request was sent", what)
		}
	}
	var changes int
	if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event WHERE actor IS NOT NULL`).
		Scan(&changes); err != nil ||
		changes < requests/300 {
		t.Errorf("only %d changes: no valid request gets through (%v)", changes, err)
	}
	t.Logf("%d requests to %d routes, %d changes; answers by status: %v", f.sent.Load(), len(f.routes), changes, f.statuses())
}

// The fuzzer finds an injected error of the application, and an injected change that is not in the log.
func TestTheFuzzerFindsInjectedFaults(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{Middleware: func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.RawQuery, "lang=") {
				http.Error(w, "injected", http.StatusInternalServerError)
				return
			}
			if strings.Contains(r.URL.RawQuery, "from=") {
				r.URL = nil // the next handler that reads it panics
			}
			next.ServeHTTP(w, r)
		})
	}})
	f := newFuzzer(t, s)
	f.run(t, 0, 600, 1)
	for _, injected := range []string{": 500", ": no answer"} {
		if !strings.Contains(strings.Join(f.faults, "\n"), injected) {
			t.Errorf("%q was not found among %v", injected, f.faults)
		}
	}
	if err := s.baseline.Check(t.Context(), s.DB.Owner, s.keys); err != nil {
		t.Fatal(err)
	}
	// The trigger that protects the last Administrator is disabled.
	_, err := s.DB.Owner.Exec(
		t.Context(),
		`ALTER TABLE assignment DISABLE TRIGGER USER;
		UPDATE assignment SET status = 'suspended'
		WHERE ctid = (SELECT ctid FROM assignment WHERE status = 'active' LIMIT 1)`,
	)
	if err != nil {
		t.Fatal(err)
	}
	if found := strings.Join(s.findInconsistencies(), "\n"); !strings.Contains(found, "the log shows another state") {
		t.Errorf("a change missing in the log was not found: %s", found)
	}
}
