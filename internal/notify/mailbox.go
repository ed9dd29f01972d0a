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
	mu       sync.Mutex
	messages []StoredMessage
}

// StoredMessage is a message in a mailbox.
type StoredMessage struct {
	Message
	At time.Time
}

// Send implements [Mailer]. A message that is there already isn't kept twice.
func (b *Mailbox) Send(_ context.Context, m Message, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if slices.ContainsFunc(b.messages, func(k StoredMessage) bool { return k.ID == m.ID }) {
		return nil
	}
	b.messages = append(b.messages, StoredMessage{Message: m, At: at})
	b.messages = b.messages[max(0, len(b.messages)-mailboxSize):]
	return nil
}

// Messages are the messages, the latest first.
func (b *Mailbox) Messages() []StoredMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	messages := slices.Clone(b.messages)
	slices.Reverse(messages)
	return messages
}
