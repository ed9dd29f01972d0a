package users_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// D4: the first sign-in sets the names in every institution. The e-mails of the institutions stay.
func TestFirstSignInVerifiesNames(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	one, two := s.Institution("Uno", "PA").Product("prod-pn", "prod-interop"), s.Institution("Due", "PA").Product("prod-pn")
	oto := one.Admin("Oto Neri", "prod-pn")
	ids := map[access.InstitutionID]access.UserID{one.ID: oto, two.ID: two.Admin("Oto Neri", "prod-pn")}
	person := seed.Person(t, db.Owner, oto)
	anna := one.Admin("Anna Bianchi", "prod-pn")
	st := store.New(db.App, seed.Keys(t))
	service := users.New(st, nil, clock)
	for _, names := range [][2]string{{"", "Neri"}, {"Ottone", ""}, {"<b>", "Neri"}} {
		if err := service.Verify(t.Context(), person, s.FiscalCode("Oto Neri"), names[0], names[1]); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := service.Verify(t.Context(), person, s.FiscalCode("Oto Neri"), " Ottone ", "Neri"); err != nil {
			t.Fatal(err)
		}
	}
	if err := service.Verify(t.Context(), person, s.FiscalCode("Oto Neri"), "Ada", "Neri"); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		q := st.Query()
		var user access.User
		var sections []access.Section
		q.User(&user, i, id)
		q.Sections(&sections, i, access.Filter{Product: "prod-pn", Text: "ottone"})
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		if user.Name() != "Ottone Neri" || !user.Verified || user.Email != seed.Email("Oto Neri") {
			t.Errorf("%+v", user)
		}
		if rows := sections[0].Rows; len(rows) != 1 || rows[0].FirstName != "Ottone" {
			t.Errorf("the list: %+v", rows)
		}
	}
	var events int
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event
		WHERE action = 'verify' AND actor = subject AND subject IN ($1, $2)`, ids[one.ID], ids[two.ID]).Scan(&events); err != nil || events != 2 {
		t.Errorf("%d events, want one in each institution (%v)", events, err)
	}
	if _, err := admin.VerifyAudit(t.Context(), db.Owner, seed.Keys(t), nil); err != nil {
		t.Error(err)
	}
	edit := users.Command{Institution: one.ID, Actor: anna, Subject: oto, Key: newKey()}
	data := form.Edit{FirstName: "Oto", LastName: "Neri", Email: "x@ente.example", Version: 1}
	if err := service.Edit(t.Context(), edit, data); reason(err) != access.NamesVerified {
		t.Errorf("edited by an Administrator: %v", err)
	}
}
