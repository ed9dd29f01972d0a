package app

import (
	"log/slog"
	"net"
	"net/mail"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/notify"
)

// Mailer returns the sender of e-mails; nil without a mail server, which only development allows: e-mails then stay in the
// queue.
func (c Config) Mailer() notify.Mailer {
	if c.SMTPAddress == "" {
		return nil
	}
	from, err := mail.ParseAddress(c.MailFrom)
	if err != nil { // ReadConfig has checked it
		return nil
	}
	return notify.SMTP{Address: c.SMTPAddress, From: *from, User: c.SMTPUser, Password: c.SMTPPassword, TLS: notify.TLS(c.SMTPTLS)}
}

// mailFaults reports the faults of the e-mail settings.
func (c Config) mailFaults(fault func(wrong bool, format string, args ...any)) {
	fault((c.SMTPAddress == "") != (c.MailFrom == ""), "SMTP_ADDRESS, MAIL_FROM: set both or neither")
	fault(c.production() && c.SMTPAddress == "", "SMTP_ADDRESS is missing: production sends e-mails about changes of roles")
	host, port, err := net.SplitHostPort(c.SMTPAddress)
	if c.SMTPAddress != "" {
		fault(err != nil || host == "" || port == "", "SMTP_ADDRESS: %q is not host:port", c.SMTPAddress)
	}
	_, err = mail.ParseAddress(c.MailFrom)
	fault(c.MailFrom != "" && err != nil, "MAIL_FROM: %q is not an e-mail address", c.MailFrom)
	fault(!notify.IsKnownTLS(notify.TLS(c.SMTPTLS)), "SMTP_TLS: %q is none of starttls, tls, opportunistic, none", c.SMTPTLS)
	fault((c.SMTPUser == "") != (c.SMTPPassword == ""), "SMTP_USER, SMTP_PASSWORD: set both or neither")
	clear := notify.TLS(c.SMTPTLS) == notify.NoTLS
	fault(clear && c.SMTPUser != "", "SMTP_TLS: none: a password is not sent in clear")
	fault(clear && c.production() && !IsLoopback(host), "SMTP_TLS: none: in production only to a mail server on this machine")
}

// newWorker returns the worker that sends the queued e-mails; nil without a mailer.
func newWorker(pool *pgxpool.Pool, site string, mailer notify.Mailer, log *slog.Logger) (*notify.Worker, error) {
	if mailer == nil {
		log.Warn("no mail server is configured (SMTP_ADDRESS): e-mails stay in the queue")
		return nil, nil //nolint:nilnil // no mailer is no error
	}
	return notify.NewWorker(pool, notify.Renderer{SiteURL: site}, mailer, notify.WorkerOptions{}, log, time.Now)
}
