// Package notify tells people by e-mail what was done to their roles (rule D6): the letters' words, the queue that they wait
// in, and the postman who sends them.
//
// A letter is queued in the transaction of the change that it tells of: none for a change that didn't happen, none lost for one
// that did. It says what was true at that moment; a removed person can no longer be looked up when it is
// sent. The queue holds names and addresses, so it forgets a letter soon after it was sent.
package notify

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"areariservata.example/utenti/internal/access"
)

// Email is what one letter tells, and to whom. Kind is what was done: Add welcomes, Assign, Suspend, Reactivate and Remove
// speak of a role; there is no letter for any other action.
type Email struct {
	Kind        access.Action
	Person      access.UserID // whom it is about: by it an erasure finds the letter
	Address     string
	Name        string          // as one is greeted
	Language    access.Language // empty: the default
	Institution string
	Product     access.Text
	Role        access.Text
	Last        bool // of a removal: the person is no longer a user of the institution
}

// How River knows the letters.
const (
	queueName = "letters"
	jobKind   = "letter"

	// maxAttempts last for about five days, at one an hour after the first six: as long as mail servers themselves try.
	maxAttempts = 120
)

// emailJob is a letter in the queue. ID makes the message's own, the same at every attempt: a letter that came twice can be told by it.
type emailJob struct {
	ID    string
	Email Email
}

// Kind is how River tells jobs apart.
func (emailJob) Kind() string { return jobKind }

// InsertOpts are how a letter waits.
func (emailJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueName, MaxAttempts: maxAttempts}
}

// driver is River's for pgx without NOTIFY, which would make all changes of the database take turns at their commit and
// means nothing behind a PgBouncer that shares connections: the postman looks for himself.
type driver struct{ *riverpgxv5.Driver }

// SupportsListener reports that the driver has no listener.
func (driver) SupportsListener() bool { return false }

// SupportsListenNotify reports that LISTEN and NOTIFY are not used.
func (driver) SupportsListenNotify() bool { return false }

// Queue takes letters.
type Queue struct{ client *river.Client[pgx.Tx] }

// NewQueue makes the queue's near end: it takes letters and sends none.
func NewQueue(pool *pgxpool.Pool) (*Queue, error) {
	client, err := river.NewClient(driver{riverpgxv5.New(pool)}, &river.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, fmt.Errorf("letters: %w", err)
	}
	return &Queue{client: client}, nil
}

// Enqueue queues letters as part of a transaction: they are sent if it is committed, and never were if it isn't.
func (q *Queue) Enqueue(ctx context.Context, tx pgx.Tx, emails ...Email) error {
	if len(emails) == 0 {
		return nil
	}
	jobs := make([]river.InsertManyParams, len(emails))
	for i, l := range emails {
		jobs[i].Args = emailJob{ID: rand.Text(), Email: l}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx, jobs); err != nil {
		return fmt.Errorf("queue letters: %w", err)
	}
	return nil
}

// DeleteFor takes the letters about a person out of the queue, as part of a transaction, whether they wait or were sent, and
// says how many there were. One that is just being sent still goes out.
func DeleteFor(ctx context.Context, tx pgx.Tx, person access.UserID) (int, error) {
	tag, err := tx.Exec(ctx, `DELETE FROM river_job WHERE kind = $1 AND args #>> '{Email,Person}' = $2`, jobKind, string(person))
	if err != nil {
		return 0, fmt.Errorf("forget letters: %w", err)
	}
	return int(tag.RowsAffected()), nil
}
