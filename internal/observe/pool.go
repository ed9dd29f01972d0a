package observe

import (
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Pool returns collectors of a connection pool's metrics, read at each scrape.
func Pool(pool *pgxpool.Pool) []prometheus.Collector {
	gauge := func(name, help string, read func(*pgxpool.Stat) float64) prometheus.Collector {
		options := prometheus.GaugeOpts{Name: "areariservata_db_" + name, Help: help}
		return prometheus.NewGaugeFunc(options, func() float64 { return read(pool.Stat()) })
	}
	counter := func(name, help string, read func(*pgxpool.Stat) float64) prometheus.Collector {
		options := prometheus.CounterOpts{Name: "areariservata_db_" + name, Help: help}
		return prometheus.NewCounterFunc(options, func() float64 { return read(pool.Stat()) })
	}
	return []prometheus.Collector{
		gauge("connections_in_use", "Acquired connections.",
			func(s *pgxpool.Stat) float64 { return float64(s.AcquiredConns()) }),
		gauge("connections_idle", "Idle connections.",
			func(s *pgxpool.Stat) float64 { return float64(s.IdleConns()) }),
		gauge("connections_opening", "Connections that are being opened.",
			func(s *pgxpool.Stat) float64 { return float64(s.ConstructingConns()) }),
		gauge("connections_max", "Maximum number of connections.",
			func(s *pgxpool.Stat) float64 { return float64(s.MaxConns()) }),
		counter("connections_opened_total", "Connections opened.",
			func(s *pgxpool.Stat) float64 { return float64(s.NewConnsCount()) }),
		counter("acquired_total", "Connections acquired.",
			func(s *pgxpool.Stat) float64 { return float64(s.AcquireCount()) }),
		counter("acquired_late_total", "Connections acquired after a wait.",
			func(s *pgxpool.Stat) float64 { return float64(s.EmptyAcquireCount()) }),
		counter("acquire_given_up_total", "Waits for a connection that were given up.",
			func(s *pgxpool.Stat) float64 { return float64(s.CanceledAcquireCount()) }),
		counter("acquire_seconds_total", "Time spent waiting for a connection.",
			func(s *pgxpool.Stat) float64 { return s.AcquireDuration().Seconds() }),
	}
}
