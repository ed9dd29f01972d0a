package web

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
)

// renderedTexts are the words of each.
func renderedTexts() map[string]*Words {
	return map[string]*Words{"italian": &italian, "english": &english}
}

// known are people and things that sentences may speak of; the zero value is of none.
func known() []About {
	whole := About{Person: "Anna Bianchi", Role: "Operatore API", Product: "SEND", Institution: "Comune", Group: "Ufficio"}
	gone, oneself := whole, whole
	gone.Gone, oneself.Oneself, oneself.Another = true, true, true
	return []About{{}, whole, gone, oneself}
}

// inBoth walks through what two languages say, side by side; visit sees each string, each function and each list.
func inBoth(t *testing.T, path string, a, b reflect.Value, visit func(path string, a, b reflect.Value)) {
	t.Helper()
	visit(path, a, b)
	if a.Kind() == reflect.Struct {
		for i := range a.NumField() {
			inBoth(t, path+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), visit)
		}
	}
	if a.Kind() == reflect.Slice && a.Len() == b.Len() {
		for i := range a.Len() {
			inBoth(t, fmt.Sprintf("%s[%d]", path, i), a.Index(i), b.Index(i), visit)
		}
	}
	if a.Kind() == reflect.Map {
		for _, key := range append(a.MapKeys(), b.MapKeys()...) {
			one, two := a.MapIndex(key), b.MapIndex(key)
			if !one.IsValid() || !two.IsValid() {
				t.Errorf("%s[%v] is in one language only", path, key)
				continue
			}
			inBoth(t, fmt.Sprintf("%s[%v]", path, key), one, two, visit)
		}
	}
}

// What one language says, the other does too: the same entries, as many sentences, and sentences where there are sentences.
func TestBothLanguagesHaveTheSameTexts(t *testing.T) {
	t.Parallel()
	inBoth(t, "", reflect.ValueOf(italian), reflect.ValueOf(english), func(path string, a, b reflect.Value) {
		if a.Kind() == reflect.Slice && a.Len() != b.Len() {
			t.Errorf("%s: %d and %d of them", path, a.Len(), b.Len())
		}
		if a.Kind() == reflect.Func && a.IsNil() != b.IsNil() {
			t.Errorf("%s is said in one language only", path)
		}
	})
}

// Nothing English was left as it is in Italian, and no English sentence has an Italian letter in it.
func TestEnglishIsEnglish(t *testing.T) {
	t.Parallel()
	const accents = "àèéìòùÀÈÉÌÒÙ"
	same := strings.Split("Area Riservata|Privacy|E-mail|e-mail", "|")
	inBoth(t, "", reflect.ValueOf(italian), reflect.ValueOf(english), func(path string, a, b reflect.Value) {
		if a.Kind() == reflect.String {
			if a.String() == b.String() && !slices.Contains(same, a.String()) || strings.ContainsAny(b.String(), accents) {
				t.Errorf("%s: %q", path, b.String())
			}
		}
		translation, ok := b.Interface().(sentence)
		if !ok || translation == nil {
			return
		}
		for _, about := range known() {
			one, two := a.Interface().(sentence)(about), translation(about)
			if len(strings.Fields(two)) > 3 && one == two || strings.ContainsAny(two, accents) {
				t.Errorf("%s: %q", path, two)
			}
		}
	})
}

// A word that no page says any more goes. The package is checked without what it imports: the words are all its own.
func TestNoWordIsUnused(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	info := &types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}}
	config := types.Config{Importer: nothingImported{}, Error: func(error) {}}
	pkg, _ := config.Check("web", set, files, info) // with what isn't known left aside
	used := map[types.Object]bool{}
	for at, selection := range info.Selections {
		if file := set.Position(at.Pos()).Filename; !strings.HasPrefix(file, "words") {
			used[selection.Obj()] = true
		}
	}
	words := 0
	seen := map[types.Type]bool{}
	var look func(path string, of types.Type)
	look = func(path string, of types.Type) {
		switch u := of.Underlying().(type) {
		case *types.Struct:
			if seen[of] {
				return
			}
			seen[of] = true
			for field := range u.Fields() {
				words++
				if !used[field] {
					t.Errorf("%s.%s: no page says it", path, field.Name())
				}
				look(path+"."+field.Name(), field.Type())
			}
		case *types.Map:
			look(path, u.Elem())
		case *types.Slice:
			look(path, u.Elem())
		}
	}
	look("Words", pkg.Scope().Lookup("Words").Type())
	if words < 200 {
		t.Errorf("only %d words were found", words)
	}
}

// nothingImported knows no package: what is said of their types and functions isn't checked.
type nothingImported struct{}

func (nothingImported) Import(string) (*types.Package, error) {
	return nil, errors.New("not looked at")
}

func TestDaysAreFormattedPerLanguage(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 2, 8, 5, 0, 0, time.UTC)
	if got := [2]string{italian.Activity.At(at), english.Activity.At(at)}; got != [2]string{"2 novembre 2026, 08:05", "2 November 2026, 08:05"} {
		t.Errorf("%q", got)
	}
}

// The manual's English, to the letter.
func TestEnglishIsTheManuals(t *testing.T) {
	t.Parallel()
	e := english
	got := []string{
		e.Users, e.Actions[access.Add].Verb, e.Profile.FiscalCode, e.Profile.FirstName, e.Profile.LastName, e.Profile.Email, e.Form.Role, e.Form.Add,
		e.Actions[access.Suspend].Verb, e.Actions[access.Reactivate].Verb, e.Actions[access.Remove].Verb, e.Confirm.Buttons[access.Remove], e.Cancel,
		e.Actions[access.Assign].Verb, e.Profile.Another, e.Actions[access.Join].Verb,
		e.Categories[access.Administrator], e.Categories[access.Operator], e.SuspendedTag,
	}
	want := "Users|Add a user|Fiscal Code|First Name|Last Name|Institutional e-mail|Role|Add|Suspend|Re-enable|Revoke|Confirm|Cancel|" +
		"Assign role|Assign another role|Assign group|Administrator|Operator|Suspended"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}
