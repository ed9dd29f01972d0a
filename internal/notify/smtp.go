package notify

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// Mailer hands a message over. Its errors name no person: they are logged and kept.
type Mailer interface {
	// Send has delivered the message when it returns nil; when it returns an error it may have, if the other side fell silent
	// after the last byte.
	Send(ctx context.Context, m Message, at time.Time) error
}

// TLS is how the connection to the mail server is kept from others' eyes.
type TLS string

// What can be asked for.
const (
	StartTLS      TLS = "starttls"      // or nothing is sent
	ImplicitTLS   TLS = "tls"           // from the first byte, as on port 465
	Opportunistic TLS = "opportunistic" // where the server offers it
	NoTLS         TLS = "none"
)

// IsKnownTLS reports whether a setting is one of those above.
func IsKnownTLS(t TLS) bool {
	return t == StartTLS || t == ImplicitTLS || t == Opportunistic || t == NoTLS
}

// SMTP is a mail server that takes the messages.
type SMTP struct {
	Address        string // host:port
	From           netmail.Address
	User, Password string // empty: it asks for none
	TLS            TLS
	Timeout        time.Duration // for its greeting, and again for each message; zero: 10 seconds

	roots *x509.CertPool // whom to believe; nil: the system's
}

const smtpTimeout = 10 * time.Second

// errUnsendable says that trying again would not help: the letter itself is at fault.
var errUnsendable = errors.New("the letter can't be sent")

// Send implements [Mailer].
func (s SMTP) Send(ctx context.Context, m Message, at time.Time) error {
	message, err := s.compose(m, at)
	if err != nil {
		return err
	}
	w := &smtpConnection{ctx: ctx, close: func() {}}
	defer func() { w.close() }()
	client, err := s.client(w)
	if err != nil {
		return err
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: no conversation: %w", s.Address, err) // no personal data has been sent yet
	}
	defer func() { _ = client.CloseWithSMTPClient(connection) }()
	err = client.SendWithSMTPClient(connection, message)
	if message.IsDelivered() { // what it says after having taken the message doesn't matter
		return nil
	}
	if err != nil {
		return redactError(s.Address, err)
	}
	return nil
}

// client is for one message, over one connection.
func (s SMTP) client(w *smtpConnection) (*mail.Client, error) {
	host, service, err := net.SplitHostPort(s.Address)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	port, err := strconv.Atoi(service)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	policies := map[TLS]mail.TLSPolicy{
		StartTLS: mail.TLSMandatory, Opportunistic: mail.TLSOpportunistic, NoTLS: mail.NoTLS,
		ImplicitTLS: mail.TLSOpportunistic, // it finds itself encrypted already
	}
	policy, known := policies[s.TLS]
	if !known {
		return nil, fmt.Errorf("mail server: TLS %q is unknown", s.TLS)
	}
	trust := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12, RootCAs: s.roots}
	if s.TLS == ImplicitTLS {
		w.trust = trust
	}
	options := []mail.Option{
		mail.WithTimeout(cmp.Or(s.Timeout, smtpTimeout)), mail.WithPort(port), mail.WithTLSPolicy(policy),
		mail.WithTLSConfig(trust), mail.WithDialContextFunc(w.dial),
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	client, err := mail.NewClient(host, options...)
	if err != nil {
		return nil, fmt.Errorf("mail server: %w", err)
	}
	return client, nil
}

// smtpConnection is the connection that one message goes over. It is cut when the context ends, even if the server hangs, and at the end
// in any case, which the library doesn't do where greeting or signing in fails.
type smtpConnection struct {
	ctx   context.Context //nolint:containedctx // the message's; dialling has a shorter one of its own
	trust *tls.Config     // encrypted from the first byte; nil: it isn't
	close func()
}

func (w *smtpConnection) dial(ctx context.Context, network, address string) (net.Conn, error) {
	connection, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(w.ctx, func() { _ = connection.Close() })
	w.close = func() {
		stop()
		_ = connection.Close()
	}
	if w.trust == nil {
		return connection, nil
	}
	encrypted := tls.Client(connection, w.trust)
	return encrypted, encrypted.HandshakeContext(ctx)
}

// compose makes the message as it travels.
func (s SMTP) compose(m Message, at time.Time) (*mail.Msg, error) {
	if singleLine(m.To) != m.To || !strings.Contains(m.To, "@") {
		return nil, errUnsendable
	}
	message := mail.NewMsg(mail.WithNoDefaultUserAgent())
	message.FromMailAddress(&s.From)
	message.ToMailAddress(&netmail.Address{Name: m.Name, Address: m.To})
	_, domain, _ := strings.Cut(s.From.Address, "@")
	message.SetMessageIDWithValue(m.ID + "@" + domain)
	message.SetDateWithValue(at)
	message.Subject(m.Subject)
	message.SetGenHeader(mail.HeaderContentLang, string(m.Language))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // no automatic replies
	message.SetBodyString(mail.TypeTextPlain, m.Text)
	message.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	return message, nil
}

// redactError keeps of a failure what an operator needs. What a server answers may repeat the address that it was told, and the
// library's errors do, so neither's words are kept.
func redactError(server string, err error) error {
	var sending *mail.SendError
	if !errors.As(err, &sending) {
		return fmt.Errorf("mail server %s: the message was not taken", server)
	}
	code := "no answer"
	if sending.ErrorCode() != 0 {
		code = strings.TrimSpace(fmt.Sprintf("answer %d %s", sending.ErrorCode(), sending.EnhancedStatusCode()))
	}
	return fmt.Errorf("mail server %s: %s: %s", server, sending.Reason, code)
}
