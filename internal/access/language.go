package access

// Language is the code of a language of the interface and of e-mails (ISO 639-1).
type Language string

// The languages there are. Each has a file in web/locale.
const (
	Italian Language = "it"
	English Language = "en"
)

// DefaultLanguage is used where a person has chosen none and the browser asks for none that there is.
const DefaultLanguage = Italian

// Languages returns all of them, in the order in which pages offer them; the default comes first.
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
