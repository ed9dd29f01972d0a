package store

import "areariservata.example/utenti/internal/form"

// SortKey orders lists by surname, then name (rule V7). The tab sorts before letters and spaces: De before De Luca.
func SortKey(firstName, lastName string) string {
	return form.Fold(lastName) + "\t" + form.Fold(firstName)
}

// SearchKey is the text in which users are searched for (rule V6).
func SearchKey(firstName, lastName, email string) string {
	return form.SearchKey(firstName, lastName, email)
}
