package locale

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"

	"areariservata.example/utenti/internal/access"
)

// message is a text in one language, compiled.
type message struct {
	text     string // of a message without placeholders
	segments []segment
	forms    *[plural.Many + 1]*message // by plural form, of a message that counts; Other is there in every language
	lines    []*message                 // of a message with several lines
}

// segment is a piece of text and the placeholder that follows it.
type segment struct {
	text string
	placeholder
}

// formNamed returns the plural form that CLDR gives this name.
func formNamed(name string) (plural.Form, bool) {
	switch name {
	case "other":
		return plural.Other, true
	case "zero":
		return plural.Zero, true
	case "one":
		return plural.One, true
	case "two":
		return plural.Two, true
	case "few":
		return plural.Few, true
	case "many":
		return plural.Many, true
	default:
		return plural.Other, false
	}
}

// draw puts the arguments into a message. It allocates the result, and nothing if there is nothing to put in.
func (l *Locale) draw(m *message, args []Args) string {
	if m.forms == nil && m.segments == nil {
		return m.text
	}
	a := &Args{}
	if len(args) > 0 {
		a = &args[0]
	}
	if m.forms != nil {
		if m = m.forms[l.form(a.Count)]; m.segments == nil {
			return m.text
		}
	}
	var room [256]byte
	return string(l.appendTo(room[:0], m, a))
}

// appendTo appends a message with its arguments to b.
func (l *Locale) appendTo(b []byte, m *message, a *Args) []byte {
	if m.forms != nil {
		m = m.forms[l.form(a.Count)]
	}
	if m.segments == nil {
		return append(b, m.text...)
	}
	for i, s := range m.segments {
		b = append(b, s.text...)
		b = s.appendTo(b, l, a, i == 0 && s.text == "")
	}
	return b
}

// form is the plural form that goes with a number of things.
func (l *Locale) form(n int) plural.Form {
	return plural.Cardinal.MatchPlural(l.tag, n, 0, 0, 0, 0)
}

// pluralForms returns the plural forms that a language has for whole numbers.
func pluralForms(tag language.Tag) map[plural.Form]bool {
	all := map[plural.Form]bool{plural.Other: true}
	for n := range 1001 { // no rule of CLDR looks further back than three digits, but for whole millions
		all[plural.Cardinal.MatchPlural(tag, n, 0, 0, 0, 0)] = true
	}
	all[plural.Cardinal.MatchPlural(tag, 1_000_000, 0, 0, 0, 0)] = true
	return all
}

// parse compiles a language's file.
func parse(of access.Language, text string) (*Locale, error) {
	tag, err := language.Parse(string(of))
	if err != nil {
		return nil, err
	}
	var tables map[string]any
	if _, err := toml.Decode(text, &tables); err != nil {
		return nil, err
	}
	l := &Locale{Language: of, tag: tag, messages: map[string]*message{}}
	if err := l.add("", tables, pluralForms(tag)); err != nil {
		return nil, err
	}
	for _, key := range required() {
		if l.messages[key] == nil {
			return nil, fmt.Errorf("%s is missing", key)
		}
	}
	l.thousands, l.person, l.product = l.T("language.thousands"), l.T("unknown.person"), l.T("unknown.product")
	l.day, l.moment = l.T("date.day"), l.T("date.moment")
	for i := range l.months {
		l.months[i] = l.T(monthKey(i))
	}
	return l, nil
}

// required returns the keys of the messages without which the others cannot be drawn.
func required() []string {
	keys := []string{"language.name", "language.thousands", "unknown.person", "unknown.product", "common.and", "date.day", "date.moment"}
	for i := range 12 {
		keys = append(keys, monthKey(i))
	}
	return keys
}

func monthKey(i int) string { return fmt.Sprintf("date.month.%d", i+1) }

// add compiles the messages of a table, and those of the tables in it.
func (l *Locale) add(path string, table map[string]any, has map[plural.Form]bool) error {
	for name, value := range table {
		key := path + name
		var m *message
		var err error
		switch v := value.(type) {
		case string:
			if _, reserved := formNamed(name); reserved {
				return fmt.Errorf("%s: the plural form other is missing beside it", key)
			}
			m, err = compile(v)
		case map[string]any:
			if _, counts := v["other"]; !counts {
				if err := l.add(key+".", v, has); err != nil {
					return err
				}
				continue
			}
			m, err = compileForms(v, has)
		default:
			err = fmt.Errorf("%v is not a text", value)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		l.messages[key] = m
	}
	return nil
}

// compileForms compiles a message that counts: it has the forms that the language has, and no other.
func compileForms(table map[string]any, has map[plural.Form]bool) (*message, error) {
	m := &message{forms: &[plural.Many + 1]*message{}}
	for name, value := range table {
		form, known := formNamed(name)
		text, isText := value.(string)
		if !known || !isText || !has[form] {
			return nil, fmt.Errorf("%s is not a plural form of the language", name)
		}
		var err error
		if m.forms[form], err = compile(text); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for form := range has {
		if m.forms[form] == nil {
			return nil, fmt.Errorf("a plural form is missing: %d of %d are there", len(table), len(has))
		}
	}
	return m, nil
}

// compile splits a text at its placeholders.
func compile(text string) (*message, error) {
	if text == "" {
		return nil, fmt.Errorf("the text is empty")
	}
	m := &message{text: text}
	if strings.Contains(text, "\n") {
		for line := range strings.Lines(text) {
			one, err := compile(strings.TrimSuffix(line, "\n"))
			if err != nil {
				return nil, err
			}
			m.lines = append(m.lines, one)
		}
	}
	for rest := text; rest != ""; {
		before, after, found := strings.Cut(rest, "{{")
		if !found {
			if m.segments != nil {
				m.segments = append(m.segments, segment{text: rest})
			}
			break
		}
		inside, after, closed := strings.Cut(after, "}}")
		name, dotted := strings.CutPrefix(inside, ".")
		p := placeholderNamed(name)
		if !closed || !dotted || p == none {
			return nil, fmt.Errorf("unknown placeholder {{%s}}", inside)
		}
		m.segments = append(m.segments, segment{text: before, placeholder: p})
		rest = after
	}
	return m, nil
}
