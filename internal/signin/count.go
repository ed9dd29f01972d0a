package signin

import (
	"context"
	"fmt"
)

// maxCounted limits the count: an exact higher number is not worth its cost.
const maxCounted = 100_000

// CountOpen counts the open sessions, up to 100,000.
func (s *Sessions) CountOpen(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT count(*) FROM (SELECT 1 FROM web_session WHERE expiry > now() AND revoked_at IS NULL LIMIT $1) open`, maxCounted).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("open sessions: %w", err)
	}
	return n, nil
}
