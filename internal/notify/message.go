package notify

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
)

// Message is a letter in words, ready to be sent.
type Message struct {
	ID       string // the same at every attempt
	To       string // an address
	Name     string // whose it is
	Language string // "it" or "en"
	Subject  string // of no personal data: subjects stand in notifications and in the logs of mail servers
	Text     string
	HTML     string
}

// Renderer writes letters for the site at an address, where they lead.
type Renderer struct{ SiteURL string }

// render puts a letter into words; an error says that there is no letter of this kind.
func (r Renderer) render(ctx context.Context, id string, l Email) (Message, error) {
	language := "it"
	if l.Language == "en" {
		language = "en"
	}
	kind := l.Kind
	if l.Last && kind == access.Remove {
		kind = lastRemoval
	}
	texts, known := wordsByLanguage()[language].kinds[kind]
	if !known {
		return Message{}, fmt.Errorf("no letter tells of %q", l.Kind)
	}
	p := parts{
		Lang: language, Address: r.SiteURL, Words: wordsByLanguage()[language],
		Name: singleLine(l.Name), Institution: singleLine(l.Institution), Product: catalogueText(language, l.Product), Role: catalogueText(language, l.Role),
	}
	p.Subject, p.What, p.Then, p.Way = texts.subject, texts.describe(p), texts.explain(p), texts.linkText
	p.Ask, p.Hello = p.Words.ask(p), p.Words.hello(p)
	var html bytes.Buffer
	if err := page(p).Render(ctx, &html); err != nil {
		return Message{}, fmt.Errorf("letter: %w", err)
	}
	return Message{ID: id, To: l.Address, Name: p.Name, Language: language, Subject: p.Subject, Text: p.text(), HTML: html.String()}, nil
}

// parts are what both forms of a letter are made of.
type parts struct {
	Lang, Address, Subject, Name, Institution, Product, Role string
	Hello, What, Then, Ask                                   string
	Way                                                      string // words of the link; empty: none
	Words                                                    emailWords
}

func (p parts) text() string {
	paragraphs := []string{p.Hello, p.What, p.Then}
	if p.Way != "" {
		paragraphs = append(paragraphs, p.Way+":\n"+p.Address)
	}
	paragraphs = append(paragraphs, p.Ask, "-- \n"+p.Words.Service+"\n"+p.Words.Automatic)
	return strings.Join(paragraphs, "\n\n") + "\n"
}

// catalogueText is a text of the catalogue, in Italian where it has nothing else.
func catalogueText(language string, t access.Text) string {
	if language == "en" && t.En != "" {
		return singleLine(t.En)
	}
	return singleLine(t.It)
}

// singleLine is what was typed, on one line and without what can't be seen: no name may begin a new line, in a header or in the text.
func singleLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029'
	}), " ")
}
