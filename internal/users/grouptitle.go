package users

import (
	"errors"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// CheckTitle reads what a group is to be called: cleaned, or what is wrong with it. Whether another group is called so is seen
// under the lock.
func CheckTitle(typed string) (string, access.Faults) {
	title, err := form.Title(typed)
	switch {
	case access.HasFiscalCode(typed):
		return "", access.Faults{access.FieldTitle: access.TitlePersonal}
	case err == nil:
		return title, nil
	case errors.Is(err, form.ErrEmpty):
		return "", access.Faults{access.FieldTitle: access.Missing}
	case errors.Is(err, form.ErrTooLong):
		return "", access.Faults{access.FieldTitle: access.TitleTooLong}
	default:
		return "", access.Faults{access.FieldTitle: access.TitleShape}
	}
}
