package admin_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// randomRoles are institutions that share people with random roles, also on a product whose subscription has ended.
type randomRoles struct {
	db    *pgtest.DB
	seed  *seed.Seed
	store *store.Store
	rand  *rand.Rand
	names map[access.InstitutionID]string
	ids   map[string]map[access.InstitutionID]access.UserID // by name
}

func newRandomRoles(t *testing.T) *randomRoles {
	t.Helper()
	db := pgtest.New(t)
	f := &randomRoles{
		db: db, seed: seed.New(t, db.Owner, seed.Keys(t)), store: store.New(db.App, seed.Keys(t)),
		rand: rand.New(rand.NewPCG(11, 29)), names: map[access.InstitutionID]string{}, ids: map[string]map[access.InstitutionID]access.UserID{},
	}
	operator := [][2]string{{"prod-pn", "operator"}, {"prod-interop", "api"}, {"prod-io", "referente operativo"}}
	people := []string{"Anna Bianchi", "Ivo Rossi", "Eva Bruni", "Leo Verdi", "Ada Neri", "Ugo Zoff", "Lia Gallo", "Pio Serra"}
	for _, name := range people {
		f.ids[name] = map[access.InstitutionID]access.UserID{}
	}
	for n := range 4 {
		name := fmt.Sprintf("Comune %d", n)
		i := f.seed.Institution(name, "PA").Product("prod-pn", "prod-interop", "prod-io inactive")
		f.names[i.ID] = name
		for _, of := range operator {
			product, role := of[0], of[1]
			first := people[f.rand.IntN(len(people))]
			f.ids[first][i.ID] = i.Admin(first, product)
			for _, person := range people {
				if person == first {
					continue
				}
				switch state := []string{"", " suspended"}[f.rand.IntN(2)]; f.rand.IntN(6) {
				case 0:
					f.ids[person][i.ID] = i.Admin(person, product+state)
				case 1, 2:
					f.ids[person][i.ID] = i.Operator(person, product, role+state)
				}
			}
		}
	}
	return f
}

// users reads the users of all institutions with their assignments.
func (f *randomRoles) users(t *testing.T) map[access.InstitutionID]map[access.UserID]access.User {
	t.Helper()
	all := map[access.InstitutionID]map[access.UserID]access.User{}
	for id := range f.names {
		all[id] = map[access.UserID]access.User{}
	}
	rows, err := f.db.Owner.Query(t.Context(), `
		SELECT institution, person, identity, first_name, last_name, product, role, category, status
		FROM assignment JOIN app_user USING (institution, person)`)
	if err != nil {
		t.Fatal(err)
	}
	var in access.InstitutionID
	var one access.User
	var a access.Assignment
	columns := []any{&in, &one.ID, &one.Person, &one.FirstName, &one.LastName, &a.Product, &a.Role, &a.Category, &a.Status}
	_, err = pgx.ForEachRow(rows, columns, func() error {
		u := one
		u.Assignments = append(all[in][u.ID].Assignments, a)
		all[in][u.ID] = u
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// administered reports whether a product has an active Administrator, besides one person.
func administered(users map[access.UserID]access.User, product access.ProductID, besides access.UserID) bool {
	for id, u := range users {
		if id != besides && u.Administers(product) {
			return true
		}
	}
	return false
}

// changeAtRandom suspends, re-enables or removes one role, without a decision, and checks that the constraint of P3
// refuses it if, and only if, it would take the last active Administrator. It reports whether it did.
func (f *randomRoles) changeAtRandom(t *testing.T) (refused bool) {
	t.Helper()
	users := f.users(t)
	in := slices.Sorted(maps.Keys(f.names))[f.rand.IntN(len(f.names))]
	ids := slices.Sorted(maps.Keys(users[in]))
	subject := users[in][ids[f.rand.IntN(len(ids))]]
	a := subject.Assignments[f.rand.IntN(len(subject.Assignments))]
	target := access.Target{Product: a.Product, Role: a.Role}
	action := access.Remove
	if f.rand.IntN(4) > 0 {
		action = map[access.Status]access.Action{access.Active: access.Suspend, access.Suspended: access.Reactivate}[a.Status]
	}
	err := f.store.Change(t.Context(), in, action, func(ctx context.Context, tx *store.Tx) error {
		after := map[access.Action]access.Status{access.Suspend: access.Suspended, access.Reactivate: access.Active}[action]
		if action == access.Remove {
			return tx.Unassign(ctx, subject, target)
		}
		return tx.SetStatus(ctx, subject.ID, target, after)
	})
	last := action != access.Reactivate && a.Category == access.Administrator && a.Status == access.Active &&
		!administered(users[in], a.Product, subject.ID)
	var no *access.Refusal
	switch {
	case last && (!errors.As(err, &no) || no.Reason != access.LastAdministrator || no.Action != action):
		t.Errorf("%s of %s: %v, want a refusal of it as the last Administrator", action, a.Product, err)
	case !last && err != nil:
		t.Errorf("%s of %s: %v", action, a.Product, err)
	}
	return last
}

// checkErasures compares P3 as the erasure asks it with package access, for all people.
func (f *randomRoles) checkErasures(t *testing.T) (refused int) {
	t.Helper()
	all := f.users(t)
	for name, ids := range f.ids {
		var want []admin.InstitutionProduct
		for in, users := range all {
			for _, product := range []access.ProductID{"prod-interop", "prod-io", "prod-pn"} {
				if id := ids[in]; users[id].Administers(product) && !administered(users, product, id) {
					want = append(want, admin.InstitutionProduct{Institution: f.names[in], Product: product})
				}
			}
		}
		slices.SortStableFunc(want, func(a, b admin.InstitutionProduct) int {
			return strings.Compare(a.Institution+" "+string(a.Product), b.Institution+" "+string(b.Product))
		})
		_, err := admin.Erase(t.Context(), f.db.Owner, seed.Keys(t), f.seed.FiscalCode(name), noEmails, seed.Now(), true)
		var last *admin.LastAdministratorError
		switch {
		case errors.As(err, &last):
			refused++
		case err != nil:
			t.Fatal(err)
		default:
			last = &admin.LastAdministratorError{}
		}
		if diff := cmp.Diff(want, last.Products); diff != "" {
			t.Errorf("erasure of %s (-want +got)\n%s", name, diff)
		}
	}
	return refused
}

func noEmails(context.Context, pgx.Tx, []access.UserID) (int, error) { return 0, nil }

// P3: the constraint and the erasure restate in SQL whether a product would lose its last active Administrator. Both must
// give the answer of package access, on random data.
func TestTheLastAdministratorInSQLIsThatOfAccess(t *testing.T) {
	t.Parallel()
	f := newRandomRoles(t)
	changes, erasures := 0, f.checkErasures(t)
	for range 120 {
		if f.changeAtRandom(t) {
			changes++
		}
	}
	erasures += f.checkErasures(t)
	t.Logf("refused: %d changes, %d erasures", changes, erasures)
	if changes < 5 || changes > 115 || erasures < 5 {
		t.Errorf("refused %d changes of 120 and %d erasures: the data are not random enough", changes, erasures)
	}
}
