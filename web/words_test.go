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
	for name, words := range renderedTexts() {
		look(name, reflect.ValueOf(*words))
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	t.Parallel()
	for name, words := range renderedTexts() {
		for _, reason := range constantsOf(t, "Reason") {
			said, there := words.Reasons[access.Reason(reason)]
			if !there {
				t.Errorf("%s: reason %q has no words", name, reason)
				continue
			}
			for _, about := range known() {
				if said := said.Why(about); said == "" || strings.Contains(said, "  ") || strings.Contains(said, " .") {
					t.Errorf("%s: reason %q about %+v says %q", name, reason, about, said)
				}
			}
		}
		if len(words.Reasons) != len(access.Reasons) {
			t.Errorf("%s: %d reasons have words, access has %d", name, len(words.Reasons), len(access.Reasons))
		}
	}
}

func TestHiddenReasonsAllSayTheSame(t *testing.T) {
	t.Parallel()
	for name, words := range renderedTexts() {
		for reason, grade := range access.Reasons {
			if grade != access.Hidden {
				continue
			}
			if got, want := words.Reasons[reason].Why(About{Person: "Anna Bianchi", Product: "SEND"}), words.Errors[404].Text; got != want {
				t.Errorf("%s: reason %q says %q, which tells it from what doesn't exist", name, reason, got)
			}
		}
	}
}

func TestEveryActionStatusAndCategoryHasItsWords(t *testing.T) {
	t.Parallel()
	for name, words := range renderedTexts() {
		for _, a := range constantsOf(t, "Action") {
			if words.Actions[access.Action(a)].Verb == "" {
				t.Errorf("%s: action %q has no words", name, a)
			}
		}
		for _, s := range constantsOf(t, "Status") {
			if words.Statuses[access.Status(s)] == "" {
				t.Errorf("%s: status %q has no word", name, s)
			}
		}
		for _, c := range constantsOf(t, "Category") {
			if words.Categories[access.Category(c)] == "" {
				t.Errorf("%s: category %q has no word", name, c)
			}
		}
		for _, a := range []access.Action{access.Suspend, access.Reactivate} {
			if len(words.Confirm.Consequences[a]) == 0 {
				t.Errorf("%s: action %q says nothing of what follows", name, a)
			}
		}
		for _, a := range roleActions() {
			if words.Confirm.Buttons[a] == "" {
				t.Errorf("%s: action %q has no button", name, a)
			}
		}
	}
}

func TestCountsAreReadable(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		0: {"0 utenti", "0 users"}, 1: {"1 utente", "1 user"}, 999: {"999 utenti", "999 users"},
		1000: {"1.000 utenti", "1,000 users"}, 1001: {"1.001 utenti", "1,001 users"},
		1_234_567: {"1.234.567 utenti", "1,234,567 users"},
	} {
		if got := [2]string{italian.List.Count(n), english.List.Count(n)}; got != want {
			t.Errorf("count of %d: %q, want %q", n, got, want)
		}
	}
}
