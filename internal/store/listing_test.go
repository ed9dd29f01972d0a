package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// testUser is a user from whom the test computes what a list must show.
type testUser struct {
	first, last, email string
	id                 access.UserID
	product            access.ProductID
	category           access.Category
	roles              map[access.RoleID]access.Status
}

// addUsers adds users for several pages to an institution: of both categories, with one role and two, active and
// suspended.
func addUsers(t *testing.T, i *seed.Institution) []testUser {
	t.Helper()
	firsts := []string{"Anna", "Zoë", "Niccolò", "Gràzia", "José"}
	lasts := []string{
		"D'Amico", "De Luca", "De", "Àlvaro", "Rossi", "Bianchi", "Łukasz", "Straßer", "Rossi-Neri", "Çelik", "zanon", "Öberg",
	}
	var all []testUser
	for n, last := range lasts {
		for m, first := range firsts {
			name := first + " " + last
			c := testUser{
				first: first, last: last, email: seed.Email(name),
				product: "prod-interop", category: access.Operator, roles: map[access.RoleID]access.Status{},
			}
			switch k := n*len(firsts) + m; {
			case k%7 == 0:
				c.category, c.roles["admin"] = access.Administrator, access.Active
				c.id = i.Admin(name, "prod-interop")
			case k%3 == 0:
				c.roles["api"], c.roles["security"] = access.Active, access.Suspended
				c.id = i.Operator(name, "prod-interop", "api", "security suspended")
			case k%11 == 1:
				c.roles["viewer"] = access.Suspended
				c.id = i.Operator(name, "prod-interop", "viewer suspended")
			default:
				c.roles["api"] = access.Active
				c.id = i.Operator(name, "prod-interop", "api")
			}
			all = append(all, c)
		}
	}
	return all
}

// matches reports whether a list with the filter must show the user.
func (c testUser) matches(f access.Filter) bool {
	if f.Category != "" && c.category != f.Category {
		return false
	}
	if s, held := c.roles[f.Role.Role]; f.Role.Role != "" && (!held || (f.State != "" && s != f.State)) {
		return false
	}
	some := f.State == ""
	for _, s := range c.roles {
		some = some || s == f.State
	}
	mailbox, _, _ := strings.Cut(c.email, "@")
	text := form.Fold(c.last) + " " + form.Fold(c.first) + " " + strings.ReplaceAll(form.Fold(c.last), " ", "") + " " + mailbox
	for word := range strings.FieldsSeq(form.Fold(f.Text)) {
		if strings.Contains(word, "@") {
			some = some && strings.Contains(c.email, word)
		} else {
			some = some && strings.Contains(text, word)
		}
	}
	return some
}

// readAllPages reads every page of a list forwards and then backwards, compares the two, and returns the rows in order.
func readAllPages(
	t *testing.T, s *store.Store, i access.InstitutionID, f access.Filter,
) (rows []access.Row, total int) {
	t.Helper()
	var back []access.Row
	for {
		sections := read(t, s, i, f)
		rows = append(rows, sections.Rows...)
		total = sections.Total
		if sections.Next == (access.Page{}) {
			back = slices.Clone(sections.Rows)
			for sections.Previous != (access.Page{}) {
				f.Page = sections.Previous
				sections = read(t, s, i, f)
				back = append(slices.Clone(sections.Rows), back...)
			}
			break
		}
		f.Page = sections.Next
	}
	if diff := gocmp.Diff(rows, back); diff != "" {
		t.Errorf("%+v: read backwards, the list differs: %s", f, diff)
	}
	return rows, total
}

func read(t *testing.T, s *store.Store, i access.InstitutionID, f access.Filter) access.Section {
	t.Helper()
	q := s.Query()
	var sections []access.Section
	q.Sections(&sections, i, f)
	if err := q.Read(t.Context()); err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	if len(sections) != 1 {
		t.Fatalf("%+v: %d sections", f, len(sections))
	}
	return sections[0]
}

// filters returns all combinations of some values of each filter.
func filters() []access.Filter {
	var all []access.Filter
	for _, role := range []access.RoleID{"", "api", "security", "reviewer"} {
		for _, category := range []access.Category{"", access.Administrator, access.Operator} {
			for _, state := range []access.Status{"", access.Active, access.Suspended} {
				for _, text := range []string{
					"", "ross", "de", "Rossi ANNA", "anna rossi", "d'amico", "zoe", "o.strasser@", "x%", "_",
					"deluca", "lo.de.luca@en", "ente", "ann gra", "inesistente",
				} {
					for _, sort := range []access.Sort{access.ByName, access.ByNameDesc, access.ByEmail, access.ByEmailDesc} {
						f := access.Filter{Product: "prod-interop", Category: category, State: state, Text: text, Sort: sort}
						if role != "" {
							f.Role = access.Target{Product: "prod-interop", Role: role}
						}
						all = append(all, f)
					}
				}
			}
		}
	}
	return all
}

// V6, V7: every combination of filters shows the matching users in order, in both directions, under custom and generic
// plans.
func TestListsShowTheMatchingUsersInOrder(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	all := addUsers(t, i)
	s.Institution("Altrove", "PA").Product("prod-interop").Admin("Anna Rossi", "prod-interop")
	slices.SortFunc(all, func(a, b testUser) int {
		return strings.Compare(store.SortKey(a.first, a.last)+string(a.id), store.SortKey(b.first, b.last)+string(b.id))
	})
	byEmail := slices.SortedFunc(slices.Values(all), func(a, b testUser) int {
		return cmp.Or(strings.Compare(a.email, b.email), strings.Compare(string(a.id), string(b.id)))
	})
	for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			config, err := pgxpool.ParseConfig(db.AppURL)
			if err != nil {
				t.Fatal(err)
			}
			config.ConnConfig.RuntimeParams["plan_cache_mode"] = mode
			pool, err := pgxpool.NewWithConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer pool.Close()
			planned := store.New(pool, seed.Keys(t))
			for _, f := range filters() {
				rows, total := readAllPages(t, planned, i.ID, f)
				var want, got []string
				ordered := all
				if strings.HasSuffix(string(f.Sort), "email") {
					ordered = byEmail
				}
				for _, c := range ordered {
					if c.matches(f) {
						want = append(want, describe(c.id, c.first, c.last, c.email, c.category, c.roles))
					}
				}
				if strings.HasPrefix(string(f.Sort), "-") {
					slices.Reverse(want)
				}
				for _, r := range rows {
					roles := map[access.RoleID]access.Status{}
					for _, h := range r.Roles {
						roles[h.Role] = h.Status
					}
					got = append(got, describe(r.User, r.FirstName, r.LastName, r.Email, r.Category, roles))
				}
				if diff := gocmp.Diff(want, got); diff != "" || total != len(want) {
					t.Fatalf("%+v: total %d of %d, %s", f, total, len(want), diff)
				}
			}
		})
	}
}

func describe(
	id access.UserID, first, last, email string, c access.Category, roles map[access.RoleID]access.Status,
) string {
	return fmt.Sprint(id, first, last, email, c, roles) // maps print in order
}

// V5: "Tutti" has the first rows and the total of each active product, in the catalogue's order.
func TestTheListOfAllHasTheFirstRowsOfEachProduct(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").
		Product("prod-pn", "prod-interop", "prod-io", "prod-io-sign inactive")
	addUsers(t, i)
	i.Admin("Eva Bruni", "prod-pn")
	s := store.New(db.App, seed.Keys(t))
	q := s.Query()
	var sections, one, none []access.Section
	var products []access.Product
	q.Sections(&sections, i.ID, access.Filter{})
	q.Products(&products, i.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(sections) != 3 || len(products) != 3 {
		t.Fatalf("%d sections, %d products, want the 3 with an active subscription", len(sections), len(products))
	}
	for n, section := range sections {
		want := map[access.ProductID]int{"prod-interop": 60, "prod-pn": 1, "prod-io": 0}[section.Product.ID]
		if section.Total != want || len(section.Rows) != min(want, store.FirstRows) {
			t.Errorf("%s: %d rows of %d", section.Product.ID, len(section.Rows), section.Total)
		}
		if section.Product.ID != products[n].ID {
			t.Errorf("%s is not in the catalogue's order", section.Product.ID)
		}
	}
	q = s.Query()
	q.Sections(&one, i.ID, access.Filter{Role: access.Target{Product: "prod-pn", Role: "admin"}})
	q.Sections(&none, i.ID, access.Filter{Product: "prod-io-sign"})
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(one) != 1 || one[0].Total != 1 || len(none) != 0 {
		t.Errorf("by a role of one product %+v, of an inactive product %+v", one, none)
	}
}

// A page that starts at a user who has been removed meanwhile is empty, not the first page.
func TestAPageAfterARemovedUserIsEmpty(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Eva Bruni", "prod-pn")
	page := access.Page{After: "00000000-0000-4000-8000-000000000000"}
	got := read(t, store.New(db.App, seed.Keys(t)), i.ID, access.Filter{Product: "prod-pn", Page: page})
	if len(got.Rows) != 0 || got.Total != 1 {
		t.Errorf("%+v", got)
	}
}
