package access

import (
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// FiscalCode is the Italian fiscal code of a natural person: personal data (rule D7). However it is printed, logged or
// marshalled, it shows itself masked; only [FiscalCode.Reveal] gives it away.
type FiscalCode struct{ code string }

// Faults of a fiscal code as typed (rule D1).
var (
	ErrFiscalCodeShape     = errors.New("fiscal code: not the 16 characters of a natural person's")
	ErrFiscalCodeTemporary = errors.New("fiscal code: an 11-digit code, not a natural person's")
	ErrFiscalCodeDate      = errors.New("fiscal code: no such date of birth")
	ErrFiscalCodeCheck     = errors.New("fiscal code: wrong check character")
)

// shape says what stands at each of the 16 places: a letter, a digit (or the letter that omocodia puts in its place), the month, the check character.
const shape = "LLLLLLDDMDDLDDDC"

const (
	omocodia = "LMNPQRSTUV"   // the letter that stands for each digit
	months   = "ABCDEHLMPRST" // January to December
)

// daysIn counts February with its 29th: the leap year is looked at apart.
var daysIn = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// odd are the values of 0-9 (also A-J) and K-Z at the odd places, counting from one.
var odd = [...]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

// ParseFiscalCode reads a fiscal code as people type it: spaces and lower case are mended, not refused (rule D1).
// Two codes that differ by omocodia are two people, so nothing else is normalised.
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
	if day > 40 { // women's days are counted from 41
		day -= 40
	}
	// The century isn't in the code: 29 February is right if it was in one of the possible years, and 2000 was a leap year.
	if day < 1 || day > daysIn[month] || (month == 1 && day == 29 && year%4 != 0) {
		return FiscalCode{}, ErrFiscalCodeDate
	}
	if code[15] != checkCharacter(code[:15]) {
		return FiscalCode{}, ErrFiscalCodeCheck
	}
	return FiscalCode{code}, nil
}

// HasFiscalCodeShape reports whether each of 16 characters is of the kind that its place in a fiscal code wants, in upper
// case. The date and the check character may be wrong.
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

// FindFiscalCode finds a valid fiscal code in what was typed into a search, also among other words and signs.
func FindFiscalCode(typed string) (FiscalCode, bool) {
	words := strings.FieldsFunc(typed, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	for _, text := range append(words, strings.Join(words, "")) {
		if code, err := ParseFiscalCode(text); err == nil {
			return code, true
		}
	}
	return FiscalCode{}, false
}

// LooksLikeFiscalCode reports whether what was typed may be meant as a fiscal code, right or wrong, or has one in it: then it is
// personal data, and must stay out of addresses (rule D7). A name of sixteen letters isn't one, unless it happens to be a
// valid code.
func LooksLikeFiscalCode(typed string) bool {
	if _, found := FindFiscalCode(typed); found {
		return true
	}
	code := strings.Join(strings.Fields(typed), "")
	return (len(code) == len(shape) || len(code) == 11) && strings.ContainsAny(code, "0123456789") &&
		strings.Trim(strings.ToUpper(code), "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// codeShape is what looks like a fiscal code wherever it stands, right or wrong.
var codeShape = regexp.MustCompile(`(?i)[A-Z]{6}[\dLMNP-V]{2}[A-EHLMPR-T][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]`)

// ContainsFiscalCode reports whether a text that is to be kept or given out has in it what may be a fiscal code (rule D7): one of
// its words may be meant as one, or all of them together have its shape somewhere. Words that are sixteen characters only
// together are a name like any other ("Sportello 3bis est"). Sixteen letters without a digit are a word, unless they happen
// to be a valid code.
func ContainsFiscalCode(text string) bool {
	words := strings.Fields(text)
	if slices.ContainsFunc(words, LooksLikeFiscalCode) {
		return true
	}
	for _, found := range codeShape.FindAllString(strings.Join(words, ""), -1) {
		if _, err := ParseFiscalCode(found); err == nil || strings.ContainsAny(found, "0123456789") {
			return true
		}
	}
	return false
}

// fits reports whether a character may stand at a place of that kind.
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

// digit is a digit's value, also where omocodia has put a letter; -1 for anything else.
func digit(c byte) int {
	if c >= '0' && c <= '9' {
		return int(c - '0')
	}
	return strings.IndexByte(omocodia, c)
}

// checkCharacter is the last character, from the fifteen before it.
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

// Reveal gives the code away: to a profile's page, and to what looks it up or seals it.
func (f FiscalCode) Reveal() string { return f.code }

// IsZero reports whether there is no code.
func (f FiscalCode) IsZero() bool { return f.code == "" }

const masked = "****************"

// String is masked.
func (FiscalCode) String() string { return masked }

// Format is masked, whatever the verb.
func (FiscalCode) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(masked)) }

// LogValue is masked.
func (FiscalCode) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText is masked; so is JSON.
func (FiscalCode) MarshalText() ([]byte, error) { return []byte(masked), nil }
