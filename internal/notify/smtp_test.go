package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
)

func TestAMessageArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC)
	for _, language := range access.Languages() {
		r := receive(t)
		m := renderEmail(t, example(access.Suspend, language))
		m.Name = "Agnès D’Òria"
		if err := mailer(r.address).Send(t.Context(), m, at); err != nil {
			t.Fatal(err)
		}
		got := r.all()[0]
		o := open(t, got)
		if o.subject != m.Subject || o.text != m.Text || o.html != m.HTML {
			t.Errorf("%s: what arrives is something else:\n%s", language, cmp.Diff(m.Text, o.text))
		}
		for name, want := range map[string]string{
			"Message-ID": "<one@example.it>", "Content-Language": string(language), "Auto-Submitted": "auto-generated",
			"Date": at.Format(time.RFC1123Z),
			"From": `"Area Riservata" <nessuna-risposta@example.it>`, "User-Agent": "", "X-Mailer": "", "Bcc": "",
		} {
			if got := o.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", language, name, got, want)
			}
		}
		to, err := o.header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Name != m.Name || to[0].Address != m.To {
			t.Errorf("%s: to %v, %v", language, to, err)
		}
	}
}

// A non-ASCII subject is encoded, and decoded to the same text.
func TestSubjectsComeThroughInAnyLanguage(t *testing.T) {
	t.Parallel()
	r := receive(t)
	m := renderEmail(t, example(access.Suspend, "it"))
	m.Subject = "Perché no: è già più lunga di quanto una riga sola di intestazione possa portare, città — €"
	if err := mailer(r.address).Send(t.Context(), m, time.Now()); err != nil {
		t.Fatal(err)
	}
	raw := r.all()[0].raw
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	if slices.ContainsFunc(head, func(b byte) bool { return b >= 0x80 }) {
		t.Error("a header is not ASCII")
	}
	if got := open(t, r.all()[0]).subject; got != m.Subject {
		t.Errorf("got %q", got)
	}
}

// Names, institutions and catalogue texts cannot change the headers or the recipient.
func TestTypedTextAddsNoHeader(t *testing.T) {
	t.Parallel()
	r := receive(t)
	if err := mailer(r.address).Send(t.Context(), renderEmail(t, example(access.Add, "it")), time.Now()); err != nil {
		t.Fatal(err)
	}
	names := func(raw []byte) []string {
		message, err := netmail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for name, values := range message.Header {
			for range values {
				all = append(all, name)
			}
		}
		slices.Sort(all)
		return all
	}
	want := names(r.all()[0].raw)
	for _, evil := range []string{
		"Anna\r\nBcc: eve@example.it", "Anna\nBcc: eve@example.it\n\nciao", "Anna\rBcc: eve@example.it",
		"Anna\r\n\r\n<script>", "Anna>, <eve@example.it",
		`Anna" <eve@example.it>, "`, "=?utf-8?q?Anna=0D=0ABcc:_eve@example.it?=", "Anna\u2028Bcc: eve@example.it", "\x00",
		strings.Repeat("lungo ", 500),
	} {
		l := example(access.Add, "it")
		l.Name, l.Institution, l.Roles[0].Product.It, l.Roles[0].Role.It = evil, evil, evil, evil
		for _, m := range []Message{
			renderEmail(t, l), {ID: "one", To: l.Address, Name: evil, Subject: evil, Text: evil, HTML: evil, Language: "it"},
		} {
			before := len(r.all())
			if err := mailer(r.address).Send(t.Context(), m, time.Now()); err != nil {
				t.Errorf("%q: %v", evil, err)
				continue
			}
			got := r.all()[before]
			if diff := cmp.Diff(want, names(got.raw)); diff != "" {
				t.Errorf("%q:\n%s", evil, diff)
			}
			if to, err := open(t, got).header.AddressList("To"); err != nil || len(to) != 1 || got.to != l.Address {
				t.Errorf("%q: to %v (%s), %v", evil, to, got.to, err)
			}
		}
	}
	for _, evil := range []string{"", "anna", "anna@example.it\r\nDATA", "anna@example.it>\nRCPT TO:<eve@example.it"} {
		if err := mailer(r.address).Send(t.Context(), Message{To: evil}, time.Now()); err == nil {
			t.Errorf("sent to %q", evil)
		}
	}
}

// A message counts as delivered once the server has accepted it, even if the server fails afterwards.
func TestAMessageAcceptedBeforeADisconnectIsDelivered(t *testing.T) {
	t.Parallel()
	address := serveScript(t, "220 hello\r\n", "250 hello\r\n", "250 noop\r\n", "250 from\r\n", "250 to\r\n", "354 go on\r\n", "250 taken\r\n")
	if err := mailer(address).Send(t.Context(), renderEmail(t, example(access.Add, "it")), time.Now()); err != nil {
		t.Errorf("it would be sent again: %v", err)
	}
}

// A server that stops responding at any point of the dialogue delays sending by the timeout at most, or until the
// context is cancelled.
func TestASilentServerTimesOut(t *testing.T) {
	t.Parallel()
	dialog := []string{"220 hello\r\n", "250 hello\r\n", "250 noop\r\n", "250 from\r\n", "250 to\r\n", "354 go on\r\n"}
	for n := range len(dialog) + 1 {
		for name, limits := range map[string]struct{ own, context time.Duration }{
			"its own": {200 * time.Millisecond, time.Minute}, "the context's": {time.Minute, 200 * time.Millisecond},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				m := mailer(serveScript(t, append(slices.Clone(dialog[:n]), "")...))
				m.Timeout = limits.own
				ctx, cancel := context.WithTimeout(t.Context(), limits.context)
				defer cancel()
				start := time.Now()
				if err := m.Send(ctx, renderEmail(t, example(access.Add, "it")), start); err == nil {
					t.Error("no server took it")
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("silent after %d lines: %s", n, took)
				}
			})
		}
	}
}

// serveScript starts a server that sends its lines one by one, one for each command. At an empty line it stops
// responding.
func serveScript(t *testing.T, lines ...string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		defer connection.Close()
		heard := make([]byte, 64<<10)
		for i, line := range lines {
			for dialog := ""; i > 0 && !strings.HasSuffix(dialog, "\r\n"); {
				n, err := connection.Read(heard)
				if err != nil {
					return
				}
				dialog += string(heard[:n])
				if strings.HasPrefix(lines[i-1], "354") && !strings.HasSuffix(dialog, "\r\n.\r\n") {
					dialog += " " // the content of the message continues
				}
			}
			if line == "" {
				<-t.Context().Done()
				return
			}
			_, _ = connection.Write([]byte(line))
		}
	}()
	return listener.Addr().String()
}

func TestTheConnectionIsEncryptedAsConfigured(t *testing.T) {
	t.Parallel()
	known := httptest.NewTLSServer(nil) // for its certificate, of 127.0.0.1
	t.Cleanup(known.Close)
	offered := func(r *receiver) { r.server.TLSConfig = &tls.Config{Certificates: known.TLS.Certificates} }
	from := func(r *receiver) { offered(r); r.encrypted = true }
	neither := func(*receiver) {}
	for name, c := range map[string]struct {
		ask                     TLS
		server                  func(*receiver)
		trusted, sent, inSecret bool
	}{
		"STARTTLS, offered":                   {StartTLS, offered, true, true, true},
		"STARTTLS, offered by another server": {StartTLS, offered, false, false, false},
		"STARTTLS, not offered":               {StartTLS, neither, true, false, false},
		"TLS at once":                         {ImplicitTLS, from, true, true, true},
		"TLS at once, with another server":    {ImplicitTLS, from, false, false, false},
		"implicit TLS on a plain port":        {ImplicitTLS, neither, true, false, false},
		"if possible, offered":                {Opportunistic, offered, true, true, true},
		"if possible, not offered":            {Opportunistic, neither, true, true, false},
		"none, offered":                       {NoTLS, offered, true, true, false},
		"an unknown policy":                   {"TLS", offered, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := receive(t, c.server)
			m := mailer(r.address)
			m.TLS, m.roots = c.ask, x509.NewCertPool()
			if c.trusted {
				m.roots.AddCert(known.Certificate())
			}
			if c.inSecret {
				m.User, m.Password = "postino", "segreta"
			}
			err := m.Send(t.Context(), renderEmail(t, example(access.Add, "it")), time.Now())
			all := r.all()
			if (err == nil) != c.sent || len(all) > 1 || (len(all) == 1) != c.sent {
				t.Fatalf("%d messages, %v", len(all), err)
			}
			if c.sent && all[0].encrypted != c.inSecret {
				t.Errorf("in secret: %v", all[0].encrypted)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if r.user != m.User || r.password != m.Password {
				t.Errorf("signed in as %q", r.user)
			}
			if !c.sent && r.mails > 0 {
				t.Error("the server received a MAIL command")
			}
		})
	}
}

func TestAPasswordDoesNotTravelInClear(t *testing.T) {
	t.Parallel()
	r := receive(t, func(r *receiver) { r.server.AllowInsecureAuth = true })
	m := mailer(r.address)
	m.User, m.Password = "postino", "segreta"
	if err := m.Send(t.Context(), renderEmail(t, example(access.Add, "it")), time.Now()); err == nil {
		t.Error("sent")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.user != "" || r.password != "" {
		t.Error("the password was sent")
	}
}

func TestAMailboxKeepsTheLatestAndEachOnce(t *testing.T) {
	t.Parallel()
	var b Mailbox
	for i := range mailboxSize + 5 {
		for range 2 {
			if err := b.Send(t.Context(), Message{ID: string(rune('A' + i))}, time.Unix(int64(i), 0)); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := b.Messages()
	if len(kept) != mailboxSize || kept[0].At.Unix() != mailboxSize+4 || kept[mailboxSize-1].At.Unix() != 5 {
		t.Errorf("%d messages, from %v to %v", len(kept), kept[0].At, kept[len(kept)-1].At)
	}
}
