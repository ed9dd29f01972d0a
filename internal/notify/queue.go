// Package notify sends people e-mails about changes to their roles (rule D6): it has the texts, the queue and the
// worker that sends them.
//
// A change posts its e-mails to the outbox, in its own transaction: a change that is rolled back sends none, and a committed
// change loses none. The outbox dispatches them to the queue. Names and addresses are copied into the job, because a removed
// person can no longer be looked up when the e-mail is sent. They are personal data, so a job is deleted soon after the
// e-mail was sent.
package notify

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store/outbox"
)

// Email is the content of one e-mail and its recipient. Kind is the action it reports: Add is the welcome; Assign,
// ChangeRole, Suspend, Reactivate and Remove are about roles. Other actions send no e-mail.
type Email struct {
	Kind        access.Action
	User        access.UserID // the user the e-mail is about, by whom [DeleteFor] finds it
	Address     string
	Name        string          // for the greeting
	Language    access.Language // empty: the default language
	Institution string
	Roles       []Role // those of the change
	From        []Role // of a change of role: those before it
	Others      bool   // the person holds other roles in the institution
	Closed      bool   // the person has no active role in the institution
	Last        bool   // of a removal: the person is no longer a user of the institution
	Form        string // of several changes: e-mails of one form to one mailbox are merged; empty: never
}

// Role is a role of a product, as the catalogue calls both.
type Role struct{ Product, Role access.Text }

// The names of the queue and of its jobs in River's tables.
const (
	queueName = "emails"
	jobKind   = "email"

	// maxAttempts takes about five days, with an attempt an hour after the first six: as long as mail servers retry.
	maxAttempts = 120

	// An e-mail that may be merged waits for the rest of its form, which has two minutes at most.
	mergeDelay = 2 * time.Minute
	maxMerged  = 100 // e-mails in one
)

// emailJob is the job of an e-mail. ID becomes the Message-ID, the same at every attempt, so that a mailbox can
// recognise a duplicate.
type emailJob struct {
	ID    string
	Email Email
	More  []Email `json:",omitempty"` // merged with it: the other e-mails of the form to the mailbox
}

// emails are all e-mails of the job.
func (j emailJob) emails() []Email { return append([]Email{j.Email}, j.More...) }

// Kind implements [river.JobArgs].
func (emailJob) Kind() string { return jobKind }

// InsertOpts implements River's JobArgsWithInsertOpts.
func (emailJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueName, MaxAttempts: maxAttempts}
}

// driver is River's driver for pgx without NOTIFY: NOTIFY serialises the commits of all transactions, and does not work
// through a PgBouncer in transaction mode. The worker polls instead.
type driver struct{ *riverpgxv5.Driver }

// SupportsListener reports that the driver has no listener.
func (driver) SupportsListener() bool { return false }

// SupportsListenNotify reports that LISTEN and NOTIFY are not used.
func (driver) SupportsListenNotify() bool { return false }

// Queue adds e-mails to the queue.
type Queue struct{ client *river.Client[pgx.Tx] }

// NewQueue returns a queue that can only add e-mails; a [Worker] sends them.
func NewQueue(pool *pgxpool.Pool) (*Queue, error) {
	client, err := river.NewClient(driver{riverpgxv5.New(pool)}, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("e-mail queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// Post is the outbox's entry for an e-mail.
func Post(e Email) (outbox.Entry, error) {
	content, err := json.Marshal(emailJob{ID: rand.Text(), Email: e})
	if err != nil {
		return outbox.Entry{}, fmt.Errorf("e-mail: %w", err)
	}
	return outbox.Entry{Kind: outbox.Email, Payload: outbox.Payload{Email: content}}, nil
}

// Dispatch queues the e-mail of an entry of the outbox. An e-mail of a form with several changes is merged with the form's
// others to the same mailbox, so that no form sends hundreds there.
func (q *Queue) Dispatch(ctx context.Context, tx pgx.Tx, entry outbox.Entry) error {
	var job emailJob
	if err := json.Unmarshal(entry.Payload.Email, &job); err != nil {
		return fmt.Errorf("e-mail: %w", err)
	}
	params := river.InsertManyParams{Args: job}
	if job.Email.Form != "" {
		isMerged, sendAt, err := merge(ctx, tx, job.Email)
		if err != nil {
			return fmt.Errorf("merge e-mails: %w", err)
		}
		if isMerged {
			return nil
		}
		params.InsertOpts = &river.InsertOpts{ScheduledAt: sendAt}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, []river.InsertManyParams{params}); err != nil {
		return fmt.Errorf("queue e-mails: %w", err)
	}
	return nil
}
