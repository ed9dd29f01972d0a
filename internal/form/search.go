package form

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// SearchKey is the text that is stored for each user and searched (rule V6): surname and first name, other spellings of
// them, and the e-mail.
//
// Names are without spaces, so that "lopresti" finds Lo Presti. The domain of the e-mail is reversed: words of it are in
// no name's place, so that neither a search for "comune" nor the index of three-letter sequences finds all the users of
// "comune.example". A [SearchWord] with an @ finds it all the same.
func SearchKey(firstName, lastName, email string) string {
	key := compact(lastName) + " " + compact(firstName)
	for _, name := range []string{lastName, firstName} {
		for _, spelling := range spellings(name) {
			if !strings.Contains(key, spelling) {
				key += " " + spelling
			}
		}
	}
	local, domain, _ := strings.Cut(email, "@")
	return strings.TrimSpace(key) + " " + compact(local) + "@" + reverse(compact(domain))
}

// compact is the folded text without spaces.
func compact(s string) string { return strings.ReplaceAll(Fold(s), " ", "") }

// expanded are letters that are written as two where a keyboard or a register lacks them.
var expanded = strings.NewReplacer(
	"ä", "ae", "Ä", "ae", "ö", "oe", "Ö", "oe", "ü", "ue", "Ü", "ue", "ø", "oe", "Ø", "oe", "å", "aa", "Å", "aa", "đ", "dj", "Đ", "dj",
)

// contracted makes one letter of two, as [Fold] folds the letters of expanded. After a q, "ue" is not a letter.
var contracted = strings.NewReplacer("que", "que", "ae", "a", "oe", "o", "ue", "u", "aa", "a", "dj", "d")

// spellings are the other spellings of a name: "Grüner" is searched for as "Gruener", and "Gruener" as "Grüner".
func spellings(name string) []string {
	return []string{compact(expanded.Replace(norm.NFC.String(name))), contracted.Replace(compact(name))}
}

func reverse(s string) string {
	runes := []rune(s)
	slices.Reverse(runes)
	return string(runes)
}

// SearchWord is a word that is searched for. It matches a [SearchKey] that contains Text somewhere before the @; with
// HasAt, one that contains Text right before the @, and ends with Domain.
type SearchWord struct {
	Text   string
	HasAt  bool
	Domain string // the beginning of a domain, reversed; may be empty
}

// SearchWords returns the words of a typed text, folded as names are, without the signs that people write between and
// after them: "Rossi, Bianca <bianca@ente.example>". A text of such signs only is searched for as it is.
func SearchWords(text string) []SearchWord {
	isBetween := func(c rune) bool { return unicode.IsSpace(c) || strings.ContainsRune(",;:()<>\"“”«»", c) }
	var words []SearchWord
	for typed := range strings.FieldsFuncSeq(text, isBetween) {
		if local, domain, hasAt := strings.Cut(strings.Trim(compact(typed), "."), "@"); hasAt {
			words = append(words, SearchWord{local, true, reverse(domain)})
			continue
		}
		for word := range strings.FieldsSeq(Fold(typed)) {
			if word = strings.Trim(word, "."); word != "" {
				words = append(words, SearchWord{Text: word})
			}
		}
	}
	if len(words) == 0 {
		for word := range strings.FieldsSeq(Fold(text)) {
			words = append(words, SearchWord{Text: word})
		}
	}
	return words
}

// HasTrigram reports whether an index of three-letter sequences finds the word.
func (w SearchWord) HasTrigram() bool { return len(w.Text) >= 3 || len(w.Domain) >= 3 }
