// Package invented makes up people's particulars for tests and demo: valid in form, and of no real person.
package invented

import (
	"fmt"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
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
	code := fmt.Sprintf("%s%02d%c%02d%s", form.Code(p.FirstName, p.LastName),
		p.Born.Year()%100, monthLetters[p.Born.Month()-1], day, p.Place)
	for check := 'A'; check <= 'Z'; check++ {
		if found, err := access.ParseFiscalCode(code + string(check)); err == nil {
			return found, nil
		}
	}
	return access.ParseFiscalCode(code + "A")
}
