package perf_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/browsertest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Limits for a visit, in bytes over the network with headers.
const (
	firstVisit  = 40 << 10
	secondVisit = 6 << 10
	mostLoads   = 8
)

// addManyUsers loads an institution of three products and sixty users, administered by Anna Bianchi, and returns the
// address of one product's list.
func addManyUsers(s *site.Site) (list string) {
	i := s.Seed.Institution("Comune di Borgo Sereno", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn", "prod-io")
	first := strings.Fields("Elena Luca Sara Paolo Irene Davide Chiara Matteo")
	last := strings.Fields("Amato Bassi Conti Esposito Fabbri Gallo Lazzari Neri")
	for n := range 60 {
		i.Operator(first[n%8]+" "+last[n/8], "prod-interop", "api")
	}
	return s.URL + web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})
}

// A list of 25 users, on the first visit and on the next page.
func TestTheListWeighsLittle(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	list := addManyUsers(s)
	p := browsertest.Open(t, browsertest.Options{})
	s.SignIn(t, "Anna Bianchi").Lend(p)
	weigh := func(visit string, most int, do func()) {
		t.Helper()
		loads := p.RecordResources(do)
		sum, all := 0, ""
		for _, l := range loads {
			if !strings.HasPrefix(l.URL, s.URL+"/") {
				t.Errorf("%s: %s is a third party's", visit, l.URL)
			}
			sum += l.Bytes
			all += fmt.Sprintf("\n%7d  %s", l.Bytes, strings.TrimPrefix(l.URL, s.URL))
		}
		t.Logf("%s: %d bytes, %d requests%s", visit, sum, len(loads), all)
		if sum > most || sum == 0 {
			t.Errorf("%s: %d bytes, at most %d are allowed", visit, sum, most)
		}
		if len(loads) > mostLoads {
			t.Errorf("%s: %d requests, at most %d are allowed", visit, len(loads), mostLoads)
		}
		if rows := len(p.Texts("table.users tbody tr")); rows != 25 {
			t.Fatalf("%s: %d rows", visit, rows)
		}
	}
	weigh("first visit", firstVisit, func() { p.Goto(list) })
	weigh("second visit", secondVisit, func() { p.Follow("link", "Successiva") })
}

// Limits for the page itself, in bytes: as HTML, and compressed as browsers ask for it. Later pages have the place where they
// start, encrypted, in the address of every control. Of the compressed bytes a quarter are the users' random ids.
const (
	listHTML            = 26 << 10
	laterListHTML       = 31 << 10
	listCompressed      = 4_930
	laterListCompressed = 5_150
)

// A list of 25 users has few bytes for what it offers: a browser parses all of them, and the server writes them.
func TestAListHasFewBytesOfHTML(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	first := addManyUsers(s)
	b := s.SignIn(t, "Anna Bianchi")
	page := b.Get(first)
	for address, most := range map[string][2]int{
		first: {listHTML, listCompressed}, s.URL + "/" + nextPage(t, page): {laterListHTML, laterListCompressed},
	} {
		page := b.Get(address)
		rows, actions := len(page.All("rowheader", "")), 0
		for _, link := range page.All("link", "") {
			if to := link.Attr("href"); strings.Contains(to, "/suspend?") || strings.Contains(to, "/remove?") {
				actions++
			}
		}
		r := b.Request(http.MethodGet, address, http.NoBody)
		r.Header.Set("Accept-Encoding", "zstd")
		answer, err := b.Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.Header.Get("Content-Encoding") != "zstd" {
			t.Fatalf("%v, %q", err, answer.Header)
		}
		t.Logf("%d bytes, %d compressed", len(page.Body), len(body))
		if rows != 25 || actions < 48 {
			t.Fatalf("%d rows, %d actions", rows, actions)
		}
		if len(page.Body) > most[0] || len(body) > most[1] {
			t.Errorf("%d bytes of HTML, %d compressed; at most %d", len(page.Body), len(body), most)
		}
	}
}

// nextPage is the path of the page behind a list's first.
func nextPage(t *testing.T, page site.Page) string {
	t.Helper()
	to, err := page.URL.Parse(page.One("link", "Successiva").Attr("href"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(to.RequestURI(), "/")
}
