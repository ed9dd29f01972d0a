package server_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/generate"
	"areariservata.example/utenti/internal/seed"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// ear keeps what the application asks the database.
type ear struct {
	mu         sync.Mutex
	statements []statement
	settings   []string // to the transaction's end
}

type statement struct {
	sql      string
	args     []any
	settings []string // that it is planned and run under
}

func (a *ear) add(sql string, args []any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch sql = strings.TrimSpace(sql); {
	case slices.Contains([]string{"BEGIN", "COMMIT", "ROLLBACK"}, strings.ToUpper(strings.SplitN(sql+" ", " ", 2)[0])), strings.HasPrefix(sql, "--"):
		a.settings = nil
	case strings.HasPrefix(sql, "SET LOCAL"):
		a.settings = append(slices.Clip(a.settings), sql)
	default:
		a.statements = append(a.statements, statement{sql, args, a.settings})
	}
}

// since gives what has been asked since it was called last.
func (a *ear) since() []statement {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := a.statements
	a.statements = nil
	return all
}

func (a *ear) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	a.add(d.SQL, d.Args)
	return ctx
}
func (a *ear) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (a *ear) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

func (a *ear) TraceBatchQuery(_ context.Context, _ *pgx.Conn, d pgx.TraceBatchQueryData) {
	a.add(d.SQL, d.Args)
}
func (a *ear) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// buffers is how many pages of the database a statement reads, planning aside; what it writes isn't kept.
func buffers(t *testing.T, pool *pgxpool.Pool, plan string, s statement) int {
	t.Helper()
	var told []struct {
		Plan map[string]any
	}
	tx, err := pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	// What the page itself sets holds against the plan that is asked for here.
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
		if people, ok := arg.([]access.UserID); ok { // as text, which is how they go here, pgx knows lists of strings only
			var ids []string
			for _, p := range people {
				ids = append(ids, string(p))
			}
			arg = ids
		}
		args = append(args, arg)
	}
	if err := tx.QueryRow(t.Context(), `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) `+execute, args...).Scan(&told); err != nil {
		t.Fatalf("%s: %v", s.sql, err)
	}
	number := func(key string) int {
		n, _ := told[0].Plan[key].(float64)
		return int(n)
	}
	return number("Shared Hit Blocks") + number("Shared Read Blocks")
}

// crowded is a site with one institution of that many users, made by the generator, beside some others; and Anna Bianchi, who
// administers everything in it.
func crowded(t *testing.T, tracer pgx.QueryTracer, users int) (*site, access.InstitutionID) {
	t.Helper()
	s := openTraced(t, tracer)
	size := generate.Size{Users: users + 1_000, Institutions: 501, Largest: users, Seed: 11}
	if _, err := generate.Fill(t.Context(), s.db.Owner, seed.Keys(t), size, func(generate.Report) {}); err != nil {
		t.Fatal(err)
	}
	var id access.InstitutionID
	rows, err := s.db.Owner.Query(t.Context(), `
		SELECT DISTINCT ON (product) institution::text, product, role FROM assignment a JOIN institution i ON i.id = a.institution
		WHERE i.code = 'ente-000000' AND category = 'administrator' ORDER BY product, role`)
	if err != nil {
		t.Fatal(err)
	}
	var targets []access.Target
	var one access.Target
	if _, err := pgx.ForEachRow(rows, []any{&id, &one.Product, &one.Role}, func() error {
		targets = append(targets, one)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	err = s.store.Change(t.Context(), id, func(ctx context.Context, tx *store.Tx) error {
		anna, err := tx.Person(ctx, s.seed.FiscalCode("Anna Bianchi"))
		if err != nil {
			return err
		}
		if err := tx.AddUser(ctx, anna, "Anna", "Bianchi", seed.Email("Anna Bianchi")); err != nil {
			return err
		}
		for _, target := range targets {
			if err := tx.Assign(ctx, anna, target, access.Administrator); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, id
}

// stop is a page with the most that each of its statements may read.
type stop struct {
	name, address string
	most          int
}

// allows is the most that a statement may read. What everybody's page asks about who they are grows with their own roles and with
// the catalogue, with nobody else: it is allowed a little more.
func (v stop) allows(s statement) int {
	if strings.HasPrefix(s.sql, "SELECT i.id, i.name, i.type") || strings.HasPrefix(s.sql, "SELECT o.institution_type") {
		return max(v.most, 60)
	}
	return v.most
}

// sizes are how many users the institution has: BUFFERS=yes asks for 100,000 too, which takes some minutes to make.
func sizes() []int {
	if os.Getenv("BUFFERS") != "" {
		return []int{1_000, 100_000}
	}
	return []int{1_000, 5_000}
}

// Every page reads a few pages of the database, not more of them where there are more users: each statement that any of the
// site's pages asks, however it is planned.
func TestNoPageReadsMoreWhereThereAreMoreUsers(t *testing.T) {
	t.Parallel()
	for _, users := range sizes() {
		t.Run(strconv.Itoa(users), func(t *testing.T) {
			t.Parallel()
			tracer := &ear{}
			s, id := crowded(t, tracer, users)
			b := s.as(t, "Anna Bianchi")
			visits := everyStop(t, s, id, users)
			seen := map[string]bool{}
			told := map[string]int{} // what many pages ask is explained once
			for _, v := range visits {
				tracer.since()
				if p := b.stay().get(v.address); p.status >= http.StatusInternalServerError {
					t.Errorf("%s: %d", v.name, p.status)
				}
				worst, whole := 0, 0
				for _, asked := range tracer.since() {
					for _, plan := range []string{"force_custom_plan", "force_generic_plan"} {
						key := fmt.Sprint(plan, asked)
						n, known := told[key]
						if !known {
							n = buffers(t, s.pool, plan, asked)
							told[key] = n
						}
						if n > v.allows(asked) {
							t.Errorf("%s, %s: %d buffers, at most %d are allowed:\n%s", v.name, plan, n, v.allows(asked), asked.sql)
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

// everyStop are all routes that are read, on somebody who has everything, and the lists in all their forms.
func everyStop(t *testing.T, s *site, id access.InstitutionID, users int) []stop {
	t.Helper()
	var member, middle access.UserID
	var office access.GroupID
	var seq int64
	var members int
	for _, row := range []struct {
		sql  string
		into []any
	}{
		{`SELECT m.person::text, m."group"::text FROM group_member m JOIN user_group g ON g.id = m."group"
		  JOIN assignment a ON a.institution = m.institution AND a.person = m.person AND a.product = m.product AND a.role = 'api' AND a.status = 'active'
		  WHERE m.institution = $1 AND m.product = 'prod-interop' AND g.status = 'active' LIMIT 1`, []any{&member, &office}},
		{`SELECT person::text FROM listing WHERE institution = $1 AND product = 'prod-interop' AND roles = '{api}' ORDER BY sort_key OFFSET ` + fmt.Sprint(users/40) + ` LIMIT 1`, []any{&middle}},
		{`SELECT audit_seq / 2 FROM institution WHERE id = $1`, []any{&seq}},
		{`SELECT count(*) FROM group_member WHERE institution = $1`, []any{&members}},
	} {
		if err := s.db.Owner.QueryRow(t.Context(), row.sql, id).Scan(row.into...); err != nil {
			t.Fatal(err)
		}
	}
	// What isn't flat, and by how much: a page of a log reads its events' people; a narrow filter of it reads on until the page
	// is full, to the log's end if need be. A page of groups reads their members. A text that is shorter than the search index
	// takes, or that nearly everybody has, reads the product's list.
	const log = 700
	narrow, group, anybody := log+int(seq)/4, 1_000+members, max(1_000, users/2)
	var all []stop
	names := strings.NewReplacer("{group}", string(office), "{institution}", string(id), "{user}", string(member), "{product}", "prod-interop", "{role}", "api", "{code}", "25", "*", "x.css")
	err := chi.Walk(s.server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet && !strings.HasPrefix(pattern, "/login/") { // they end the session
			most := 40
			switch {
			case strings.HasSuffix(pattern, "/activity.csv"):
				return nil // a file, read in pieces of thousands of events
			case strings.HasSuffix(pattern, "/users"):
				most = 130
			case strings.HasSuffix(pattern, "/activity"):
				most = log
			case strings.Contains(pattern, "/groups/"):
				most = group
			}
			all = append(all, stop{"GET " + pattern, names.Replace(pattern), most})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(name string, most int, f access.Filter) {
		for _, sort := range []access.Sort{access.ByName, access.ByNameDown, access.ByEmail, access.ByEmailDown} {
			f.Sort = sort
			all = append(all, stop{name + " " + string(sort), web.UsersURL(id, f), most})
		}
	}
	// The goals are 40 and 170. They hold where there are many users; of a thousand, the planner reads a role's few dozen and sorts
	// them, which is a little more, and the one thing that grows with them.
	few, byRole := 40, 170
	if users == 1_000 {
		few, byRole = 45, 250
	}
	role := func(r access.RoleID) access.Target { return access.Target{Product: "prod-interop", Role: r} }
	page := access.Page{After: middle}
	list("a list", few, access.Filter{Product: "prod-interop"})
	list("its middle", few, access.Filter{Product: "prod-interop", Page: page})
	list("back from its middle", few, access.Filter{Product: "prod-interop", Page: access.Page{Before: middle}})
	list("the suspended", 1_000, access.Filter{Product: "prod-interop", State: access.Suspended})
	list("everybody", 130, access.Filter{})
	list("all Administrators", 130, access.Filter{Category: access.Administrator})
	list("all Operators", 130, access.Filter{Category: access.Operator})
	list("a role", byRole, access.Filter{Product: "prod-interop", Role: role("api")})
	list("a role, its middle", byRole, access.Filter{Product: "prod-interop", Role: role("api"), Page: page})
	list("a role, the suspended", 1_000, access.Filter{Product: "prod-interop", Role: role("api"), State: access.Suspended})
	list("a role among everybody", byRole, access.Filter{Role: role("security")})
	list("a role that nobody holds", byRole, access.Filter{Product: "prod-interop", Role: role("nobody's")})
	for text, most := range map[string]int{
		"rossi": 1_000, "giulia rossi": 1_000, "znidarsic": 1_000, "inesistente": 1_000, "ço": anybody, "a": anybody, "ente0.example": anybody,
	} {
		list("search for "+text, most, access.Filter{Product: "prod-interop", Text: text})
	}
	list("search among everybody", 8*1_000, access.Filter{Text: "rossi"})
	for name, f := range map[string]access.EventFilter{
		"an old page": {Page: access.EventPage{Below: seq}}, "back": {Page: access.EventPage{Above: seq}}, "of a product": {Product: "prod-interop"},
		"of somebody": {Person: member}, "of an action": {Action: access.Suspend}, "of an action that nobody took": {Action: access.RenameGroup},
		"of a day": {From: "2025-01-08", To: "2025-01-08"}, "of a day without events": {From: "2024-01-08", To: "2024-01-08"},
	} {
		all = append(all, stop{"activity " + name, web.ActivityURL(id, f), narrow})
	}
	slices.SortStableFunc(all, func(a, b stop) int { return strings.Compare(a.name, b.name) })
	return all
}
