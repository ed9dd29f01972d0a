package notify

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web/locale"
)

// Message is a rendered e-mail, ready to be sent.
type Message struct {
	ID       string // the same at every attempt
	To       string // the recipient's address
	Name     string // the recipient's name
	Language access.Language
	Subject  string // without personal data: subjects appear in notifications and in the logs of mail servers
	Text     string
	HTML     string
}

// Renderer renders e-mails that link to the site at SiteURL.
type Renderer struct{ SiteURL string }

// lastRemoval is the kind of the e-mail about the removal of the last role: the person is no longer a user of the institution
// (rule P7).
const lastRemoval access.Action = "remove-last"

// render renders an e-mail in its language. It fails if there is no e-mail of this kind.
func (r Renderer) render(ctx context.Context, id string, e Email) (Message, error) {
	kind := e.Kind
	if e.Last && kind == access.Remove {
		kind = lastRemoval
	}
	l := locale.For(e.Language)
	subject, known := l.Find("email.*.subject", string(kind))
	if !known {
		return Message{}, fmt.Errorf("there is no e-mail about %q", e.Kind)
	}
	about := locale.Args{
		Person: singleLine(e.Name), Institution: singleLine(e.Institution),
		Product: singleLine(e.Product.In(l.Language)), Role: singleLine(e.Role.In(l.Language)),
	}
	p := parts{
		Lang: l.Language, Address: r.SiteURL, Subject: subject, Service: l.T("email.service"), Automatic: l.T("email.automatic"),
		Hello: l.T("email.greeting", about), What: l.Of("email.*.what", string(kind), about), Then: l.Of("email.*.then", string(kind)),
		Ask: l.T("email.ask", about),
	}
	if kind != lastRemoval {
		p.Way = l.T("email.enter")
	}
	var html bytes.Buffer
	if err := page(p).Render(ctx, &html); err != nil {
		return Message{}, fmt.Errorf("e-mail: %w", err)
	}
	return Message{
		ID: id, To: e.Address, Name: about.Person, Language: l.Language, Subject: p.Subject, Text: p.text(), HTML: html.String(),
	}, nil
}

// parts are the texts that the plain and the HTML form share.
type parts struct {
	Lang                        access.Language
	Address, Subject            string
	Service, Automatic          string
	Hello, What, Then, Ask, Way string // Way is the text of the link; empty: none
}

func (p parts) text() string {
	paragraphs := []string{p.Hello, p.What, p.Then}
	if p.Way != "" {
		paragraphs = append(paragraphs, p.Way+":\n"+p.Address)
	}
	paragraphs = append(paragraphs, p.Ask, "-- \n"+p.Service+"\n"+p.Automatic)
	return strings.Join(paragraphs, "\n\n") + "\n"
}

// singleLine puts typed text on one line and removes invisible characters, so that a name cannot start a new line in a
// header or in the text.
func singleLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}), " ")
}
