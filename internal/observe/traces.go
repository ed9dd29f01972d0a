package observe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Traces sends the route of each request and its database statements to an OpenTelemetry collector: no more than the
// log has, never an address, an argument or an error's text (rule D7). A trace begins here: a request's own trace
// identifier and sampling flag are ignored.
//
// A nil *Traces traces nothing.
type Traces struct {
	provider *sdk.TracerProvider
	tracer   trace.Tracer
}

// NewTraces sends a share of all requests (1: all) to the collector at the address (OTLP over HTTP). Spans are sent in
// batches, some seconds later. Spans that cannot be sent are dropped, and that is logged: no request waits for the
// collector.
func NewTraces(ctx context.Context, collector string, share float64, log *slog.Logger) (*Traces, error) {
	endpoint, err := url.JoinPath(collector, "v1/traces")
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return nil, fmt.Errorf("traces: %w", err)
	}
	// The library has only this global handler.
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("traces", "error", err) }))
	provider := sdk.NewTracerProvider(
		sdk.WithBatcher(exporter),
		sdk.WithSampler(sdk.TraceIDRatioBased(share)),
		sdk.WithResource(resource.NewSchemaless(attribute.String("service.name", "areariservata"))),
	)
	return &Traces{provider: provider, tracer: provider.Tracer("areariservata")}, nil
}

// Close sends the remaining spans.
func (t *Traces) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Request begins the trace of a request with its number. Call end with the outcome after the response.
func (t *Traces) Request(ctx context.Context, number string) (traced context.Context, end func(method, route string, status int)) {
	if t == nil {
		return ctx, func(string, string, int) {}
	}
	ctx, span := t.tracer.Start(ctx, "request",
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.String("request", number)))
	return ctx, func(method, route string, status int) {
		if route == "" {
			route = "none" // not found
		}
		span.SetName(method + " " + route)
		span.SetAttributes(
			attribute.String("http.request.method", method), attribute.String("http.route", route),
			attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// Statements returns a pgx tracer that makes one span of each statement and of each batch.
func (t *Traces) Statements() pgx.QueryTracer { return statements{t.tracer} }

type statements struct{ tracer trace.Tracer }

func (s statements) begin(ctx context.Context, name string, attrs ...attribute.KeyValue) context.Context {
	attrs = append(attrs, attribute.String("db.system.name", "postgresql"))
	ctx, _ = s.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	return ctx
}

// end ends a span. An error is recorded by its SQLSTATE, because its text may quote personal data.
func end(ctx context.Context, rows int64, err error) {
	span := trace.SpanFromContext(ctx)
	span.SetAttributes(attribute.Int64("db.response.returned_rows", rows))
	if code := sqlState(err); code != "" {
		span.SetAttributes(attribute.String("db.response.status_code", code))
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// sqlState returns an error's SQLSTATE; "lost" if there was no response, because of the connection or a cancelled
// context.
func sqlState(err error) string {
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		return pg.Code
	case err != nil:
		return "lost"
	}
	return ""
}

// TraceQueryStart implements [pgx.QueryTracer].
func (s statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	return s.begin(ctx, firstLine(data.SQL))
}

// TraceQueryEnd implements [pgx.QueryTracer].
func (s statements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryEndData) {
	end(ctx, data.CommandTag.RowsAffected(), data.Err)
}

// batched sums up the results of a running batch.
type batched struct {
	rows int64
	err  error
}

type batchedKey struct{}

// TraceBatchStart implements [pgx.BatchTracer].
func (s statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	var lines []string
	for _, q := range data.Batch.QueuedQueries {
		lines = append(lines, firstLine(q.SQL))
	}
	ctx = s.begin(ctx, "batch", attribute.StringSlice("db.query.summary", lines))
	return context.WithValue(ctx, batchedKey{}, &batched{})
}

// TraceBatchQuery implements [pgx.BatchTracer].
func (s statements) TraceBatchQuery(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	if b, ok := ctx.Value(batchedKey{}).(*batched); ok {
		b.rows += data.CommandTag.RowsAffected()
		b.err = errors.Join(b.err, data.Err)
	}
}

// TraceBatchEnd implements [pgx.BatchTracer].
func (s statements) TraceBatchEnd(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	if b, ok := ctx.Value(batchedKey{}).(*batched); ok {
		end(ctx, b.rows, errors.Join(b.err, data.Err))
	}
}
