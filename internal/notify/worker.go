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

// How the postman goes about it.
const (
	pollInterval    = time.Second
	concurrency     = 4                // letters sent at once
	sendTimeout     = time.Minute      // for one letter; the mailer has shorter ones of its own
	rescueAfter     = 5 * time.Minute  // a letter in the hands of a process that died goes back into the queue
	minRetryDelay   = 15 * time.Second // after the first failure
	maxRetryDelay   = time.Hour        // after many
	softStopTimeout = 15 * time.Second // to finish what is being sent
	hardStopTimeout = 5 * time.Second  // after that
)

// When letters that are done with are forgotten: they name people.
const (
	SentRetention   = time.Hour
	FailedRetention = 30 * 24 * time.Hour // for an operator to find those that couldn't be sent
)

// WorkerOptions is how fast the postman goes; zero values are the usual.
type WorkerOptions struct {
	PollInterval  time.Duration // how often he looks into the queue
	MinRetryDelay time.Duration // after the first failure of a letter; it doubles with each
}

// Worker sends the letters of the queue. Several may share it, in one process or in many: each letter is in one's hands at a time.
//
// A letter is sent at least once: if the process dies, or the mail server falls silent, between the server's taking a message
// and our noting it, the letter is sent again. It bears the same Message-ID then, by which many mailboxes show it once; SMTP
// has nothing better.
type Worker struct {
	client *river.Client[pgx.Tx]
}

// NewWorker prepares a postman, who starts with [Worker.Start]. Now is the date that letters bear.
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
		return nil, fmt.Errorf("postman: %w", err)
	}
	client, err := river.NewClient(driver{riverpgxv5.New(pool)}, &river.Config{
		Queues:     map[string]river.QueueConfig{queueName: {MaxWorkers: concurrency}},
		Workers:    workers,
		PollOnly:   true,
		Logger:     slog.New(redactingHandler{log.Handler()}),
		JobTimeout: sendTimeout, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: softStopTimeout,
		FetchPollInterval: options.PollInterval, FetchCooldown: min(options.PollInterval, river.FetchCooldownDefault),
		CompletedJobRetentionPeriod: SentRetention, CancelledJobRetentionPeriod: FailedRetention, DiscardedJobRetentionPeriod: FailedRetention,
		ReindexerIndexNames: []string{}, // rebuilding indexes is their owner's, which the application isn't
	})
	if err != nil {
		return nil, fmt.Errorf("postman: %w", err)
	}
	return &Worker{client: client}, nil
}

// Start sets the postman to work until [Worker.Stop]; the end of the context doesn't stop him.
func (p *Worker) Start(ctx context.Context) error {
	if err := p.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("postman: %w", err)
	}
	return nil
}

// Stop lets the postman finish what he is sending, for a while, and then takes it from him: it goes back into the queue.
// When the context ends he is stopped at once.
func (p *Worker) Stop(ctx context.Context) error {
	err := p.client.Stop(ctx)
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStopTimeout)
	defer cancel()
	if err := p.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("postman: %w", err)
	}
	return nil
}

// sendJob is one letter's way out of the house.
type sendJob struct {
	river.WorkerDefaults[emailJob]
	renderer      Renderer
	mailer        Mailer
	minRetryDelay time.Duration
	log           *slog.Logger
	now           func() time.Time
}

// Work sends an e-mail. Its errors are kept beside the job and logged, and name no person.
func (r *sendJob) Work(ctx context.Context, j *river.Job[emailJob]) error {
	message, err := r.renderer.render(ctx, j.Args.ID, j.Args.Email)
	if err != nil {
		err = errors.Join(errUnsendable, err)
	} else {
		err = r.mailer.Send(ctx, message, r.now())
	}
	if err == nil {
		return nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // told to stop: it is no failure of the letter's
	}
	level := slog.LevelWarn
	isUnsendable := errors.Is(err, errUnsendable)
	if isUnsendable || j.Attempt >= j.MaxAttempts {
		level = slog.LevelError
	}
	r.log.LogAttrs(
		ctx,
		level,
		"letter not sent",
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

// NextRetry is when a letter is tried again: later with each failure, up to an hour, and not all letters at the same moment.
func (r *sendJob) NextRetry(j *river.Job[emailJob]) time.Time {
	return r.now().Add(retryDelay(r.minRetryDelay, j.JobRow))
}

// retryDelay doubles with every attempt. Up to a third of it is taken away, by what letter and attempt say rather than by chance:
// letters that failed together don't all come back together.
func retryDelay(minDelay time.Duration, j *rivertype.JobRow) time.Duration {
	delay := maxRetryDelay
	if doublings := max(j.Attempt, 1) - 1; doublings < 30 {
		delay = min(minDelay<<doublings, maxRetryDelay)
	}
	mix := fnv.New32a()
	_, _ = fmt.Fprintf(mix, "%d %d", j.ID, j.Attempt)
	return delay - time.Duration(float64(delay)/3*float64(mix.Sum32())/(1<<32))
}
