package site

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
)

// Browser is one person's browser: cookies, no scripts. It follows redirects; see Stay.
type Browser struct {
	Client *http.Client
	T      testing.TB
	Base   string // the site's address

	fiscalCode func(name string) access.FiscalCode
}

// Page is a response. Of a form that was answered by a redirect to the page that shows it again, it is that page.
type Page struct {
	htmltest.Element
	Status int // of a form that was refused: the status of the decision
	Header http.Header
	URL    *url.URL // after redirects
	Body   string
	Sent   int // the status of the answer to the form itself
}

// Location is the target of a redirect.
func (p Page) Location() string { return p.Header.Get("Location") }

// NewBrowser is a browser for the site at base, with connections and cookies of its own. People sign in with the fiscal codes
// that fiscalCode gives.
func NewBrowser(t testing.TB, base string, transport *http.Transport, fiscalCode func(name string) access.FiscalCode) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport.MaxIdleConnsPerHost = 32
	t.Cleanup(transport.CloseIdleConnections)
	return &Browser{&http.Client{Transport: transport, Jar: jar}, t, base, fiscalCode}
}

// NewBrowser is a browser without a session.
func (s *Site) NewBrowser(t testing.TB) *Browser {
	t.Helper()
	transport, _ := s.client.Transport.(*http.Transport) // that of httptest, which trusts the certificate
	return NewBrowser(t, s.URL, transport.Clone(), s.Seed.FiscalCode)
}

// SignIn is a browser in which a person of the seed has signed in, through all the pages of the bridge.
func (s *Site) SignIn(t testing.TB, name string) *Browser {
	t.Helper()
	s.Offer(name)
	b := s.NewBrowser(t)
	if p := b.SignIn(b.Get("/login"), name); strings.HasPrefix(p.URL.Path, "/login") || strings.HasPrefix(p.URL.Path, "/idp") {
		t.Fatalf("%s is not signed in: %d %s\n%s", name, p.Status, p.URL, p.Text())
	}
	return b
}

// SignIn signs a person in, from the sign-in page to the page that it leads to.
func (b *Browser) SignIn(from Page, name string) Page {
	b.T.Helper()
	return b.SignInWith(from, b.fiscalCode(name))
}

// SignInWith signs in the person with that fiscal code, whom the bridge must offer.
func (b *Browser) SignInWith(from Page, code access.FiscalCode) Page {
	b.T.Helper()
	b = b.Roam()
	p := b.Press(b.Follow(from, "Entra con SPID o CIE"), "Entra con SPID")
	form := p.All("button", "")[0].Form()
	form.Action = b.resolve(p, form.Action)
	form.Values.Set("fiscal_code", code.Reveal())
	return b.Press(b.Submit(form), "Acconsenti e accedi")
}

// Stay is the same browser, which shows redirects instead of following them.
func (b *Browser) Stay() *Browser {
	return b.with(func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse })
}

// Roam is the same browser, which follows redirects.
func (b *Browser) Roam() *Browser { return b.with(nil) }

func (b *Browser) with(check func(*http.Request, []*http.Request) error) *Browser {
	other, client := *b, *b.Client
	client.CheckRedirect = check
	other.Client = &client
	return &other
}

// Get opens a page. An address that begins with a slash is the site's.
func (b *Browser) Get(address string) Page {
	b.T.Helper()
	return b.Send(b.Request(http.MethodGet, address, http.NoBody))
}

// Post sends a form as the site's own pages do.
func (b *Browser) Post(address string, values url.Values) Page {
	b.T.Helper()
	return b.PostBody(address, "application/x-www-form-urlencoded", values.Encode())
}

// PostBody sends a body as a form of the site's own pages would.
func (b *Browser) PostBody(address, contentType, body string) Page {
	b.T.Helper()
	r := b.Request(http.MethodPost, address, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.Send(r)
}

// Upload sends a form with a file, as a browser does; the other fields come in pairs of name and value.
func (b *Browser) Upload(address, name, file string, fields ...string) Page {
	b.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for n := 0; n < len(fields); n += 2 {
		_ = form.WriteField(fields[n], fields[n+1]) // writing to a buffer cannot fail
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		b.T.Fatal(err)
	}
	_, _ = io.WriteString(part, file)
	_ = form.Close()
	return b.PostBody(address, form.FormDataContentType(), body.String())
}

// Submit sends a form unchanged.
func (b *Browser) Submit(f htmltest.Form) Page {
	b.T.Helper()
	return b.Post(f.Action, f.Values)
}

// Follow clicks a link.
func (b *Browser) Follow(p Page, name string) Page {
	b.T.Helper()
	return b.Get(b.resolve(p, p.One("link", name).Attr("href")))
}

// Press presses a form's button.
func (b *Browser) Press(p Page, name string) Page {
	b.T.Helper()
	form := p.One("button", name).Form()
	form.Action = b.resolve(p, form.Action)
	return b.Submit(form)
}

// formStatus is the status of the decision about a form that was refused, and 0 of any other response.
func formStatus(r *http.Response) int {
	for ; r != nil; r = r.Request.Response {
		if status, err := strconv.Atoi(r.Header.Get("X-Form-Status")); err == nil {
			return status
		}
	}
	return 0
}

// isShownAgain reports whether a response redirects to the page that shows again the form that was sent.
func isShownAgain(r *http.Response) bool {
	to, err := r.Location()
	return err == nil && r.Request.Method == http.MethodPost && to.Query().Has("form") && !strings.HasSuffix(to.Path, "/import/check")
}

// Send sends a request and reads the response. The page that shows again a form that was sent is read too, also by a browser
// that shows redirects.
func (b *Browser) Send(r *http.Request) Page {
	b.T.Helper()
	response, err := b.Client.Do(r)
	if err != nil {
		b.T.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	decided := formStatus(response)
	if isShownAgain(response) {
		to, _ := response.Location()
		p := b.Get(to.String())
		p.Sent = response.StatusCode
		if decided != 0 && p.Status == http.StatusOK {
			p.Status = decided
		}
		return p
	}
	p := Page{
		Element: htmltest.ParseString(b.T, string(body)), Status: response.StatusCode, Header: response.Header,
		URL: response.Request.URL, Body: string(body), Sent: response.StatusCode,
	}
	if first := response.Request.Response; first != nil {
		p.Sent = first.StatusCode
	}
	if decided != 0 && p.Status == http.StatusOK {
		p.Status = decided
	}
	return p
}

// Absolute is an address with the site's scheme and host, if it has none.
func (b *Browser) Absolute(address string) string {
	if strings.HasPrefix(address, "/") {
		return b.Base + address
	}
	return address
}

// Cookies are those that the browser sends to the site.
func (b *Browser) Cookies() []*http.Cookie {
	b.T.Helper()
	return b.Client.Jar.Cookies(b.Request(http.MethodGet, "/", http.NoBody).URL)
}

// CookieHeader is the same as the value of a Cookie header.
func (b *Browser) CookieHeader() string {
	b.T.Helper()
	r := b.Request(http.MethodGet, "/", http.NoBody)
	for _, c := range b.Cookies() {
		r.AddCookie(c)
	}
	return r.Header.Get("Cookie")
}

// Lend gives the cookies to another browser, which is then signed in as the same person.
func (b *Browser) Lend(to interface {
	SetCookie(address, name, value string)
},
) {
	b.T.Helper()
	for _, c := range b.Cookies() {
		to.SetCookie(b.Base, c.Name, c.Value)
	}
}

// Request is a request to the site, which the test may change before it is sent.
func (b *Browser) Request(method, address string, body io.Reader) *http.Request {
	b.T.Helper()
	r, err := http.NewRequestWithContext(b.T.Context(), method, b.Absolute(address), body)
	if err != nil {
		b.T.Fatal(err)
	}
	return r
}

func (b *Browser) resolve(p Page, reference string) string {
	b.T.Helper()
	address, err := p.URL.Parse(reference)
	if err != nil {
		b.T.Fatal(err)
	}
	return address.String()
}
