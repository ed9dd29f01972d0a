package access

import (
	"strings"
	"unicode"
)

// FindFiscalCode returns the valid fiscal code in a search text, also among other words and signs, and in groups of
// characters.
func FindFiscalCode(typed string) (FiscalCode, bool) {
	if len(typed) < len(shape) {
		return FiscalCode{}, false
	}
	for _, run := range codeRuns(typed) {
		if len(run) != len(shape) {
			continue // parsing would only build an error
		}
		if code, err := ParseFiscalCode(run); err == nil {
			return code, true
		}
	}
	return FiscalCode{}, false
}

// LooksLikeFiscalCode reports whether a search text contains a fiscal code or what is meant as one; see [SearchedCode].
func LooksLikeFiscalCode(typed string) bool { return SearchedCode(typed) != "" }

// SearchedCode returns the part of a search text that is meant as a fiscal code, even if mistyped or incomplete; empty if
// there is none. The text is then personal data and must not be in a URL (rule D7). A name of sixteen letters does not
// count, unless it is a valid code.
func SearchedCode(typed string) string {
	if code, found := FindFiscalCode(typed); found {
		return code.Reveal()
	}
	for _, run := range codeRuns(typed) {
		if beginsLikeCode(run) {
			return run
		}
	}
	if whole := strings.Join(strings.Fields(typed), ""); hasCodeLength(whole) {
		return whole
	}
	return ""
}

// hasCodeLength reports whether a text has as many letters and digits as a fiscal code, a natural person's or another.
func hasCodeLength(text string) bool {
	return (len(text) == len(shape) || len(text) == 11) && strings.ContainsAny(text, digits) && isCodeText(text)
}

const digits = "0123456789"

// isCodeText reports whether a text has the letters and digits of fiscal codes only.
func isCodeText(text string) bool {
	return strings.Trim(strings.ToUpper(text), digits+"ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// codeRuns are a text's words and the runs of words that follow one another, joined, in upper case: a code may be
// written in groups. A run is a little longer than a code at most, unless it is a single word.
func codeRuns(typed string) (runs []string) {
	words := strings.FieldsFunc(strings.ToUpper(typed), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	runs = append(make([]string, 0, 3*len(words)), words...)
	for first := range words {
		length := len(words[first])
		for i, word := range words[first+1:] {
			if length += len(word); length > len(shape)+2 {
				break
			}
			if length > codeBeginning { // shorter ones are no code
				runs = append(runs, strings.Join(words[first:first+i+2], ""))
			}
		}
	}
	return runs
}

// codeBeginning is how many characters show that a fiscal code is meant: those up to the day of birth.
const codeBeginning = 11

// beginsLikeCode reports whether at least twelve letters and digits begin as a fiscal code does, with one character too
// many, too few or wrong at most.
func beginsLikeCode(run string) bool {
	if len(run) <= codeBeginning || !isCodeText(run) || !strings.ContainsAny(run, digits) {
		return false
	}
	fit := func(kinds, text string) int { // how many characters fit
		n := 0
		for n < len(kinds) && n < len(text) && fits(kinds[n], text[n]) {
			n++
		}
		return n
	}
	kinds := shape[:codeBeginning]
	n := fit(kinds, run)
	if n == len(kinds) {
		return true
	}
	wrong, many, few := fit(kinds[n+1:], run[n+1:]), fit(kinds[n:], run[n+1:]), fit(kinds[n+1:], run[n:])
	return max(wrong, few) == len(kinds)-n-1 || many == len(kinds)-n
}
