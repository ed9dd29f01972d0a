package fuzz_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/test/site"
)

// rawConn is a TCP connection to the site.
type rawConn struct {
	net.Conn
	t      testing.TB
	reader *bufio.Reader
}

func (s *checkedSite) dial(t testing.TB) rawConn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute)) // a missing response fails the test instead of blocking it
	return rawConn{conn, t, bufio.NewReader(conn)}
}

// send sends lines unchanged; a last empty one ends the headers.
func (w rawConn) send(lines ...string) rawConn {
	_, _ = io.WriteString(w, strings.Join(lines, "\r\n")+"\r\n") // the site may have closed the connection: the response shows it
	return w
}

// readResponse reads a response with its body.
func (w rawConn) readResponse() (*http.Response, string) {
	w.t.Helper()
	answer, err := http.ReadResponse(w.reader, nil)
	if err != nil {
		w.t.Fatalf("no answer: %v", err)
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		w.t.Errorf("half an answer: %v", err)
	}
	_ = answer.Body.Close()
	return answer, string(body)
}

// Malformed and hostile requests get one well-formed response that repeats nothing of the request.
func TestMalformedRequestsGetWellFormedResponses(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	const host = "Host: areariservata.example"
	for _, c := range []struct {
		name  string
		lines []string
		want  int
	}{
		{"headers larger than 16 KB", []string{"GET /login HTTP/1.1", host, "X-Fire: " + strings.Repeat("x", 24<<10), ""}, 431},
		{"headers of 8 KB", []string{"GET /login HTTP/1.1", host, "X-Fire: " + strings.Repeat("x", 8<<10), ""}, 200},
		{"an address larger than 16 KB", []string{"GET /login?q=" + strings.Repeat("x", 24<<10) + " HTTP/1.1", host, ""}, 431},
		{"TRACE", []string{"TRACE /login HTTP/1.1", host, "X-Fire: fire", ""}, 404},
		{"an unknown method", []string{"FIRE /login HTTP/1.1", host, ""}, 404},
		{"CONNECT", []string{"CONNECT fire.example:443 HTTP/1.1", "Host: fire.example:443", ""}, 404},
		{"OPTIONS of everything", []string{"OPTIONS * HTTP/1.1", host, ""}, 200}, // an empty response of net/http itself
		{"a whole address", []string{"GET http://fire.example/login HTTP/1.1", host, ""}, 200},
		{"HTTP/1.0", []string{"GET /login HTTP/1.0", ""}, 200},
		{"HTTP/1.1 without a host", []string{"GET /login HTTP/1.1", ""}, 400},
		{"two hosts", []string{"GET /login HTTP/1.1", host, "Host: fire.example", ""}, 400},
		{"HTTP/2 without asking", []string{"PRI * HTTP/2.0", "", "SM", ""}, 404},
		{"HTTP/9.9", []string{"GET /login HTTP/9.9", host, ""}, 505},
		{"two lengths", []string{"POST /language HTTP/1.1", host, "Content-Length: 3", "Content-Length: 4", "", "a=b"}, 400},
		{"a length that is none", []string{"POST /language HTTP/1.1", host, "Content-Length: -1", "", "a=b"}, 400},
		{"an unknown transfer encoding", []string{"POST /language HTTP/1.1", host, "Transfer-Encoding: fire", "", "a=b"}, 501},
		{"a blank before the colon", []string{"GET /login HTTP/1.1", "Host : fire.example", ""}, 400},
		{
			"another site's host",
			[]string{
				"GET /login HTTP/1.1", "Host: fire.example", "X-Forwarded-Host: fire.example", "X-Forwarded-Proto: fire",
				"Forwarded: host=fire.example", "Referer: https://fire.example/", "",
			},
			200,
		},
		{
			"another site's host, on the way to sign in",
			[]string{
				"GET /login/start HTTP/1.1", "Host: fire.example", "X-Forwarded-Host: fire.example",
				"Referer: https://fire.example/", "",
			},
			303,
		},
		{
			"another site's host, on a page for who has signed in",
			[]string{"GET /dashboard/x/users HTTP/1.1", "Host: fire.example", "X-Forwarded-Host: fire.example", ""},
			303,
		},
		{"an address of two slashes", []string{"GET //fire.example/login HTTP/1.1", host, ""}, 404},
		{"an address with dots", []string{"GET /static/../../go.mod HTTP/1.1", host, ""}, 404},
		{"an address with hidden dots", []string{"GET /static/%2e%2e/%2e%2e/go.mod HTTP/1.1", host, ""}, 404},
	} {
		answer, body := s.dial(t).send(c.lines...).readResponse()
		if answer.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.name, answer.StatusCode, c.want)
		}
		echoed := body + fmt.Sprint(answer.Header)
		if strings.Contains(strings.ToLower(echoed), "fire") {
			t.Errorf("%s: the response repeats the request: %s", c.name, echoed)
		}
		if found := headerFaults(answer.Header, false); c.want < 400 && c.name != "OPTIONS of everything" && len(found) > 0 {
			t.Errorf("%s: %s", c.name, found)
		}
	}
	for _, fault := range s.faults.all() {
		t.Error(fault)
	}
}

// A body with both lengths is not read as two requests.
func TestNoRequestHidesInAnothersBody(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	const hidden = "GET /static/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
	w := s.dial(t).
		send("POST /language HTTP/1.1", "Host: x", "Content-Type: application/x-www-form-urlencoded",
			fmt.Sprintf("Content-Length: %d", 5+len(hidden)), "Transfer-Encoding: chunked", "", "0", "", hidden)
	first, _ := w.readResponse()
	if first.StatusCode >= 500 {
		t.Errorf("answered %d", first.StatusCode)
	}
	if second, err := http.ReadResponse(w.reader, nil); err == nil && first.StatusCode < 400 && !first.Close {
		_ = second.Body.Close()
		t.Errorf("the hidden request was answered: %d", second.StatusCode)
	}
}

// An oversized form gets an error page; slow headers and bodies end the connection.
func TestOversizedAndSlowRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	b := s.signInAs(t, "Anna Bianchi")
	for name, values := range map[string]url.Values{
		"one large field": {"title": {strings.Repeat("x", 65<<10)}}, "many fields": {"a": strings.Split(strings.Repeat("x", 40<<10), "")},
	} {
		p := b.Post("/dashboard/"+string(i.ID)+"/groups/add", values)
		if p.Status != http.StatusRequestEntityTooLarge || !p.Has("heading", "") || len(headerFaults(p.Header, false)) > 0 {
			t.Errorf("%s: %d %v", name, p.Status, headerFaults(p.Header, false))
		}
	}
	if p := b.Post(
		"/dashboard/"+string(i.ID)+"/users/import",
		url.Values{"rows": {strings.Repeat("x", 300<<10)}},
	); p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("too large a file: %d", p.Status)
	}
	var wait sync.WaitGroup
	for name, lines := range map[string][]string{
		"headers": {"GET /login HTTP/1.1", "Host: x"}, // and no further line
		"a body":  {"POST /language HTTP/1.1", "Host: x", "Content-Type: application/x-www-form-urlencoded", "Content-Length: 1000", "", "lang="},
		"a line":  {"GET /login"},
	} {
		w := s.dial(t)
		wait.Go(func() {
			w.send(lines...)
			text, err := io.ReadAll(w.reader)
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				t.Errorf("%s: after a minute the site still waits", name)
			}
			if first, _, _ := strings.Cut(
				string(text),
				"\r\n",
			); strings.Contains(first, " 2") || strings.Contains(first, " 5") ||
				strings.Contains(first, " 303") {
				t.Errorf("%s: answered %s", name, first)
			}
		})
	}
	wait.Wait()
	for _, fault := range s.faults.all() {
		t.Error(fault)
	}
}

// Fifty clients that send slowly and fifty that do not read delay no other client: they hold no database connection
// and no lock.
func TestSlowClientsDontSlowOthers(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	b := s.signInAs(t, "Anna Bianchi")
	list := "/dashboard/" + string(i.ID) + "/users"
	head := []string{"Host: x", "Cookie: " + b.CookieHeader(), "Sec-Fetch-Site: same-origin"}
	var slow []rawConn
	for range 50 {
		slow = append(slow, s.dial(t))
		slow[len(slow)-1].send(
			append(
				append([]string{"POST /dashboard/" + string(i.ID) + "/groups/add HTTP/1.1"}, head...),
				"Content-Type: application/x-www-form-urlencoded",
				"Content-Length: 60000",
				"",
				"title=",
			)...)
		nonReaders := s.dial(t)
		if tcp, ok := nonReaders.Conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4 << 10)
		}
		request := strings.Join(append(append([]string{"GET " + list + " HTTP/1.1"}, head...), "", ""), "\r\n")
		go func() { _, _ = io.WriteString(nonReaders, strings.Repeat(request, 40)) }() // blocks once the site stops reading
	}
	var wait sync.WaitGroup
	faults := make(chan string, 100)
	for range 20 {
		wait.Go(func() {
			for range 3 {
				answer, err := b.Client.Get(s.URL + list)
				if err != nil {
					faults <- err.Error()
					return
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
					faults <- fmt.Sprint(answer.StatusCode, err)
				}
				_ = answer.Body.Close()
			}
		})
	}
	wait.Wait()
	close(faults)
	for fault := range faults {
		t.Error(fault)
	}
	waiting := 0
	for _, w := range slow {
		_ = w.SetReadDeadline(time.Now().Add(time.Millisecond))
		var late net.Error
		if _, err := w.reader.ReadByte(); errors.As(err, &late) && late.Timeout() {
			waiting++
		}
	}
	if waiting == 0 { // all of them were disconnected before the others were served
		t.Error("a slow client is served first")
	}
	if p := b.Get("/readyz"); p.Status != http.StatusOK {
		t.Errorf("ready: %d", p.Status)
	}
}

// CrossOriginProtection guards every route that makes changes: another site's form is refused and changes nothing.
func TestNoOtherSitesFormChangesAnything(t *testing.T) {
	t.Parallel()
	s := open(t, site.Options{})
	o := newFormFixture(t, s)
	b := s.signInAs(t, "Anna Bianchi")
	before := s.countChanges(t, o.ID)
	ours := map[string]filledForm{}
	for _, f := range o.forms() {
		ours[f.route] = f
	}
	sent := 0
	for _, to := range routes(t, s) {
		if to.method == http.MethodGet || to.method == http.MethodHead {
			continue
		}
		f := ours[to.pattern]
		address := f.address
		values := url.Values{"once": {"00000000-0000-4000-8000-000000000001"}}
		if address == "" {
			address = strings.NewReplacer("{institution}", string(o.ID), "{group}", o.ids["Comune"]).Replace(to.pattern)
		} else {
			from := b.Get
			if f.page != nil {
				from = func(string) site.Page { return f.page(b) }
			}
			if shown, found := findForm(from(address), address); found { // the unmodified form, which would take effect
				values = shown
			}
			maps.Copy(values, f.values)
		}
		for _, from := range []http.Header{
			{"Sec-Fetch-Site": {"cross-site"}},
			{"Sec-Fetch-Site": {"same-site"}},
			{"Origin": {"https://fire.example"}},
			{"Origin": {"null"}},
			{"Sec-Fetch-Site": {"cross-site"}, "Origin": {s.URL}},
		} {
			r, err := http.NewRequestWithContext(t.Context(), to.method, b.Absolute(address), strings.NewReader(values.Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header = from.Clone()
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			if p := b.Send(r); p.Status != http.StatusForbidden || len(headerFaults(p.Header, false)) > 0 {
				t.Errorf("%s %s, %v: %d", to.method, to.pattern, from, p.Status)
			}
			sent++
		}
	}
	if after := s.countChanges(t, o.ID); after != before {
		t.Errorf("%d changes", after-before)
	}
	if p := b.Get("/"); p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/dashboard/"+string(o.ID) {
		t.Errorf("signed out: %d %s", p.Status, p.Header.Get("Location"))
	}
	if sent < 100 {
		t.Errorf("only %d requests", sent)
	}
}

// Every response over https has HSTS, none over http.
func TestEveryHTTPSResponseHasHSTS(t *testing.T) {
	t.Parallel()
	for _, https := range []bool{true, false} {
		s := open(t, site.Options{HTTPS: https})
		b := s.newBrowser(t)
		for _, to := range routes(t, s) {
			address := strings.NewReplacer("{institution}", "00000000-0000-4000-8000-000000000000", "{code}", "25", "*", "none").Replace(to.pattern)
			r, err := http.NewRequestWithContext(t.Context(), to.method, b.Absolute(address), http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			if found := headerFaults(b.Send(r).Header, https); len(found) > 0 {
				t.Errorf("%s %s over https %v: %v", to.method, to.pattern, https, found)
			}
		}
	}
}
