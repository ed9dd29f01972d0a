package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"areariservata.example/utenti/internal/access"
)

// startURL is the address of the service's name in the header: the institution's first page, or the list of
// institutions.
func (f Layout) startURL() string {
	if f.Institution.ID != "" {
		return HomeURL(f.Institution.ID)
	}
	return RootURL()
}

// initials are those of the title's first two words, or the first two letters of a single one. Articles and prepositions do
// not count.
func initials(title string) string {
	words := strings.FieldsFunc(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(smallWords, strings.ToLower(word)) })
	switch len(words) {
	case 0:
		return ""
	case 1:
		letters := []rune(words[0])
		return strings.ToUpper(string(letters[:min(2, len(letters))]))
	default:
		return strings.ToUpper(string([]rune(words[0])[:1]) + string([]rune(words[1])[:1]))
	}
}

var smallWords = strings.Fields("a con da dal dei del dell della delle di e ed i il in l la le per the of and for") // read only

// monogramColour is the CSS class of a product's colour.
func monogramColour(p access.Product) string { return "monogram-" + strconv.Itoa(p.Colour) }
