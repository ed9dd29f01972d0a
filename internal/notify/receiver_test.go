package notify

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// receiver is a mail server that keeps the messages it accepts.
type receiver struct {
	address string
	server  *smtp.Server

	encrypted bool // implicit TLS

	mu       sync.Mutex
	taken    []received
	mails    int // number of MAIL commands
	onRcpt   func() error
	onData   func() error // runs after the message is read; an error refuses it
	user     string
	password string
}

// received is a message that was accepted.
type received struct {
	from, to  string
	raw       []byte
	encrypted bool
}

// receive starts a mail server, after the functions in setUp have configured it.
func receive(t *testing.T, setUp ...func(*receiver)) *receiver {
	t.Helper()
	return receiveAt(t, "127.0.0.1:0", setUp...)
}

func receiveAt(t *testing.T, address string, setUp ...func(*receiver)) *receiver {
	t.Helper()
	r := &receiver{}
	r.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{r: r, c: c}, nil }))
	r.server.Domain = "mail.example.it"
	r.server.ErrorLog = quiet{}
	for _, f := range setUp {
		f(r)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	r.address = listener.Addr().String()
	if r.encrypted {
		listener = tls.NewListener(listener, r.server.TLSConfig)
	}
	go func() { _ = r.server.Serve(listener) }()
	t.Cleanup(func() { _ = r.server.Close() })
	return r
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

type session struct {
	r    *receiver
	c    *smtp.Conn
	from string
	to   string
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.r.mu.Lock()
		defer s.r.mu.Unlock()
		s.r.user, s.r.password = user, password
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.mails++
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	if s.r.onRcpt != nil {
		return s.r.onRcpt()
	}
	return nil
}

func (s *session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if s.r.onData != nil {
		if err := s.r.onData(); err != nil {
			return err
		}
	}
	_, encrypted := s.c.TLSConnectionState()
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	s.r.taken = append(s.r.taken, received{s.from, s.to, raw, encrypted})
	return nil
}

// all returns the messages accepted so far.
func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.taken)
}

// only waits until the queue is done and returns the single message received.
func (r *receiver) only(t *testing.T, done func() bool) received {
	t.Helper()
	eventually(t, "the e-mail is sent and recorded", done)
	all := r.all()
	if len(all) != 1 {
		t.Fatalf("%d messages, want 1", len(all))
	}
	return all[0]
}

// opened is a parsed message.
type opened struct {
	header     netmail.Header
	subject    string
	text, html string
}

func open(t *testing.T, r received) opened {
	t.Helper()
	message, err := netmail.ReadMessage(bytes.NewReader(r.raw))
	if err != nil {
		t.Fatal(err)
	}
	o := opened{header: message.Header}
	if o.subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil {
		t.Fatal(err)
	}
	kind, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%q, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, parameters["boundary"])
	for _, into := range []*string{&o.text, &o.html} { // plain text first: the last alternative is the preferred one
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if part.Header.Get("Content-Transfer-Encoding") != "quoted-printable" {
			t.Fatalf("a part is encoded as %q", part.Header.Get("Content-Transfer-Encoding"))
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		*into = strings.ReplaceAll(string(content), "\r\n", "\n")
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		t.Fatalf("more than two parts: %v", err)
	}
	return o
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ticker, limit := time.NewTicker(5*time.Millisecond), time.After(20*time.Second)
	defer ticker.Stop()
	for !holds() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatalf("it never happens: %s", what)
		}
	}
}
