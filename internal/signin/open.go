package signin

import (
	"context"
	"fmt"
)

// mostCounted is where counting sessions ends: beyond, it costs more than it tells.
const mostCounted = 100_000

// Open says how many sessions there are that aren't over.
func (s *Sessions) Open(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT count(*) FROM (SELECT FROM web_session WHERE expiry > now() AND revoked_at IS NULL LIMIT $1) open`, mostCounted).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("open sessions: %w", err)
	}
	return n, nil
}
