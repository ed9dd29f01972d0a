package locale

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// whole are arguments that all messages can be drawn with; the zero value is the case of what is not known.
func whole() []Args {
	return []Args{{
		Person: "Anna Bianchi", Role: "Operatore API", Product: "SEND", Institution: "Comune", Group: "Ufficio", Roles: "A, B", Groups: "C, D",
		Columns: "E, F", State: "G", Was: "H", Data: "I", To: "J", Day: "K", Reason: "L", Count: 2, Total: 3, Line: 4,
	}, {}}
}

// spokenOf returns the names of a message's placeholders, in all its forms.
func spokenOf(m *message) []string {
	var names []string
	if m == nil {
		return nil
	}
	for _, s := range m.segments {
		if s.placeholder != none {
			names = append(names, nameOf(s.placeholder))
		}
	}
	if m.forms != nil {
		for _, form := range m.forms {
			names = append(names, spokenOf(form)...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nameOf returns the name of the field of Args that a placeholder draws.
func nameOf(p placeholder) string {
	args := reflect.TypeFor[Args]()
	for field := range args.Fields() {
		if name := field.Name; placeholderNamed(name) == p {
			return name
		}
	}
	panic(fmt.Sprintf("placeholder %d has no name", p))
}

// A language's file has the keys of the default one, with the same placeholders; parse has seen to the plural forms.
func TestLanguagesHaveTheSameMessages(t *testing.T) {
	t.Parallel()
	// Byte for byte what the English page has always said: "this product".
	without := map[string]string{"reason.group-name-taken.text": "Product"}
	first := locales[access.DefaultLanguage]
	for _, l := range locales {
		for key, m := range first.messages {
			other := l.messages[key]
			if other == nil {
				t.Errorf("%s.toml does not have %s", l.Language, key)
				continue
			}
			if (m.forms == nil) != (other.forms == nil) {
				t.Errorf("%s has plural forms in one of %s and %s only", key, first.Language, l.Language)
			}
			names, others := spokenOf(m), spokenOf(other)
			if l != first && without[key] != "" {
				others = append(others, without[key])
			}
			if !slices.Equal(names, others) {
				t.Errorf("%s speaks of %v in %s, of %v in %s", key, names, first.Language, others, l.Language)
			}
		}
		for key := range l.messages {
			if first.messages[key] == nil {
				t.Errorf("%s.toml has %s, which %s.toml does not", l.Language, key, first.Language)
			}
		}
	}
	if len(locales) != len(access.Languages()) {
		t.Errorf("%d locales for %d languages", len(locales), len(access.Languages()))
	}
}

func TestEveryFileHasItsLanguage(t *testing.T) {
	t.Parallel()
	entries, err := files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if code, _ := strings.CutSuffix(entry.Name(), ".toml"); locales[access.Language(code)] == nil {
			t.Errorf("%s has no line in access.Languages", entry.Name())
		}
	}
}

// Placeholders that are empty leave no traces: two blanks, or a blank before a full stop.
func TestSentencesReadWell(t *testing.T) {
	t.Parallel()
	for _, l := range locales {
		for key := range l.messages {
			if text := l.T(key, whole()[0]); strings.Contains(text, "  ") || strings.Contains(text, " .") {
				t.Errorf("%s.%s: %q", l.Language, key, text)
			}
		}
		for reason := range access.Reasons {
			if text, _ := l.Find("reason.*.text", string(reason), whole()[1]); strings.Contains(text, "  ") || strings.Contains(text, " .") {
				t.Errorf("%s: reason %s of an unknown person: %q", l.Language, reason, text)
			}
		}
	}
}

// No message was left in Italian: none is the same as there, and none has an Italian letter.
func TestEnglishIsEnglish(t *testing.T) {
	t.Parallel()
	const accents = "àèéìòùÀÈÉÌÒÙ"
	same := []string{"Area Riservata", "Privacy", "E-mail", "e-mail"}
	italian, english := For(access.Italian), For(access.English)
	for key := range english.messages {
		if strings.HasPrefix(key, "date.") { // layouts of the package time
			continue
		}
		a, b := italian.T(key, whole()[0]), english.T(key, whole()[0])
		if strings.ContainsAny(b, accents) || len(strings.Fields(b)) > 3 && a == b {
			t.Errorf("%s: %q", key, b)
		}
		if m := english.messages[key]; a == b && m.forms == nil && m.segments == nil && !slices.Contains(same, b) {
			t.Errorf("%s: %q", key, b)
		}
	}
}

// The manual's English, to the letter.
func TestEnglishIsTheManuals(t *testing.T) {
	t.Parallel()
	l := For(access.English)
	for key, want := range map[string]string{
		"common.users": "Users", "action.add.verb": "Add a user", "profile.fiscal_code": "Fiscal Code", "profile.first_name": "First Name",
		"profile.last_name": "Last Name", "profile.email": "Institutional e-mail", "form.role": "Role", "form.add": "Add",
		"action.suspend.verb": "Suspend", "action.reactivate.verb": "Re-enable", "action.remove.verb": "Revoke",
		"confirm.button.remove": "Confirm", "common.cancel": "Cancel", "action.assign.verb": "Assign role",
		"profile.another": "Assign another role", "action.join.verb": "Assign group",
		"category.administrator": "Administrator", "category.operator": "Operator", "status.suspended": "Suspended",
	} {
		if got := l.T(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
}

func TestCountsAreReadable(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		0: {"0 utenti", "0 users"}, 1: {"1 utente", "1 user"}, 999: {"999 utenti", "999 users"},
		1000: {"1.000 utenti", "1,000 users"}, 1001: {"1.001 utenti", "1,001 users"},
		1_234_567: {"1.234.567 utenti", "1,234,567 users"},
	} {
		count := Args{Count: n}
		if got := [2]string{For(access.Italian).T("list.count", count), For(access.English).T("list.count", count)}; got != want {
			t.Errorf("count of %d: %q, want %q", n, got, want)
		}
	}
}

func TestEveryArgumentHasItsPlaceholder(t *testing.T) {
	t.Parallel()
	args := reflect.TypeFor[Args]()
	for field := range args.Fields() {
		if name := field.Name; placeholderNamed(name) == none {
			t.Errorf("Args.%s has no placeholder", name)
		}
	}
}
