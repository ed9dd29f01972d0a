package notify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	netmail "net/mail"
	"os"
	"os/signal"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/pgtest"
)

func TestMain(m *testing.M) {
	if url := os.Getenv("TEST_WORKER_DATABASE"); url != "" {
		os.Exit(runWorkerProcess(url, os.Getenv("TEST_WORKER_SMTP")))
	}
	os.Exit(pgtest.Main(m))
}

// runWorkerProcess runs a worker in a process of its own, which a test can kill.
func runWorkerProcess(url, address string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	pool, err := pgxpool.New(ctx, url)
	if err == nil {
		var p *Worker
		if p, err = newTestWorker(pool, mailer(address), slog.New(slog.DiscardHandler)); err == nil {
			err = p.Start(ctx)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	<-ctx.Done()
	return 0
}

func mailer(address string) SMTP {
	return SMTP{
		Address: address, From: netmail.Address{Name: "Area Riservata", Address: "nessuna-risposta@example.it"}, TLS: NoTLS,
	}
}

func newTestWorker(pool *pgxpool.Pool, m Mailer, log *slog.Logger) (*Worker, error) {
	emails := Renderer{SiteURL: "https://utenti.example.it"}
	return NewWorker(pool, emails, m, WorkerOptions{PollInterval: 10 * time.Millisecond, MinRetryDelay: 10 * time.Millisecond}, log, time.Now)
}

// startWorker starts a worker that is stopped when the test ends.
func startWorker(t *testing.T, pool *pgxpool.Pool, m Mailer, log ...io.Writer) *Worker {
	t.Helper()
	handler := slog.DiscardHandler
	if len(log) > 0 {
		handler = slog.NewJSONHandler(log[0], &slog.HandlerOptions{Level: slog.LevelDebug})
	}
	p, err := newTestWorker(pool, m, slog.New(handler))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop(context.Background()) })
	return p
}

// testEmail is an e-mail to a person with this name.
func testEmail(name string) Email {
	return Email{
		Kind:        access.Suspend,
		Address:     strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@comune.example.it",
		Name:        name,
		Institution: "Comune di Prova",
		Roles: []Role{{
			Product: access.Text{It: "SEND", En: "SEND"}, Role: access.Text{It: "Amministratore", En: "Administrator"},
		}},
	}
}

// enqueue queues e-mails in a transaction and commits it or rolls it back.
func enqueue(t *testing.T, pool *pgxpool.Pool, commit bool, emails ...Email) {
	t.Helper()
	q, err := NewQueue(pool)
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), pool, func(tx pgx.Tx) error {
		for _, e := range emails {
			entry, err := Post(e)
			if err != nil {
				return err
			}
			if err := q.Dispatch(t.Context(), tx, entry); err != nil {
				return err
			}
		}
		if !commit {
			return errRolledBack
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRolledBack) {
		t.Fatal(err)
	}
}

var errRolledBack = errors.New("rolled back")

// number runs a query of one integer as the owner of the database.
func number(t *testing.T, db *pgtest.DB, sql string, args ...any) (n int) {
	t.Helper()
	if err := db.Owner.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// isSent returns a condition: n jobs are completed.
func isSent(t *testing.T, db *pgtest.DB, n int) func() bool {
	return func() bool {
		return number(t, db, `SELECT count(*) FROM river_job WHERE state = 'completed'`) == n
	}
}

func failures(t *testing.T, db *pgtest.DB) int {
	return number(t, db, `SELECT coalesce(sum(coalesce(array_length(errors, 1), 0)), 0) FROM river_job`)
}

// lockedBuffer is a buffer that can be read while another goroutine writes to it.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buffer.String()
}
