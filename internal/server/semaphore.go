package server

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"
)

// acquireTimeout is how long a request waits for a slot.
const acquireTimeout = 10 * time.Second

// acquire waits for a slot. The caller releases it.
func acquire(ctx context.Context, slots *semaphore.Weighted) error {
	ctx, cancel := context.WithTimeout(ctx, acquireTimeout)
	defer cancel()
	return slots.Acquire(ctx, 1)
}
