package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// mailboxSize is how many letters a mailbox holds: the latest.
const mailboxSize = 200

// Mailbox is a mailer that sends nothing and keeps what it is given, for a demo to show. It forgets with the process.
type Mailbox struct {
	mu   sync.Mutex
	kept []Kept
}

// Kept is a message in a mailbox.
type Kept struct {
	Message
	At time.Time
}

// Send implements [Mailer]. A message that is there already isn't kept twice.
func (b *Mailbox) Send(_ context.Context, m Message, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.kept, func(k Kept) bool { return k.ID == m.ID }) {
		return nil
	}
	b.kept = append(b.kept, Kept{Message: m, At: at})
	b.kept = b.kept[max(0, len(b.kept)-mailboxSize):]
	return nil
}

// Kept are the messages, the latest first.
func (b *Mailbox) Kept() []Kept {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := slices.Clone(b.kept)
	slices.Reverse(kept)
	return kept
}
