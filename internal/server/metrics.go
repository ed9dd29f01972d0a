package server

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"

	"areariservata.example/utenti/internal/access"
)

// crossSite is the reason of a form that another site has sent, in the security log and among the refusals counted.
const crossSite = "cross-site"

// tooMany is the reason of a request over a limit, in the same places.
const tooMany = "too-many"

// notOurs is the reason of a form or an address that no page of ours makes.
const notOurs = "not-ours"

// refusals counts, since the process began, what was refused for lack of authority, by its reason (rule D5). There is a
// count for each reason from the start, so nothing but counts ever changes.
type refusals map[string]*atomic.Int64

func newRefusals() refusals {
	all := refusals{crossSite: &atomic.Int64{}, tooMany: &atomic.Int64{}, notOurs: &atomic.Int64{}}
	for reason, grade := range access.Reasons {
		if grade != access.Untimely {
			all[string(reason)] = &atomic.Int64{}
		}
	}
	return all
}

func (r refusals) count(reason string) {
	if n, known := r[reason]; known {
		n.Add(1)
	}
}

// Metrics tells the counts in the text format that Prometheus reads. Nothing in it is about anybody (rule D7); still it is
// for those who run the service, on a listener of its own.
func (s *Server) Metrics() http.Handler { return http.HandlerFunc(s.metrics) }

func (s *Server) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = fmt.Fprint(w, "# HELP areariservata_refused_total Attempts refused for lack of authority, by reason.\n# TYPE areariservata_refused_total counter\n")
	for _, reason := range slices.Sorted(maps.Keys(s.refusals)) {
		_, _ = fmt.Fprintf(w, "areariservata_refused_total{reason=%q} %d\n", reason, s.refusals[reason].Load())
	}
}
