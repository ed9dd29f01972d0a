// Package invented makes up people's particulars for tests and demo: right in form, nobody's on purpose.
package invented

import (
	"fmt"
	"strings"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Person is whom a fiscal code is made for.
type Person struct {
	FirstName, LastName string
	Born                time.Time
	Woman               bool
	Place               string // a land registry's code: a letter and three digits ("H501")
}

// monthLetters are January to December.
const monthLetters = "ABCDEHLMPRST"

// FiscalCode is the person's, by the rules of the register. The error is that of [access.ParseFiscalCode] where the
// person is impossible.
func FiscalCode(p Person) (access.FiscalCode, error) {
	day := p.Born.Day()
	if p.Woman {
		day += 40
	}
	code := fmt.Sprintf("%s%s%02d%c%02d%s", ofLastName(p.LastName), ofFirstName(p.FirstName),
		p.Born.Year()%100, monthLetters[p.Born.Month()-1], day, p.Place)
	for check := 'A'; check <= 'Z'; check++ {
		if found, err := access.ParseFiscalCode(code + string(check)); err == nil {
			return found, nil
		}
	}
	return access.ParseFiscalCode(code + "A")
}

func ofLastName(name string) string {
	consonants, vowels := letters(name)
	return (consonants + vowels + "XXX")[:3]
}

// ofFirstName skips the second consonant where there are four or more.
func ofFirstName(name string) string {
	consonants, vowels := letters(name)
	if len(consonants) > 3 {
		return consonants[:1] + consonants[2:4]
	}
	return (consonants + vowels + "XXX")[:3]
}

func letters(name string) (consonants, vowels string) {
	for _, c := range strings.ToUpper(store.Fold(name)) {
		switch {
		case c < 'A' || c > 'Z':
		case strings.ContainsRune("AEIOU", c):
			vowels += string(c)
		default:
			consonants += string(c)
		}
	}
	return consonants, vowels
}
