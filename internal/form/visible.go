package form

import (
	"strings"
	"unicode"
)

// Visible removes the characters that show nothing: marks of direction, joiners, byte order marks, fillers, variation
// selectors. They come along when text is copied, and two texts that look the same would differ. Spaces stay.
func Visible(typed string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, typed)
}

// apostrophes are accents that stand by themselves, which people type for an apostrophe. The typographic one stays.
var apostrophes = strings.NewReplacer("´", "'", "`", "'", "ʼ", "'", "ʹ", "'", "ʻ", "'", "′", "'", "＇", "'")

// isInNames reports whether a character may be in a person's name: a letter of any alphabet, an accent, a space, an
// apostrophe, a hyphen, a full stop, the middle dot of Catalan.
func isInNames(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || strings.ContainsRune(" '’‘-‐‑–.·", r)
}

// hasAddress reports whether a name contains what an e-mail program would make a link of, such as "evil.example": a full
// stop between letters. After an initial ("G.Battista") it is normal.
func hasAddress(name string) bool {
	for word := range strings.FieldsSeq(name) {
		parts := strings.Split(strings.TrimRight(word, "."), ".")
		for _, part := range parts[:len(parts)-1] {
			if len([]rune(part)) > 2 {
				return true
			}
		}
	}
	return false
}
