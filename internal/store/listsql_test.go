package store_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/store/listsql"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// planCase is a page of a list with the indexes that it must be read along.
type planCase struct {
	want []string // those of the plan's indexes that this page uses, which it names as sorted by name
	s    listsql.Statement
}

// Each plan of a list uses the index that it names, and no other: in each order and direction, from the start and from
// a row, for a page and for a file, under a custom and a generic plan of PostgreSQL.
func TestEachListPlanUsesItsIndex(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	i.Admin("Eva Bruni", "prod-pn")
	loadUsers(t, db.Owner, i.ID, "prod-pn", 5_000)
	group := i.Group("prod-pn", "Ufficio")
	for _, sql := range []string{
		`INSERT INTO group_member (institution, "group", product, person)
		 SELECT institution, (SELECT id FROM user_group), product, person
		 FROM listing WHERE category = 'operator' AND sort_key < 'utente0001000'`,
		`VACUUM ANALYZE`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]map[string]bool{}
	for _, c := range append(listPlanCases(t, i.ID), groupPlanCases(i.ID, group)...) {
		plan := c.s.Plan.Name
		if seen[plan] == nil {
			seen[plan] = map[string]bool{}
			for _, index := range c.s.Plan.Indexes {
				seen[plan][index] = false
			}
		}
		for _, index := range c.want {
			declared := strings.Replace(index, "_by_email", "_by_name", 1)
			if !slices.Contains(c.s.Plan.Indexes, declared) {
				t.Errorf("plan %q: %s is not declared", plan, declared)
			}
			seen[plan][declared] = true
		}
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			got := scannedIndexes(t, db, mode, c.s)
			if !slices.Equal(got, c.want) {
				t.Errorf("plan %q, %s: uses %v, not %v:\n%s\n%v", plan, mode, got, c.want, c.s.SQL, c.s.Args)
			}
		}
	}
	for plan, indexes := range seen {
		for index, used := range indexes {
			if !used {
				t.Errorf("plan %q: no case uses %s, which is declared", plan, index)
			}
		}
	}
	if len(seen) != 15 {
		t.Errorf("plans seen: %v", slices.Sorted(maps.Keys(seen)))
	}
}

func listPlanCases(t *testing.T, institution access.InstitutionID) (all []planCase) {
	t.Helper()
	operator := access.Target{Product: "prod-pn", Role: "operator"}
	user := func(n int) access.UserID { return access.UserID(fmt.Sprintf("00000000-0000-4000-9000-%012d", n)) }
	for _, row := range []struct {
		plan  string
		index string
		f     access.Filter
	}{
		{"by name", "listing_by_name", access.Filter{}},
		{"by name", "listing_by_name", access.Filter{Category: access.Operator}},
		{"by name", "listing_administrators_by_name", access.Filter{Category: access.Administrator}},
		{"active", "listing_by_name", access.Filter{State: access.Active}},
		{"active", "listing_administrators_by_name", access.Filter{State: access.Active, Category: access.Administrator}},
		{"by role", "assignment_role_by_name", access.Filter{Role: operator}},
		{"active of a role", "assignment_role_by_name", access.Filter{Role: operator, State: access.Active}},
		{"suspended", "suspension_by_name", access.Filter{State: access.Suspended}},
		{"suspended of a role", "suspension_role_by_name", access.Filter{State: access.Suspended, Role: operator}},
		{"search", "listing_by_name", access.Filter{Text: "utente"}},
		{"search", "listing_by_name", access.Filter{Text: "u", State: access.Active}},
		{"search", "listing_search", access.Filter{Text: "utente0000042 ugo"}},
		{"search", "listing_search", access.Filter{Text: "example"}}, // of every domain, and of no name
		{"search", "listing_search", access.Filter{Text: "u0000042@ente.example"}},
		{"search", "listing_search", access.Filter{Text: "@altrove.example"}},
		{"search", "listing_by_name", access.Filter{Text: "@ente.example"}},
		{"search among the active", "listing_search", access.Filter{Text: "utente0000042", State: access.Active}},
		{"search in a role", "listing_by_name", access.Filter{Text: "utente", Role: operator}},
		{"search among the suspended", "listing_by_name", access.Filter{Text: "utente", State: access.Suspended}},
		{"search in a role", "listing_search", access.Filter{Text: "utente0000042", Role: operator}},
		{"search among the suspended", "listing_search", access.Filter{Text: "utente0000042", State: access.Suspended}},
	} {
		for _, product := range []access.ProductID{"prod-pn", ""} {
			row.f.Product = product
			for _, row.f.Sort = range []access.Sort{access.ByName, access.ByNameDesc, access.ByEmail, access.ByEmailDesc} {
				index, key := row.index, "utente0002500\tugo"
				if row.f.Sort == access.ByEmail || row.f.Sort == access.ByEmailDesc {
					index = strings.Replace(index, "_by_name", "_by_email", 1)
					key = "u0002500@ente.example"
				}
				if name := listsql.Count(institution, row.f, 0).Plan.Name; name != row.plan {
					t.Fatalf("%+v: plan %q, not %q", row.f, name, row.plan)
				}
				for _, row.f.Page = range []access.Page{{}, {After: user(2_500)}, {Before: user(2_500)}, {After: user(2_500), Key: key}} {
					if product == "" && row.f.Page != (access.Page{}) {
						continue
					}
					statements := store.ListStatements(institution, row.f)
					all = append(all, planCase{[]string{index}, statements[1]})
				}
				if product != "" {
					middle := access.Row{User: user(2_500), FirstName: "Ugo", LastName: "Utente0002500", Email: "u0002500@ente.example"}
					for _, after := range []access.Row{{}, middle} {
						key := store.SortKey(after.FirstName, after.LastName)
						all = append(all, planCase{[]string{index}, listsql.File(institution, row.f, after, key, 50)})
					}
				}
			}
		}
	}
	return all
}

func groupPlanCases(institution access.InstitutionID, group access.GroupID) (all []planCase) {
	user := access.UserID("00000000-0000-4000-9000-000000000500")
	for _, page := range []access.Page{{}, {After: user}, {Before: user}} {
		all = append(all, planCase{[]string{"group_member_by_name"}, listsql.Members(institution, group, page, store.PageSize)})
		s, _ := listsql.Candidates(institution, group, access.Filter{Page: page}, "", store.PageSize, access.MaxTotal)
		all = append(all, planCase{[]string{"group_member_by_name", "listing_by_name"}, s})
		for text, index := range map[string]string{"utente": "listing_by_name", "utente0000042": "listing_search"} {
			f := access.Filter{Page: page, Text: text}
			s, _ := listsql.Candidates(institution, group, f, "", store.PageSize, access.MaxTotal)
			all = append(all, planCase{[]string{index}, s})
		}
	}
	return all
}

// scannedIndexes returns the indexes along which a statement reads its rows (alias l), each once: not those by which it
// looks up a row's key.
func scannedIndexes(t *testing.T, db *pgtest.DB, mode string, s listsql.Statement) []string {
	t.Helper()
	var explained []struct{ Plan map[string]any }
	err := pgx.BeginFunc(t.Context(), db.App, func(tx pgx.Tx) error {
		for _, sql := range append([]string{`SET LOCAL plan_cache_mode = ` + mode}, s.Plan.Settings...) {
			if _, err := tx.Exec(t.Context(), sql); err != nil {
				return err
			}
		}
		return explain(t, tx, `FORMAT JSON`, s, &explained)
	})
	if err != nil {
		t.Fatalf("%s: %v", s.SQL, err)
	}
	var all []string
	var visit func(node map[string]any, alias string)
	visit = func(node map[string]any, alias string) {
		if own, ok := node["Alias"].(string); ok {
			alias = own
		}
		index, isIndex := node["Index Name"].(string) // of a bitmap, without an alias of its own
		switch isRow := alias == "l" || strings.HasPrefix(alias, "l_"); {
		case isRow && isIndex:
			all = append(all, index)
		case isRow && node["Node Type"] == "Seq Scan":
			all = append(all, fmt.Sprint("no index of ", node["Relation Name"]))
		}
		below, _ := node["Plans"].([]any)
		for _, n := range below {
			if child, ok := n.(map[string]any); ok {
				visit(child, alias)
			}
		}
	}
	visit(explained[0].Plan, "")
	slices.Sort(all)
	return slices.Compact(all)
}
