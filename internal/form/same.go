package form

import (
	"slices"
	"strings"

	"areariservata.example/utenti/internal/access"
)

// Differs reports whether what was typed about a person, as far as it was typed, differs from a user's data: then the
// fiscal code may be a colleague's. Case, accents and the order of names do not matter.
func Differs(d access.UserForm, u access.User) bool {
	typed, known := words(d.FirstName+" "+d.LastName), words(u.Name())
	if strings.TrimSpace(d.FirstName) != "" && strings.TrimSpace(d.LastName) != "" {
		if !slices.Equal(typed, known) {
			return true
		}
	} else if slices.ContainsFunc(typed, func(word string) bool { return !slices.Contains(known, word) }) {
		return true
	}
	email := strings.TrimSpace(d.Email)
	return email != "" && !strings.EqualFold(email, u.Email)
}

func words(name string) []string {
	all := strings.Fields(Fold(name))
	slices.Sort(all)
	return all
}
