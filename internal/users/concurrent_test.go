package users_test

import (
	"sync"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// P11: two institutions take away a person's last power at the same time. The sessions must end.
func TestTwoInstitutionsTakeTheLastPowers(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	service := users.New(store.New(db.App, seed.Keys(t)), nil, time.Now)
	at := access.Target{Product: "prod-pn", Role: "operator"}
	places := []*seed.Institution{s.Institution("Qui", "PA").Product("prod-pn"), s.Institution("Altrove", "PA").Product("prod-pn")}
	var actors []access.UserID
	var otos []access.UserID
	for _, i := range places {
		actors = append(actors, i.Admin("Anna Bianchi", "prod-pn"))
		otos = append(otos, i.Operator("Oto Neri", "prod-pn", "operator"))
	}
	for round := range 40 {
		if _, err := db.App.Exec(t.Context(), `INSERT INTO web_session (token_hash, data, expiry)
			VALUES ($1, json_build_object('values', json_build_object('person', $2::text)), now() + interval '1 hour')`,
			string(newKey()), string(seed.Person(t, db.Owner, otos[0]))); err != nil {
			t.Fatal(err)
		}
		both := func(do func(users.Command) error) {
			var wg sync.WaitGroup
			for n, i := range places {
				wg.Go(func() {
					if err := do(users.Command{Institution: i.ID, Actor: actors[n], Subject: otos[n], Target: at, Key: newKey()}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		both(func(c users.Command) error { return service.Suspend(t.Context(), c) })
		var live int
		err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM web_session WHERE revoked_at IS NULL`).Scan(&live)
		if err != nil || live != 0 {
			t.Fatalf("round %d: %d sessions without powers are open (%v)", round, live, err)
		}
		both(func(c users.Command) error { return service.Reactivate(t.Context(), c) })
	}
}

func TestNamesAreVerifiedDuringAnEdit(t *testing.T) { // D4, P8
	t.Parallel()
	o := setup(t)
	if err := o.service.Verify(t.Context(), seed.Person(t, o.db.Owner, o.oto), access.FiscalCode{}, "Oto", "Neri"); err != nil {
		t.Fatal(err)
	}
	form := form.Edit{FirstName: "Oto", LastName: "Neri", Email: "altra@ente.example", Version: 1}
	if got := reason(o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}), form)); got != access.Edited {
		t.Errorf("got %q", got)
	}
	form.Version++
	if err := o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}), form); err != nil {
		t.Error(err)
	}
}

func TestAWordMovesFromFirstNameToSurname(t *testing.T) { // D5, P8
	t.Parallel()
	o := setup(t)
	for _, form := range []form.Edit{
		{FirstName: "Anna Maria", LastName: "Neri", Email: "a@ente.example", Version: 1},
		{FirstName: "Anna", LastName: "Maria Neri", Email: "a@ente.example", Version: 2},
	} {
		if err := o.service.Edit(t.Context(), o.change(o.anna, o.oto, access.Target{}), form); err != nil {
			t.Fatal(err)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM audit_event WHERE action = 'edit'`); n != 2 {
		t.Errorf("%d events of two changes", n)
	}
}
