package perf_test

import (
	"fmt"
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
