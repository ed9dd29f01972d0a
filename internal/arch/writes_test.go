package arch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// writers lists the functions that write to the database outside the single write path, each with its reason. The single
// write path locks the institution, loads, decides, writes, records, posts e-mails and commits: package users runs it,
// and the methods of store.Tx are its writes.
func writers() map[string]string {
	const (
		session   = "belongs to a browser, not to an institution: there is no lock to take, and sign-ins are not audited"
		derived   = "rebuilds derived rows, under the institution's lock; it changes no fact, so it records no event"
		catalogue = "the catalogue belongs to no institution; the import locks all of them out meanwhile"
		load      = "runs under the locks of store.Locked and records an event for each role; a COPY needs rows, not operations"
		filling   = "fills an empty database, which has no other user"
	)
	return map[string]string{
		"internal/store.Store.KeepLanguage":      "a person's own preference, in all institutions at once: no rule, no event",
		"internal/store.Store.keepEmailLanguage": "the same, for e-mails",
		"internal/store.Store.PrepareForm":       "keeps what a check page shows: nothing is changed or decided before it is confirmed",
		"internal/store.Store.ReadAndRecordView": "a page records that it was read; the actor's requests are serialised by a lock of their own",

		"internal/admin.deletePerson":                "runs under the locks of store.Locked, after the person's roles are recorded as removed",
		"internal/admin.dataImport.write":            load,
		"internal/admin.repairInstitution":           derived,
		"internal/admin.repairRows":                  derived,
		"internal/admin.repairOthers":                derived,
		"migrations.createParts":                     "copies the log into its partitions: it changes no event",
		"migrations.copyEvents":                      "the same",
		"migrations.replaceSearchKeys":               derived,
		"internal/admin.writeCatalogue":              catalogue,
		"internal/admin.writeProduct":                catalogue,
		"internal/admin.writeOffers":                 catalogue,
		"internal/admin.oldRecords.delete":           "deletes only records whose retention is over; the audit log is not among them",
		"internal/notify.deletePosted":               "runs in the erasure's transaction, on the outbox",
		"internal/notify.deleteQueued":               "runs in the erasure's transaction, on River's table",
		"internal/notify.merge":                      "runs in the transaction that dispatches an e-mail, on River's table",
		"internal/store/outbox.Worker.dispatch":      "does what a change has posted: it decides nothing",
		"internal/store/outbox.Worker.forget":        "deletes what was dispatched",
		"internal/demo/generate.rows.write":          filling,
		"internal/signin.SignIn.StartAttempt":        session,
		"internal/signin.SignIn.claimAttempt":        session,
		"internal/signin.sessionStore.CommitCtx":     session,
		"internal/signin.sessionStore.DeleteCtx":     session,
		"internal/signin.Sessions.SaveForm":          session,
		"internal/signin.Sessions.Sweep":             session,
		"internal/signin.Sessions.RestoreForm":       session,
		"internal/signin.Sessions.endOldestSessions": session,
	}
}

// writePath is the type whose methods are the writes of the single write path.
const writePath = "internal/store.Tx."

// writing matches the text of a statement that changes rows.
var writing = regexp.MustCompile(
	`(?i)\b(INSERT\s+INTO\s|UPDATE\s+\S+(\s+\w+)?\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s|TRUNCATE\s+\w|COPY\s+\w+\s+FROM\s)`)

// writersIn returns the functions of a package's files that contain the text of a writing statement, or use a constant or
// variable that does, or call CopyFrom: each as "internal/store.Tx.Join", with the line where it starts.
func writersIn(files []source) map[string]int {
	texts := map[string]bool{} // constants and variables with the text of a writing statement
	writes := func(n ast.Node) (found bool) {
		ast.Inspect(n, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				found = found || n.Kind == token.STRING && writing.MatchString(n.Value)
			case *ast.Ident:
				found = found || texts[n.Name]
			case *ast.SelectorExpr:
				found = found || n.Sel.Name == "CopyFrom"
			}
			return !found
		})
		return found
	}
	for before := -1; before < len(texts); { // a constant may use another one
		before = len(texts)
		for _, file := range files {
			for _, d := range file.tree.Decls {
				if d, ok := d.(*ast.GenDecl); ok {
					for _, spec := range d.Specs {
						if v, ok := spec.(*ast.ValueSpec); ok && writes(v) {
							for _, name := range v.Names {
								texts[name.Name] = true
							}
						}
					}
				}
			}
		}
	}
	found := map[string]int{}
	for _, file := range files {
		for _, d := range file.tree.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && writes(d) {
				found[file.pkg+"."+receiver(d)+d.Name.Name] = file.line(d)
			}
		}
	}
	return found
}

// receiver is "Tx." of a method of Tx or *Tx, and empty of a function.
func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	of := d.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	return fmt.Sprint(of) + "."
}

// writeFaults compares the functions that write with the list: each outside the single write path is listed, and each
// listed one still writes.
func writeFaults(files []source, listed map[string]string) (faults []string) {
	packages := map[string][]source{}
	for _, file := range files {
		packages[file.pkg] = append(packages[file.pkg], file)
	}
	listed = maps.Clone(listed)
	for _, files := range packages {
		for name, line := range writersIn(files) {
			if _, known := listed[name]; !known && !strings.HasPrefix(name, writePath) {
				faults = append(faults,
					fmt.Sprintf("%s (line %d) writes to the database outside the single write path, and is not in the list", name, line))
			}
			delete(listed, name)
		}
	}
	for name := range listed {
		faults = append(faults, name+" is in the list, and does not write to the database")
	}
	slices.Sort(faults)
	return faults
}

func TestAllWritesAreOnTheWritePathOrListed(t *testing.T) {
	t.Parallel()
	files := slices.DeleteFunc(sources(t), func(s source) bool {
		return s.test || strings.HasPrefix(s.pkg, "internal/test/")
	})
	for _, fault := range writeFaults(files, writers()) {
		t.Error(fault)
	}
	if n := len(writersIn(slices.DeleteFunc(files, func(s source) bool { return s.pkg != "internal/store" }))); n < 15 {
		t.Errorf("only %d writing functions found in internal/store: statements are not written as this test reads them", n)
	}
}

// Each way to write outside the write path is found, and an entry of the list that is gone.
func TestAWriteOutsideTheWritePathIsFound(t *testing.T) {
	t.Parallel()
	const prefix = "internal/store.X."
	for text, want := range map[string]string{
		"func (x *X) f() { x.Exec(`INSERT INTO t VALUES (1)`) }":                                                     "f (line 1) writes",
		"func (x *X) f() { x.Exec(`UPDATE t a SET b = 1`) }":                                                         "f (line 1) writes",
		"func (x X) f() {\n\tx.Queue(\"delete from t\t\")\n}":                                                        "f (line 1) writes",
		"const sql = `DELETE FROM t WHERE a`\nfunc (x X) f() { x.Exec(sql) }":                                        "f (line 2) writes",
		"const two = `WITH a AS (` + sql + `)`\nfunc (x X) f() { x.Exec(two) }\nconst sql = `DELETE FROM t WHERE a`": "f (line 2) writes",
		"func (x X) f() { x.CopyFrom(nil) }":                                                                         "f (line 1) writes",
		"func (x X) f() { x.Exec(`SELECT a FROM t FOR NO KEY UPDATE`) }":                                             "",
		"// UPDATE t SET a = 1\nfunc (x X) f() {}":                                                                   "",
	} {
		files := token.NewFileSet()
		tree, err := parser.ParseFile(files, "x.go", "package store; "+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		file := source{pkg: "internal/store", name: "internal/store/x.go", tree: tree, at: files}
		got := strings.Join(writeFaults([]source{file}, nil), "\n")
		if want == "" && got != "" || want != "" && !strings.HasPrefix(got, prefix+want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
		listed := writeFaults([]source{file}, map[string]string{prefix + "f": "a reason"})
		if gone := want == ""; gone != (len(listed) == 1) {
			t.Errorf("%s, listed: %q", text, listed)
		}
	}
}
