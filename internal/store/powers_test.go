package store_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// V1, P11: two statements restate access.User.HasPowers in SQL: which institutions a person can enter, and whether a
// person has no power left anywhere. Both must give its answer for people with random roles in three institutions.
func TestPowersInSQLAgreeWithAccess(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s, st := seed.New(t, db.Owner, seed.Keys(t)), store.New(db.App, seed.Keys(t))
	var institutions []*seed.Institution
	for n, io := range []string{"prod-io", "prod-io inactive", "prod-io inactive"} {
		i := s.Institution(fmt.Sprintf("Comune %d", n), "PA").Product("prod-interop", io)
		i.Admin("Ada Neri", "prod-interop", "prod-io")
		institutions = append(institutions, i)
	}
	people := map[access.PersonID][]access.Institution{} // who has powers where, by access
	dice := rand.New(rand.NewPCG(1, 2))                  // the same people each time
	for n := range 60 {
		var id access.PersonID
		var where []access.Institution
		for _, i := range institutions {
			user, roles := drawRoles(dice, i == institutions[0])
			if len(roles) == 0 {
				continue
			}
			id = seed.Person(t, db.Owner, i.User(fmt.Sprintf("Oto%c Verdi", 'a'+rune(n%26))+string('a'+rune(n/26)), roles...))
			if user.HasPowers() {
				where = append(where, access.Institution{ID: i.ID})
			}
		}
		if id != "" {
			people[id] = where
		}
	}
	if _, err := db.App.Exec(t.Context(), `
		INSERT INTO web_session (token_hash, data, expiry)
		SELECT id, jsonb_build_object('values', jsonb_build_object('person', id)), now() + interval '1 hour' FROM person`); err != nil {
		t.Fatal(err)
	}
	signedOut := 0
	for id, want := range people {
		q := st.Query()
		var got []access.Institution
		q.InstitutionsOf(&got, id)
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !sameInstitutions(got, want) {
			t.Errorf("V1: %s can enter %v, want %v", id, got, want)
		}
		err := st.Change(t.Context(), institutions[0].ID, access.Suspend, func(ctx context.Context, tx *store.Tx) error {
			return tx.EndSessions(ctx, id)
		})
		if err != nil {
			t.Fatal(err)
		}
		var revoked bool
		err = db.App.QueryRow(t.Context(), `SELECT revoked_at IS NOT NULL FROM web_session WHERE person = $1`, id).Scan(&revoked)
		if err != nil {
			t.Fatal(err)
		}
		if revoked != (len(want) == 0) {
			t.Errorf("P11: the session of %s has been revoked: %v, with powers in %v", id, revoked, want)
		}
		if revoked {
			signedOut++
		}
	}
	if signedOut == 0 || signedOut == len(people) {
		t.Errorf("%d of %d people have lost their powers: the data are not random enough", signedOut, len(people))
	}
}

// drawRoles draws a user's roles, as the seed writes them and as access sees them: roles on products whose subscription
// is not active are not there.
func drawRoles(dice *rand.Rand, ioActive bool) (u access.User, written []string) {
	for _, t := range []access.Target{
		{Product: "prod-interop", Role: "api"},
		{Product: "prod-interop", Role: "security"},
		{Product: "prod-io", Role: "referente operativo"},
	} {
		status := []access.Status{"", "", "", access.Active, access.Suspended, access.Suspended}[dice.IntN(6)]
		if status == "" {
			continue
		}
		role := string(t.Product) + "/" + string(t.Role)
		if status == access.Suspended {
			role += " suspended"
		}
		written = append(written, role)
		if t.Product != "prod-io" || ioActive {
			u.Assignments = append(u.Assignments,
				access.Assignment{Product: t.Product, Role: t.Role, Category: access.Operator, Status: status})
		}
	}
	return u, written
}

func sameInstitutions(a, b []access.Institution) bool {
	ids := func(list []access.Institution) []access.InstitutionID {
		var all []access.InstitutionID
		for _, i := range list {
			all = append(all, i.ID)
		}
		return slices.SortedFunc(slices.Values(all), cmp.Compare)
	}
	return slices.Equal(ids(a), ids(b))
}

// V1, P11: a role on a product whose subscription is over is not there, for its holder and for those who read them.
func TestPowersComeFromActiveSubscriptionsOnly(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s, st := seed.New(t, db.Owner, seed.Keys(t)), store.New(db.App, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io inactive")
	i.Admin("Ada Neri", "prod-interop")
	mixed := i.User("Mia Mista", "prod-interop/api", "prod-io/referente amministrativo")
	gone := i.User("Gia Passata", "prod-io/referente amministrativo")
	q := st.Query()
	var first, second, subject access.User
	var all []access.User
	q.User(&first, i.ID, mixed)
	q.User(&second, i.ID, gone)
	q.Subject(&subject, i.ID, gone)
	q.Users(&all, i.ID, []access.UserID{mixed, gone})
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if first.IsAdministrator() || len(first.Assignments) != 1 || !first.HasPowers() {
		t.Errorf("with another role: %+v", first.Assignments)
	}
	if second.HasPowers() || len(second.Assignments) != 0 || len(subject.Assignments) != 0 || !subject.HasInactiveRoles {
		t.Errorf("without another role: %+v, as a subject %+v", second.Assignments, subject.Assignments)
	}
	for _, u := range all {
		if u.IsAdministrator() {
			t.Errorf("among several: %+v", u.Assignments)
		}
	}
}
