package bridge

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// InProcess returns a transport for a relying party in the same process. It answers requests for the issuer's addresses
// without the network; all others go to base.
func (p *Provider) InProcess(base http.RoundTripper) http.RoundTripper {
	return inProcess{provider: p, base: base}
}

type inProcess struct {
	provider *Provider
	base     http.RoundTripper
}

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	if !t.provider.serves(r.URL) {
		return t.base.RoundTrip(r)
	}
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // already read
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.Body == nil {
		in.Body = io.NopCloser(bytes.NewReader(nil))
	}
	out := &recording{header: http.Header{}}
	t.provider.ServeHTTP(out, in)
	out.WriteHeader(http.StatusOK)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", out.status, http.StatusText(out.status)), StatusCode: out.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: out.sent, Body: io.NopCloser(&out.body), ContentLength: int64(out.body.Len()), Request: r,
	}, nil
}

func (p *Provider) serves(u *url.URL) bool {
	sameHost := u.Scheme == p.issuer.Scheme && strings.EqualFold(u.Hostname(), p.issuer.Hostname()) &&
		port(u) == port(p.issuer)
	return sameHost && strings.HasPrefix(u.Path, p.base+"/")
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	default:
		return "80"
	}
}

// recording keeps a response in memory. Its headers are those present when the status was written, as on a connection.
type recording struct {
	header, sent http.Header
	status       int
	body         bytes.Buffer
}

func (o *recording) Header() http.Header { return o.header }

func (o *recording) WriteHeader(status int) {
	if o.status == 0 {
		o.status, o.sent = status, o.header.Clone()
	}
}

func (o *recording) Write(b []byte) (int, error) {
	o.WriteHeader(http.StatusOK)
	return o.body.Write(b)
}
