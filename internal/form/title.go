package form

import (
	"errors"

	"areariservata.example/utenti/internal/access"
)

// CheckTitle checks a group's name. Whether another group has the name is decided later.
func CheckTitle(typed string) (string, access.FieldErrors) {
	title, err := Title(typed)
	switch {
	case err == nil:
		return title, nil
	case errors.Is(err, ErrCode):
		return "", access.FieldErrors{access.FieldTitle: access.TitleHasFiscalCode}
	case errors.Is(err, ErrEmpty):
		return "", access.FieldErrors{access.FieldTitle: access.Missing}
	case errors.Is(err, ErrTooLong):
		return "", access.FieldErrors{access.FieldTitle: access.TitleTooLong}
	default:
		return "", access.FieldErrors{access.FieldTitle: access.TitleShape}
	}
}

// IsTitleTaken reports whether another group of the product has the name, regardless of case and accents.
func IsTitleTaken(groups []access.Group, product access.ProductID, but access.GroupID, name string) bool {
	for _, g := range groups {
		if g.Product == product && g.ID != but && name != "" && Fold(g.Name) == Fold(name) {
			return true
		}
	}
	return false
}
