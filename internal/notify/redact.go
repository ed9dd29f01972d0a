package notify

import (
	"context"
	"log/slog"
	"slices"
)

// redactingHandler passes on River's log lines from level Warn, with only those attributes that cannot hold personal
// data. The worker logs the result of each e-mail itself.
type redactingHandler struct{ next slog.Handler }

// safeAttributes are attributes that contain no part of an e-mail. Errors come from the database or from this package,
// and name no person.
func safeAttributes() []string {
	return []string{"client_id", "err", "error", "job_id", "job_kind", "kind", "queue", "attempt", "sleep_duration", "num_jobs_discarded"}
}

// Enabled implements [slog.Handler].
func (d redactingHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && d.next.Enabled(ctx, l)
}

// Handle implements [slog.Handler].
func (d redactingHandler) Handle(ctx context.Context, r slog.Record) error {
	redacted := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if slices.Contains(safeAttributes(), a.Key) {
			redacted.AddAttrs(a)
		}
		return true
	})
	return d.next.Handle(ctx, redacted)
}

// WithAttrs implements [slog.Handler].
func (d redactingHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	safe := slices.DeleteFunc(slices.Clone(attrs), func(a slog.Attr) bool { return !slices.Contains(safeAttributes(), a.Key) })
	return redactingHandler{d.next.WithAttrs(safe)}
}

// WithGroup implements [slog.Handler].
func (d redactingHandler) WithGroup(name string) slog.Handler {
	return redactingHandler{d.next.WithGroup(name)}
}
