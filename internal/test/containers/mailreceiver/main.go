// Command mailreceiver stands in for mailpit: it accepts e-mails at port 1025 and lists them at port 8025, in the part of
// mailpit's JSON that the test of the containers reads.
package main

import (
	"encoding/json"
	"io"
	"log"
	"mime"
	"net/http"
	netmail "net/mail"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

type message struct {
	To      []netmail.Address
	Subject string
}

type mailbox struct {
	mu       sync.Mutex
	Messages []message `json:"messages"`
}

// session is a connection that sends e-mails to the mailbox.
type session struct{ *mailbox }

func (session) Reset()                               {}
func (session) Logout() error                        { return nil }
func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s session) Data(from io.Reader) error {
	received, err := netmail.ReadMessage(from)
	if err != nil {
		return err
	}
	var m message
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(received.Header.Get("Subject")); err != nil {
		return err
	}
	to, err := received.Header.AddressList("To")
	if err != nil {
		return err
	}
	for _, address := range to {
		m.To = append(m.To, *address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Messages = append(s.Messages, m)
	return nil
}

func (m *mailbox) list(w http.ResponseWriter, _ *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = json.NewEncoder(w).Encode(m)
}

func main() {
	m := &mailbox{}
	http.HandleFunc("GET /api/v1/messages", m.list)
	web := &http.Server{Addr: ":8025", ReadHeaderTimeout: time.Minute}
	go func() { log.Fatal(web.ListenAndServe()) }()
	mail := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return session{m}, nil }))
	mail.Addr = ":1025"
	log.Fatal(mail.ListenAndServe())
}
