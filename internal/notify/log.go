package notify

import (
	"context"
	"log/slog"
	"slices"
)

// discreet passes on what River says of itself, without what could name people: warnings and worse, with the attributes known to
// be harmless. What becomes of letters the postman says himself.
type discreet struct{ to slog.Handler }

// harmless are attributes that hold no part of a letter. Errors are those of the database, or our own, which name nobody.
func harmless() []string {
	return []string{"client_id", "err", "error", "job_id", "job_kind", "kind", "queue", "attempt", "sleep_duration", "num_jobs_discarded"}
}

// Enabled implements [slog.Handler].
func (d discreet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && d.to.Enabled(ctx, l)
}

// Handle implements [slog.Handler].
func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	said := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if slices.Contains(harmless(), a.Key) {
			said.AddAttrs(a)
		}
		return true
	})
	return d.to.Handle(ctx, said)
}

// WithAttrs implements [slog.Handler].
func (d discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	kept := slices.DeleteFunc(slices.Clone(attrs), func(a slog.Attr) bool { return !slices.Contains(harmless(), a.Key) })
	return discreet{d.to.WithAttrs(kept)}
}

// WithGroup implements [slog.Handler].
func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.to.WithGroup(name)} }
