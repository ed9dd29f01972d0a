package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/notify"
	"areariservata.example/utenti/web"
)

// mailPath is the page with the e-mails that the demo would have sent; emailPath shows one as HTML.
const (
	mailPath  = "/demo/posta"
	emailPath = "/demo/posta/lettera"
)

// mailboxPage renders the mailbox as it is at each request.
func mailboxPage(box *notify.Mailbox) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		rome, err := time.LoadLocation("Europe/Rome")
		if err != nil {
			return err
		}
		var page web.MailboxPage
		for _, k := range box.Messages() {
			page.Emails = append(page.Emails, web.SentEmail{
				At: k.At.In(rome).Format("02/01/2006 15:04:05"), Name: k.Name, Email: k.To, Lang: k.Language, Subject: k.Subject,
				Paragraphs: strings.Split(strings.TrimSpace(k.Text), "\n\n"),
				HTMLURL:    emailPath + "?" + url.Values{"id": {k.ID}}.Encode(),
			})
		}
		return web.Mailbox(web.Layout{Demo: true}, page).Render(ctx, w)
	})
}

// showEmail shows an e-mail's own HTML in a sandbox that allows nothing but its own style.
func showEmail(box *notify.Mailbox) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for _, k := range box.Messages() {
			if k.ID == r.URL.Query().Get("id") {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Security-Policy",
					"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation")
				w.Header().Set("Cache-Control", "no-store")
				w.Header().Set("X-Content-Type-Options", "nosniff")
				_, _ = io.WriteString(w, k.HTML)
				return
			}
		}
		http.NotFound(w, r)
	}
}
