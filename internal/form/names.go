// Package form reads people's names as they are typed, and holds them against fiscal codes. Names of people have accents,
// apostrophes, hyphens, several words, letters of other alphabets: all of that is normal (rule D2).
package form

import (
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// Max is the longest a first name or a surname may be, in characters: long enough for anybody, short enough for a page.
const Max = 100

// Faults of a name as typed.
var (
	ErrEmpty   = errors.New("name: empty")
	ErrTooLong = errors.New("name: longer than 100 characters")
	ErrShape   = errors.New("name: control or invisible characters, or no letter at all")
)

// Clean reads a name: spaces around and doubled are mended, composed forms are made one (NFC); what can't be seen is refused.
func Clean(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", ErrEmpty
	}
	name, err := precis.Nickname.String(typed)
	if err != nil || !strings.ContainsFunc(name, unicode.IsLetter) || strings.ContainsAny(name, "<>{}[]@=|\"\\;%$#*+_^~") {
		return "", ErrShape
	}
	if len([]rune(name)) > Max {
		return "", ErrTooLong
	}
	return norm.NFC.String(name), nil
}

// Title reads what people call a thing, as a group: the same as a name, but with digits and any sign that can be seen.
func Title(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", ErrEmpty
	}
	title, err := precis.Nickname.String(typed)
	if err != nil || !strings.ContainsFunc(title, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return "", ErrShape
	}
	if len([]rune(title)) > Max {
		return "", ErrTooLong
	}
	return norm.NFC.String(title), nil
}

// What compatibility decomposition leaves whole, as people type it who don't have the letter on their keyboard.
var letters = strings.NewReplacer(
	"ß", "ss", "ẞ", "ss", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ð", "d", "Ð", "d",
	"þ", "th", "Þ", "th", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i",
	"'", "", "’", "", "‘", "", "ʼ", "", "`", "", "-", " ", "‐", " ", "‑", " ", "–", " ",
)

// Fold reduces a text to what searches and sorts compare: lower case, no accents, apostrophes or double spaces (rule V6).
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// MatchCode reports whether a fiscal code may have been made from these names (rule D2). The code's first three letters are
// the surname's, the next three the first name's. A no is a reason to look again, never a refusal: real registers hold
// people whose code was made from other names.
func MatchCode(code, firstName, lastName string) bool {
	return len(code) == 16 && code[:6] == Code(firstName, lastName)
}

// Code is the six letters that a fiscal code starts with, made from the names.
func Code(firstName, lastName string) string { return surnameCode(lastName) + nameCode(firstName) }

// surnameCode: consonants, then vowels, then X.
func surnameCode(name string) string {
	consonants, vowels := split(name)
	return (consonants + vowels + "XXX")[:3]
}

// nameCode: as for the surname, but of four or more consonants the second is left out.
func nameCode(name string) string {
	consonants, vowels := split(name)
	if len(consonants) > 3 {
		consonants = consonants[:1] + consonants[2:]
	}
	return (consonants + vowels + "XXX")[:3]
}

// split gives a name's consonants and vowels, each in their order. German umlauts count as the vowel with an e after it
// in some registers and without in others: here without, as they are folded.
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
