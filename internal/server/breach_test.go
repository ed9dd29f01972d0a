package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A page that shows a fiscal code repeats nothing of its address that another site could have chosen; the others repeat
// the parameters that pages have.
func TestNothingIsReflectedNextToAFiscalCode(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	const guess = "QWXYKZ12"
	query := url.Values{"x": {guess}}
	for _, name := range server.PageParameters {
		query.Set(name, guess)
	}
	for _, address := range []string{web.ProfileURL(i.ID, i.Oto), web.EditURL(i.ID, i.Oto), web.ProfileURL(i.ID, i.Anna)} {
		p := b.Get(address + "?" + query.Encode())
		if p.Status != http.StatusOK || strings.Contains(p.Body, guess) {
			t.Errorf("%s: %d, reflected: %t", address, p.Status, strings.Contains(p.Body, guess))
		}
	}
	done := "?done=" + string(site.NewKey())
	if p := b.Get(web.ProfileURL(i.ID, i.Oto) + done + "&x=1"); languageForm(p).Values.Get("back") != web.ProfileURL(i.ID, i.Oto)+done {
		t.Errorf("a profile's own parameter is lost: %s", languageForm(p).Values)
	}
	list := web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "neri", State: access.Active, Sort: access.ByEmail})
	if p := b.Get(list + "&x=" + guess); strings.Contains(p.Body, guess) || !sameQuery(t, languageForm(p).Values.Get("back"), list) {
		t.Errorf("of a list's address, %q is repeated", languageForm(p).Values.Get("back"))
	}
}

func sameQuery(t *testing.T, one, other string) bool {
	t.Helper()
	first, err1 := url.Parse(one)
	second, err2 := url.Parse(other)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return first.Path == second.Path && first.Query().Encode() == second.Query().Encode()
}

// The same page has another size each time, so that sizes disclose little about what it contains.
func TestTheSizeOfACompressedPageIsRandom(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	for _, coding := range []string{"gzip", "zstd"} {
		sizes := map[int]bool{}
		for range 30 {
			b := s.NewBrowser(t)
			r := b.Request(http.MethodGet, web.PrivacyURL(), http.NoBody)
			r.Header.Set("Accept-Encoding", coding)
			p := b.Send(r)
			if p.Header.Get("Content-Encoding") != coding {
				t.Fatalf("%s: %q", coding, p.Header.Get("Content-Encoding"))
			}
			sizes[len(p.Body)] = true
		}
		if len(sizes) < 10 { // of 64; fewer by chance once in 10^13 times
			t.Errorf("%s: only %d sizes", coding, len(sizes))
		}
	}
}
