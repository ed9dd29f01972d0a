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

// family is what the asterisk of a pattern stands for.
type family struct {
	members []string
	partial bool // not all of them have a message: the code looks whether one is there
}

// families are those of the code. Constants are read from the source of access, so that a new one is missed here at once.
func families(t *testing.T) map[string]family {
	t.Helper()
	var visible []string
	for reason, grade := range access.Reasons {
		if grade != access.Hidden {
			visible = append(visible, string(reason))
		}
	}
	reasons := constantsOf(t, "Reason")
	var logged, roleActions, bulk, bulkOfRoles []string
	for _, a := range access.Actions {
		logged = append(logged, string(a))
	}
	for _, a := range access.RoleActions() {
		roleActions = append(roleActions, string(a))
	}
	for _, a := range access.BulkActions(true) {
		bulk = append(bulk, string(a))
	}
	for _, a := range access.BulkActions(false) {
		bulkOfRoles = append(bulkOfRoles, string(a))
	}
	groupActions := []string{"rename-group", "suspend-group", "reactivate-group", "delete-group"}
	groupConfirmations := []string{"suspend-group", "reactivate-group", "delete-group", "leave"}
	changes := slices.Concat(roleActions, groupActions, []string{"add", "edit", "assign", "join", "leave", "create-group"})
	importColumns := []string{"fiscal_code", "last_name", "first_name", "email", "product", "role"}
	signIn := []string{"19", "20", "21", "22", "23", "25", "30", "expired", "unavailable", "level", "identity", "generic"}
	statuses := []string{"400", "403", "404", "405", "409", "413", "422", "429", "500", "503"}
	emails := slices.Concat(roleActions, []string{"add", "assign", "remove-last"})
	sections := []string{
		"accessibility.state", "accessibility.checks", "accessibility.missing", "accessibility.obstacle",
		"privacy.data", "privacy.origin", "privacy.readers", "privacy.record", "privacy.cookies",
	}
	pages := []string{"accessibility", "privacy"}
	return map[string]family{
		"status.*":             {members: constantsOf(t, "Status")},
		"category.*":           {members: constantsOf(t, "Category")},
		"reason.*.title":       {members: visible},
		"reason.*.text":        {members: visible},
		"reason.*.note":        {members: reasons, partial: true},
		"action.*.verb":        {members: slices.Concat(bulk, roleActions, groupActions)},
		"action.*.target":      {members: slices.Concat(roleActions, groupActions)},
		"action.*.question":    {members: slices.Concat(roleActions, groupConfirmations)},
		"action.*.done":        {members: changes},
		"action.*.outcome":     {members: changes},
		"error.*.title":        {members: statuses},
		"error.*.text":         {members: statuses},
		"signin_error.*.title": {members: signIn},
		"signin_error.*.text":  {members: signIn},
		"login.why.*.title":    {members: []string{"lost-powers", "expired", "signed-out"}},
		"login.why.*.text":     {members: []string{"lost-powers", "expired", "signed-out"}},
		"page.*.title":         {members: slices.Concat(pages, sections)},
		"page.*.text":          {members: sections},
		"page.*.intro":         {members: pages},
		"page.*.contact":       {members: pages},
		"page.*.no_contact":    {members: pages},
		"profile.no_edit.*":    {members: reasons, partial: true},
		"profile.no_other.*": {members: []string{
			"all-suspended-there", "phasing-out", "not-combinable", "needs-signature", "other-category",
		}},
		"confirm.button.*":            {members: roleActions},
		"confirm.consequences.*":      {members: append([]string{"remove_last", "remove_last_on_product"}, roleActions...)},
		"form.error.*":                {members: constantsOf(t, "FieldError")},
		"form.missing.*":              {members: constantsOf(t, "Field")},
		"form.fixed_names.*":          {members: reasons, partial: true},
		"groups.consequences.*":       {members: groupConfirmations},
		"bulk.question.*":             {members: bulk},
		"bulk.none.*":                 {members: bulk},
		"bulk.will.*":                 {members: bulkOfRoles},
		"bulk.consequences.*":         {members: bulk},
		"bulk.button.*":               {members: bulk},
		"bulk.done.*":                 {members: bulk},
		"bulk.done_none.*":            {members: bulk},
		"bulk.reason.*":               {members: reasons, partial: true},
		"files.column.*":              {members: []string{"last_name", "first_name", "email", "product", "category", "roles", "state"}},
		"files.import_column.*.title": {members: importColumns},
		"files.import_column.*.text":  {members: importColumns},
		"files.error.*":               {members: []string{"no-file", "no-people", "no-text", "check-expired"}},
		"files.done.*":                {members: []string{"added", "assigned", "nothing-to-do", "left-out", "changed"}},
		"activity.name.*":             {members: logged},
		"activity.data.*":             {members: constantsOf(t, "Datum")},
		"activity.error.*":            {members: constantsOf(t, "PeriodError")},
		"activity.event.*": {members: append([]string{
			"add_role", "edit_data", "edit_own", "edit_data_own", "export_product", "verify_own", "join_unnamed", "leave_unnamed",
			"assign_suspended", "load_suspended",
		}, logged...)},
		"activity.column.*": {members: []string{
			"time", "actor", "action", "person", "product", "role", "before", "after", "group", "data", "event", "actor_id", "person_id",
		}},
		"email.*.subject": {members: emails},
		"email.*.what":    {members: emails},
		"email.*.then":    {members: emails},
	}
}

// constantsOf reads the constants of a type from the source of access.
func constantsOf(t *testing.T, kind string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "internal", "access", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(source, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != kind {
				return true
			}
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			values = append(values, value)
			return true
		})
	}
	if len(values) == 0 {
		t.Fatalf("access has no constants of type %s", kind)
	}
	return values
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
