package notify

import (
	"context"
	"slices"
	"sync"
	"time"
)

// mailboxSize is how many messages a mailbox keeps; older ones are dropped.
const mailboxSize = 200

// Mailbox is a [Mailer] that sends nothing and keeps the messages in memory, for the demo to show.
type Mailbox struct {
	mu       sync.Mutex
	messages []StoredMessage
}

// StoredMessage is a message in a mailbox with the time of its delivery.
type StoredMessage struct {
	Message
	At time.Time
}

// Send implements [Mailer]. A message with an ID that is already in the mailbox is dropped.
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

// Messages returns the messages, latest first.
func (b *Mailbox) Messages() []StoredMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	messages := slices.Clone(b.messages)
	slices.Reverse(messages)
	return messages
}
