package locale

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// use is a place in the code that draws a message, or a message of a family.
type use struct {
	at      string
	key     string   // a pattern with an asterisk, for a family
	args    []string // the fields of Args that are set there
	anyArgs bool     // the arguments are a value that is made elsewhere
}

// uses finds the calls of the methods of [Locale] in the packages that import this one. A locale is called l there, or is
// what a method called locale returns.
func uses(t *testing.T) []use {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []use
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || path == "tmp" || path != "." && strings.HasPrefix(entry.Name(), ".")):
			return fs.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			found, err := usesIn(filepath.Join(root, path))
			all = append(all, found...)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func usesIn(path string) ([]use, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, 0)
	if err != nil {
		return nil, err
	}
	var all []use
	var bad error
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !drawsMessage(call) || len(call.Args) == 0 {
			return true
		}
		u := use{at: set.Position(call.Pos()).String()}
		literal, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			if file.Name.Name != "locale" {
				bad = fmt.Errorf("%s: the key is not a string literal", u.at)
			}
			return true
		}
		u.key, _ = strconv.Unquote(literal.Value)
		method, rest := call.Fun.(*ast.SelectorExpr).Sel.Name, call.Args[1:]
		if method != "T" && len(rest) > 0 {
			rest = rest[1:] // the member
		}
		u.anyArgs = strings.HasPrefix(method, "Message")
		if len(rest) > 0 {
			made, ok := rest[0].(*ast.CompositeLit)
			u.anyArgs = !ok
			if ok {
				for _, element := range made.Elts {
					u.args = append(u.args, element.(*ast.KeyValueExpr).Key.(*ast.Ident).Name)
				}
			}
		}
		all = append(all, u)
		return true
	})
	return all, bad
}

// drawsMessage reports whether a call is of a method of Locale that takes a key.
func drawsMessage(call *ast.CallExpr) bool {
	method, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains([]string{"T", "Of", "Find", "Lines", "Message", "MessageOf"}, method.Sel.Name) {
		return false
	}
	switch on := method.X.(type) {
	case *ast.Ident:
		return on.Name == "l"
	case *ast.SelectorExpr:
		return on.Sel.Name == "locale"
	case *ast.CallExpr:
		from, ok := on.Fun.(*ast.SelectorExpr)
		return ok && from.Sel.Name == "locale"
	}
	return false
}

// A page's summary of errors and its list of fields follow access.Fields.
func TestFieldsHaveEveryField(t *testing.T) {
	t.Parallel()
	var listed []string
	for _, field := range access.Fields {
		listed = append(listed, string(field))
	}
	if constants := constantsOf(t, "Field"); !slices.Equal(listed, constants) {
		t.Errorf("listed: %q, and the constants are %q", listed, constants)
	}
}

// Every key that the code uses is in every file, and every key of a file is used.
func TestKeysOfTheCodeAreThoseOfTheFiles(t *testing.T) {
	t.Parallel()
	all := families(t)
	used, drawn := map[string]bool{}, map[string]bool{}
	for _, u := range uses(t) {
		if strings.Contains(u.key, "*") {
			drawn[u.key] = true
			if _, known := all[u.key]; !known {
				t.Errorf("%s: the family %s is not in the list of this test", u.at, u.key)
			}
			continue
		}
		used[u.key] = true
		for _, l := range locales {
			if l.messages[u.key] == nil {
				t.Errorf("%s: %s.toml does not have %s", u.at, l.Language, u.key)
			}
		}
	}
	for pattern, f := range all {
		if !drawn[pattern] {
			t.Errorf("no code draws the family %s", pattern)
		}
		for _, member := range f.members {
			key := strings.Replace(pattern, "*", member, 1)
			used[key] = true
			for _, l := range locales {
				if !f.partial && l.messages[key] == nil {
					t.Errorf("%s.toml does not have %s", l.Language, key)
				}
			}
		}
	}
	for _, key := range required() {
		used[key] = true
	}
	for key := range locales[access.DefaultLanguage].messages {
		if !used[key] {
			t.Errorf("no code draws %s", key)
		}
	}
	if len(used) < 600 {
		t.Errorf("only %d keys were found in the code", len(used))
	}
}

// A place that draws a message sets what the message speaks of.
func TestArgumentsAreThoseOfTheMessages(t *testing.T) {
	t.Parallel()
	all := families(t)
	for _, u := range uses(t) {
		if u.anyArgs {
			continue
		}
		for _, l := range locales {
			keys := []string{u.key}
			if f, ok := all[u.key]; ok {
				keys = nil
				for _, member := range f.members {
					keys = append(keys, strings.Replace(u.key, "*", member, 1))
				}
			}
			for _, key := range keys {
				for _, name := range spokenOf(l.messages[key]) {
					if !slices.Contains(u.args, name) {
						t.Errorf("%s: %s of %s.toml speaks of %s, which is not set", u.at, key, l.Language, name)
					}
				}
			}
		}
	}
}
