package store_test

import (
	"fmt"
	"slices"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// The pages of members, and those of candidates, have each user once in the order of the list, in both directions.
func TestAGroupsMembersAreListedPageByPage(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Operator("Ugo Fuori", "prod-pn", "operator")
	group := i.Group("prod-interop", "Ufficio")
	i.Group("prod-interop", "Vuoto")
	i.Group("prod-pn", "Ufficio")
	var people datafile.Data
	membership := datafile.Membership{GroupName: datafile.GroupName{Product: "prod-interop", Name: "Ufficio"}}
	file := datafile.Institution{Code: "Comune di Prova", Name: "Comune di Prova", Type: "PA"}
	for _, product := range []access.ProductID{"prod-interop", "prod-pn"} {
		file.Subscriptions = append(file.Subscriptions, datafile.Subscription{Product: product, Active: true})
	}
	for n := range 110 { // three surnames, so that sort keys share a prefix
		first, last := fmt.Sprintf("Nome%c%c", 'a'+n/26, 'a'+n%26), fmt.Sprintf("Cognome%c", 'a'+n%3)
		code := s.FiscalCode(first + " " + last)
		people.People = append(people.People, datafile.Person{FiscalCode: code, FirstName: first, LastName: last})
		u := datafile.User{
			FiscalCode: code, FirstName: first, LastName: last, Email: seed.Email(first + " " + last),
			Roles: []datafile.Role{{Target: access.Target{Product: "prod-interop", Role: "api"}, Status: access.Active}},
		}
		if n%2 == 0 {
			u.Groups = append(u.Groups, membership)
		}
		file.Users = append(file.Users, u)
	}
	people.Institutions = append(people.Institutions, file)
	if _, err := admin.ImportData(t.Context(), db.Owner, seed.Keys(t), people, seed.Now()); err != nil {
		t.Fatal(err)
	}
	st := store.New(db.App, seed.Keys(t))
	list := func(ask func(*store.Query, *access.Section, access.Page), at access.Page) access.Section {
		q := st.Query()
		var section access.Section
		ask(q, &section, at)
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		return section
	}
	for name, row := range map[string]struct {
		ask  func(*store.Query, *access.Section, access.Page)
		want int
	}{
		"members": {func(q *store.Query, dst *access.Section, at access.Page) { q.Members(dst, i.ID, group, at) }, 55},
		"candidates": {func(q *store.Query, dst *access.Section, at access.Page) {
			q.Candidates(dst, i.ID, group, access.Filter{Page: at}, "")
		}, 56}, // Anna too
		"candidates by text": {func(q *store.Query, dst *access.Section, at access.Page) {
			q.Candidates(dst, i.ID, group, access.Filter{Text: "COGNOMEA nome", Page: at}, "")
		}, 18},
	} {
		var all, back []access.UserID
		at, last := access.Page{}, access.Section{}
		for {
			last = list(row.ask, at)
			if len(last.Rows) > store.PageSize || last.Total != row.want || last.Capped {
				t.Fatalf("%s: %d rows of %d", name, len(last.Rows), last.Total)
			}
			for _, r := range last.Rows {
				all = append(all, r.User)
			}
			if at = last.Next; at == (access.Page{}) {
				break
			}
		}
		for s := last; ; s = list(row.ask, s.Previous) {
			for _, r := range slices.Backward(s.Rows) {
				back = append(back, r.User)
			}
			if s.Previous == (access.Page{}) {
				break
			}
		}
		slices.Reverse(back)
		if len(all) != row.want || !slices.Equal(all, back) {
			t.Errorf("%s: %d forwards, %d backwards, want %d", name, len(all), len(back), row.want)
		}
		var wrong int
		if err := db.Owner.QueryRow(t.Context(), `
			SELECT count(*) FROM (
				SELECT n, row_number() OVER (ORDER BY l.sort_key, l.person) AS should
				FROM unnest($1::uuid[]) WITH ORDINALITY a (person, n) JOIN listing l USING (person)
				WHERE l.product = 'prod-interop') x
			WHERE n <> should`, all).Scan(&wrong); err != nil || wrong != 0 {
			t.Errorf("%s: %d are not in the order of the list (%v)", name, wrong, err)
		}
	}
	q := st.Query()
	var groups []access.GroupRow
	q.GroupRows(&groups, i.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, g := range groups {
		got += fmt.Sprintf("%s %s %d, ", g.Product, g.Name, g.Members)
	}
	want := []string{ // two groups have the same name
		"prod-interop Ufficio 55, prod-pn Ufficio 0, prod-interop Vuoto 0, ",
		"prod-pn Ufficio 0, prod-interop Ufficio 55, prod-interop Vuoto 0, ",
	}
	if !slices.Contains(want, got) {
		t.Errorf("groups: %s", got)
	}
}
