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
	const guess, guessedID = "QWXYKZ12", "5017a1c5-0f6a-4d0b-9c39-5d3a3f7c1b10"
	query := url.Values{"x": {guess}}
	for _, name := range server.PageParameters {
		query.Set(name, guess)
	}
	// The list that a page was reached from: each part of its address, and a text with a signature of another person's.
	lists := []url.Values{
		{"q": {guess}},
		{"q": {guess}, "sig": {s.Store.SignSearch("another", guess)}},
		{"product": {guess}},
		{"role": {guess + ":" + guess}},
		{"role": {"prod-interop:" + guess}},
		{"product": {"prod-interop"}, "role": {"prod-interop:" + guess}},
		{"product": {"prod-interop"}, "page": {"after." + guessedID}},
		{"page": {"before." + guessedID + "." + guess}},
		{"category": {guess}},
		{"state": {guess}},
		{"sort": {guess}},
	}
	queries := []string{query.Encode(), "done=" + guessedID, "form=" + guessedID}
	for _, list := range lists {
		for _, name := range []string{"from", "list"} {
			queries = append(queries, url.Values{name: {list.Encode()}}.Encode())
		}
	}
	file := b.Post(web.ImportURL(i.ID), url.Values{"rows": {site.ImportHeader + s.Seed.FiscalCode("Ada Nuova").Reveal() + ";;;;;"}})
	key := file.URL.Query().Get("form")
	for address, status := range map[string]int{
		web.ProfileURL(i.ID, i.Oto): http.StatusOK, web.EditURL(i.ID, i.Oto): http.StatusOK, web.ProfileURL(i.ID, i.Anna): http.StatusOK,
		web.RoleURL(i.ID, i.Oto, api, access.Reactivate): http.StatusConflict, // the profile, under the reason
		web.ImportEditURL(i.ID, key):                     http.StatusOK, web.ImportCheckURL(i.ID, key): http.StatusOK,
	} {
		for _, query := range queries {
			separator := "?"
			if strings.Contains(address, "?") {
				separator = "&"
			}
			p := b.Get(address + separator + query)
			if p.Status != status || strings.Contains(p.Body, guess) || strings.Contains(p.Body, guessedID) {
				t.Errorf("%s, %s: %d, reflected: %t", address, query, p.Status, strings.Contains(p.Body, guess))
			}
		}
	}
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	typed := url.Values{"fiscal_code": {s.Seed.FiscalCode("Ada Nuova").Reveal()}}
	restored := b.SignIn(
		b.Post(web.AddURL(i.ID, "")+"?"+url.Values{"product": {guess}, "from": {"q=" + guess}}.Encode(), typed),
		"Anna Bianchi",
	)
	if !strings.Contains(restored.Body, typed.Get("fiscal_code")) || strings.Contains(restored.Body, guess) {
		t.Errorf("a kept form, %s: reflected: %t", restored.URL, strings.Contains(restored.Body, guess))
	}
	suspended := b.Press(b.Get(web.RoleURL(i.ID, i.Oto, api, access.Suspend)), "Sospendi").URL.RequestURI()
	if p := b.Get(suspended + "&x=1"); languageForm(p).Values.Get("back") != suspended {
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
