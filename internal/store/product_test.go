package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

func TestAnInstitutionHasTheRolesOfItsType(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	body, bank := s.Institution("Comune di Prova", "PA").Product("prod-pagopa"), s.Institution("Banca di Prova", "PSP").Product("prod-pagopa")
	q := store.New(db.App, seed.Keys(t)).Query()
	var ofBody, ofBank []access.Product
	q.Products(&ofBody, body.ID)
	q.Products(&ofBank, bank.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	roles := func(products []access.Product) (ids []access.RoleID) {
		for _, r := range products[0].Roles {
			ids = append(ids, r.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]access.RoleID{"admin", "operator"}, roles(ofBody)); diff != "" {
		t.Errorf("PA (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]access.RoleID{"admin-psp", "operator-psp"}, roles(ofBank)); diff != "" {
		t.Errorf("PSP (-want +got)\n%s", diff)
	}
}
