package chaos_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mailServer receives e-mails, or fails to.
type mailServer struct {
	listener net.Listener
	down     atomic.Bool // closes connections at once
	silent   atomic.Bool // accepts connections and sends nothing

	mu       sync.Mutex
	received map[string]int // messages, by their ID
}

func newMailServer(t testing.TB) *mailServer {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	m := &mailServer{listener: listener, received: map[string]int{}}
	go func() {
		for {
			caller, err := listener.Accept()
			if err != nil {
				return
			}
			go m.serveSMTP(caller)
		}
	}()
	return m
}

func (m *mailServer) settings() []string {
	return []string{"SMTP_ADDRESS=" + m.listener.Addr().String(), "SMTP_TLS=none", "MAIL_FROM=utenti@ente.example"}
}

// messages counts the different e-mails received, and all of them.
func (m *mailServer) messages() (different, all int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.received {
		all += n
	}
	return len(m.received), all
}

// serveSMTP speaks as much SMTP as the application needs.
func (m *mailServer) serveSMTP(caller net.Conn) {
	defer func() { _ = caller.Close() }()
	_ = caller.SetDeadline(time.Now().Add(time.Minute))
	if m.down.Load() {
		return
	}
	lines := bufio.NewScanner(caller)
	if m.silent.Load() {
		lines.Scan() // until the client gives up
		return
	}
	say := func(text string) { fmt.Fprint(caller, text+"\r\n") }
	say("220 mail.example")
	for lines.Scan() {
		switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
		case "DATA":
			say("354 go on")
			m.receive(lines)
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 well")
		}
	}
}

func (m *mailServer) receive(lines *bufio.Scanner) {
	for lines.Scan() && lines.Text() != "." {
		if id, found := strings.CutPrefix(lines.Text(), "Message-ID: "); found {
			m.mu.Lock()
			m.received[id]++
			m.mu.Unlock()
		}
	}
}
