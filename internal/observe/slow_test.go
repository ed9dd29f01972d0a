package observe_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/observe"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// logBuffer keeps the logged lines.
type logBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// line is the log's line of a slow statement.
type line struct {
	Statement, Request, Code string
	Batch                    []string
	Rows                     int
	Took                     float64 `json:"took_ms"`
}

func inMilliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func (l *logBuffer) lines(t *testing.T) (all []line) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for decoder := json.NewDecoder(strings.NewReader(l.text.String())); decoder.More(); {
		var one line
		if err := decoder.Decode(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

// number replaces the request numbers of package server.
func number(context.Context) string { return "NUMBER" }

// sleepTime, in seconds, is longer than the limit, and an empty statement takes far less than the limit.
const limit, sleepTime = time.Second, "1.2"

// openTraced opens a database whose slow statements are logged.
func openTraced(t *testing.T, log *logBuffer) *pgxpool.Pool {
	t.Helper()
	tracer := observe.NewSlowQueryTracer(limit, slog.New(slog.NewJSONHandler(log, nil)), number, time.Now)
	pool, err := store.Open(pgtest.New(t).AppURL, tracer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func TestAStatementOverTheLimitIsLoggedWithoutItsArguments(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	pool := openTraced(t, log)
	const secret = "RSSMRA80A01H501U"
	_, err := pool.Exec(t.Context(), `
		SELECT g, pg_sleep(`+sleepTime+` / 2), $1::text
		FROM generate_series(1, 2) g`, secret)
	if err != nil {
		t.Fatal(err)
	}
	got := log.lines(t)
	if len(got) != 1 {
		t.Fatalf("%d lines: %s", len(got), log.text.String())
	}
	want := line{Statement: "SELECT g, pg_sleep(" + sleepTime + " / 2), $1::text", Rows: 2, Took: got[0].Took, Request: "NUMBER"}
	if diff := cmp.Diff(want, got[0]); diff != "" || got[0].Took < inMilliseconds(limit) {
		t.Errorf("took %v ms (-want +got):\n%s", got[0].Took, diff)
	}
	if strings.Contains(log.text.String(), secret) {
		t.Error("the log has an argument")
	}
}

func TestASlowBatchIsLoggedAsOneWithItsStatements(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	pool := openTraced(t, log)
	const secret = "Anna Bianchi"
	batch := &pgx.Batch{}
	batch.Queue("SELECT 1")
	batch.Queue("SELECT pg_sleep("+sleepTime+"), $1::text", secret)
	if err := pool.SendBatch(t.Context(), batch).Close(); err != nil {
		t.Fatal(err)
	}
	got := log.lines(t)
	if len(got) != 1 {
		t.Fatalf("%d lines: %s", len(got), log.text.String())
	}
	want := []string{"SELECT 1", "SELECT pg_sleep(" + sleepTime + "), $1::text"}
	if l := got[0]; !slices.Equal(l.Batch, want) || l.Rows != 2 || l.Took < inMilliseconds(limit) || l.Request != "NUMBER" ||
		l.Statement != "" {
		t.Errorf("%+v", l)
	}
	if strings.Contains(log.text.String(), secret) {
		t.Error("the log has an argument")
	}
	quick := &pgx.Batch{}
	quick.Queue("SELECT 1")
	if err := pool.SendBatch(t.Context(), quick).Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(log.lines(t)); n != 1 {
		t.Errorf("a quick batch is logged: %s", log.text.String())
	}
}

// A statement that fails or is cancelled is logged by its SQLSTATE, because an error's text quotes the arguments.
func TestASlowStatementThatFailsIsLoggedWithItsCodeOnly(t *testing.T) {
	t.Parallel()
	log := &logBuffer{}
	pool := openTraced(t, log)
	const secret = "Anna Bianchi"
	_, err := pool.Exec(t.Context(), `SELECT ($1::text || left(pg_sleep(`+sleepTime+`)::text, 0))::uuid`, secret)
	if err == nil || !strings.Contains(err.Error(), secret) {
		t.Fatalf("the error does not quote the argument: %v", err)
	}
	if got := log.lines(t); len(got) != 1 || got[0].Code != "22P02" || strings.Contains(log.text.String(), secret) {
		t.Errorf("logged: %s", log.text.String())
	}
	_, err = pool.Exec(t.Context(), `SELECT pg_sleep(20)`) // longer than the statement timeout
	if err == nil {
		t.Fatal("the statement was not cancelled")
	}
	if got := log.lines(t); len(got) != 2 || got[1].Code != "57014" {
		t.Errorf("logged: %s", log.text.String())
	}
}
