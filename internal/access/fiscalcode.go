package access

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
)

// FiscalCode is the Italian fiscal code of a natural person, which is personal data (rule D7). Printing, logging and
// marshalling it gives a mask. Only [FiscalCode.Reveal] returns the code.
type FiscalCode struct{ code string }

// Errors of a typed fiscal code (rule D1).
var (
	ErrFiscalCodeShape     = errors.New("fiscal code: not the 16 characters of a natural person's")
	ErrFiscalCodeTemporary = errors.New("fiscal code: an 11-digit code, not a natural person's")
	ErrFiscalCodeDate      = errors.New("fiscal code: no such date of birth")
	ErrFiscalCodeCheck     = errors.New("fiscal code: wrong check character")
)

// shape is the kind of each of the 16 characters: L a letter, D a digit or the letter that omocodia replaces it by, M
// the month, C the check character.
const shape = "LLLLLLDDMDDLDDDC"

const (
	omocodia = "LMNPQRSTUV"   // the letters for the digits 0 to 9, where two people would have the same code
	months   = "ABCDEHLMPRST" // January to December
)

// daysIn has 29 days in February. Leap years are checked apart.
var daysIn = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// odd are the values of 0-9 (or A-J) and K-Z at odd positions, counted from 1.
var odd = [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// ParseFiscalCode validates a typed fiscal code, regardless of spaces and case (rule D1). Omocodia is not normalized:
// codes that differ by it belong to two people.
func ParseFiscalCode(typed string) (FiscalCode, error) {
	code := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if len(code) == 11 && strings.Trim(code, "0123456789") == "" {
		return FiscalCode{}, ErrFiscalCodeTemporary
	}
	if !HasFiscalCodeShape(code) {
		return FiscalCode{}, ErrFiscalCodeShape
	}
	var digits [16]int
	for i := range code {
		digits[i] = digit(code[i])
	}
	year, month, day := digits[6]*10+digits[7], strings.IndexByte(months, code[8]), digits[9]*10+digits[10]
	if day > 40 { // women have 40 added to the day
		day -= 40
	}
	// The code does not have the century. 1900 was not a leap year, but 2000 was, so year%4 decides.
	if day < 1 || day > daysIn[month] || (month == 1 && day == 29 && year%4 != 0) {
		return FiscalCode{}, ErrFiscalCodeDate
	}
	if code[15] != checkCharacter(code[:15]) {
		return FiscalCode{}, ErrFiscalCodeCheck
	}
	return FiscalCode{code}, nil
}

// HasFiscalCodeShape reports whether a text in upper case has 16 characters of the right kinds. Its date and its check
// character may be wrong.
func HasFiscalCodeShape(code string) bool {
	if len(code) != len(shape) {
		return false
	}
	for i := range shape {
		if !fits(shape[i], code[i]) {
			return false
		}
	}
	return true
}

// codeShape finds the shape of a fiscal code within a text.
var codeShape = regexp.MustCompile(`(?i)[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPR-T][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]`)

// ContainsFiscalCode reports whether a text to be stored or shown contains what may be a fiscal code (rule D7). That is
// a valid code in a word, a word as long as a code, or the shape of a code anywhere in the words joined. Words that
// merely add up to sixteen characters do not count ("Sportello 3bis est"), nor do sixteen letters without a digit,
// unless they are a valid code.
func ContainsFiscalCode(text string) bool {
	if len(text) < 11 { // the shortest code
		return false
	}
	words := strings.Fields(text)
	for _, word := range words {
		if _, found := FindFiscalCode(word); found || hasCodeLength(word) {
			return true
		}
	}
	return containsCodeShape(strings.Join(words, ""))
}

// containsCodeShape reports whether a text contains the shape of a code: with a digit, or a valid one.
func containsCodeShape(text string) bool {
	return slices.ContainsFunc(codeShape.FindAllString(text, -1), func(found string) bool {
		_, err := ParseFiscalCode(found)
		return err == nil || strings.ContainsAny(found, "0123456789")
	})
}

// fits reports whether a character is of a kind of [shape].
func fits(kind, c byte) bool {
	switch kind {
	case 'D':
		return digit(c) >= 0
	case 'M':
		return strings.IndexByte(months, c) >= 0
	default:
		return c >= 'A' && c <= 'Z'
	}
}

// digit is the value of a digit or of its omocodia letter, -1 for any other character.
func digit(c byte) int {
	if c >= '0' && c <= '9' {
		return int(c - '0')
	}
	return strings.IndexByte(omocodia, c)
}

// checkCharacter computes the last character from the first fifteen.
func checkCharacter(code string) byte {
	sum := 0
	for i := range len(code) {
		value := int(code[i] - '0')
		if code[i] >= 'A' {
			value = int(code[i] - 'A')
		}
		if i%2 == 0 {
			value = odd[value]
		}
		sum += value
	}
	return byte('A' + sum%26)
}

// Reveal returns the code in clear: for a profile's page, for hashing and for encryption.
func (f FiscalCode) Reveal() string { return f.code }

// IsZero reports whether the code is empty.
func (f FiscalCode) IsZero() bool { return f.code == "" }

const masked = "****************"

// String returns the mask.
func (FiscalCode) String() string { return masked }

// Format writes the mask for any verb.
func (FiscalCode) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(masked)) }

// LogValue returns the mask.
func (FiscalCode) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText returns the mask, for JSON too.
func (FiscalCode) MarshalText() ([]byte, error) { return []byte(masked), nil }
