package observe

import (
	"runtime/debug"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
)

// Pool are the figures of a pool of connections, read when they are asked for.
func Pool(pool *pgxpool.Pool) []prometheus.Collector {
	gauge := func(name, help string, read func(*pgxpool.Stat) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "areariservata_db_" + name, Help: help}, func() float64 { return read(pool.Stat()) })
	}
	counter := func(name, help string, read func(*pgxpool.Stat) float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "areariservata_db_" + name, Help: help}, func() float64 { return read(pool.Stat()) })
	}
	return []prometheus.Collector{
		gauge("connections_in_use", "Connections that somebody holds.", func(s *pgxpool.Stat) float64 { return float64(s.AcquiredConns()) }),
		gauge("connections_idle", "Connections that wait to be used.", func(s *pgxpool.Stat) float64 { return float64(s.IdleConns()) }),
		gauge("connections_opening", "Connections that are being opened.", func(s *pgxpool.Stat) float64 { return float64(s.ConstructingConns()) }),
		gauge("connections_max", "Connections that there may be.", func(s *pgxpool.Stat) float64 { return float64(s.MaxConns()) }),
		counter("connections_opened_total", "Connections opened.", func(s *pgxpool.Stat) float64 { return float64(s.NewConnsCount()) }),
		counter("acquired_total", "Times that a connection was taken.", func(s *pgxpool.Stat) float64 { return float64(s.AcquireCount()) }),
		counter("acquired_late_total", "Times that none was free at once.", func(s *pgxpool.Stat) float64 { return float64(s.EmptyAcquireCount()) }),
		counter("acquire_given_up_total", "Times that somebody gave up waiting for one.", func(s *pgxpool.Stat) float64 { return float64(s.CanceledAcquireCount()) }),
		counter("acquire_seconds_total", "Time spent waiting for a connection.", func(s *pgxpool.Stat) float64 { return s.AcquireDuration().Seconds() }),
	}
}

// Build says what runs: always 1.
func Build() prometheus.Collector {
	version, revision, language := "unknown", "unknown", "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		version, language = info.Main.Version, info.GoVersion
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = s.Value
			}
		}
	}
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "areariservata_build_info", Help: "What runs; always 1.",
		ConstLabels: prometheus.Labels{"version": version, "revision": revision, "go": language},
	})
	g.Set(1)
	return g
}
