package form

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
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

// hasAddress reports whether a name contains what an e-mail program would make a link of, such as "evil.example" or "T.Co": a
// full stop between letters. After an initial it is normal ("G.Battista", "St.John"), unless a top-level domain follows.
func hasAddress(name string) bool {
	for word := range strings.FieldsSeq(name) {
		parts := strings.Split(strings.TrimRight(word, "."), ".")
		for i, after := range parts[1:] {
			before := []rune(parts[i])
			if end := strings.IndexFunc(after, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }); end >= 0 {
				after = after[:end]
			}
			if len(before) > 2 || (len(before) > 0 && isTopLevelDomain(after)) {
				return true
			}
		}
	}
	return false
}

// isTopLevelDomain reports whether a word is a top-level domain of the list that browsers use.
func isTopLevelDomain(word string) bool {
	ascii, err := idna.ToASCII(strings.ToLower(word))
	suffix, isPublic := publicsuffix.PublicSuffix(ascii)
	return err == nil && isPublic && suffix == ascii
}
