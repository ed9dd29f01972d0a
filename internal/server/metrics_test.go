package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// scrape reads the metrics over HTTP, as Prometheus does, and returns the text too.
func scrape(t *testing.T, s *site.Site) (map[string]*dto.MetricFamily, string) {
	t.Helper()
	listener := httptest.NewServer(s.Server.Metrics())
	defer listener.Close()
	p := s.NewBrowser(t).Get(listener.URL)
	if p.Status != http.StatusOK {
		t.Fatalf("%d %s", p.Status, p.Body)
	}
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(p.Body))
	if err != nil {
		t.Fatal(err)
	}
	return families, p.Body
}

// series are the names and labels of all metrics, sorted.
func series(families map[string]*dto.MetricFamily) []string {
	var all []string
	for name, f := range families {
		for _, m := range f.GetMetric() {
			all = append(all, name+" "+labels(m))
		}
	}
	slices.Sort(all)
	return all
}

func labels(m *dto.Metric) string {
	var pairs []string
	for _, l := range m.GetLabel() {
		pairs = append(pairs, l.GetName()+"="+l.GetValue())
	}
	return strings.Join(pairs, " ") // Prometheus sorts them by name
}

// sample is the value of a series, or the count of a histogram; -1 if there is none.
func sample(families map[string]*dto.MetricFamily, name, of string) float64 {
	for _, m := range families[name].GetMetric() {
		if labels(m) == of {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return -1
}

func TestRequestsAreCountedByRouteAndSignInsByOutcome(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	b.Get(web.ProfileURL(i.ID, oto))
	b.Get("/nowhere")
	visitor := s.NewBrowser(t).Stay()
	visitor.Get("/login/callback?state=none&code=none")
	families, body := scrape(t, s)
	const (
		requests = "areariservata_http_requests_total"
		took     = "areariservata_http_request_duration_seconds"
		profile  = "/dashboard/{institution}/users/{user}"
	)
	for _, c := range []struct {
		name, of string
		want     float64
	}{
		{requests, "class=2xx method=GET route=" + profile, 1},
		{took, "method=GET route=" + profile, 1},
		{requests, "class=4xx method=GET route=none", 1},
		{"areariservata_http_requests_in_flight", "", 0},
		{"areariservata_sign_ins_total", "outcome=signed-in", 1},
		{"areariservata_sign_ins_total", "outcome=expired", 1},
		{"areariservata_sign_ins_total", "outcome=unknown-user", 0},
		{"areariservata_sign_ins_total", "outcome=25", 0},
		{"areariservata_refused_total", "reason=not-administrator", 0},
	} {
		if got := sample(families, c.name, c.of); got != c.want {
			t.Errorf("%s{%s}: %v, want %v", c.name, c.of, got, c.want)
		}
	}
	problems, err := promlint.New(strings.NewReader(body)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("promlint: %v, %v", problems, err)
	}
}

// Labels come from the site's own routes and reasons: requests add only a bounded number of series, and none of their
// text.
func TestArbitraryRequestsAddNoSeries(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi").Stay()
	routes := 0
	walk := func(junk string) []string {
		t.Helper()
		routes = 0
		err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			routes++
			path := strings.NewReplacer(
				"{group}", junk, "{institution}", junk, "{user}", junk, "{product}", junk, "{role}", junk, "{code}", junk, "*", junk,
			).
				Replace(pattern)
			for _, address := range []string{path, path + "/" + junk, "/" + junk + path, path + "?q=" + junk} {
				for _, m := range []string{method, strings.ToUpper(junk), http.MethodHead, http.MethodDelete, http.MethodOptions} {
					r := httptest.NewRequestWithContext(t.Context(), m, "http://utenti.example"+address, http.NoBody)
					r.Header.Set("X-Request-Id", junk)
					s.Server.ServeHTTP(httptest.NewRecorder(), r)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		families, body := scrape(t, s)
		for _, word := range []string{junk, strings.ToUpper(junk), string(i.ID), "Bianchi", s.Seed.FiscalCode("Anna Bianchi").Reveal()} {
			if strings.Contains(body, word) {
				t.Errorf("the metrics contain %q", word)
			}
		}
		return series(families)
	}
	b.Get(web.UsersURL(i.ID, access.Filter{}))
	first := walk("junkone")
	if diff := cmp.Diff(first, walk("junktwo")); diff != "" {
		t.Errorf("other junk makes other series:\n%s", diff)
	}
	// Of each route: methods by classes, and the times by method; the counts by reason and outcome are far fewer.
	most := (routes + 1) * (4*6 + 4)
	if n := len(first); n < 50 || n > most {
		t.Errorf("%d series for %d routes", n, routes)
	}
}

// blockingTracer holds back the next statement until it is released.
type blockingTracer struct {
	on      atomic.Bool
	reached chan struct{}
	release chan struct{}
}

func (k *blockingTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	if k.on.CompareAndSwap(true, false) {
		close(k.reached)
		<-k.release
	}
	return ctx
}
func (*blockingTracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestRequestsInFlightAreCounted(t *testing.T) {
	t.Parallel()
	k := &blockingTracer{reached: make(chan struct{}), release: make(chan struct{})}
	s := site.Start(t, site.Options{Tracer: k})
	s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop").Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	k.on.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.Get("/privacy")
	}()
	<-k.reached
	families, _ := scrape(t, s)
	close(k.release)
	<-done
	if got := sample(families, "areariservata_http_requests_in_flight", ""); got != 1 {
		t.Errorf("%v requests in flight, want 1", got)
	}
	families, _ = scrape(t, s)
	if got := sample(families, "areariservata_http_requests_in_flight", ""); got != 0 {
		t.Errorf("%v requests in flight afterwards", got)
	}
}
