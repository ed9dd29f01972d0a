package invented_test

import (
	"testing"
	"time"

	"areariservata.example/utenti/internal/demo/invented"
)

func TestAFiscalCodeIsComputedFromTheNames(t *testing.T) {
	t.Parallel()
	born := time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)
	for want, p := range map[string]invented.Person{
		"RSSMRA80A01H501U": {FirstName: "Mario", LastName: "Rossi", Born: born, Place: "H501"},
		"RSSMRA80A41H501Y": {FirstName: "Maria", LastName: "Rossi", Born: born, Place: "H501", Woman: true},
		"FOXGNN80A01H501B": {FirstName: "Gianni", LastName: "Fo", Born: born, Place: "H501"},
		"DMCGFR80A01H501W": {FirstName: "Gian Franco", LastName: "D'Amìco", Born: born, Place: "H501"},
	} {
		got, err := invented.FiscalCode(p)
		if err != nil || got.Reveal() != want {
			t.Errorf("%s %s: got %s, %v; want %s", p.FirstName, p.LastName, got.Reveal(), err, want)
		}
	}
	if _, err := invented.FiscalCode(invented.Person{FirstName: "Mario", LastName: "Rossi", Born: born, Place: "Roma"}); err == nil {
		t.Error("an invalid place was accepted")
	}
}
