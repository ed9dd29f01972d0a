package observe

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// SlowQueryTracer is a tracer of pgx that logs the statements which take longer than a limit: what they are, how long they took, how
// many rows they gave or changed. What they were asked with is never read: it holds names and fiscal codes (rule D7).
type SlowQueryTracer struct {
	limit   time.Duration
	log     *slog.Logger
	request func(context.Context) string
	now     func() time.Time
}

// NewSlowQueryTracer logs what takes longer than the limit. Request is the number of the request that a statement belongs to, empty
// if it is nobody's: by it a slow statement is found beside the line of its request.
func NewSlowQueryTracer(limit time.Duration, log *slog.Logger, request func(context.Context) string, now func() time.Time) *SlowQueryTracer {
	return &SlowQueryTracer{limit: limit, log: log, request: request, now: now}
}

type pendingQueryKey struct{}

// pendingQuery is a statement or a batch under way.
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

// TraceBatchStart implements [pgx.BatchTracer]. A batch is told as one: its answers come together, so that nobody here can
// say which of its statements was the slow one. The database's own log can.
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

// logIfSlow logs what took too long. Of an error it says the database's code: the text may quote what was written.
func (s *SlowQueryTracer) logIfSlow(ctx context.Context, a *pendingQuery) {
	took := s.now().Sub(a.startedAt)
	if took <= s.limit {
		return
	}
	attrs := []slog.Attr{slog.Duration("took", took.Round(time.Microsecond)), slog.Int64("rows", a.rows)}
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

// firstLine is what tells a statement from others: its first line that isn't empty. Queries of ours hold no value, only
// numbers of arguments.
func firstLine(statement string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(statement), "\n")
	line = strings.TrimSpace(line)
	return strings.ToValidUTF8(line[:min(len(line), maxStatementSize)], "")
}
