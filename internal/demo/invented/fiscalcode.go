// Package invented generates personal data for tests and the demo: valid in form, and of no real person.
package invented

import (
	"fmt"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// Person has the data that a fiscal code encodes.
type Person struct {
	FirstName, LastName string
	Born                time.Time
	Woman               bool
	Place               string // the land registry's code: a letter and three digits ("H501")
}

// monthLetters are the letters of January to December.
const monthLetters = "ABCDEHLMPRST"

// FiscalCode computes a person's fiscal code. The error is that of [access.ParseFiscalCode] if the data are impossible.
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
