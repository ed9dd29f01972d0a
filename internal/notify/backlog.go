package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Backlog is the number of e-mails in the queue by state. Each count stops at [MaxCounted]: a larger number changes
// nothing for an operator, and counting it would slow down the queue.
type Backlog struct {
	Waiting int           // never attempted, or being sent
	Retried int           // failed at least once; another attempt is due
	Failed  int           // no further attempt; kept for [FailedRetention]
	Oldest  time.Duration // age of the oldest unsent e-mail among those counted; 0 if there is none
}

// MaxCounted is the limit of each count of a [Backlog].
const MaxCounted = 10_000

// ReadBacklog counts the e-mails in the queue.
func ReadBacklog(ctx context.Context, pool *pgxpool.Pool) (Backlog, error) {
	var b Backlog
	var oldest float64
	err := pool.QueryRow(ctx, `
		WITH waiting AS (
			SELECT created_at FROM river_job WHERE queue = $1 AND state IN ('available', 'scheduled', 'pending', 'running') LIMIT $2),
			retried AS (SELECT created_at FROM river_job WHERE queue = $1 AND state = 'retryable' LIMIT $2),
			failed AS (SELECT 1 FROM river_job WHERE queue = $1 AND state IN ('discarded', 'cancelled') LIMIT $2)
		SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM retried), (SELECT count(*) FROM failed),
			coalesce(extract(epoch FROM greatest(interval '0',
				now() - (SELECT min(created_at) FROM (TABLE waiting UNION ALL TABLE retried) unsent))), 0)::float8`,
		queueName, MaxCounted).Scan(&b.Waiting, &b.Retried, &b.Failed, &oldest)
	if err != nil {
		return Backlog{}, fmt.Errorf("e-mail queue: %w", err)
	}
	b.Oldest = time.Duration(oldest * float64(time.Second))
	return b, nil
}
