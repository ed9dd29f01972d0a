package observe

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Slow is a tracer of pgx that logs the statements which take longer than a limit: what they are, how long they took, how
// many rows they gave or changed. What they were asked with is never read: it holds names and fiscal codes (rule D7).
type Slow struct {
	limit   time.Duration
	log     *slog.Logger
	request func(context.Context) string
	now     func() time.Time
}

// NewSlow logs what takes longer than the limit. Request is the number of the request that a statement belongs to, empty
// if it is nobody's: by it a slow statement is found beside the line of its request.
func NewSlow(limit time.Duration, log *slog.Logger, request func(context.Context) string, now func() time.Time) *Slow {
	return &Slow{limit: limit, log: log, request: request, now: now}
}

type slowKey struct{}

// asked is a statement or a batch under way.
type asked struct {
	statement string
	batch     *pgx.Batch // nil: one statement
	since     time.Time
	rows      int64 // of a batch, so far
	err       error // of a batch, the first
}

// TraceQueryStart implements [pgx.QueryTracer].
func (s *Slow) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, slowKey{}, &asked{statement: data.SQL, since: s.now()})
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (s *Slow) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	if a, ok := ctx.Value(slowKey{}).(*asked); ok {
		a.rows, a.err = data.CommandTag.RowsAffected(), data.Err
		s.tell(ctx, a)
	}
}

// TraceBatchStart implements [pgx.BatchTracer]. A batch is told as one: its answers come together, so that nobody here can
// say which of its statements was the slow one. The database's own log can.
func (s *Slow) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	return context.WithValue(ctx, slowKey{}, &asked{batch: data.Batch, since: s.now()})
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (s *Slow) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if a, ok := ctx.Value(slowKey{}).(*asked); ok {
		a.rows += data.CommandTag.RowsAffected()
		if a.err == nil {
			a.err = data.Err
		}
	}
}

// TraceBatchEnd implements [pgx.BatchTracer].
func (s *Slow) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	if a, ok := ctx.Value(slowKey{}).(*asked); ok {
		if a.err == nil {
			a.err = data.Err
		}
		s.tell(ctx, a)
	}
}

// tell logs what took too long. Of an error it says the database's code: the text may quote what was written.
func (s *Slow) tell(ctx context.Context, a *asked) {
	took := s.now().Sub(a.since)
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
	if code := codeOf(a.err); code != "" {
		attrs = append(attrs, slog.String("code", code))
	}
	s.log.LogAttrs(ctx, slog.LevelWarn, "slow statement", attrs...)
}

// statementSize is how much of a statement is logged, in bytes.
const statementSize = 120

// firstLine is what tells a statement from others: its first line that isn't empty. Queries of ours hold no value, only
// numbers of arguments.
func firstLine(statement string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(statement), "\n")
	line = strings.TrimSpace(line)
	return strings.ToValidUTF8(line[:min(len(line), statementSize)], "")
}
