package observe

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// SlowQueryTracer is a pgx tracer that logs statements slower than a limit, with their duration and number of rows. It
// never reads their arguments, which hold names and fiscal codes (rule D7).
type SlowQueryTracer struct {
	limit   time.Duration
	log     *slog.Logger
	request func(context.Context) string
	now     func() time.Time
}

// NewSlowQueryTracer logs statements slower than the limit. The function request gives the number of a statement's
// request, by which the log's lines belong together; empty if there is none.
func NewSlowQueryTracer(
	limit time.Duration, log *slog.Logger, request func(context.Context) string, now func() time.Time,
) *SlowQueryTracer {
	return &SlowQueryTracer{limit: limit, log: log, request: request, now: now}
}

type pendingQueryKey struct{}

// pendingQuery is a running statement or batch.
type pendingQuery struct {
	statement string
	batch     *pgx.Batch // nil: one statement
	startedAt time.Time
	rows      int64 // of a batch, so far
	err       error // of a batch, the first
}

// TraceQueryStart implements [pgx.QueryTracer].
func (s *SlowQueryTracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, pendingQueryKey{}, &pendingQuery{statement: data.SQL, startedAt: s.now()})
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (s *SlowQueryTracer) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if a, ok := ctx.Value(pendingQueryKey{}).(*pendingQuery); ok {
		a.rows, a.err = data.CommandTag.RowsAffected(), data.Err
		s.logIfSlow(ctx, a)
	}
}

// TraceBatchStart implements [pgx.BatchTracer]. A batch is logged as one: its results come together, so only the
// database's own log can show which of its statements was slow.
func (s *SlowQueryTracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	return context.WithValue(ctx, pendingQueryKey{}, &pendingQuery{batch: data.Batch, startedAt: s.now()})
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (s *SlowQueryTracer) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if a, ok := ctx.Value(pendingQueryKey{}).(*pendingQuery); ok {
		a.rows += data.CommandTag.RowsAffected()
		if a.err == nil {
			a.err = data.Err
		}
	}
}

// TraceBatchEnd implements [pgx.BatchTracer].
func (s *SlowQueryTracer) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	if a, ok := ctx.Value(pendingQueryKey{}).(*pendingQuery); ok {
		if a.err == nil {
			a.err = data.Err
		}
		s.logIfSlow(ctx, a)
	}
}

// logIfSlow logs a query over the limit. An error is logged by its SQLSTATE, because its text may quote personal data.
func (s *SlowQueryTracer) logIfSlow(ctx context.Context, a *pendingQuery) {
	took := s.now().Sub(a.startedAt)
	if took <= s.limit {
		return
	}
	attrs := []slog.Attr{slog.Float64("took_ms", float64(took.Microseconds())/1e3), slog.Int64("rows", a.rows)}
	if a.batch == nil {
		attrs = append(attrs, slog.String("statement", firstLine(a.statement)))
	} else {
		var lines []string
		for _, q := range a.batch.QueuedQueries {
			lines = append(lines, firstLine(q.SQL))
		}
		attrs = append(attrs, slog.Any("batch", lines))
	}
	if request := s.request(ctx); request != "" {
		attrs = append(attrs, slog.String("request", request))
	}
	if code := sqlState(a.err); code != "" {
		attrs = append(attrs, slog.String("code", code))
	}
	s.log.LogAttrs(ctx, slog.LevelWarn, "slow statement", attrs...)
}

// maxStatementSize is how much of a statement is logged, in bytes.
const maxStatementSize = 120

// firstLine returns a statement's first non-empty line, which identifies it. Our statements hold no values, only
// numbered arguments.
func firstLine(statement string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(statement), "\n")
	line = strings.TrimSpace(line)
	return strings.ToValidUTF8(line[:min(len(line), maxStatementSize)], "")
}
