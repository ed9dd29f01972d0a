package users_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
)

// An actor who may not add gets the same answer about a user as about an unknown person (rules P10, V9).
func TestAddDisclosesNoUserToThoseWhoMayNotAdd(t *testing.T) {
	t.Parallel()
	o := setup(t)
	mario := form.NewUser{
		FiscalCode: parse(t, "RSSMRA80A01H501U"), FirstName: "Mario", LastName: "Rossi", Email: "mario.rossi@ente.example",
		Product: "prod-interop", Roles: []access.RoleID{"api"},
	}
	if _, err := o.service.Add(t.Context(), o.change(o.anna, "", access.Target{}), mario); err != nil {
		t.Fatal(err)
	}
	unknown := mario
	unknown.FiscalCode = parse(t, "RSSMRA80B29H501Q")
	for name, c := range map[string]struct {
		actor   access.UserID
		product access.ProductID
		role    access.RoleID
		want    access.Reason
	}{
		"an Operator":              {o.oto, "prod-interop", "api", access.NotAnyAdministrator},
		"of another product":       {o.anna, "prod-io", "referente operativo", access.NotAdministrator},
		"without the legal person": {o.anna, "prod-interop", "admin", access.NeedsSignature},
	} {
		for _, who := range []form.NewUser{mario, unknown} {
			who.Product, who.Roles = c.product, []access.RoleID{c.role}
			id, err := o.service.Add(t.Context(), o.change(c.actor, "", access.Target{}), who)
			if reason(err) != c.want || id != "" {
				t.Errorf("%s: %q %v, want %s", name, id, err, c.want)
			}
		}
	}
}
