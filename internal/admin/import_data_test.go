package admin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/consistency"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

const loadFile = `people:
  - {fiscalCode: RSSMRA80A01H501U, firstName: Mario, lastName: Rossi, verified: true}
  - {fiscalCode: RSSMRA75C22H50MA, firstName: Marìa, lastName: De Rossi}
institutions:
  - code: prova
    name: Comune di Prova
    type: PA
    subscriptions: [prod-interop, prod-io inactive]
    groups: [prod-interop/Sviluppo, prod-interop/Chiuso suspended]
    users:
      - person: RSSMRA80A01H501U
        email: mario@comune.prova.it
        roles: [prod-interop/admin, prod-io/referente amministrativo]
      - person: RSSMRA75C22H50MA
        email: maria@comune.prova.it
        roles: [prod-interop/security suspended, prod-interop/api]
        groups: [prod-interop/Sviluppo, prod-interop/Chiuso]
`

func loadData(t *testing.T, db *pgxpool.Pool, file string) (admin.DataReport, error) {
	t.Helper()
	d, _ := datafile.Read("d.yaml", []byte(file)) // the import reports its faults
	return admin.ImportData(t.Context(), db, seed.Keys(t), d, time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC))
}

func mustLoad(t *testing.T, db *pgxpool.Pool, file string) admin.DataReport {
	t.Helper()
	report, err := loadData(t, db, file)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// dataRows returns all rows of people and institutions as text, with the transaction that wrote each.
func dataRows(t *testing.T, db *pgxpool.Pool) []string {
	t.Helper()
	var parts []string
	for _, table := range []string{
		"institution", "institution_product", "person", "user_history", "app_user", "enrolment", "assignment", "listing", "user_group",
		"group_member", "audit_event",
	} {
		parts = append(parts, fmt.Sprintf(`SELECT '%[1]s ' || xmin || ' ' || t::text FROM %[1]s t`, table))
	}
	rows, err := db.Query(t.Context(), strings.Join(parts, " UNION ALL ")+" ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// checkListing compares the listing with its source tables, by independent SQL except for the keys.
func checkListing(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	columns := `institution::text, product, person::text, first_name, last_name, email, category, roles, statuses, sort_key, search_key`
	type row struct {
		Institution, Product, Person, FirstName, LastName, Email, Category string
		Roles, Statuses                                                    []string
		SortKey, SearchKey                                                 string
	}
	all := func(sql string) []row {
		rows, err := db.Query(t.Context(), sql+` ORDER BY 1, 2, 3`)
		if err != nil {
			t.Fatal(err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	want := all(`
		SELECT e.institution::text, e.product, e.person::text, u.first_name, u.last_name, u.email, e.category,
			array_agg(a.role ORDER BY a.role COLLATE "C"), array_agg(a.status ORDER BY a.role COLLATE "C"),
			min(a.sort_key), max(a.sort_key)
		FROM enrolment e JOIN assignment a USING (institution, person, product)
		JOIN app_user u ON u.institution = e.institution AND u.person = e.person
		GROUP BY 1, 2, 3, 4, 5, 6, 7`)
	for i, r := range want {
		if key := store.SortKey(r.FirstName, r.LastName); r.SortKey != key || r.SearchKey != key {
			t.Errorf("assignments of %s: got sort keys %q to %q, want %q", r.Person, r.SortKey, r.SearchKey, key)
		}
		want[i].SortKey, want[i].SearchKey = store.SortKey(r.FirstName, r.LastName), store.SearchKey(r.FirstName, r.LastName, r.Email)
	}
	if diff := cmp.Diff(want, all(`SELECT `+columns+` FROM listing`)); diff != "" {
		t.Errorf("the listing differs (-want +got)\n%s", diff)
	}
	if err := consistency.CheckDerived(t.Context(), db); err != nil {
		t.Error(err)
	}
}

// checkChain verifies each institution's log, and that it has one event for each assignment.
func checkChain(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	rows, err := db.Query(t.Context(), `
		SELECT institution, seq, at, coalesce(actor::text, ''), action, subject, product, role, before, after::text, previous, hash
		FROM audit_event ORDER BY institution, seq`)
	if err != nil {
		t.Fatal(err)
	}
	heads := map[access.InstitutionID]audit.Head{}
	var e audit.Event
	n := 0
	_, err = pgx.ForEachRow(rows, []any{
		&e.Institution, &e.Seq, &e.At, &e.Actor, &e.Action, &e.Subject, &e.Product, &e.Role, &e.Before, &e.After, &e.Previous, &e.Hash,
	}, func() error {
		n++
		if e.Action != access.Load || e.Actor != "" {
			t.Errorf("event %d: got action %s by %q, want load without an actor", e.Seq, e.Action, e.Actor)
		}
		head, err := seed.Keys(t).AuditKey().Verify(e, heads[e.Institution])
		heads[e.Institution] = head
		e = audit.Event{}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var assignments, heading int
	err = db.QueryRow(t.Context(),
		`SELECT (SELECT count(*) FROM assignment), (SELECT sum(audit_seq) FROM institution)`).Scan(&assignments, &heading)
	if err != nil {
		t.Fatal(err)
	}
	if n != assignments || heading != assignments {
		t.Errorf("got %d events, the institutions say %d; want %d, one an assignment", n, heading, assignments)
	}
}

func TestDataIsLoadedOnceAndForAll(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importCatalogue(t, db.Owner, demoCatalogue(t))
	want := admin.DataReport{Institutions: 1, Subscriptions: 2, Groups: 2, People: 2, Users: 2, Assignments: 4, Memberships: 2}
	if diff := cmp.Diff(want, mustLoad(t, db.Owner, loadFile)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	checkListing(t, db.Owner)
	checkChain(t, db.Owner)
	before := dataRows(t, db.Owner)
	if again := mustLoad(t, db.Owner, loadFile); again != (admin.DataReport{}) {
		t.Errorf("the same again: got %+v, want nothing", again)
	}
	if diff := cmp.Diff(before, dataRows(t, db.Owner)); diff != "" {
		t.Errorf("the same again changed rows (-before +after)\n%s", diff)
	}
}

func TestALineMoreAddsJustThat(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to string
		want     admin.DataReport
	}{
		"a state that differs": {
			"prod-interop/security suspended, prod-interop/api", "prod-interop/security, prod-interop/api",
			admin.DataReport{},
		},
		"a role on another product": {"prod-interop/api]", "prod-interop/api, prod-io/referente operativo]", admin.DataReport{Assignments: 1}},
		"a group":                   {"[prod-interop/Sviluppo,", "[prod-io/Redazione, prod-interop/Sviluppo,", admin.DataReport{Groups: 1}},
		"a subscription":            {"[prod-interop, prod", "[prod-pn, prod-interop, prod", admin.DataReport{Subscriptions: 1}},
		"an e-mail changed":         {"maria@", "maria.derossi@", admin.DataReport{}},
		"an institution": {
			"institutions:\n", "institutions:\n  - {code: altra, name: Altra, type: PSP, subscriptions: [prod-pagopa], " +
				"users: [{person: RSSMRA80A01H501U, email: m@a.example, roles: [prod-pagopa/admin-psp]}]}\n",
			admin.DataReport{Institutions: 1, Subscriptions: 1, Users: 1, Assignments: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			importCatalogue(t, db.Owner, demoCatalogue(t))
			mustLoad(t, db.Owner, loadFile)
			if diff := cmp.Diff(c.want, mustLoad(t, db.Owner, strings.Replace(loadFile, c.from, c.to, 1))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			checkListing(t, db.Owner)
			checkChain(t, db.Owner)
		})
	}
}

func TestAnotherRoleOfAProductJoinsTheListingRow(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importCatalogue(t, db.Owner, demoCatalogue(t))
	mustLoad(t, db.Owner, strings.Replace(loadFile, "prod-interop/security suspended, ", "", 1))
	if got := mustLoad(t, db.Owner, loadFile); got != (admin.DataReport{Assignments: 1}) {
		t.Errorf("got %+v, want one assignment", got)
	}
	checkListing(t, db.Owner)
}

func TestFaultyDataChangesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"the other category": {
			"prod-interop/security suspended, prod-interop/api", "prod-interop/admin",
			"the two categories exclude each other",
		},
		"another verified name": {"firstName: Mario", "firstName: Maria", "d.yaml:2: the verified names"},
		"a fault of its own":    {"email: maria@comune.prova.it", "email: maria", "d.yaml:16: the e-mail is not an address"},
		"an unknown role":       {"prod-interop/api", "prod-interop/pilot", "role \"pilot\" does not exist"},
		"a suspended group": {
			"email: mario@comune.prova.it", "groups: [prod-interop/Chiuso]\n        email: mario@comune.prova.it",
			"is suspended",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			importCatalogue(t, db.Owner, demoCatalogue(t))
			mustLoad(t, db.Owner, loadFile)
			before := dataRows(t, db.Owner)
			bad := strings.Replace(loadFile, c.from, c.to, 1)
			bad = strings.Replace(bad, "institutions:\n", "institutions:\n  - {code: nuovo, name: Nuovo, type: PA}\n", 1)
			_, err := loadData(t, db.Owner, bad)
			var faults datafile.Faults
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want faults with %q, got: %v", c.want, err)
			}
			if diff := cmp.Diff(before, dataRows(t, db.Owner)); diff != "" {
				t.Errorf("refused data changed rows (-before +after)\n%s", diff)
			}
		})
	}
}

// Changes made by pages stay: a demo that starts again, or a file loaded twice, does not undo them.
func TestAnImportKeepsChangesMadeByPages(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importCatalogue(t, db.Owner, demoCatalogue(t))
	mustLoad(t, db.Owner, loadFile)
	for _, sql := range []string{
		`UPDATE assignment SET status = 'suspended' WHERE role = 'api'`,
		`UPDATE listing SET statuses = ARRAY['suspended', 'suspended'] WHERE cardinality(roles) = 2`,
		`UPDATE user_group SET status = 'suspended'`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	before := dataRows(t, db.Owner)
	if got := mustLoad(t, db.Owner, loadFile); got != (admin.DataReport{}) {
		t.Errorf("got %+v, want nothing", got)
	}
	if diff := cmp.Diff(before, dataRows(t, db.Owner)); diff != "" {
		t.Errorf("(-before +after)\n%s", diff)
	}
}

func TestTwoLoadsAtOnceAddEachUserOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importCatalogue(t, db.Owner, demoCatalogue(t))
	d, err := datafile.Read("d.yaml", []byte(loadFile))
	if err != nil {
		t.Fatal(err)
	}
	outcomes := make(chan error)
	for range 4 {
		go func() {
			_, err := admin.ImportData(t.Context(), db.Owner, seed.Keys(t), d, time.Now())
			outcomes <- err
		}()
	}
	for range 4 {
		if err := <-outcomes; err != nil {
			t.Error(err)
		}
	}
	checkListing(t, db.Owner)
	checkChain(t, db.Owner)
}

func TestTheDemoLoadsTwice(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	importCatalogue(t, db.Owner, demoCatalogue(t))
	for _, again := range []bool{false, true} {
		for _, f := range demo.Data() {
			d, err := datafile.Read(f.Name, f.Content)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			report, err := admin.ImportData(t.Context(), db.Owner, seed.Keys(t), d, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s: %+v in %s", f.Name, report, time.Since(start).Round(time.Millisecond))
			if nothing := report == (admin.DataReport{}); nothing != again {
				t.Errorf("%s, again %v: got %+v", f.Name, again, report)
			}
		}
	}
	checkListing(t, db.Owner)
	checkChain(t, db.Owner)
}
