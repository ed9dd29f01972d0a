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

// sqlRules are institutions that share people with random roles, also on a product whose subscription has ended.
type sqlRules struct {
	db    *pgtest.DB
	seed  *seed.Seed
	store *store.Store
	rand  *rand.Rand
	names map[access.InstitutionID]string
	ids   map[string]access.UserID // by name
}

func newSQLRules(t *testing.T) *sqlRules {
	t.Helper()
	db := pgtest.New(t)
	f := &sqlRules{
		db: db, seed: seed.New(t, db.Owner, seed.Keys(t)), store: store.New(db.App, seed.Keys(t)),
		rand: rand.New(rand.NewPCG(11, 29)), names: map[access.InstitutionID]string{}, ids: map[string]access.UserID{},
	}
	operator := [][2]string{{"prod-pn", "operator"}, {"prod-interop", "api"}, {"prod-io", "referente operativo"}}
	people := []string{"Anna Bianchi", "Ivo Rossi", "Eva Bruni", "Leo Verdi", "Ada Neri", "Ugo Zoff", "Lia Gallo", "Pio Serra"}
	for n := range 4 {
		name := fmt.Sprintf("Comune %d", n)
		i := f.seed.Institution(name, "PA").Product("prod-pn", "prod-interop", "prod-io inactive")
		f.names[i.ID] = name
		for _, of := range operator {
			product, role := of[0], of[1]
			first := people[f.rand.IntN(len(people))]
			f.ids[first] = i.Admin(first, product)
			for _, person := range people {
				if person == first {
					continue
				}
				switch state := []string{"", " suspended"}[f.rand.IntN(2)]; f.rand.IntN(6) {
				case 0:
					f.ids[person] = i.Admin(person, product+state)
				case 1, 2:
					f.ids[person] = i.Operator(person, product, role+state)
				}
			}
		}
	}
	for _, id := range f.ids {
		f.newSession(t, id)
	}
	return f
}

// newSession replaces a person's sessions by one that is open.
func (f *sqlRules) newSession(t *testing.T, person access.UserID) {
	t.Helper()
	_, err := f.db.Owner.Exec(t.Context(), `DELETE FROM web_session WHERE person = $1`, person)
	if err == nil {
		_, err = f.db.Owner.Exec(t.Context(), `
			INSERT INTO web_session (token_hash, data, expiry)
			VALUES ($1, jsonb_build_object('values', jsonb_build_object('person', $1::text)), now() + interval '1 hour')`, string(person))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// users reads the users of all institutions: with the assignments that package access gets to see, and with all of them.
func (f *sqlRules) users(t *testing.T) (visible, all map[access.InstitutionID]map[access.UserID]access.User) {
	t.Helper()
	visible, all = map[access.InstitutionID]map[access.UserID]access.User{}, map[access.InstitutionID]map[access.UserID]access.User{}
	for id := range f.names {
		visible[id], all[id] = map[access.UserID]access.User{}, map[access.UserID]access.User{}
	}
	rows, err := f.db.Owner.Query(t.Context(), `
		SELECT a.institution, a.person, a.product, a.role, a.category, a.status, p.product IS NOT NULL
		FROM assignment a LEFT JOIN active_product p USING (institution, product)`)
	if err != nil {
		t.Fatal(err)
	}
	var in access.InstitutionID
	var id access.UserID
	var a access.Assignment
	var subscribed bool
	_, err = pgx.ForEachRow(rows, []any{&in, &id, &a.Product, &a.Role, &a.Category, &a.Status, &subscribed}, func() error {
		add := func(to map[access.UserID]access.User) {
			u := to[id]
			u.ID, u.Assignments = id, append(u.Assignments, a)
			to[id] = u
		}
		add(all[in])
		if subscribed {
			add(visible[in])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return visible, all
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
// refuses it if, and only if, it would take the last active Administrator. It reports whose role it was.
func (f *sqlRules) changeAtRandom(t *testing.T) (refused bool, person access.UserID) {
	t.Helper()
	visible, _ := f.users(t)
	in := slices.Sorted(maps.Keys(f.names))[f.rand.IntN(len(f.names))]
	ids := slices.Sorted(maps.Keys(visible[in]))
	subject := visible[in][ids[f.rand.IntN(len(ids))]]
	a := subject.Assignments[f.rand.IntN(len(subject.Assignments))]
	target := access.Target{Product: a.Product, Role: a.Role}
	action := access.Remove
	if f.rand.IntN(4) > 0 {
		action = map[access.Status]access.Action{access.Active: access.Suspend, access.Suspended: access.Reactivate}[a.Status]
	}
	err := f.store.Change(t.Context(), in, action, func(ctx context.Context, tx *store.Tx) (err error) {
		switch action {
		case access.Remove:
			err = tx.Unassign(ctx, subject.ID, target)
		case access.Suspend:
			err = tx.SetStatus(ctx, subject.ID, target, access.Suspended)
		default:
			err = tx.SetStatus(ctx, subject.ID, target, access.Active)
		}
		if err != nil {
			return err
		}
		return tx.EndSessions(ctx, subject.ID)
	})
	last := action != access.Reactivate && a.Category == access.Administrator && a.Status == access.Active &&
		!administered(visible[in], a.Product, subject.ID)
	var no *access.Refusal
	switch {
	case last && (!errors.As(err, &no) || no.Reason != access.LastAdministrator || no.Action != action):
		t.Errorf("%s of %s: %v, want a refusal of it as the last Administrator", action, a.Product, err)
	case !last && err != nil:
		t.Errorf("%s of %s: %v", action, a.Product, err)
	}
	return last, subject.ID
}

// checkPowers compares V1 and P11 in SQL with package access: the institutions that a person can choose, and whether
// their sessions have been ended.
func (f *sqlRules) checkPowers(t *testing.T, person access.UserID) (ended bool) {
	t.Helper()
	visible, _ := f.users(t)
	var want []access.InstitutionID
	for in, users := range visible {
		if users[person].HasPowers() {
			want = append(want, in)
		}
	}
	slices.Sort(want)
	q := f.store.Query()
	var list []access.Institution
	q.InstitutionsOf(&list, person)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []access.InstitutionID
	for _, i := range list {
		got = append(got, i.ID)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("institutions of %s: %v, want %v", person, got, want)
	}
	err := f.db.Owner.QueryRow(t.Context(), `SELECT revoked_at IS NOT NULL FROM web_session WHERE person = $1`, person).Scan(&ended)
	if err != nil {
		t.Fatal(err)
	}
	if ended != (len(want) == 0) {
		t.Errorf("sessions of %s, with powers in %d institutions: ended is %v", person, len(want), ended)
	}
	return ended
}

// checkErasures compares P3 as the erasure asks it with package access, for all people.
func (f *sqlRules) checkErasures(t *testing.T) (refused int) {
	t.Helper()
	_, all := f.users(t)
	for name, id := range f.ids {
		var want []admin.InstitutionProduct
		for in, users := range all {
			for _, product := range []access.ProductID{"prod-interop", "prod-io", "prod-pn"} {
				if users[id].Administers(product) && !administered(users, product, id) {
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

func noEmails(context.Context, pgx.Tx, access.UserID) (int, error) { return 0, nil }

// P3, P11, V1: where SQL restates a rule, it gives the answer of package access, on random data.
func TestRulesInSQLAreThoseOfAccess(t *testing.T) {
	t.Parallel()
	f := newSQLRules(t)
	refused, ended, erasures := 0, 0, f.checkErasures(t)
	for range 200 {
		no, person := f.changeAtRandom(t)
		if no {
			refused++
			continue
		}
		if f.checkPowers(t, person) {
			ended++
			f.newSession(t, person)
		}
	}
	erasures += f.checkErasures(t)
	t.Logf("refused: %d changes, %d erasures; sessions ended: %d", refused, erasures, ended)
	if refused < 5 || erasures < 5 || ended < 5 {
		t.Errorf("too few cases: %d changes and %d erasures refused, %d sessions ended", refused, erasures, ended)
	}
}
