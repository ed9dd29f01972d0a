package observe

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"areariservata.example/utenti/internal/notify"
)

// scrapeTimeout is how long a scrape waits for the database. Metrics that are late are left out and reported as
// missing. The other metrics do not wait for them: they matter most when the database is in trouble.
const scrapeTimeout = time.Second

// Database collects metrics that are read from the database at each scrape. Every replica reports the same values: take
// their maximum, never their sum.
type Database struct {
	readBacklog   func(context.Context) (notify.Backlog, error)
	oldestEntry   func(context.Context) (time.Duration, error)
	countSessions func(context.Context) (int, error)

	state, oldest, outbox, open, readFailed *prometheus.Desc
}

// NewDatabase returns a collector that reads the e-mail queue, the outbox and the open sessions with the given functions.
func NewDatabase(
	readBacklog func(context.Context) (notify.Backlog, error), oldestEntry func(context.Context) (time.Duration, error),
	countSessions func(context.Context) (int, error),
) *Database {
	describe := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("areariservata_"+name, help, labels, nil)
	}
	return &Database{
		readBacklog: readBacklog, oldestEntry: oldestEntry, countSessions: countSessions,
		state: describe("emails",
			"E-mails in the queue by state: waiting, retried (failed at least once), failed (given up, kept 30 days). Up to 10000 each.",
			"state"),
		oldest: describe("emails_oldest_age_seconds", "Age of the oldest unsent e-mail; 0 if there is none."),
		outbox: describe("outbox_oldest_age_seconds",
			"Age of the oldest change of which something is still to be dispatched; 0 if there is none."),
		open:       describe("sessions_open", "Open sessions. Up to 100000."),
		readFailed: describe("database_metrics_missing", "1 if metrics could not be read from the database at this scrape.", "metrics"),
	}
}

// Describe implements [prometheus.Collector].
func (d *Database) Describe(to chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{d.state, d.oldest, d.outbox, d.open, d.readFailed} {
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
	missing("emails", err)
	if err == nil {
		gauge(d.state, float64(b.Waiting), "waiting")
		gauge(d.state, float64(b.Retried), "retried")
		gauge(d.state, float64(b.Failed), "failed")
		gauge(d.oldest, b.Oldest.Seconds())
	}
	age, err := d.oldestEntry(ctx)
	missing("outbox", err)
	if err == nil {
		gauge(d.outbox, age.Seconds())
	}
	n, err := d.countSessions(ctx)
	missing("sessions", err)
	if err == nil {
		gauge(d.open, float64(n))
	}
}
