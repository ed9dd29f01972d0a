// Package locale holds everything that pages and e-mails say: one file a language, read and compiled when the program starts.
//
// The files have the format of go-i18n (https://github.com/nicksnyder/go-i18n), which translators' tools read: a message is
// a text with placeholders such as {{.Person}}, or a table with one text for each plural form of CLDR that the language
// has. The library itself is not used: it executes a text/template for every message drawn, and text/template makes the
// linker keep every exported method of the program. The plural rules are those of golang.org/x/text.
//
// To add a language, add its file and its line in [access.Languages]; the tests say what is missing.
package locale

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"

	"areariservata.example/utenti/internal/access"
)

//go:embed *.toml
var files embed.FS

// locales are compiled once and read only.
var locales = load()

func load() map[access.Language]*Locale {
	all := map[access.Language]*Locale{}
	for _, l := range access.Languages() {
		text, err := files.ReadFile(string(l) + ".toml")
		if err == nil {
			all[l], err = parse(l, string(text))
		}
		if err != nil {
			panic(fmt.Sprintf("locale %s: %v", l, err)) // the files are part of the program
		}
	}
	return all
}

// Locale is what the program says in one language.
type Locale struct {
	Language  access.Language
	messages  map[string]*message
	tag       language.Tag
	thousands string
	person    string // stands for a person who is not known
	product   string // stands for a product that is not known
	months    [12]string
	day       string // layouts of the package time, with the month's English name
	moment    string
}

// For returns the locale of a language, and the default language's where there is none.
func For(l access.Language) *Locale {
	if known, ok := locales[l]; ok {
		return known
	}
	return locales[access.DefaultLanguage]
}

// T returns the text of a message, with the arguments in the places of its placeholders. The key of a message that does not
// exist stands for itself; a test finds it.
func (l *Locale) T(key string, args ...Args) string {
	m, ok := l.messages[key]
	if !ok {
		return key
	}
	return l.draw(m, args)
}

// Of returns the text of one message of a family: member replaces the asterisk in the pattern, as in
// Of("status.*", "active").
func (l *Locale) Of(pattern, member string, args ...Args) string {
	if m, ok := l.find(pattern, member); ok {
		return l.draw(m, args)
	}
	return strings.Replace(pattern, "*", member, 1)
}

// Find is [Locale.Of] for a family that does not have all members.
func (l *Locale) Find(pattern, member string, args ...Args) (text string, found bool) {
	m, ok := l.find(pattern, member)
	if !ok {
		return "", false
	}
	return l.draw(m, args), true
}

// Lines returns the lines of one message of a family, each a sentence of its own. Languages may have a different number.
func (l *Locale) Lines(pattern, member string, args ...Args) []string {
	m, ok := l.find(pattern, member)
	if !ok {
		return nil
	}
	if m.lines == nil {
		return []string{l.draw(m, args)}
	}
	all := make([]string, len(m.lines))
	for i, line := range m.lines {
		all[i] = l.draw(line, args)
	}
	return all
}

// Message is a message of one language that is drawn many times: it is looked up once.
type Message struct {
	locale  *Locale
	message *message
}

// Message returns the message of a key. If there is none, the key stands for it, as with [Locale.T].
func (l *Locale) Message(key string) Message {
	if m, ok := l.messages[key]; ok {
		return Message{l, m}
	}
	return Message{l, &message{text: key}}
}

// MessageOf returns one message of a family, as [Locale.Of] does.
func (l *Locale) MessageOf(pattern, member string) Message {
	if m, ok := l.find(pattern, member); ok {
		return Message{l, m}
	}
	return Message{l, &message{text: strings.Replace(pattern, "*", member, 1)}}
}

// Text returns the text, with the arguments in the places of its placeholders.
func (m Message) Text(args ...Args) string { return m.locale.draw(m.message, args) }

// Append appends the text to b, and does not allocate if b has room.
func (m Message) Append(b []byte, a Args) []byte { return m.locale.appendTo(b, m.message, &a) }

// find puts the key together without allocating.
func (l *Locale) find(pattern, member string) (*message, bool) {
	before, after, _ := strings.Cut(pattern, "*")
	var room [64]byte
	key := append(append(append(room[:0], before...), member...), after...)
	m, ok := l.messages[string(key)]
	return m, ok
}

// Join puts names one after the other: "A, B e C".
func (l *Locale) Join(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + l.T("common.and") + names[last]
}

// Name is what speakers of the language call it.
func (l *Locale) Name() string { return l.T("language.name") }

// Day is a date: "21 novembre 2026".
func (l *Locale) Day(t time.Time) string { return l.date(l.day, t) }

// Moment is a date with the time of day: "21 novembre 2026, 15:04".
func (l *Locale) Moment(t time.Time) string { return l.date(l.moment, t) }

func (l *Locale) date(layout string, t time.Time) string {
	return strings.Replace(t.Format(layout), t.Month().String(), l.months[t.Month()-1], 1)
}

// ToRoles is the names of roles with the preposition that fits them: "a Operatore", "ad Amministratore".
func (l *Locale) ToRoles(names string) string {
	if strings.HasPrefix(names, "A") || strings.HasPrefix(names, "a") {
		return l.T("common.to_role_vowel", Args{Role: names})
	}
	return l.T("common.to_role", Args{Role: names})
}
