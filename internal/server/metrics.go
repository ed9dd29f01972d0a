package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"areariservata.example/utenti/internal/access"
)

// crossSite is the reason of a form that another site has sent, in the security log and among the refusals counted.
const crossSite = "cross-site"

// tooMany is the reason of a request over a limit, in the same places.
const tooMany = "too-many"

// notOurs is the reason of a form or an address that no page of ours makes.
const notOurs = "not-ours"

// What became of a sign-in, besides what has a page among loginErrors.
const (
	signedInAs = "signed-in"
	stranger   = "stranger" // somebody that no institution knows
)

// figures are what is counted since the process began. Labels come from what the site is made of, never from what is asked:
// so there are only so many series, and nothing in them is about anybody (rule D7).
type figures struct {
	registry *prometheus.Registry
	patterns []string // the routes there are, sorted
	inFlight prometheus.Gauge
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	refused  counts
	signIns  counts
}

func newFigures() *figures {
	f := &figures{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "areariservata_http_requests_in_flight", Help: "Requests that are being answered."}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "areariservata_http_requests_total", Help: "Requests answered, by method, route and class of status (cut: broken off).",
		}, []string{"method", "route", "class"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "areariservata_http_request_duration_seconds", Help: "From a request's headers to the end of its answer, by method and route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		signIns: newCounts("areariservata_sign_ins_total", "Sign-ins, by what became of them (two digits: SPID's refusals).", "outcome", outcomes()),
		refused: newCounts("areariservata_refused_total", "Attempts refused for lack of authority, by reason.", "reason", reasons()),
	}
	f.registry.MustRegister(f.inFlight, f.requests, f.took, f.signIns.vec, f.refused.vec)
	return f
}

// outcomes are those of sign-ins.
func outcomes() []string {
	all := []string{signedInAs, stranger}
	for code := range loginErrors {
		all = append(all, code)
	}
	return all
}

// reasons are those of refusals that are counted (rule D5).
func reasons() []string {
	all := []string{crossSite, tooMany, notOurs}
	for reason, grade := range access.Reasons {
		if grade != access.Untimely {
			all = append(all, string(reason))
		}
	}
	return all
}

// counts are a count for each of some values, each there from the start: what never happened is told as 0, and a value that
// isn't among them is nothing to count.
type counts struct {
	vec *prometheus.CounterVec
	of  map[string]prometheus.Counter
}

func newCounts(name, help, label string, values []string) counts {
	c := counts{vec: prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label}), of: map[string]prometheus.Counter{}}
	for _, value := range values {
		c.of[value] = c.vec.WithLabelValues(value)
	}
	return c
}

func (c counts) count(value string) {
	if n, known := c.of[value]; known {
		n.Inc()
	}
}

// know takes the routes that requests are counted by.
func (f *figures) know(site chi.Routes) {
	_ = chi.Walk(site, func(_, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error { // the function has no error
		f.patterns = append(f.patterns, asMatched(pattern))
		return nil
	})
	slices.Sort(f.patterns)
	f.patterns = slices.Compact(f.patterns)
}

// asMatched writes a route as chi tells it of a request.
func asMatched(pattern string) string {
	if short := strings.TrimSuffix(pattern, "/"); short != "" {
		return short
	}
	return pattern
}

// nowhere is the route of a request that has none; other the method that no route has.
const (
	nowhere = "none"
	other   = "other"
)

// answered counts a request.
func (f *figures) answered(method, route, class string, took time.Duration) {
	if _, known := slices.BinarySearch(f.patterns, route); !known {
		route = nowhere
	}
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		method = other
	}
	f.requests.WithLabelValues(method, route, class).Inc()
	f.took.WithLabelValues(method, route).Observe(took.Seconds())
}

// cut is the class of an answer that was broken off.
const cut = "cut"

// class is that of a status: "2xx". A handler that says none has said 200.
func class(status int) string {
	if status == 0 {
		status = http.StatusOK
	}
	return strconv.Itoa(status/100) + "xx"
}

// How many may ask for the figures at once, and how long each may wait.
const (
	scrapesAtOnce = 2
	scrapeTimeout = 5 * time.Second
)

// Metrics tells the figures to Prometheus, with those of others who are given. Nothing in it is about anybody (rule D7);
// still it is for those who run the service, on a listener of its own.
func (s *Server) Metrics(others ...prometheus.Collector) http.Handler {
	more := prometheus.NewRegistry()
	more.MustRegister(others...)
	return promhttp.HandlerFor(prometheus.Gatherers{s.figures.registry, more}, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: scrapesAtOnce, Timeout: scrapeTimeout,
	})
}
