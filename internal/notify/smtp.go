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

// Mailer delivers messages. Its errors are logged and stored, so they contain no personal data.
type Mailer interface {
	// Send returns nil if the message was delivered. After an error the message may have been delivered too, if the server
	// stopped responding after the last byte.
	Send(ctx context.Context, m Message, at time.Time) error
}

// TLS is how the connection to the mail server is encrypted.
type TLS string

// The values of the setting.
const (
	StartTLS      TLS = "starttls"      // required
	ImplicitTLS   TLS = "tls"           // from the first byte, as on port 465
	Opportunistic TLS = "opportunistic" // if the server offers it
	NoTLS         TLS = "none"
)

// IsKnownTLS reports whether t is one of the values above.
func IsKnownTLS(t TLS) bool {
	return t == StartTLS || t == ImplicitTLS || t == Opportunistic || t == NoTLS
}

// SMTP sends messages through a mail server.
type SMTP struct {
	Address        string // host:port
	From           netmail.Address
	User, Password string // empty: no authentication
	TLS            TLS
	Timeout        time.Duration // for the greeting, and again for each message; zero: 10 seconds

	roots *x509.CertPool // accepted certificate authorities; nil: the system's
}

const smtpTimeout = 10 * time.Second

// errUnsendable means that a retry cannot help: the e-mail itself is invalid.
var errUnsendable = errors.New("the e-mail cannot be sent")

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
	if message.IsDelivered() { // a later error, such as one to QUIT, does not matter
		return nil
	}
	if err != nil {
		return redactError(s.Address, err)
	}
	return nil
}

// client returns a client for one message over one connection.
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
		ImplicitTLS: mail.TLSOpportunistic, // the connection is encrypted when the client gets it
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

// smtpConnection is the connection of one message. It is closed when the context ends, even while the server does not
// respond, and always at the end: the library leaves it open if the greeting or the authentication fails.
type smtpConnection struct {
	ctx   context.Context //nolint:containedctx // the message's; dialling has a shorter one
	trust *tls.Config     // nil: no implicit TLS
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

// compose builds the MIME message.
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

// redactError reduces an error to what an operator needs. A server's reply can repeat the recipient's address, and the
// library's errors include the reply, so the text of neither is kept.
func redactError(server string, err error) error {
	var sending *mail.SendError
	if !errors.As(err, &sending) {
		return fmt.Errorf("mail server %s: the message was not accepted", server)
	}
	code := "no answer"
	if sending.ErrorCode() != 0 {
		code = strings.TrimSpace(fmt.Sprintf("answer %d %s", sending.ErrorCode(), sending.EnhancedStatusCode()))
	}
	return fmt.Errorf("mail server %s: %s: %s", server, sending.Reason, code)
}
