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

// The store has a copy of the catalogue; an import, or any other change, takes effect at the next reading.
func TestAChangedCatalogueIsReadAtOnce(t *testing.T) {
	pgtest.SkipDistributed(t, "tables on every node run no triggers: the import renews the version")
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-io", "prod-interop")
	st := store.New(db.App, seed.Keys(t))
	for _, change := range []string{
		"", `UPDATE product SET title_it = 'Nuovo nome' WHERE id = 'prod-io'`,
		`UPDATE role_offer SET label_it = 'Nuova voce' WHERE product = 'prod-interop'`, `DELETE FROM role_offer WHERE product = 'prod-io'`,
	} {
		if _, err := db.Owner.Exec(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		var got, want []access.Product
		for of, dst := range map[*store.Store]*[]access.Product{st: &got, store.New(db.App, seed.Keys(t)): &want} {
			q := of.Query()
			q.Products(dst, i.ID)
			if err := q.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 {
			t.Errorf("after %q (-want +got)\n%s", change, diff)
		}
	}
}
