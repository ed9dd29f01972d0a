package generate_test

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/generate"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// fill creates a database of this size, with the demo's catalogue.
func fill(t *testing.T, size generate.Size) (*pgtest.DB, generate.Report) {
	t.Helper()
	db := pgtest.New(t)
	c, err := catalogue.Read("catalogue.json", demo.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.ImportCatalogue(t.Context(), db.Owner, c); err != nil {
		t.Fatal(err)
	}
	report, err := generate.Fill(t.Context(), db.Owner, seed.Keys(t), size, func(generate.Report) {})
	if err != nil {
		t.Fatal(err)
	}
	return db, report
}

// number runs a query of one integer.
func number(t *testing.T, db *pgtest.DB, sql string) (n int) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// The log, replayed with the reference model, gives the state; lists and counts match their source tables; the hash
// chain verifies; every fiscal code can be found and decrypted; and every kind of record occurs.
func TestGeneratedDataMatchTheirLogAndLists(t *testing.T) {
	t.Parallel()
	keys := seed.Keys(t)
	db, report := fill(t, generate.Size{Users: 6_000, Institutions: 60, Largest: 3_000, Seed: 7})
	if report.Users != 6_000 || report.Institutions != 60 {
		t.Errorf("made %+v", report)
	}
	beginning := consistency.Baseline{} // every group was open at first
	rows, err := db.Owner.Query(t.Context(), `SELECT institution::text, id::text, product, name FROM user_group`)
	if err != nil {
		t.Fatal(err)
	}
	var in access.InstitutionID
	g := refmodel.CatalogueGroup{Status: string(access.Active)}
	if _, err := pgx.ForEachRow(rows, []any{&in, &g.ID, &g.Product, &g.Name}, func() error {
		beginning[in] = append(beginning[in], g)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := beginning.Check(t.Context(), db.Owner, keys); err != nil {
		t.Error(err)
	}
	if repaired, err := admin.RepairListing(t.Context(), db.Owner); err != nil || repaired != (admin.Repaired{Institutions: 60}) {
		t.Errorf("lists differ from their source tables: %+v, %v", repaired, err)
	}
	for what, sql := range map[string]string{
		"largest institution":          `SELECT (max(n) = 3000)::int FROM (SELECT count(*) AS n FROM app_user GROUP BY institution) x`,
		"institutions of less than 50": `SELECT count(*) FROM (SELECT FROM app_user GROUP BY institution HAVING count(*) < 50) x`,
		"people of two institutions":   `SELECT count(*) FROM (SELECT FROM app_user GROUP BY identity HAVING count(*) > 1) x`,
		"people with several products": `SELECT count(*) FROM (SELECT FROM enrolment GROUP BY institution, person HAVING count(*) > 2) x`,
		"people with two roles in one": `SELECT count(*) FROM listing WHERE cardinality(roles) > 1`,
		"Administrators":               `SELECT count(*) FROM listing WHERE category = 'administrator'`,
		"suspended roles":              `SELECT count(*) FROM assignment WHERE status = 'suspended'`,
		"suspended groups with members": `SELECT count(*) FROM user_group g
			WHERE status = 'suspended' AND EXISTS (SELECT FROM group_member m WHERE m."group" = g.id)`,
		"verified names": `SELECT count(*) FROM person WHERE verified_at IS NOT NULL`,
		"names typed otherwise": `SELECT count(*) FROM app_user u JOIN person p ON p.id = u.identity
			WHERE u.last_name <> p.verified_last_name`,
		"accents":                     `SELECT count(*) FROM listing WHERE last_name ~ '[àèéìòù]'`,
		"double surnames":             `SELECT count(*) FROM listing WHERE last_name ~ '[- ]'`,
		"subscriptions that are over": `SELECT count(*) FROM institution_product WHERE NOT active`,
	} {
		if number(t, db, sql) == 0 {
			t.Errorf("none: %s", what)
		}
	}
	codes(t, db, keys)
}

// codes decrypts every fiscal code and finds its row by its hash.
func codes(t *testing.T, db *pgtest.DB, keys store.Keys) {
	t.Helper()
	rows, err := db.Owner.Query(
		t.Context(),
		`SELECT u.person, u.fiscal_code_sealed, p.fiscal_code_hash FROM app_user u JOIN person p ON p.id = u.identity`,
	)
	if err != nil {
		t.Fatal(err)
	}
	var id access.UserID
	var sealed, hash []byte
	if _, err := pgx.ForEachRow(rows, []any{&id, &sealed, &hash}, func() error {
		code, err := keys.Open(sealed, id)
		if err == nil && string(keys.Hash(code)) != string(hash) {
			err = errors.New("another code is found than is shown")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// content is all rows, except encrypted values, which differ at each run.
func content(t *testing.T, db *pgtest.DB) (all []string) {
	t.Helper()
	for _, table := range []string{
		"institution", "institution_product", "user_group", "enrolment", "assignment", "listing", "user_count",
		"suspension", "group_member", "audit_event", "audit_day",
		"person", "(SELECT institution, person, fiscal_code_hash FROM user_history)",
		"(SELECT institution, person, identity, first_name, last_name, verified_at, email FROM app_user)",
	} {
		var digest string
		err := db.Owner.QueryRow(t.Context(), `SELECT md5(string_agg(r::text, ' ' ORDER BY r::text COLLATE "C")) FROM `+table+` r`).Scan(&digest)
		if err != nil {
			t.Fatalf("%s: %v", table, err)
		}
		all = append(all, table+" "+digest)
	}
	return all
}

func TestTheSameSeedMakesTheSameContent(t *testing.T) {
	t.Parallel()
	size := generate.Size{Users: 400, Institutions: 9, Largest: 150, Seed: 3}
	first, _ := fill(t, size)
	again, _ := fill(t, size)
	if diff := cmp.Diff(content(t, first), content(t, again)); diff != "" {
		t.Error(diff)
	}
	size.Seed++
	another, _ := fill(t, size)
	if cmp.Equal(content(t, first), content(t, another)) {
		t.Error("another seed makes the same")
	}
}

func TestOnlyAnEmptyDatabaseIsFilled(t *testing.T) {
	t.Parallel()
	size := generate.Size{Users: 20, Institutions: 2, Largest: 15, Seed: 3}
	db, _ := fill(t, size)
	before := content(t, db)
	_, err := generate.Fill(t.Context(), db.Owner, seed.Keys(t), size, func(generate.Report) {})
	if !errors.Is(err, generate.ErrNotEmpty) {
		t.Errorf("once more: %v", err)
	}
	if diff := cmp.Diff(before, content(t, db)); diff != "" {
		t.Error(diff)
	}
}

func TestASizeThatCanNotBeIsRefused(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for _, size := range []generate.Size{
		{},
		{Users: 10, Institutions: 11, Largest: 1},
		{Users: 10, Institutions: 3, Largest: 3},
		{Users: 10, Institutions: 1, Largest: 11},
	} {
		if _, err := generate.Fill(t.Context(), db.Owner, seed.Keys(t), size, func(generate.Report) {}); err == nil {
			t.Errorf("%+v was made", size)
		}
	}
}
