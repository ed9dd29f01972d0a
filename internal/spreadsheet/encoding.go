package spreadsheet

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// EncodingError reports a text whose encoding is not certain, and the first line with such characters.
type EncodingError struct{ Line int }

// Error is for logs.
func (e *EncodingError) Error() string {
	return fmt.Sprintf("spreadsheet: characters of an unknown encoding on line %d", e.Line)
}

// encodings are those of spreadsheet programs: Windows, "CSV (Macintosh)", "CSV (MS-DOS)".
var encodings = []*charmap.Charmap{charmap.Windows1252, charmap.Macintosh, charmap.CodePage850}

// plausible are the characters outside ASCII that texts with names have, the most usual first: of Italian, of its
// neighbours, of other languages.
var plausible = []string{
	"àèéìòùÀÈÉÌÒÙ’€°ªº\u00a0",
	"àèéìòùÀÈÉÌÒÙ’€°ªº\u00a0äöüÄÖÜßçÇâêîôûëïñÑšžŠŽ",
	"àèéìòùÀÈÉÌÒÙ’€°ªº\u00a0äöüÄÖÜßçÇâêîôûëïñÑšžŠŽáãåæíóõøœúýÿÁÂÃÅÆÊËÍÎÏÓÔÕØŒÚÛÝŸ",
}

// decode decodes a text that is not UTF-8. It recognises the encoding by the characters that it gives: they are those of
// names, and stand where they can stand. The encoding that needs the more usual characters is meant; where two give
// different texts with the same, none is guessed. Errors: [*EncodingError].
func decode(file []byte) (string, error) {
	var found []string
	for _, chars := range plausible {
		for _, encoding := range encodings {
			text, err := encoding.NewDecoder().Bytes(file)
			if err == nil && isPlausible(string(text), chars) {
				found = append(found, string(text))
			}
		}
		if len(found) > 0 {
			break
		}
	}
	for _, text := range found {
		if text != found[0] {
			found = nil
			break
		}
	}
	if len(found) == 0 {
		return "", &EncodingError{oddLine(file)}
	}
	return found[0], nil
}

// isPlausible reports whether the text has no characters outside ASCII but those given, and these where they can stand:
// no capital within lower-case letters, no lower-case letter at the start of a word, no sign of money at a letter.
func isPlausible(text, chars string) bool {
	runes := []rune(text)
	for i, r := range runes {
		if r < utf8.RuneSelf {
			continue
		}
		before, after := ' ', ' '
		if i > 0 {
			before = runes[i-1]
		}
		if i+1 < len(runes) {
			after = runes[i+1]
		}
		switch {
		case !strings.ContainsRune(chars, r),
			unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsLetter(before) && unicode.IsLower(after)),
			unicode.IsLower(r) && !unicode.IsLetter(before) && before != '\'' && before != '’' && unicode.IsLetter(after),
			unicode.Is(unicode.Sc, r) && (unicode.IsLetter(before) || unicode.IsLetter(after)):
			return false
		}
	}
	return true
}

// oddLine is the first line, from 1, that is not UTF-8.
func oddLine(file []byte) int {
	text := lineBreaks.Replace(string(file))
	for i, line := range strings.Split(text, "\n") {
		if !utf8.ValidString(line) {
			return i + 1
		}
	}
	return 1
}
