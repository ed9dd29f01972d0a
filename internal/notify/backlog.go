package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Backlog is what is in the queue. Each count goes up to [MaxCounted]: beyond, it matters no more how many there are, and
// counting would cost what the postman needs.
type Backlog struct {
	Waiting int           // to be sent for the first time, or being sent
	Retried int           // sent in vain at least once, and to be tried again
	Failed  int           // given up; see [FailedRetention]
	Oldest  time.Duration // age of the oldest that isn't sent, among those counted; 0 if there is none
}

// MaxCounted is where counting letters ends.
const MaxCounted = 10_000

// ReadBacklog reads what is in the queue.
func ReadBacklog(ctx context.Context, pool *pgxpool.Pool) (Backlog, error) {
	var b Backlog
	var oldest float64
	err := pool.QueryRow(ctx, `
		WITH waiting AS (
			SELECT created_at FROM river_job WHERE queue = $1 AND state IN ('available', 'scheduled', 'pending', 'running') LIMIT $2),
			retried AS (SELECT created_at FROM river_job WHERE queue = $1 AND state = 'retryable' LIMIT $2),
			failed AS (SELECT FROM river_job WHERE queue = $1 AND state IN ('discarded', 'cancelled') LIMIT $2)
		SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM retried), (SELECT count(*) FROM failed),
			coalesce(extract(epoch FROM greatest(interval '0',
				now() - (SELECT min(created_at) FROM (TABLE waiting UNION ALL TABLE retried) unsent))), 0)::float8`,
		queueName, MaxCounted).Scan(&b.Waiting, &b.Retried, &b.Failed, &oldest)
	if err != nil {
		return Backlog{}, fmt.Errorf("letters: %w", err)
	}
	b.Oldest = time.Duration(oldest * float64(time.Second))
	return b, nil
}
