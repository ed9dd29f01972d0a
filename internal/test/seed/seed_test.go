package seed_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

func TestATestFillsItsDatabaseInAFewLines(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	keys := seed.Keys(t)
	start := time.Now()

	s := seed.New(t, db.Owner, keys).MarkVerified("Anna Bianchi")
	i := s.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop", "prod-io inactive")
	anna := i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security suspended")
	i.Admin("Carla Verdi", "prod-pn suspended")
	i.Operator("Dino Russo", "prod-pn", "operator")
	i.User("Eva Gallo", "prod-pn/operator", "prod-interop/viewer")
	group := i.Group("prod-interop", "Sviluppo")
	i.Join("Oto Neri", "prod-interop", "Sviluppo")
	j := s.Institution("Banca di Prova", "PSP").Product("prod-pagopa")
	again := j.Admin("Anna Bianchi", "prod-pagopa")
	t.Logf("took %s", time.Since(start))

	if anna == again {
		t.Errorf("the user of two institutions has one id, %s (rule P10)", anna)
	}
	if one, other := seed.Person(t, db.Owner, anna), seed.Person(t, db.Owner, again); one != other {
		t.Errorf("the same name is two people: %s and %s", one, other)
	}
	q := store.New(db.App, keys).Query()
	var got, annaIs access.User
	q.Subject(&got, i.ID, oto)
	q.User(&annaIs, j.ID, again)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := access.User{
		ID: oto, Person: seed.Person(t, db.Owner, oto), FirstName: "Oto", LastName: "Neri", Email: "oto.neri@ente.example",
		FiscalCode: s.FiscalCode("Oto Neri"), Version: 1,
		Assignments: []access.Assignment{
			{Product: "prod-interop", Role: "api", Category: access.Operator, Status: access.Active},
			{Product: "prod-interop", Role: "security", Category: access.Operator, Status: access.Suspended},
		},
		Groups: []access.Group{{ID: group, Product: "prod-interop", Name: "Sviluppo", Status: access.Active}},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b access.FiscalCode) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !annaIs.Verified || !annaIs.Administers("prod-pagopa") {
		t.Errorf("got %+v, want a verified administrator of prod-pagopa", annaIs)
	}
}
