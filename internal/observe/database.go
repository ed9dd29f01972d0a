package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"areariservata.example/utenti/internal/notify"
)

// scrapeTimeout is how long a scrape waits for the database. What isn't there by then is missing from the scrape, and said to be
// missing: the other figures are told all the same, and most wanted, when the database is in trouble.
const scrapeTimeout = time.Second

// Database is what is read of the database when it is asked for. Every replica tells the same figures: they are compared or
// the highest is taken, never added up.
type Database struct {
	readBacklog   func(context.Context) (notify.Backlog, error)
	countSessions func(context.Context) (int, error)

	state, oldest, open, readFailed *prometheus.Desc
}

// NewDatabase reads letters and open sessions by the functions given.
func NewDatabase(readBacklog func(context.Context) (notify.Backlog, error), countSessions func(context.Context) (int, error)) *Database {
	return &Database{
		readBacklog: readBacklog, countSessions: countSessions,
		state:      prometheus.NewDesc("areariservata_letters", "Letters in the queue by state: waiting, retried (failed at least once), failed (given up, kept 30 days). Up to 10000 each.", []string{"state"}, nil),
		oldest:     prometheus.NewDesc("areariservata_letters_oldest_age_seconds", "Age of the oldest letter that hasn't been sent; 0 if there is none.", nil, nil),
		open:       prometheus.NewDesc("areariservata_sessions_open", "Sessions that aren't over. Up to 100000.", nil, nil),
		readFailed: prometheus.NewDesc("areariservata_database_figures_missing", "1 if figures couldn't be read from the database at this scrape.", []string{"figures"}, nil),
	}
}

// Describe implements [prometheus.Collector].
func (d *Database) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{d.state, d.oldest, d.open, d.readFailed} {
		to <- desc
	}
}

// Collect implements [prometheus.Collector].
func (d *Database) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout)
	defer cancel()
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	missing := func(source string, err error) {
		value := 0.0
		if err != nil {
			value = 1
		}
		gauge(d.readFailed, value, source)
	}
	b, err := d.readBacklog(ctx)
	missing("letters", err)
	if err == nil {
		gauge(d.state, float64(b.Waiting), "waiting")
		gauge(d.state, float64(b.Retried), "retried")
		gauge(d.state, float64(b.Failed), "failed")
		gauge(d.oldest, b.Oldest.Seconds())
	}
	n, err := d.countSessions(ctx)
	missing("sessions", err)
	if err == nil {
		gauge(d.open, float64(n))
	}
}
