package store_test

import (
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// checkUserCounts fails the test if lists, counts and what else is derived differ from their source rows.
func checkUserCounts(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	if err := consistency.CheckDerived(t.Context(), db); err != nil {
		t.Error(err)
	}
}

// The triggers of user_count follow every insert, update and deletion of listing rows.
func TestUserCountsFollowTheListing(t *testing.T) {
	pgtest.SkipDistributed(t, "TRUNCATE runs no trigger on other nodes")
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	addUsers(t, i)
	s.Institution("Altrove", "PA").Product("prod-interop").Admin("Anna Rossi", "prod-interop")
	checkUserCounts(t, db.Owner)
	for _, sql := range []string{
		`WITH a AS (UPDATE assignment SET status = 'suspended' WHERE role = 'api' RETURNING *)
		 UPDATE listing l SET statuses[array_position(l.roles, 'api')] = 'suspended' FROM a
		 WHERE a.institution = l.institution AND a.product = l.product AND a.person = l.person`,
		`WITH a AS (DELETE FROM assignment WHERE role = 'viewer' RETURNING *),
		      e AS (DELETE FROM enrolment e USING a WHERE e.person = a.person)
		 DELETE FROM app_user u USING a WHERE u.person = a.person`,
		`UPDATE listing SET last_name = 'Cambiato'`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		checkUserCounts(t, db.Owner)
	}
	if _, err := db.Owner.Exec(t.Context(), `TRUNCATE listing`); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.Owner.QueryRow(t.Context(), `SELECT count(*) FROM user_count`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d rows of user_count without users (%v)", left, err)
	}
}

// The number beside a filter is the number of rows that the list then shows, for every combination of filters without a
// text.
func TestUserCountsMatchWhatTheListShows(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	all := addUsers(t, i)
	i.Admin("Eva Bruni", "prod-pn")
	st := store.New(db.App, seed.Keys(t))
	q := st.Query()
	var d access.Directory
	q.Products(&d.Products, i.ID)
	q.UserCounts(&d.UserCounts, i.ID)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, f := range filters() {
		if f.Sort != access.ByName {
			continue
		}
		n, known := d.Count(f)
		if known != (f.Text == "") {
			t.Errorf("%+v: known %v", f, known)
		}
		want := 0
		for _, c := range all {
			if c.matches(f) {
				want++
			}
		}
		if known && n != want {
			t.Errorf("%+v: counts %d, shows %d", f, n, want)
		}
	}
	for want, f := range map[int]access.Filter{
		61: {}, 1: {Product: "prod-pn"}, 10: {Category: access.Administrator}, 0: {Product: "prod-pn", State: access.Suspended},
	} {
		if n, known := d.Count(f); n != want || !known {
			t.Errorf("%+v: %d, %v", f, n, known)
		}
	}
	if _, known := (access.Directory{Products: d.Products}).Count(access.Filter{}); known {
		t.Error("a directory without counts has a number")
	}
}

// Totals are exact, except that the rows that a text finds are counted up to [access.MaxTotal].
func TestTotalsAreExactExceptForATextThatFindsMany(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	s := seed.New(t, db.Owner, seed.Keys(t))
	i := s.Institution("Comune di Prova", "PA").Product("prod-pn")
	i.Admin("Eva Bruni", "prod-pn")
	loadUsers(t, db.Owner, i.ID, "prod-pn", access.MaxTotal+500)
	st := store.New(db.App, seed.Keys(t))
	operator := access.Target{Product: "prod-pn", Role: "operator"}
	for _, row := range []struct {
		f      access.Filter
		total  int
		capped bool
	}{
		{access.Filter{Product: "prod-pn"}, access.MaxTotal + 501, false},
		{access.Filter{Product: "prod-pn", Role: operator, State: access.Suspended}, (access.MaxTotal + 500) / 10, false},
		{access.Filter{Product: "prod-pn", Text: "utente"}, access.MaxTotal, true},
		{access.Filter{Product: "prod-pn", Text: "bruni"}, 1, false},
	} {
		if got := read(t, st, i.ID, row.f); got.Total != row.total || got.Capped != row.capped {
			t.Errorf("%+v: %d, capped %v", row.f, got.Total, got.Capped)
		}
	}
	checkUserCounts(t, db.Owner)
}

// loadUsers adds n operators of a product, every tenth suspended, past the application.
func loadUsers(t *testing.T, owner *pgxpool.Pool, i access.InstitutionID, p access.ProductID, n int) {
	t.Helper()
	const users = `(SELECT ('00000000-0000-4000-9000-' || lpad(n::text, 12, '0'))::uuid AS id, n, lpad(n::text, 7, '0') AS name,
		CASE n % 10 WHEN 0 THEN 'suspended' ELSE 'active' END AS status FROM generate_series(1, $3::int) n) c`
	err := pgx.BeginFunc(t.Context(), owner, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`INSERT INTO person (id, fiscal_code_hash)
				SELECT id, id::text::bytea FROM ` + users + ` WHERE $1::uuid IS NOT NULL AND $2::text <> ''`,
			`INSERT INTO user_history (institution, person, fiscal_code_hash)
				SELECT $1, id, id::text::bytea FROM ` + users + ` WHERE $2::text <> ''`,
			`INSERT INTO app_user (institution, person, identity, fiscal_code_sealed, first_name, last_name, email)
				SELECT $1, id, id, '', 'Ugo', 'Utente' || name, 'u' || name || '@ente.example' FROM ` + users + ` WHERE $2::text <> ''`,
			`INSERT INTO enrolment SELECT $1, id, $2, 'operator' FROM ` + users,
			`INSERT INTO assignment
				SELECT $1, id, $2, 'operator', 'operator', status, 'utente' || name || E'\tugo', 'u' || name || '@ente.example'
				FROM ` + users,
			`INSERT INTO listing
				SELECT $1, $2, id, 'utente' || name || E'\tugo', 'utente' || name || ' ugo u' || name || '@elpmaxe.etne', 'Ugo', 'Utente' || name,
				'u' || name || '@ente.example', 'operator', '{operator}', ARRAY[status] FROM ` + users,
		} {
			if _, err := tx.Exec(t.Context(), sql, i, p, n); err != nil {
				return fmt.Errorf("%s: %w", sql, err)
			}
		}
		return nil
	})
	if err == nil {
		_, err = owner.Exec(t.Context(), `ANALYZE`)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The page of a list reads the sections of [store.Query.Sections] and the numbers that it shows beside the options of its
// product, or of all, and beside the tabs of the others; nothing of a product that is not active.
func TestAListIsReadWithTheNumbersOfItsPage(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	i := seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io", "prod-pagopa")
	addUsers(t, i)
	i.Admin("Eva Bruni", "prod-pn")
	i.Admin("Pio Spenti", "prod-pagopa")
	i.Group("prod-pn", "Ufficio")
	if _, err := db.Owner.Exec(t.Context(), `UPDATE institution_product SET active = false WHERE product = 'prod-pagopa'`); err != nil {
		t.Fatal(err)
	}
	st := store.New(db.App, seed.Keys(t))
	all := append(filters(), access.Filter{}, access.Filter{State: access.Active}, access.Filter{Category: access.Administrator},
		access.Filter{Product: "prod-pn"}, access.Filter{Product: "prod-io"})
	for _, f := range all {
		var list store.List
		var sections []access.Section
		full, page := access.Directory{}, access.Directory{Filter: f}
		q := st.Query()
		q.Products(&full.Products, i.ID)
		q.UserCounts(&full.UserCounts, i.ID)
		q.List(&list, i.ID, f)
		q.Sections(&sections, i.ID, f)
		if err := q.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		page.Products, page.UserCounts = full.Products, list.UserCounts
		if diff := gocmp.Diff(page.WithSections(sections).Sections, page.WithSections(list.Sections).Sections); diff != "" {
			t.Errorf("%+v: %s", f, diff)
		}
		if list.HasActiveGroup != (f.Product == "prod-pn") {
			t.Errorf("%+v: an active group: %v", f, list.HasActiveGroup)
		}
		for _, other := range []access.Filter{
			f,
			{Product: f.Product},
			{Product: f.Product, State: access.Suspended},
			{Product: f.Product, Category: access.Operator},
			{Product: "prod-interop", State: f.State, Category: f.Category},
			{Product: "prod-pn", State: f.State, Category: f.Category},
			{Product: "prod-io", State: f.State, Category: f.Category},
			{State: f.State, Category: f.Category},
		} {
			want, _ := full.Count(other)
			if got, known := page.Count(other); known != (f.Text == "" && other.Text == "") || (known && got != want) {
				t.Errorf("%+v, beside %+v: %d, %v, want %d", f, other, got, known, want)
			}
		}
	}
}

// A role's code may have any sign but a slash.
func TestUserCountsAreParsedWhateverARoleIsCalled(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]access.UserCounts{
		`{}`:                                    {},
		`{"//": 12}`:                            {{}: 12},
		`{"//": 2, "active//": 1}`:              {{}: 2, {State: access.Active}: 1},
		`{"/operator/a: 1, b": 3}`:              {{Category: access.Operator, Role: "a: 1, b"}: 3},
		`{"/operator/a\": 1, \"b": 3, "//": 4}`: {{Category: access.Operator, Role: `a": 1, "b`}: 3, {}: 4},
	} {
		got, err := store.ParseUserCounts(text)
		if diff := gocmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s%v", text, diff, err)
		}
	}
	if _, err := store.ParseUserCounts(`{"//": many}`); err == nil {
		t.Error("no error for a number that is none")
	}
}
