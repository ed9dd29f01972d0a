package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"areariservata.example/utenti/internal/test/pgtest"
)

// traceCollector is a collector that keeps what it receives, raw and decoded.
type traceCollector struct {
	mu    sync.Mutex
	raw   strings.Builder
	spans []*spans.Span
}

func (c *traceCollector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collector.ExportTraceServiceRequest
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.raw.Write(body)
	for _, of := range sent.GetResourceSpans() {
		for _, in := range of.GetScopeSpans() {
			c.spans = append(c.spans, in.GetSpans()...)
		}
	}
}

// visited returns what a collector receives of one request for a page, with a cookie, a trace and a search of the client.
func visited(t *testing.T, share string) *traceCollector {
	t.Helper()
	c := &traceCollector{}
	listener := httptest.NewServer(c)
	t.Cleanup(listener.Close)
	config, err := ReadConfig(production("DATABASE_URL", pgtest.New(t).AppURL, "OTEL_EXPORTER_OTLP_ENDPOINT",
		listener.URL, "TRACE_SHARE", share))
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(config, config.SignIn(), nil, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet,
		"/dashboard/0190d6e5-0000-7000-8000-000000000000/users?q=RSSMRA80A01H501U", http.NoBody)
	r.AddCookie(&http.Cookie{Name: "__Host-session", Value: strings.Repeat("unmistakable", 4)})
	r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	a.Site.ServeHTTP(httptest.NewRecorder(), r)
	if err := a.traces.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	return c
}

// A trace is a request with its route and number, and its statements. It holds no value of the request.
func TestATraceHasRoutesAndStatementsAndNoPersonalData(t *testing.T) {
	t.Parallel()
	c := visited(t, "1")
	var request *spans.Span
	for _, s := range c.spans {
		if len(s.GetParentSpanId()) == 0 {
			request = s
		}
	}
	if request.GetName() != "GET /dashboard/{institution}/*" || request.GetKind() != spans.Span_SPAN_KIND_SERVER {
		t.Fatalf("the request's span: %s among %d", request, len(c.spans))
	}
	below := 0
	for _, s := range c.spans {
		if string(s.GetParentSpanId()) == string(request.GetSpanId()) &&
			string(s.GetTraceId()) == string(request.GetTraceId()) && strings.HasPrefix(s.GetName(), "SELECT") {
			below++
		}
	}
	if below == 0 {
		t.Errorf("no statement in %v", c.spans)
	}
	for _, typed := range []string{"RSSMRA80A01H501U", "unmistakable", "0190d6e5", "\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6"} {
		if strings.Contains(c.raw.String(), typed) {
			t.Errorf("the traces hold %q", typed)
		}
	}
}

func TestOnlyAShareOfRequestsIsTraced(t *testing.T) {
	t.Parallel()
	if c := visited(t, "0"); len(c.spans) > 0 {
		t.Errorf("a share of 0 gives %d spans", len(c.spans))
	}
}
