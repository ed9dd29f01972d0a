package leak_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
)

// browser is somebody's: cookies, no scripts, and an eye on every address that it is given.
type browser struct {
	t    testing.TB
	site *site
	http *http.Client
}

func (s *site) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	return &browser{t, s, &http.Client{
		Jar: jar, Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back.
type answer struct {
	status  int
	to      string // where it leads
	body    string
	address string // what was asked for
}

// addresses are what a page leads to: links, forms, what it loads, and where the choice of the language goes back to.
var addresses = regexp.MustCompile(`(?:href|src|action|formaction|name="back" value)="([^"]*)"|<title>([^<]*)</title>`)

// do sends a request, and looks at every address in what comes back.
func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	got, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	a := answer{got.StatusCode, got.Header.Get("Location"), string(body), r.URL.String()}
	if r.URL.Host == strings.TrimPrefix(b.site.base, "http://") { // the provider's addresses are its own
		seen := fmt.Sprint(got.Header)
		for _, address := range addresses.FindAllString(a.body, -1) {
			seen += "\n" + address
		}
		if unescaped, err := url.QueryUnescape(seen); err == nil {
			seen += unescaped
		}
		if newSearchPattern(codes).isIn(b.t, seen) {
			b.t.Errorf("%s %s (%d): a fiscal code is in an address, a title or a header:\n%s", r.Method, r.URL.Path, a.status, excerpt(seen))
		}
	}
	return a
}

// excerpt is what stands about the first code in a text.
func excerpt(text string) string {
	at := strings.Index(strings.ToUpper(text), codes)
	return text[max(0, at-100):min(len(text), at+50)]
}

func (b *browser) request(method, address, kind string, body io.Reader) *http.Request {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = b.site.base + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

const formKind = "application/x-www-form-urlencoded"

func (b *browser) get(address string) answer {
	b.t.Helper()
	return b.do(b.request(http.MethodGet, address, "", http.NoBody))
}

func (b *browser) post(address string, form url.Values) answer {
	b.t.Helper()
	return b.do(b.request(http.MethodPost, address, formKind, strings.NewReader(form.Encode())))
}

// raw sends a body as it is.
func (b *browser) raw(address, kind, body string) answer {
	b.t.Helper()
	return b.do(b.request(http.MethodPost, address, kind, strings.NewReader(body)))
}

// upload sends a file with people, as a browser does.
func (b *browser) upload(address, name, file string) answer {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = part.Write([]byte(file)) // into memory
	_ = form.Close()
	return b.do(b.request(http.MethodPost, address, form.FormDataContentType(), &body))
}

// requireStatus makes sure that a station was what it was meant to be.
func (b *browser) requireStatus(a answer, status int) answer {
	b.t.Helper()
	if a.status != status {
		b.t.Errorf("%s: %d, want %d\n%s", a.address, a.status, status, htmltest.ParseString(b.t, a.body).Text())
	}
	return a
}

// requireNoCode makes sure that a page which shows nobody's code shows none.
func (b *browser) requireNoCode(a answer) {
	b.t.Helper()
	b.requireStatus(a, http.StatusOK)
	if newSearchPattern(codes).isIn(b.t, a.body) {
		b.t.Errorf("%s shows a fiscal code: %s", a.address, excerpt(a.body))
	}
}

// signIn goes through all the screens of the stand-in, and ends where they lead.
func (b *browser) signIn(code access.FiscalCode, first, last string) answer {
	b.t.Helper()
	b.site.setIdentity(code, first, last)
	a := b.follow(b.get("/login/start"))
	a = b.follow(b.submit(a, url.Values{}))
	a = b.follow(b.submit(a, url.Values{"fiscal_code": {code.Reveal()}}))
	return b.follow(b.submit(a, url.Values{}))
}

// follow goes where it is led.
func (b *browser) follow(a answer) answer {
	b.t.Helper()
	for a.status == http.StatusSeeOther || a.status == http.StatusFound {
		to, err := url.Parse(a.address)
		if err == nil {
			to, err = to.Parse(a.to)
		}
		if err != nil {
			b.t.Fatal(err)
		}
		a = b.get(to.String())
	}
	return a
}

// submit presses the first button of the stand-in's page.
func (b *browser) submit(a answer, with url.Values) answer {
	b.t.Helper()
	buttons := htmltest.ParseString(b.t, a.body).All("button", "")
	if len(buttons) == 0 {
		b.t.Fatalf("%s: no button: %d %s", a.address, a.status, a.body)
	}
	form := buttons[0].Form()
	maps.Copy(form.Values, with)
	to, err := url.Parse(a.address)
	if err == nil {
		to, err = to.Parse(form.Action)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return b.post(to.String(), form.Values)
}
