package perf_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// countBuffers is the number of database pages that a statement reads, without planning; its writes are rolled back.
func countBuffers(t *testing.T, pool *pgxpool.Pool, plan string, s statement) int {
	t.Helper()
	var explained []struct {
		Plan map[string]any
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	// The settings of the page override the plan cache mode.
	before := append([]string{`SET LOCAL plan_cache_mode = ` + plan}, s.settings...)
	for _, sql := range append(before, `PREPARE asked AS `+s.sql) {
		if _, err = tx.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	defer func() { _, _ = tx.Exec(context.WithoutCancel(t.Context()), `DEALLOCATE asked`) }()
	execute := `EXECUTE asked`
	if len(s.args) > 0 {
		var places []string
		for n := range s.args {
			places = append(places, fmt.Sprintf("$%d", n+1))
		}
		execute += ` (` + strings.Join(places, ", ") + `)`
	}
	args := []any{pgx.QueryExecModeSimpleProtocol}
	for _, arg := range s.args {
		if people, ok := arg.([]access.UserID); ok { // without a prepared statement, pgx encodes only lists of string
			var ids []string
			for _, p := range people {
				ids = append(ids, string(p))
			}
			arg = ids
		}
		args = append(args, arg)
	}
	if err := tx.QueryRow(t.Context(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) `+execute, args...).Scan(&explained); err != nil {
		t.Fatalf("%s: %v", s.sql, err)
	}
	number := func(key string) int {
		n, _ := explained[0].Plan[key].(float64)
		return int(n)
	}
	return number("Shared Hit Blocks") + number("Shared Read Blocks")
}

// pageCase is an address with the limit for each of its statements.
type pageCase struct {
	name, address string
	most          int
}

// sizes are the numbers of users of the institution. BUFFERS=yes adds 100,000, which takes minutes to generate.
func sizes() []int {
	if os.Getenv("BUFFERS") != "" {
		return []int{1_000, 100_000}
	}
	return []int{1_000, 5_000}
}

// Each statement of every page reads few database pages, under a custom and under a generic plan, and not more of
// them with more users.
func TestNoPageReadsMoreWhereThereAreMoreUsers(t *testing.T) {
	t.Parallel()
	for _, users := range sizes() {
		t.Run(strconv.Itoa(users), func(t *testing.T) {
			t.Parallel()
			tracer := &queryRecorder{}
			s, id := openLargeSite(t, site.Options{Tracer: tracer}, users)
			b := s.SignIn(t, "Anna Bianchi")
			visits := everyPage(t, s, id, users)
			seen := map[string]bool{}
			explained := map[string]int{} // a statement of many pages is explained once
			for _, v := range visits {
				tracer.since()
				if p := b.Stay().Get(v.address); p.Status >= http.StatusInternalServerError {
					t.Errorf("%s: %d", v.name, p.Status)
				}
				worst, whole := 0, 0
				for _, asked := range tracer.since() {
					for _, plan := range []string{"force_custom_plan", "force_generic_plan"} {
						key := fmt.Sprint(plan, asked)
						n, known := explained[key]
						if !known {
							n = countBuffers(t, s.Pool, plan, asked)
							explained[key] = n
						}
						if n > v.most {
							t.Errorf("%s, %s: %d buffers, at most %d are allowed:\n%s", v.name, plan, n, v.most, asked.sql)
						}
						worst, whole = max(worst, n), whole+n
					}
				}
				seen[v.name] = true
				t.Logf("%6d %4d at most in a statement, %4d in the page, %s", users, worst, whole/2, v.name)
			}
			if len(seen) < 60 {
				t.Errorf("only %d pages visited", len(seen))
			}
		})
	}
}

// everyPage are all GET routes, with a user who has everything, and the lists in all their forms.
func everyPage(t *testing.T, s *site.Site, id access.InstitutionID, users int) []pageCase {
	t.Helper()
	var member, middle, boss access.UserID
	var office access.GroupID
	var seq int64
	for _, row := range []struct {
		sql  string
		into []any
	}{
		{`SELECT m.person::text, m."group"::text FROM group_member m JOIN user_group g ON g.id = m."group"
		  JOIN assignment a ON a.institution = m.institution AND a.person = m.person AND a.product = m.product
		   AND a.role = 'api' AND a.status = 'active'
		  WHERE m.institution = $1 AND m.product = 'prod-interop' AND g.status = 'active' LIMIT 1`, []any{&member, &office}},
		{
			`SELECT person::text FROM listing WHERE institution = $1 AND product = 'prod-interop' AND roles = '{api}'
			ORDER BY sort_key OFFSET ` + fmt.Sprint(users/40) + ` LIMIT 1`,
			[]any{&middle},
		},
		{`SELECT actor::text FROM audit_event WHERE institution = $1 AND actor IS NOT NULL ORDER BY seq LIMIT 1`, []any{&boss}},
		{`SELECT audit_seq / 2 FROM institution WHERE id = $1`, []any{&seq}},
	} {
		if err := s.DB.Owner.QueryRow(t.Context(), row.sql, id).Scan(row.into...); err != nil {
			t.Fatal(err)
		}
	}
	// Limits, in database pages. few: a list of one product, or a page about one user. byKey: the rows of another index
	// are looked up one by one. A log looks up its events and their people. A search scans the index of the order or the
	// search index; a common name together with a role or a state scans two.
	const (
		few, byKey, allUsers, search = 40, 170, 130, 1_000
		log                          = 800
	)
	var all []pageCase
	names := strings.NewReplacer(
		"{group}",
		string(office),
		"{institution}",
		string(id),
		"{user}",
		string(member),
		"{product}",
		"prod-interop",
		"{role}",
		"api",
		"{code}",
		"25",
		"*",
		"x.css",
	)
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet && !strings.HasPrefix(pattern, "/login/") { // these end the session
			most := few
			switch {
			case strings.HasSuffix(pattern, "/activity.csv"):
				return nil // a file, read in chunks of thousands of events
			case strings.HasSuffix(pattern, "/users"):
				most = allUsers
			case strings.HasSuffix(pattern, "/activity"):
				most = log
			case strings.Contains(pattern, "/groups/"):
				most = byKey
			}
			all = append(all, pageCase{"GET " + pattern, names.Replace(pattern), most})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(name string, most int, f access.Filter) {
		for _, sort := range []access.Sort{access.ByName, access.ByNameDesc, access.ByEmail, access.ByEmailDesc} {
			f.Sort = sort
			all = append(all, pageCase{name + " " + string(sort), web.UsersURL(id, f), most})
		}
	}
	role := func(r access.RoleID) access.Target { return access.Target{Product: "prod-interop", Role: r} }
	page := access.Page{After: middle}
	list("a list", few, access.Filter{Product: "prod-interop"})
	list("its middle", few, access.Filter{Product: "prod-interop", Page: page})
	list("back from its middle", few, access.Filter{Product: "prod-interop", Page: access.Page{Before: middle}})
	list("the suspended", byKey, access.Filter{Product: "prod-interop", State: access.Suspended})
	list("the suspended, their middle", byKey, access.Filter{Product: "prod-interop", State: access.Suspended, Page: page})
	list("the active", few, access.Filter{Product: "prod-interop", State: access.Active})
	list("all users", allUsers, access.Filter{})
	list("all Administrators", allUsers, access.Filter{Category: access.Administrator})
	list("all Operators", allUsers, access.Filter{Category: access.Operator})
	list("all suspended", 8*byKey/2, access.Filter{State: access.Suspended}) // a few users of each product, by key
	list("a role", byKey, access.Filter{Product: "prod-interop", Role: role("api")})
	list("a role, its middle", byKey, access.Filter{Product: "prod-interop", Role: role("api"), Page: page})
	list("a role, the suspended", byKey, access.Filter{Product: "prod-interop", Role: role("api"), State: access.Suspended})
	list("a role, the active", byKey, access.Filter{Product: "prod-interop", Role: role("api"), State: access.Active})
	list("a role on all products", byKey, access.Filter{Role: role("security")})
	list("a role without holders", byKey, access.Filter{Product: "prod-interop", Role: role("unheld")})
	all = append(
		all,
		pageCase{"a group, its middle", web.MembersURL(id, office, access.Page{After: member}), byKey},
		pageCase{"candidates for a group, their middle", web.AddMembersURL(id, office, access.Filter{Page: page}), byKey},
		pageCase{"candidates for a group, searched for", web.AddMembersURL(id, office, access.Filter{Text: "giulia rossi"}), search},
		pageCase{"candidates for a group, searched for by a common name", web.AddMembersURL(id, office, access.Filter{Text: "rossi"}), search},
		pageCase{
			"searched for, with a role",
			web.UsersURL(id, access.Filter{Product: "prod-interop", Role: role("api"), Text: "rossi"}),
			2 * search,
		},
		pageCase{
			"searched for, suspended",
			web.UsersURL(id, access.Filter{Product: "prod-interop", State: access.Suspended, Text: "rossi"}),
			2 * search,
		},
	)
	for text, most := range map[string]int{
		"rossi": search, "giulia rossi": search, "znidarsic": search, "inesistente": search, "ço": search, "x": search,
		"a": search, "ente0.example": search, "@ente0.example": search,
	} {
		list("search for "+text, most, access.Filter{Product: "prod-interop", Text: text})
	}
	list("search on all products", 8*search, access.Filter{Text: "rossi"})
	for name, f := range map[string]access.EventFilter{
		"an old page": {Page: access.EventPage{Below: seq}}, "back": {Page: access.EventPage{Above: seq}},
		"of a product": {Product: "prod-interop"},
		"of a person":  {Person: member}, "of an action": {Action: access.Suspend}, "of an action without events": {Action: access.RenameGroup},
		"of a person's action":                 {Person: member, Action: access.Suspend},
		"of the Administrator of all products": {Person: boss}, "of their action": {Person: boss, Action: access.Suspend},
		"of a period":              {From: "2025-01-20", To: "2025-02-20"},
		"of an action in a period": {From: "2025-01-20", To: "2025-02-20", Action: access.Join},
		"of a day":                 {From: "2025-01-08", To: "2025-01-08"}, "of a day without events": {From: "2024-01-08", To: "2024-01-08"},
	} {
		all = append(all, pageCase{"activity " + name, web.ActivityURL(id, f), log})
	}
	slices.SortStableFunc(all, func(a, b pageCase) int { return strings.Compare(a.name, b.name) })
	return all
}
