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

// reasonCrossSite is the reason of a form sent by another site, in the security log and in the metrics.
const reasonCrossSite = "cross-site"

// reasonTooMany is the reason of a request over a limit.
const reasonTooMany = "too-many"

// reasonInvalidForm is the reason of a form or an address that no page of the site has.
const reasonInvalidForm = "invalid-form"

// Outcomes of a sign-in, beside the codes of loginErrors.
const (
	outcomeSignedIn    = "signed-in"
	outcomeUnknownUser = "unknown-user" // a person whom no institution knows
)

// metrics counts since the process started. Labels are taken from fixed sets, never from a request: the number of
// series is bounded, and no label is personal data (rule D7).
type metrics struct {
	registry *prometheus.Registry
	patterns []string // of all routes, sorted
	inFlight prometheus.Gauge
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	refusals labelledCounter
	signIns  labelledCounter
}

func newMetrics() *metrics {
	f := &metrics{
		registry: prometheus.NewRegistry(),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "areariservata_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "areariservata_http_requests_total", Help: "Requests answered, by method, route and class of status (cut: broken off).",
		}, []string{"method", "route", "class"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "areariservata_http_request_duration_seconds", Help: "From a request's headers to the end of its answer, by method and route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "route"}),
		signIns: newLabelledCounter("areariservata_sign_ins_total",
			"Sign-ins, by what became of them (two digits: SPID's refusals).", "outcome", signInOutcomes()),
		refusals: newLabelledCounter("areariservata_refused_total",
			"Attempts refused for lack of authority, by reason.", "reason", refusalReasons()),
	}
	f.registry.MustRegister(f.inFlight, f.requests, f.duration, f.signIns.vec, f.refusals.vec)
	return f
}

// signInOutcomes are the outcomes of sign-ins.
func signInOutcomes() []string {
	all := []string{outcomeSignedIn, outcomeUnknownUser}
	for code := range loginErrors {
		all = append(all, string(code))
	}
	return all
}

// refusalReasons are the reasons of refusals that are counted (rule D5).
func refusalReasons() []string {
	all := []string{reasonCrossSite, reasonTooMany, reasonInvalidForm}
	for reason, grade := range access.Reasons {
		if grade != access.Conflict {
			all = append(all, string(reason))
		}
	}
	return all
}

// labelledCounter counts each of a fixed set of values. Each starts at 0; other values are ignored.
type labelledCounter struct {
	vec      *prometheus.CounterVec
	counters map[string]prometheus.Counter
}

func newLabelledCounter(name, help, label string, values []string) labelledCounter {
	c := labelledCounter{
		vec:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label}),
		counters: map[string]prometheus.Counter{},
	}
	for _, value := range values {
		c.counters[value] = c.vec.WithLabelValues(value)
	}
	return c
}

func (c labelledCounter) increment(value string) {
	if n, known := c.counters[value]; known {
		n.Inc()
	}
}

// registerRoutes stores the routes that requests are counted by.
func (f *metrics) registerRoutes(site chi.Routes) {
	// The function returns no error, so Walk returns none.
	_ = chi.Walk(site, func(_, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		f.patterns = append(f.patterns, matchedPattern(pattern))
		return nil
	})
	slices.Sort(f.patterns)
	f.patterns = slices.Compact(f.patterns)
}

// matchedPattern writes a route the way chi reports it for a request.
func matchedPattern(pattern string) string {
	if short := strings.TrimSuffix(pattern, "/"); short != "" {
		return short
	}
	return pattern
}

// unmatched is the label of a request without a route, otherMethod that of a method that no route has.
const (
	unmatched   = "none"
	otherMethod = "other"
)

// observe counts a request.
func (f *metrics) observe(method, route, class string, took time.Duration) {
	if _, known := slices.BinarySearch(f.patterns, route); !known {
		route = unmatched
	}
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodPost {
		method = otherMethod
	}
	f.requests.WithLabelValues(method, route, class).Inc()
	f.duration.WithLabelValues(method, route).Observe(took.Seconds())
}

// classAborted is the class of a response that was aborted.
const classAborted = "cut"

// statusClass is the class of a status, such as "2xx". A handler that sets no status has answered 200.
func statusClass(status int) string {
	if status == 0 {
		status = http.StatusOK
	}
	return strconv.Itoa(status/100) + "xx"
}

// Limits of scrapes: how many at a time, and how long each may take.
const (
	maxScrapes    = 2
	scrapeTimeout = 5 * time.Second
)

// Metrics serves the metrics to Prometheus, with those of the given collectors. They hold no personal data (rule D7),
// but are for operators only, on a listener of their own.
func (s *Server) Metrics(others ...prometheus.Collector) http.Handler {
	more := prometheus.NewRegistry()
	more.MustRegister(others...)
	return promhttp.HandlerFor(prometheus.Gatherers{s.metrics.registry, more}, promhttp.HandlerOpts{
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes, Timeout: scrapeTimeout,
	})
}
