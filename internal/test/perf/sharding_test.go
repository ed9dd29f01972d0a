package perf_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
)

// crossInstitutionStatements are the statements, by how they begin, that read more than one institution, each with
// its reason. In a database sharded by institution they ask every shard; docs/scale.md says what to do about each.
func crossInstitutionStatements() map[string]string {
	return map[string]string{
		`SELECT i.id, i.name, i.type FROM app_user u JOIN institution i ON`: "the institutions where a person has powers (rule V1), " +
			"for the first page and every page's list of them",
		`UPDATE web_session SET revoked_at = now(), revoked_reason = 'lost-powers'`: "a person who loses the last power anywhere " +
			"is signed out (rule P11)",
		`DELETE FROM person WHERE id = $1 AND NOT EXISTS`: "a person who is a user nowhere is deleted",
		`SELECT institution, person FROM app_user WHERE identity = $1`: "at the first sign-in: " +
			"where the names that were verified hold (rule D4)",
		`SELECT NOT EXISTS (SELECT 1 FROM app_user WHERE identity = $1`: "at a sign-in: " +
			"whether there is an institution in which they do not hold yet",
		`SELECT institution FROM app_user WHERE identity = $1 AND language`: "at a sign-in: " +
			"where the language of the person's e-mails changes",
		`SELECT data, expiry, expiry > now() AND revoked_at IS NULL`: "a session's user in each institution " +
			"(rule P10), for every request",
		`SELECT coalesce((SELECT institution::text FROM outbox`: "the worker of the outbox, after a change and every second: " +
			"which institutions have entries",
		`WITH seen AS ( SELECT true FROM profile_view`: "the number of profiles opened by a person " +
			"in the last minute, in any institution",
	}
}

// shardedTables are the tables to be distributed and their views, by oid. The others are about no institution: the
// catalogue, people, sessions and e-mails.
func shardedTables(t *testing.T, s *site.Site) map[int]shardedTable {
	t.Helper()
	rows, err := s.DB.Owner.Query(t.Context(), `
		SELECT c.oid::int, c.relname, a.attnum FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND NOT a.attisdropped
		WHERE c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
		AND a.attname = CASE c.relname WHEN 'institution' THEN 'id' ELSE 'institution' END`)
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]shardedTable{}
	var oid int
	var table shardedTable
	if _, err := pgx.ForEachRow(rows, []any{&oid, &table.name, &table.column}, func() error { all[oid] = table; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// Every statement of pages and changes names its institution, for each table wherever it names the table: so the database
// can be sharded by institution, each page asks one shard, and each change is a transaction on one shard.
func TestEveryStatementNamesItsInstitution(t *testing.T) {
	t.Parallel()
	tracer := &queryRecorder{}
	const limit = 1_000_000 // a LIMIT that no query reaches
	s, id := openLargeSite(
		t,
		site.Options{Tracer: tracer, Limits: server.Limits{SignIns: limit, Searches: limit, Files: limit, Profiles: limit}},
		1_000,
	)
	b := s.SignIn(t, "Anna Bianchi")
	for _, v := range everyPage(t, s, id, 1_000) {
		b.Stay().Get(v.address)
	}
	submitEveryForm(t, s, b, id)
	ids := []access.InstitutionID{id, runEveryOperation(t, s)}
	dispatch(t, s, id)

	tables, excused := shardedTables(t, s), crossInstitutionStatements()
	asked, seen, used := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, st := range tracer.since() {
		words := strings.Join(strings.Fields(st.sql), " ")
		if asked[words]++; asked[words] > 3 { // the tree does not depend on the other arguments
			continue
		}
		parsed, err := parse(t, s, st.sql)
		if err != nil {
			t.Errorf("%v: %s", err, words)
			continue
		}
		every(parsed, func(n *tree) { seen[tables[n.number("relid")].name] = true })
		without := scope{tables, st.args, ids}.unscopedTables(parsed)
		if len(without) == 0 {
			continue
		}
		found := ""
		for begins := range excused {
			if strings.HasPrefix(words, begins) {
				found = begins
			}
		}
		if used[found] = true; found == "" {
			t.Errorf("%v without an institution: %s", without, words)
		}
	}
	for _, table := range tables {
		unnamed := table.name == "institution_product" || table.name == "active_administrator" // read as active_product; by a trigger
		if !seen[table.name] && !unnamed {
			t.Errorf("no statement is about %s", table.name)
		}
	}
	for begins := range excused {
		if !used[begins] {
			t.Errorf("no statement begins with %q: remove the exception", begins)
		}
	}
	t.Logf("%d different statements about %d tables and views that would be distributed", len(asked), len(tables))
}

// Triggers are checked by their text, statement by statement.
func TestEveryTriggerStaysWithinItsInstitution(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	tables := tableNames(shardedTables(t, s))
	rows, err := s.DB.Owner.Query(
		t.Context(),
		`SELECT proname, prosrc FROM pg_proc WHERE prorettype = 'trigger'::regtype AND pronamespace = 'public'::regnamespace`,
	)
	if err != nil {
		t.Fatal(err)
	}
	looked := 0
	var name, text string
	if _, err := pgx.ForEachRow(rows, []any{&name, &text}, func() error {
		for _, piece := range unscopedStatements(text, tables) {
			t.Errorf("%s, without an institution: %s", name, piece)
		}
		looked++
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if looked < 7 {
		t.Errorf("only %d triggers' functions were looked at", looked)
	}
}

func tableNames(tables map[int]shardedTable) map[string]bool {
	names := map[string]bool{}
	for _, table := range tables {
		names[table.name] = true
	}
	return names
}

// unscopedStatements are a function's statements about a table to be distributed that do not name an institution.
// TRUNCATE is exempt: only the owner can run it.
func unscopedStatements(text string, tables map[string]bool) (pieces []string) {
	for piece := range strings.SplitSeq(text, ";") {
		words := strings.Fields(strings.ReplaceAll(piece, `"`, ""))
		names := slices.ContainsFunc(words, func(w string) bool { return tables[w] })
		if names && !strings.Contains(piece, "institution") && !strings.Contains(piece, "TRUNCATE") {
			pieces = append(pieces, strings.Join(words, " "))
		}
	}
	return pieces
}

// The check itself finds unscoped statements and accepts scoped ones.
func TestAStatementWithoutAnInstitutionIsFound(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := string(i.Admin("Anna Bianchi", "prod-interop"))
	tables := shardedTables(t, s)
	id := string(i.ID)
	for _, c := range []struct {
		sql  string
		args []any
		want []string
	}{
		{`SELECT 1 FROM listing WHERE institution = $1 AND product = 'prod-interop'`, []any{id}, nil},
		{`SELECT 1 FROM listing WHERE $1 = institution`, []any{id}, nil},
		{`SELECT 1 FROM listing WHERE institution = $1`, []any{anna}, []string{"listing"}}, // a user's id
		{`SELECT 1 FROM listing WHERE person = $1`, []any{anna}, []string{"listing"}},
		{`SELECT 1 FROM listing WHERE institution > $1`, []any{id}, []string{"listing"}},
		{`SELECT 1 FROM listing WHERE institution = $1 OR product = 'x'`, []any{id}, []string{"listing"}},
		{`SELECT 1 FROM listing WHERE institution = ANY ($1)`, []any{[]string{id, anna}}, []string{"listing"}},
		{`SELECT 1 FROM app_user u JOIN listing l USING (institution, person) WHERE u.institution = $1`, []any{id}, []string{"listing"}},
		{`SELECT 1 FROM app_user u JOIN listing l USING (person) WHERE u.institution = $1 AND l.institution = $1`, []any{id}, nil},
		{`SELECT 1 FROM app_user u LEFT JOIN listing l ON l.institution = $1 AND l.person = u.person WHERE u.institution = $1`, []any{id}, nil},
		{`SELECT 1 FROM app_user u JOIN person p ON p.id = u.identity WHERE u.institution = $1`, []any{id}, nil},
		{`SELECT 1 FROM institution WHERE id = $1`, []any{id}, nil},
		{`SELECT 1 FROM institution WHERE name = $1`, []any{"x"}, []string{"institution"}},
		{`SELECT 1 FROM active_product WHERE institution = $1`, []any{id}, nil},
		{`SELECT 1 FROM active_product WHERE product = $1`, []any{id}, []string{"active_product"}},
		{
			`SELECT 1 FROM listing l WHERE l.institution = $1 AND EXISTS (SELECT 1 FROM group_member m WHERE m.institution = l.institution)`,
			[]any{id},
			[]string{"group_member"},
		},
		{
			`SELECT 1 FROM (SELECT institution, "group" FROM group_member WHERE institution = $1 OFFSET 0) m
			JOIN user_group g ON g.institution = m.institution AND g.id = m."group"`,
			[]any{id},
			[]string{"user_group"},
		},
		{`UPDATE app_user SET version = 2 WHERE institution = $1 AND person = $2`, []any{id, anna}, nil},
		{`UPDATE app_user SET version = 2 WHERE person = $1`, []any{anna}, []string{"app_user"}},
		{`DELETE FROM idempotency_key WHERE at < now()`, nil, []string{"idempotency_key"}},
		{`INSERT INTO user_group (institution, product, name, status) VALUES ($1, 'prod-interop', 'Uno', 'active')`, []any{id}, nil},
		{
			`INSERT INTO user_group (institution, product, name, status) SELECT institution, product, 'Uno', 'active' FROM listing
			WHERE institution = $1 ON CONFLICT (institution, product, name) DO UPDATE SET status = excluded.status`,
			[]any{id},
			nil,
		},
		{
			`INSERT INTO user_group (institution, product, name, status) SELECT id, 'prod-interop', 'Uno', 'active' FROM institution`,
			nil,
			[]string{"institution", "user_group"},
		},
		{
			`WITH all_of_it AS MATERIALIZED (SELECT * FROM enrolment) SELECT 1 FROM all_of_it a JOIN app_user u USING (institution, person)`,
			nil,
			[]string{"app_user", "enrolment"},
		},
	} {
		parsed, err := parse(t, s, c.sql)
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		if got := (scope{tables, c.args, []access.InstitutionID{i.ID}}).unscopedTables(parsed); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.sql, got, c.want)
		}
	}
	trigger := `BEGIN DELETE FROM user_count t WHERE t.institution = OLD.institution; UPDATE listing SET email = ''; RETURN NULL; END`
	if got := unscopedStatements(trigger, tableNames(tables)); len(got) != 1 || !strings.Contains(got[0], "UPDATE listing") {
		t.Errorf("of a trigger: %q", got)
	}
}
