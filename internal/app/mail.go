package app

import (
	"log/slog"
	"net"
	"net/mail"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/notify"
)

// Mailer is what sends the letters; nil where no mail server is named, which only development allows: the letters then wait in
// the queue.
func (c Config) Mailer() notify.Mailer {
	if c.SMTPAddress == "" {
		return nil
	}
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil { // not after ReadConfig
		return nil
	}
	return notify.SMTP{Address: c.SMTPAddress, From: *from, User: c.SMTPUser, Password: c.SMTPPassword, TLS: notify.TLS(c.SMTPTLS)}
}

// mailFaults are what is wrong with the settings of the letters.
func (c Config) mailFaults(fault func(wrong bool, format string, args ...any)) {
	fault((c.SMTPAddress == "") != (c.MailFrom == ""), "SMTP_ADDRESS, MAIL_FROM: letters need both, or neither")
	fault(c.production() && c.SMTPAddress == "", "SMTP_ADDRESS is missing: in production everybody is told what was done to their roles")
	host, port, err := net.SplitHostPort(c.SMTPAddress)
	if c.SMTPAddress != "" {
		fault(err != nil || host == "" || port == "", "SMTP_ADDRESS: %q isn't host:port", c.SMTPAddress)
	}
	_, err = mail.ParseAddress(c.MailFrom)
	fault(c.MailFrom != "" && err != nil, "MAIL_FROM: %q isn't an e-mail address", c.MailFrom)
	fault(!notify.IsKnownTLS(notify.TLS(c.SMTPTLS)), "SMTP_TLS: %q is none of starttls, tls, opportunistic, none", c.SMTPTLS)
	fault((c.SMTPUser == "") != (c.SMTPPassword == ""), "SMTP_USER, SMTP_PASSWORD: the mail server asks for both, or neither")
	clear := notify.TLS(c.SMTPTLS) == notify.NoTLS
	fault(clear && c.SMTPUser != "", "SMTP_TLS: none: a password doesn't travel in clear")
	fault(clear && c.production() && !IsLoopback(host), "SMTP_TLS: none: in production only to a mail server on this machine")
}

// newWorker is who empties the queue; nil if there is nothing to do it with.
func newWorker(pool *pgxpool.Pool, site string, mailer notify.Mailer, log *slog.Logger) (*notify.Worker, error) {
	if mailer == nil {
		log.Warn("no mail server is named (SMTP_ADDRESS): letters wait in the queue")
		return nil, nil //nolint:nilnil // nobody, and nothing wrong
	}
	return notify.NewWorker(pool, notify.Renderer{SiteURL: site}, mailer, notify.WorkerOptions{}, log, time.Now)
}
