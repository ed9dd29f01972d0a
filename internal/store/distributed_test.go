package store_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/pgtest"
	"areariservata.example/utenti/internal/test/seed"
)

// A database that is distributed over several machines passes on an error's code, message, detail and hint, and not the
// constraint's name.
func TestARefusalIsRecognisedByItsHintAlone(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	seed.New(t, db.Owner, seed.Keys(t)).Institution("Comune di Prova", "PA").Product("prod-pn").Admin("Anna Bianchi", "prod-pn")
	_, err := db.Owner.Exec(t.Context(), `UPDATE assignment SET status = 'suspended'`)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		t.Fatalf("the last Administrator's suspension: %v", err)
	}
	passed := &pgconn.PgError{Code: pg.Code, Message: pg.Message, Detail: pg.Detail, Hint: pg.Hint}
	var refusal *access.Refusal
	if err := store.TranslateRefusal(access.Suspend, passed); !errors.As(err, &refusal) || refusal.Reason != access.LastAdministrator {
		t.Errorf("got %v", err)
	}
	if err := store.TranslateRefusal(access.Suspend, &pgconn.PgError{Code: pg.Code}); errors.As(err, &refusal) {
		t.Errorf("another violation: %v", err)
	}
}

var (
	// plpgsql separates statements by these.
	statementEnd   = regexp.MustCompile(`;|\bLOOP\b|\bTHEN\b|\bELSE\b|\bBEGIN\b`)
	emptySelection = regexp.MustCompile(`(?i)\b(SELECT|PERFORM)\s+FROM\b`)
	tableOf        = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)`)
)

// A statement about a distributed table is run on the table's machine: there it finds no transition table. And it returns
// at least one column.
func TestEachStatementOfATriggerCanRunOnAnotherMachine(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	tables := queryNames(t, db, `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')`)
	transition := queryNames(t, db, `
		SELECT DISTINCT n FROM pg_trigger, unnest(ARRAY[tgoldtable::text, tgnewtable::text]) n WHERE n IS NOT NULL`)
	if len(transition) == 0 {
		t.Error("no transition table")
	}
	rows, err := db.Owner.Query(t.Context(), `
		SELECT proname, prosrc FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
		AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e') AND prosrc NOT LIKE '%river%'`)
	if err != nil {
		t.Fatal(err)
	}
	var name, text string
	looked := 0
	if _, err := pgx.ForEachRow(rows, []any{&name, &text}, func() error {
		looked++
		for _, piece := range statementEnd.Split(text, -1) {
			statement := strings.Join(strings.Fields(piece), " ")
			var readsTable, readsTransition bool
			for _, m := range tableOf.FindAllStringSubmatch(statement, -1) {
				readsTable = readsTable || slices.Contains(tables, m[1])
				readsTransition = readsTransition || slices.Contains(transition, m[1])
			}
			if readsTable && readsTransition {
				t.Errorf("%s reads a transition table together with a table: %s", name, statement)
			}
			if emptySelection.MatchString(statement) {
				t.Errorf("%s selects no column: %s", name, statement)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if looked < 10 {
		t.Errorf("only %d functions were looked at", looked)
	}
}

// Rows without a key cannot be moved to another machine.
func TestEveryTableHasAPrimaryKey(t *testing.T) {
	t.Parallel()
	for _, table := range queryNames(t, pgtest.New(t), `
		SELECT relname FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
		AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = c.oid AND contype = 'p')`) {
		t.Errorf("%s has no primary key", table)
	}
}

func queryNames(t *testing.T, db *pgtest.DB, sql string) []string {
	t.Helper()
	rows, err := db.Owner.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}
