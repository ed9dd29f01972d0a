package access

// Language is the code of a language of the interface and of e-mails (ISO 639-1).
type Language string

// The supported languages. Each has a file in web/locale.
const (
	Italian Language = "it"
	English Language = "en"
)

// DefaultLanguage applies if a person has chosen no language and the browser requests none of the supported ones.
const DefaultLanguage = Italian

// Languages lists the supported languages in the order of the language switch; the default comes first.
func Languages() []Language { return []Language{Italian, English} }

// In returns the text in a language, and in Italian where the catalogue does not have it.
func (t Text) In(l Language) string {
	if l == English && t.En != "" {
		return t.En
	}
	return t.It
}

// LanguageIn returns the language of the text that [Text.In] returns.
func (t Text) LanguageIn(l Language) Language {
	if l == English && t.En != "" {
		return English
	}
	return Italian
}
