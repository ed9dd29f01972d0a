package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// source is a parsed file of this module.
type source struct {
	pkg, name string // "internal/store", "internal/store/user.go"
	test      bool
	tree      *ast.File
	at        *token.FileSet
}

func (s source) line(n ast.Node) int { return s.at.Position(n.Pos()).Line }

// sources parses all hand-written files.
func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, p := range list(t) {
		pkg := strings.TrimPrefix(p.ImportPath, module)
		for _, name := range slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles) {
			files := token.NewFileSet()
			tree, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if !ast.IsGenerated(tree) {
				all = append(all, source{pkg, pkg + "/" + name, strings.HasSuffix(name, "_test.go"), tree, files})
			}
		}
	}
	return all
}

// called returns "time.Now" for `time.Now()` and "panic" for `panic(...)`.
func called(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return ""
	}
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok {
			return pkg.Name + "." + f.Sel.Name
		}
	}
	return ""
}

func TestGuardedFunctionsAreCalledInTheirPlaceOnly(t *testing.T) {
	t.Parallel()
	helpers := []string{
		"internal/arch", "internal/test/browsertest", "internal/test/htmltest", "internal/test/refmodel", "internal/test/pgtest",
		"internal/test/seed",
	}
	for _, s := range sources(t) {
		helper := slices.ContainsFunc(helpers, func(h string) bool { return strings.HasPrefix(s.pkg, h) })
		command := s.tree.Name.Name == "main"
		ast.Inspect(s.tree, func(n ast.Node) bool {
			name := called(n)
			switch {
			case name == "time.Sleep":
				t.Errorf("%s:%d: time.Sleep: wait for a condition", s.name, s.line(n))
			case s.test || helper:
			case name == "time.Now" && !command:
				t.Errorf("%s:%d: time.Now: time is passed in", s.name, s.line(n))
			case (name == "os.Getenv" || name == "os.LookupEnv" || name == "os.Exit") && !command &&
				!strings.HasPrefix(s.pkg, "internal/demo/devpostgres"):
				t.Errorf("%s:%d: %s: only a command reads the environment and exits", s.name, s.line(n), name)
			case name == "fmt.Print" || name == "fmt.Printf" || name == "fmt.Println" || name == "println":
				if s.tree.Name.Name != "main" {
					t.Errorf("%s:%d: %s: only a command prints", s.name, s.line(n), name)
				}
			}
			return true
		})
	}
}

func TestNamesAreSpecific(t *testing.T) {
	t.Parallel()
	emptyPackage := regexp.MustCompile(`^(utils?|common|helpers?|misc|shared|models?|types|base|core)$`)
	emptyName := regexp.MustCompile(`^Get[A-Z]|.(Manager|Impl|Helper|Util|Utils)$`)
	for _, s := range sources(t) {
		if emptyPackage.MatchString(s.tree.Name.Name) {
			t.Errorf("%s: package %s: the name does not describe its content", s.name, s.tree.Name.Name)
		}
		ast.Inspect(s.tree, func(n ast.Node) bool {
			var name string
			switch d := n.(type) {
			case *ast.FuncDecl:
				name = d.Name.Name
				if name == "init" && d.Recv == nil {
					t.Errorf("%s:%d: init: an import has no side effects", s.name, s.line(d))
				}
			case *ast.TypeSpec:
				name = d.Name.Name
			}
			if emptyName.MatchString(name) {
				t.Errorf("%s:%d: %s: use the field's term", s.name, s.line(n), name)
			}
			return true
		})
	}
}
