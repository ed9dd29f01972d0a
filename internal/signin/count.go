package signin

import (
	"context"
	"fmt"
)

// maxCounted is where counting sessions ends: beyond, it costs more than it tells.
const maxCounted = 100_000

// CountOpen says how many sessions there are that aren't over.
func (s *Sessions) CountOpen(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT count(*) FROM (SELECT FROM web_session WHERE expiry > now() AND revoked_at IS NULL LIMIT $1) open`, maxCounted).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("open sessions: %w", err)
	}
	return n, nil
}
