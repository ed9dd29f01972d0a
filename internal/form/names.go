// Package form checks typed data that need Unicode tables: names, groups' names, whole forms about a user, and the rows
// of an import. A check returns the normalized data and an error for each field. Whether the change is allowed is
// decided later, under the institution's lock.
package form

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"

	"areariservata.example/utenti/internal/access"
)

// Max is the length of the longest name, in characters.
const Max = 100

// Errors of a typed name.
var (
	ErrEmpty   = errors.New("name: empty")
	ErrTooLong = errors.New("name: longer than 100 characters")
	ErrShape   = errors.New("name: control or invisible characters, or no letter at all")
	ErrCode    = errors.New("name: contains a fiscal code, which would be stored in clear and listed (rule D7)")
)

// Clean normalizes a person's name: it removes invisible characters, trims and joins spaces, and composes characters
// (NFC). It refuses digits, signs that are in no name, and addresses. Accents, apostrophes, hyphens and letters of other
// alphabets are normal (rule D2).
func Clean(typed string) (string, error) {
	typed = apostrophes.Replace(Visible(typed))
	if strings.TrimSpace(typed) == "" {
		return "", ErrEmpty
	}
	name, err := precis.Nickname.String(typed)
	if err != nil || !strings.ContainsFunc(name, unicode.IsLetter) {
		return "", ErrShape
	}
	if len([]rune(name)) > Max {
		return "", ErrTooLong
	}
	name, err = withoutCode(norm.NFC.String(name))
	if err != nil {
		return "", err
	}
	if hasAddress(name) || strings.ContainsFunc(name, func(r rune) bool { return !isInNames(r) }) {
		return "", ErrShape
	}
	return name, nil
}

// withoutCode refuses a normalized name that contains a fiscal code. Before, the code may hide in full-width or
// mathematical letters.
func withoutCode(name string) (string, error) {
	if access.ContainsFiscalCode(name) {
		return "", ErrCode
	}
	return name, nil
}

// Title normalizes a group's name as [Clean] does a person's, but accepts digits and all visible signs.
func Title(typed string) (string, error) {
	typed = apostrophes.Replace(Visible(typed))
	if strings.TrimSpace(typed) == "" {
		return "", ErrEmpty
	}
	title, err := precis.Nickname.String(typed)
	isShown := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	if err != nil || strings.ContainsRune(title, unicode.ReplacementChar) || !strings.ContainsFunc(title, isShown) {
		return "", ErrShape
	}
	if len([]rune(title)) > Max {
		return "", ErrTooLong
	}
	return withoutCode(norm.NFC.String(title))
}

// letters are those that compatibility decomposition keeps, with what people type who lack them on the keyboard.
var letters = strings.NewReplacer(
	"ß", "ss", "ẞ", "ss", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ð", "d", "Ð", "d",
	"þ", "th", "Þ", "th", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i",
	"'", "", "’", "", "‘", "", "ʼ", "", "`", "", "´", "", "ʹ", "", "ʻ", "", "′", "", "-", " ", "‐", " ", "‑", " ", "–", " ",
)

// Fold reduces a text to what searches and sorts compare: lower case, no accents, apostrophes or double spaces (rule
// V6).
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(Visible(s))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// MatchCode reports whether a fiscal code starts with the letters of these names (rule D2). If not, a form asks to
// confirm the names and never refuses them: there are people whose code was made from other names.
func MatchCode(code, firstName, lastName string) bool {
	return len(code) == 16 && code[:6] == Code(firstName, lastName)
}

// Code is the first six letters of a fiscal code: three of the surname, three of the first name.
func Code(firstName, lastName string) string { return surnameCode(lastName) + nameCode(firstName) }

// surnameCode is the first three of the consonants, then the vowels, then X.
func surnameCode(name string) string {
	consonants, vowels := split(name)
	return (consonants + vowels + "XXX")[:3]
}

// nameCode is the same as surnameCode, but leaves out the second of four or more consonants.
func nameCode(name string) string {
	consonants, vowels := split(name)
	if len(consonants) > 3 {
		consonants = consonants[:1] + consonants[2:]
	}
	return (consonants + vowels + "XXX")[:3]
}

// split returns a name's consonants and vowels, each in order. Some registers write a German umlaut as the vowel and an
// e, others as the vowel alone; here it is the vowel alone, as in Fold.
func split(name string) (consonants, vowels string) {
	for _, r := range strings.ToUpper(Fold(name)) {
		switch {
		case strings.ContainsRune("AEIOU", r):
			vowels += string(r)
		case r >= 'A' && r <= 'Z':
			consonants += string(r)
		}
	}
	return consonants, vowels
}
