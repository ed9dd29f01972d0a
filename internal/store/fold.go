package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// What compatibility decomposition leaves whole, as people type it who don't have the letter on their keyboard.
var letters = strings.NewReplacer(
	"ß", "ss", "ẞ", "ss", "ø", "o", "Ø", "o", "ł", "l", "Ł", "l", "đ", "d", "Đ", "d", "ð", "d", "Ð", "d",
	"þ", "th", "Þ", "th", "æ", "ae", "Æ", "ae", "œ", "oe", "Œ", "oe", "ı", "i",
	"'", "", "’", "", "‘", "", "ʼ", "", "`", "", "-", " ", "‐", " ", "‑", " ", "–", " ",
)

// Fold reduces a text to what searches and sorts compare: lower case, no accents, apostrophes or double spaces (rule V6).
// It is done once when a name is written and once when a search is asked, never by the database.
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(letters.Replace(s)) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// SortKey orders lists by surname, then name (rule V7). The tab comes before every letter and the space: De before De Luca.
func SortKey(firstName, lastName string) string { return Fold(lastName) + "\t" + Fold(firstName) }

// SearchKey is what a search for parts of a name or of the e-mail looks through (rule V6).
func SearchKey(firstName, lastName, email string) string {
	return Fold(lastName) + " " + Fold(firstName) + " " + Fold(email)
}
