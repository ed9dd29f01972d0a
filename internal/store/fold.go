package store

import "areariservata.example/utenti/internal/form"

// SortKey orders lists by surname, then name (rule V7). The tab sorts before letters and spaces: De before De Luca.
func SortKey(firstName, lastName string) string {
	return form.Fold(lastName) + "\t" + form.Fold(firstName)
}

// SearchKey is the text in which parts of a name or of the e-mail are searched (rule V6).
func SearchKey(firstName, lastName, email string) string {
	return form.Fold(lastName) + " " + form.Fold(firstName) + " " + form.Fold(email)
}
