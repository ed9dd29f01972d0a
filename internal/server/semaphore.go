package server

import (
	"context"
	"time"
)

// semaphore lets only as many files be made at the same time as it has room for: each costs memory and the database's time.
type semaphore chan struct{}

// semaphoreTimeout is how long somebody waits for their turn.
const semaphoreTimeout = 10 * time.Second

// Acquire waits for a turn. Who takes one gives it back.
func (t semaphore) Acquire(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, semaphoreTimeout)
	defer cancel()
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t semaphore) Release() { <-t }
