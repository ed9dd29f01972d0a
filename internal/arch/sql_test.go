package arch

import (
	"go/ast"
	"go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"areariservata.example/utenti/migrations"
)

// undistributable are the forms of statements that a database cannot run that is partitioned or distributed over several
// machines.
var undistributable = map[string]*regexp.Regexp{
	"selects no column: other machines return none":   regexp.MustCompile(`(?i)\b(SELECT|PERFORM)\s+FROM\b`),
	"names a row by its place, which is of one table": regexp.MustCompile(`(?i)\bctid\b`),
	"drops several objects: drop one by one":          regexp.MustCompile(`(?is)\bDROP\s+(TABLE|INDEX|VIEW|FUNCTION)\s+[^;(]*,[^;]*;`),
}

// locking matches a statement that locks several rows. Those of River stay on one machine.
var locking = regexp.MustCompile(`(?is)\bFROM (\w+)[^;]*= ANY \([^)]*\)[^;]*\bFOR (NO KEY UPDATE|UPDATE|SHARE)`)

// oldestDistributable is the first migration that is held to it: released ones are never edited.
const oldestDistributable = 13

func sqlFaults(text string) (faults []string) {
	for fault, form := range undistributable {
		if form.MatchString(text) {
			faults = append(faults, fault)
		}
	}
	if of := locking.FindStringSubmatch(text); of != nil && of[1] != "river_job" {
		faults = append(faults, "locks rows of several machines: lock one by one")
	}
	return faults
}

func TestNoStatementIsOfOneMachineOnly(t *testing.T) {
	t.Parallel()
	for _, file := range sources(t) {
		number, _, _ := strings.Cut(strings.TrimPrefix(file.name, "migrations/"), "_")
		if n, err := strconv.Atoi(number); file.test || strings.HasPrefix(file.pkg, "internal/test/") || err == nil && n < oldestDistributable {
			continue
		}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
				for _, fault := range sqlFaults(text.Value) {
					t.Errorf("%s:%d: a statement %s", file.name, file.line(n), fault)
				}
			}
			return true
		})
	}
	names, err := fs.Glob(migrations.FS, "0*.sql")
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err != nil || n < oldestDistributable {
			continue
		}
		text, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		held++
		for _, fault := range sqlFaults(string(text)) {
			t.Errorf("%s: a statement %s", name, fault)
		}
	}
	if held == 0 {
		t.Error("no migration was looked at")
	}
	for text, want := range map[string]int{
		`SELECT FROM listing`:                                                1,
		`SELECT 1 FROM listing WHERE EXISTS (SELECT FROM x)`:                 1,
		`DELETE FROM x WHERE ctid = ANY (ARRAY(SELECT ctid FROM x))`:         1,
		`DROP INDEX a, b;`:                                                   1,
		`DROP INDEX a; DROP INDEX b;`:                                        0,
		`DROP FUNCTION f(text, text);`:                                       0,
		`ALTER TABLE x DROP COLUMN a, DROP COLUMN b;`:                        0,
		`SELECT id FROM institution WHERE code = ANY ($1) FOR NO KEY UPDATE`: 1,
		`SELECT id FROM institution WHERE id = $1 FOR NO KEY UPDATE`:         0,
		`SELECT 1 FROM listing`:                                              0,
	} {
		if got := sqlFaults(text); len(got) != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}
