package store_test

import (
	"fmt"
	"slices"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// A list that limits what a page scans has pages with few rows or none where few users match. Its pages still reach all
// of them, in both directions.
func TestAScannedListReachesAllUsersThoughSomePagesAreEmpty(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Eva Bruni", "prod-pn")
	i.Admin("Zoe Zuin", "prod-pn")
	loadUsers(t, db.Owner, i.ID, "prod-pn", 2_000)
	group := i.Group("prod-pn", "Quasi tutti")
	id := func(n int) access.UserID { return access.UserID(fmt.Sprintf("00000000-0000-4000-9000-%012d", n)) }
	few := []access.UserID{id(3), id(1_100), id(1_101), id(1_999)}
	for _, sql := range []string{
		`UPDATE assignment SET status = 'suspended' WHERE NOT person = ANY ($1) AND role = 'operator'`,
		`UPDATE assignment SET status = 'active' WHERE person = ANY ($1)`,
		`UPDATE listing l SET statuses = ARRAY[a.status] FROM assignment a
		 WHERE a.institution = l.institution AND a.person = l.person AND l.statuses <> ARRAY[a.status] AND $1::uuid[] IS NOT NULL`,
		`INSERT INTO group_member (institution, "group", product, person)
		 SELECT institution, (SELECT id FROM user_group), product, person FROM listing WHERE category = 'operator' AND NOT person = ANY ($1)`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql, few); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	checkUserCounts(t, db.Owner)
	st := store.New(db.App, seed.Keys(t))
	all := map[string]func(*store.Query, *[]access.Section, access.Page){}
	for name, f := range map[string]access.Filter{
		"active": {}, "active, by e-mail": {Sort: access.ByEmail}, "active, from Z to A": {Sort: access.ByNameDesc},
		"active of a role": {Role: access.Target{Product: "prod-pn", Role: "operator"}},
	} {
		f.Product, f.State = "prod-pn", access.Active
		all[name] = func(q *store.Query, dst *[]access.Section, at access.Page) {
			f.Page = at
			q.Sections(dst, i.ID, f)
		}
	}
	for name, ask := range all {
		end := id(2_000)
		if name == "active, from Z to A" {
			end = id(1)
		}
		checkBothDirections(t, name, few, end, func(at access.Page) access.Section {
			q := st.Query()
			var sections []access.Section
			ask(q, &sections, at)
			if err := q.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			return sections[0]
		})
	}
	checkBothDirections(t, "candidates for the group", few, id(2_000), func(at access.Page) access.Section {
		q := st.Query()
		var section access.Section
		q.Candidates(&section, i.ID, group, access.Filter{Page: at}, "")
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		return section
	})
}

// checkBothDirections reads a list from its start, and backwards from its last operator, and compares the operators it
// finds.
func checkBothDirections(
	t *testing.T, name string, want []access.UserID, end access.UserID, read func(access.Page) access.Section,
) {
	t.Helper()
	for _, direction := range []struct {
		start access.Page
		next  func(access.Section) access.Page
	}{
		{access.Page{}, func(s access.Section) access.Page { return s.Next }},
		{access.Page{Before: end}, func(s access.Section) access.Page { return s.Previous }},
	} {
		var found []access.UserID
		pages, empty := 0, 0
		for at := direction.start; ; {
			s := read(at)
			pages++
			if len(s.Rows) == 0 {
				empty++
			}
			for _, r := range s.Rows {
				if r.Category == access.Operator {
					found = append(found, r.User)
				}
			}
			if at = direction.next(s); at == (access.Page{}) || pages > 20 {
				break
			}
		}
		slices.Sort(found)
		if !slices.Equal(found, want) || pages < 4 || pages > 6 || empty == 0 {
			t.Errorf("%s: found %v on %d pages, %d of them empty", name, found, pages, empty)
		}
	}
}
