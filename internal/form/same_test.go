package form_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

func TestDiffers(t *testing.T) { // P10
	t.Parallel()
	user := access.User{FirstName: "Niccolò Maria", LastName: "D’Amico", Email: "niccolo@ente.example"}
	for _, row := range []struct {
		first, last, email string
		want               bool
	}{
		{"", "", "", false}, // a row with the code alone
		{"Niccolò Maria", "D'Amico", "niccolo@ente.example", false},
		{"NICCOLO' MARIA", "damico", " Niccolo@Ente.Example ", false},
		{"D'Amico", "Niccolò Maria", "", false},
		{"", "D'Amico", "", false},
		{"Niccolò", "", "", false},
		{"Niccolò", "D'Amico", "", true},
		{"Mario", "Rossi", "niccolo@ente.example", true},
		{"Mario", "", "", true},
		{"", "", "mario@ente.example", true},
		{"Niccolò Maria", "D'Amico", "mario@ente.example", true}, // another person of the same name?
	} {
		d := access.UserForm{FirstName: row.first, LastName: row.last, Email: row.email}
		if got := form.Differs(d, user); got != row.want {
			t.Errorf("%q %q %q: %v", row.first, row.last, row.email, got)
		}
	}
}
