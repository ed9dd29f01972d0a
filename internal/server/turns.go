package server

import (
	"context"
	"time"
)

// turns lets only as many files be made at the same time as it has room for: each costs memory and the database's time.
type turns chan struct{}

// turnWait is how long somebody waits for their turn.
const turnWait = 10 * time.Second

// take waits for a turn. Who takes one gives it back.
func (t turns) take(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, turnWait)
	defer cancel()
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turns) give() { <-t }
