package observe

import (
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
)

// Set by the linker (-X) where the sources have no history, as in an image. Otherwise the compiler's stamp is used.
var (
	linkedVersion string
	linkedCommit  string
	linkedDate    string
)

const unknown = "unknown"

// Build identifies the sources of the running program.
type Build struct {
	Version string // the release's tag, or Go's pseudo-version of the commit
	Commit  string // the commit's hash, with "+changed" where files differed from it
	Date    string // of the commit, RFC 3339
	Go      string // the compiler
}

// ReadBuild reads the program's stamp. Unknown values are "unknown".
func ReadBuild() Build {
	b := Build{Version: unknown, Commit: unknown, Date: unknown, Go: unknown}
	if info, ok := debug.ReadBuildInfo(); ok {
		b = readStamp(info)
	}
	for value, linked := range map[*string]string{&b.Version: linkedVersion, &b.Commit: linkedCommit, &b.Date: linkedDate} {
		if linked != "" {
			*value = linked
		}
	}
	return b
}

func readStamp(info *debug.BuildInfo) Build {
	b := Build{Version: unknown, Commit: unknown, Date: unknown, Go: info.GoVersion}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = v
	}
	changed := ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				changed = "+changed"
			}
		}
	}
	b.Commit += changed
	return b
}

// String formats the build in one line.
func (b Build) String() string {
	return "areariservata " + b.Version + ", commit " + b.Commit + " of " + b.Date + ", " + b.Go
}

// Collector returns the build as a metric. Its value is always 1.
func (b Build) Collector() prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "areariservata_build_info", Help: "Version of the running program; always 1.",
		ConstLabels: prometheus.Labels{"version": b.Version, "revision": b.Commit, "date": b.Date, "go": b.Go},
	})
	g.Set(1)
	return g
}
