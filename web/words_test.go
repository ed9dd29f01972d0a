package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// constantsOf reads the constants of a type off the source of access, so that a new one is missed here at once.
func constantsOf(t *testing.T, kind string) []string {
	t.Helper()
	folder := filepath.Join("..", "internal", "access")
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, file := range files {
		if strings.HasSuffix(file.Name(), "_test.go") || !strings.HasSuffix(file.Name(), ".go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, file.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && isOf(spec, kind) {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("access has no constants of type %s", kind)
	}
	return values
}

func isOf(spec *ast.ValueSpec, kind string) bool {
	name, ok := spec.Type.(*ast.Ident)
	return ok && name.Name == kind && len(spec.Values) == 1
}

func TestNoWordIsMissing(t *testing.T) {
	t.Parallel()
	var look func(path string, v reflect.Value)
	look = func(path string, v reflect.Value) {
		if v.Kind() == reflect.Struct {
			for i := range v.NumField() {
				if name := v.Type().Field(i).Name; name != "Card" { // most reasons have nothing to say on a card
					look(path+"."+name, v.Field(i))
				}
			}
		}
		if v.Kind() == reflect.Map {
			for _, key := range v.MapKeys() {
				look(fmt.Sprintf("%s[%v]", path, key), v.MapIndex(key))
			}
		}
		if v.Kind() == reflect.Slice {
			for i := range v.Len() {
				look(fmt.Sprintf("%s[%d]", path, i), v.Index(i))
			}
		}
		if v.IsZero() {
			t.Errorf("%s is empty", path)
		}
	}
	look("italian", reflect.ValueOf(italian))
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, reason := range constantsOf(t, "Reason") {
		words, there := italian.Reasons[access.Reason(reason)]
		if !there {
			t.Errorf("reason %q has no words", reason)
			continue
		}
		for _, about := range []About{{}, {Person: "Anna Bianchi", Role: "Operatore API", Product: "SEND", Institution: "Comune"}} {
			if said := words.Why(about); said == "" || strings.Contains(said, "  ") || strings.Contains(said, " .") {
				t.Errorf("reason %q about %+v says %q", reason, about, said)
			}
		}
	}
	if len(italian.Reasons) != len(access.Reasons) {
		t.Errorf("%d reasons have words, access has %d", len(italian.Reasons), len(access.Reasons))
	}
}

func TestHiddenReasonsAllSayTheSame(t *testing.T) {
	t.Parallel()
	for reason, grade := range access.Reasons {
		if grade != access.Hidden {
			continue
		}
		if got, want := italian.Reasons[reason].Why(About{Person: "Anna Bianchi", Product: "SEND"}), italian.Errors[404].Text; got != want {
			t.Errorf("reason %q says %q, which tells it from what doesn't exist", reason, got)
		}
	}
}

func TestEveryActionStatusAndCategoryHasItsWords(t *testing.T) {
	t.Parallel()
	for _, a := range constantsOf(t, "Action") {
		if italian.Actions[access.Action(a)].Verb == "" {
			t.Errorf("action %q has no words", a)
		}
	}
	for _, s := range constantsOf(t, "Status") {
		if italian.Statuses[access.Status(s)] == "" {
			t.Errorf("status %q has no word", s)
		}
	}
	for _, c := range constantsOf(t, "Category") {
		if italian.Categories[access.Category(c)] == "" {
			t.Errorf("category %q has no word", c)
		}
	}
	for _, a := range roleActions() {
		if len(italian.Confirm.Consequences[a]) == 0 {
			t.Errorf("action %q says nothing of what follows", a)
		}
	}
}

func TestCountsStopAtAThousand(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 utenti", 1: "1 utente", 999: "999 utenti", 1000: "1.000 utenti", 1001: "oltre 1.000 utenti"} {
		if got := italian.List.Count(n); got != want {
			t.Errorf("count of %d: %q, want %q", n, got, want)
		}
	}
}
