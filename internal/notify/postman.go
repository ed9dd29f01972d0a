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
	lookEvery     = time.Second
	bags          = 4                // letters sent at once
	limit         = time.Minute      // for one letter; the mailer has shorter ones of its own
	rescueAfter   = 5 * time.Minute  // a letter in the hands of a process that died goes back into the queue
	shortestWait  = 15 * time.Second // after the first failure
	longestWait   = time.Hour        // after many
	stopInPeace   = 15 * time.Second // to finish what is being sent
	stopInAnyCase = 5 * time.Second  // after that
)

// When letters that are done with are forgotten: they name people.
const (
	ForgetSent   = time.Hour
	ForgetUndone = 30 * 24 * time.Hour // for an operator to find those that couldn't be sent
)

// Pace is how fast the postman goes; zero values are the usual.
type Pace struct {
	LookEvery    time.Duration // how often he looks into the queue
	ShortestWait time.Duration // after the first failure of a letter; it doubles with each
}

// Postman sends the letters of the queue. Several may share it, in one process or in many: each letter is in one's hands at a time.
//
// A letter is sent at least once: if the process dies, or the mail server falls silent, between the server's taking a message
// and our noting it, the letter is sent again. It bears the same Message-ID then, by which many mailboxes show it once; SMTP
// has nothing better.
type Postman struct {
	client *river.Client[pgx.Tx]
}

// NewPostman prepares a postman, who starts with [Postman.Start]. Now is the date that letters bear.
func NewPostman(pool *pgxpool.Pool, letters Letters, mailer Mailer, pace Pace, log *slog.Logger, now func() time.Time) (*Postman, error) {
	round := &round{letters: letters, mailer: mailer, shortest: pace.ShortestWait, log: log, now: now}
	if round.shortest == 0 {
		round.shortest = shortestWait
	}
	if pace.LookEvery == 0 {
		pace.LookEvery = lookEvery
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, round); err != nil {
		return nil, fmt.Errorf("postman: %w", err)
	}
	client, err := river.NewClient(driver{riverpgxv5.New(pool)}, &river.Config{
		Queues:     map[string]river.QueueConfig{queueName: {MaxWorkers: bags}},
		Workers:    workers,
		PollOnly:   true,
		Logger:     slog.New(discreet{log.Handler()}),
		JobTimeout: limit, RescueStuckJobsAfter: rescueAfter, SoftStopTimeout: stopInPeace,
		FetchPollInterval: pace.LookEvery, FetchCooldown: min(pace.LookEvery, river.FetchCooldownDefault),
		CompletedJobRetentionPeriod: ForgetSent, CancelledJobRetentionPeriod: ForgetUndone, DiscardedJobRetentionPeriod: ForgetUndone,
		ReindexerIndexNames: []string{}, // rebuilding indexes is their owner's, which the application isn't
	})
	if err != nil {
		return nil, fmt.Errorf("postman: %w", err)
	}
	return &Postman{client: client}, nil
}

// Start sets the postman to work until [Postman.Stop]; the end of the context doesn't stop him.
func (p *Postman) Start(ctx context.Context) error {
	if err := p.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("postman: %w", err)
	}
	return nil
}

// Stop lets the postman finish what he is sending, for a while, and then takes it from him: it goes back into the queue.
// When the context ends he is stopped at once.
func (p *Postman) Stop(ctx context.Context) error {
	err := p.client.Stop(ctx)
	if err == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopInAnyCase)
	defer cancel()
	if err := p.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("postman: %w", err)
	}
	return nil
}

// round is one letter's way out of the house.
type round struct {
	river.WorkerDefaults[job]
	letters  Letters
	mailer   Mailer
	shortest time.Duration
	log      *slog.Logger
	now      func() time.Time
}

// Work sends a letter. Its errors are kept beside the letter and logged, and name nobody.
func (r *round) Work(ctx context.Context, j *river.Job[job]) error {
	message, err := r.letters.write(ctx, j.Args.ID, j.Args.Letter)
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
	undone := errors.Is(err, errUnsendable)
	if undone || j.Attempt >= j.MaxAttempts {
		level = slog.LevelError
	}
	r.log.LogAttrs(ctx, level, "letter not sent", slog.Int64("job", j.ID), slog.Int("attempt", j.Attempt), slog.Int("of", j.MaxAttempts), slog.Any("error", err))
	if undone {
		return river.JobCancel(err)
	}
	return err
}

// NextRetry is when a letter is tried again: later with each failure, up to an hour, and not all letters at the same moment.
func (r *round) NextRetry(j *river.Job[job]) time.Time {
	return r.now().Add(wait(r.shortest, j.JobRow))
}

// wait doubles with every attempt. Up to a third of it is taken away, by what letter and attempt say rather than by chance:
// letters that failed together don't all come back together.
func wait(shortest time.Duration, j *rivertype.JobRow) time.Duration {
	long := longestWait
	if doublings := max(j.Attempt, 1) - 1; doublings < 30 {
		long = min(shortest<<doublings, longestWait)
	}
	mix := fnv.New32a()
	_, _ = fmt.Fprintf(mix, "%d %d", j.ID, j.Attempt)
	return long - time.Duration(float64(long)/3*float64(mix.Sum32())/(1<<32))
}
