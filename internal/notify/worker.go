package notify

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

// How the worker polls, retries and stops.
const (
	pollInterval    = time.Second
	concurrency     = 4                // e-mails sent at the same time
	sendTimeout     = time.Minute      // for one e-mail; the mailer's timeouts are shorter
	rescueAfter     = 5 * time.Minute  // the job of a process that died returns to the queue
	minRetryDelay   = 15 * time.Second // after the first failure
	maxRetryDelay   = time.Hour        // after many failures
	softStopTimeout = 15 * time.Second // for the e-mails being sent
	hardStopTimeout = 5 * time.Second  // after softStopTimeout
)

// How long finished jobs are kept: they contain personal data.
const (
	SentRetention   = time.Hour
	FailedRetention = 30 * 24 * time.Hour // so that an operator can look at e-mails that could not be sent
)

// WorkerOptions sets how often a worker polls and retries. A zero value is the default.
type WorkerOptions struct {
	PollInterval  time.Duration // between two reads of the queue
	MinRetryDelay time.Duration // after the first failure of an e-mail; doubles with each failure
}

// Worker sends the queued e-mails. Several workers, in one or in many processes, can share the queue: each job is run
// by one worker at a time.
//
// Delivery is at least once: if the process dies or the mail server stops responding between the server's acceptance
// and the completion of the job, the e-mail is sent again, with the same Message-ID, by which many mailboxes hide the
// duplicate. SMTP offers nothing better.
type Worker struct {
	client *river.Client[pgx.Tx]
}

// NewWorker returns a worker, which [Worker.Start] starts. now gives the Date of the messages.
func NewWorker(
	pool *pgxpool.Pool,
	emails Renderer,
	mailer Mailer,
	options WorkerOptions,
	log *slog.Logger,
	now func() time.Time,
) (*Worker, error) {
	worker := &sendJob{renderer: emails, mailer: mailer, minRetryDelay: options.MinRetryDelay, log: log, now: now}
	if worker.minRetryDelay == 0 {
		worker.minRetryDelay = minRetryDelay
	}
	if options.PollInterval == 0 {
		options.PollInterval = pollInterval
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, worker); err != nil {
		return nil, fmt.Errorf("e-mail worker: %w", err)
	}
	client, err := river.NewClient(driver{riverpgxv5.New(pool)}, &river.Config{
		Queues:     map[string]river.QueueConfig{queueName: {MaxWorkers: concurrency}},
		Workers:    workers,
		PollOnly:   true,
		Logger:     slog.New(redactingHandler{log.Handler()}),
		JobTimeout: sendTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: softStopTimeout,
		FetchPollInterval: options.PollInterval, FetchCooldown: min(options.PollInterval, river.FetchCooldownDefault),
		CompletedJobRetentionPeriod: SentRetention, CancelledJobRetentionPeriod: FailedRetention, DiscardedJobRetentionPeriod: FailedRetention,
		ReindexerIndexNames: []string{}, // only the owner of an index can rebuild it, and the application's role owns none
	})
	if err != nil {
		return nil, fmt.Errorf("e-mail worker: %w", err)
	}
	return &Worker{client: client}, nil
}

// Start starts the worker. It runs until [Worker.Stop], even if ctx ends.
func (p *Worker) Start(ctx context.Context) error {
	if err := p.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("e-mail worker: %w", err)
	}
	return nil
}

// Stop waits softStopTimeout for the e-mails being sent, then cancels them; they return to the queue. If ctx ends, they
// are cancelled at once.
func (p *Worker) Stop(ctx context.Context) error {
	err := p.client.Stop(ctx)
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStopTimeout)
	defer cancel()
	if err := p.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("e-mail worker: %w", err)
	}
	return nil
}

// sendJob delivers one e-mail.
type sendJob struct {
	river.WorkerDefaults[emailJob]
	renderer      Renderer
	mailer        Mailer
	minRetryDelay time.Duration
	log           *slog.Logger
	now           func() time.Time
}

// Work sends an e-mail. Its errors are stored with the job and logged, so they contain no personal data.
func (r *sendJob) Work(ctx context.Context, j *river.Job[emailJob]) error {
	message, err := r.renderer.render(ctx, j.Args.ID, j.Args.emails()...)
	if err != nil {
		err = errors.Join(errUnsendable, err)
	} else {
		err = r.mailer.Send(ctx, message, r.now())
	}
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the worker is stopping: not a failure of this e-mail
	}
	level := slog.LevelWarn
	isUnsendable := errors.Is(err, errUnsendable)
	if isUnsendable || j.Attempt >= j.MaxAttempts {
		level = slog.LevelError
	}
	r.log.LogAttrs(
		ctx,
		level,
		"e-mail not sent",
		slog.Int64("job", j.ID),
		slog.Int("attempt", j.Attempt),
		slog.Int("of", j.MaxAttempts),
		slog.Any("error", err),
	)
	if isUnsendable {
		return river.JobCancel(err)
	}
	return err
}

// NextRetry implements [river.Worker]. The delay grows with each failure, up to an hour.
func (r *sendJob) NextRetry(j *river.Job[emailJob]) time.Time {
	return r.now().Add(retryDelay(r.minRetryDelay, j.JobRow))
}

// retryDelay doubles with every attempt. A hash of job and attempt shortens it by up to a third, so that e-mails that
// failed together are not all retried together.
func retryDelay(minDelay time.Duration, j *rivertype.JobRow) time.Duration {
	delay := maxRetryDelay
	if doublings := max(j.Attempt, 1) - 1; doublings < 30 {
		delay = min(minDelay<<doublings, maxRetryDelay)
	}
	mix := fnv.New32a()
	_, _ = fmt.Fprintf(mix, "%d %d", j.ID, j.Attempt)
	return delay - time.Duration(float64(delay)/3*float64(mix.Sum32())/(1<<32))
}
