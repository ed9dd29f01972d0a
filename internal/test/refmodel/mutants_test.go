package refmodel_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each mutant is compiled into package access in place of its original (go's -overlay), so that the tree stays as it
// is. The comparison with the reference model must then fail. Reports too whether the tests of package access fail.
//
// Takes minutes, so it runs only with MUTANTS=1 (make mutants), or MUTANTS=TEXT for the mutants with the text in their
// declaration or original, e.g. MUTANTS=roleRule.
func TestEveryMutantIsKilled(t *testing.T) {
	only := os.Getenv("MUTANTS")
	if only == "" {
		t.Skip("MUTANTS=1 runs it")
	}
	if byModel, byOwn, out := runTests(t, "{}"); byModel || byOwn {
		t.Fatalf("the tests fail without a mutant:\n%s", out)
	}
	accessPackage := parseAccess(t)
	planted, killedByModel, killedByOwn := 0, 0, 0
	for _, m := range mutants() {
		if only != "1" && !strings.Contains(m.declaration+" "+m.original, only) {
			continue
		}
		planted++
		byModel, byOwn, out := runTests(t, m.overlay(t, accessPackage))
		if strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]") {
			t.Fatalf("%s does not compile:\n%s", m, out)
		}
		if byModel {
			killedByModel++
		} else {
			t.Errorf("the comparison with the reference model did not kill %s", m)
		}
		if byOwn {
			killedByOwn++
		}
		t.Logf("killed by the model %-5t by access's tests %-5t %s", byModel, byOwn, m)
	}
	t.Logf("mutants: %d planted, %d killed by the reference model, %d by access's own tests", planted, killedByModel, killedByOwn)
}

// Checks that the original of each mutant is in the current code.
func TestMutantsFollowTheCode(t *testing.T) {
	t.Parallel()
	accessPackage := parseAccess(t)
	for _, m := range mutants() {
		m.overlay(t, accessPackage)
	}
}

// mutant replaces one node of the syntax tree of a declaration of package access: an expression, a statement or an
// entry of a map. The declaration is a function, a method ("User.Administers") or a variable. The original is the
// node's text with single blanks, and is there once.
type mutant struct{ declaration, original, replacement string }

func (m mutant) String() string {
	return m.declaration + ": " + m.original + " -> " + m.replacement
}

// sourceFile is a file of package access, parsed.
type sourceFile struct {
	path, text string
	tree       *ast.File
	positions  *token.FileSet
}

func (f sourceFile) offset(p token.Pos) int { return f.positions.Position(p).Offset }

func parseAccess(t *testing.T) []sourceFile {
	t.Helper()
	paths, err := filepath.Glob("../../access/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []sourceFile
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		positions := token.NewFileSet()
		tree, err := parser.ParseFile(positions, path, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, sourceFile{path, string(text), tree, positions})
	}
	return all
}

// declarations are the file's functions, methods and variables by the names that mutants use.
func (f sourceFile) declarations() map[string]ast.Node {
	all := map[string]ast.Node{}
	for _, d := range f.tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			name := d.Name.Name
			if d.Recv != nil {
				receiver := d.Recv.List[0].Type
				name = strings.TrimPrefix(f.text[f.offset(receiver.Pos()):f.offset(receiver.End())], "*") + "." + name
			}
			all[name] = d
		case *ast.GenDecl:
			for _, s := range d.Specs {
				if v, isValue := s.(*ast.ValueSpec); isValue {
					all[v.Names[0].Name] = v
				}
			}
		}
	}
	return all
}

// overlay is the JSON that makes the compiler read a copy of the file with the mutant in it.
func (m mutant) overlay(t *testing.T, files []sourceFile) string {
	t.Helper()
	found := 0
	var overlay []byte
	for _, f := range files {
		declaration, here := f.declarations()[m.declaration]
		if !here {
			continue
		}
		ast.Inspect(declaration, func(n ast.Node) bool {
			if n == nil || !m.matches(f.text[f.offset(n.Pos()):f.offset(n.End())]) {
				return true
			}
			found++
			overlay = f.overlayWith(t, n, m.replacement)
			return false
		})
	}
	if found != 1 {
		t.Fatalf("%s: the original is there %d times", m, found)
	}
	return string(overlay)
}

// matches reports whether a node's text is the original, ignoring white space.
func (m mutant) matches(text string) bool {
	return strings.Join(strings.Fields(text), " ") == m.original
}

// overlayWith writes a copy of the file in which the node has another text. An operator in it gets parentheses.
func (f sourceFile) overlayWith(t *testing.T, n ast.Node, replacement string) []byte {
	t.Helper()
	if e, err := parser.ParseExpr(replacement); err == nil {
		if _, binary := e.(*ast.BinaryExpr); binary {
			replacement = "(" + replacement + ")"
		}
	}
	path, err := filepath.Abs(f.path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), filepath.Base(path))
	text := f.text[:f.offset(n.Pos())] + replacement + f.text[f.offset(n.End()):]
	if err := os.WriteFile(copied, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {path: copied}})
	if err != nil {
		t.Fatal(err)
	}
	return overlay
}

// runTests runs both packages' tests with an overlay and reports which fail. The model is compared on every question
// only if a sample finds no difference. The property tests draw more samples than usual, so that the result does not
// depend on chance.
func runTests(t *testing.T, overlay string) (byModel, byOwn bool, out string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, []byte(overlay), 0o600); err != nil {
		t.Fatal(err)
	}
	outOfModel, byModel := testsFail(t, file, ".", "-short")
	if !byModel {
		outOfModel, byModel = testsFail(t, file, ".")
	}
	outOfOwn, byOwn := testsFail(t, file, "../../access", "-rapid.checks=2000", "-rapid.nofailfile")
	return byModel, byOwn, outOfModel + outOfOwn
}

func testsFail(t *testing.T, overlay, pkg string, flags ...string) (out string, failed bool) {
	t.Helper()
	arguments := append([]string{"test", "-count=1", "-vet=off", "-overlay", overlay, pkg}, flags...)
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Env = append(os.Environ(), "MUTANTS=")
	printed, err := command.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(printed), err != nil
}
