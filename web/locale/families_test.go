package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
)

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
	var logged, changes, roleActions, bulk, bulkOfRoles []string
	for _, a := range access.Actions {
		logged = append(logged, string(a))
		if a != access.Export && a != access.Load && a != access.Verify { // no page has a banner about these
			changes = append(changes, string(a))
		}
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
	importColumns := []string{"fiscal_code", "last_name", "first_name", "email", "product", "role"}
	signIn := []string{"19", "20", "21", "22", "23", "25", "30", "expired", "unavailable", "level", "identity", "generic"}
	statuses := []string{"400", "403", "404", "405", "409", "413", "422", "429", "500", "503"}
	emails := slices.Concat(roleActions, []string{"add", "assign", "change-role", "remove-last"})
	sections := []string{
		"accessibility.state", "accessibility.declared", "accessibility.checks", "accessibility.missing", "accessibility.obstacle",
		"privacy.data", "privacy.origin", "privacy.readers", "privacy.record", "privacy.names", "privacy.retention",
		"privacy.cookies",
	}
	pages := []string{"accessibility", "privacy"}
	removals := []string{"remove_last", "remove_last_on_product", "remove_last_on_product_groups"}
	return map[string]family{
		"status.*":             {members: constantsOf(t, "Status")},
		"category.*":           {members: constantsOf(t, "Category")},
		"reason.*.title":       {members: visible},
		"reason.*.text":        {members: visible},
		"reason.*.note":        {members: reasons, partial: true},
		"action.*.verb":        {members: slices.Concat(bulk, roleActions, groupActions, []string{"change-role"})},
		"action.*.target":      {members: slices.Concat(roleActions, groupActions, []string{"change-role"})},
		"action.*.question":    {members: slices.Concat(roleActions, groupConfirmations)},
		"action.*.done":        {members: changes},
		"action.*.outcome":     {members: changes},
		"error.*.title":        {members: statuses},
		"error.*.text":         {members: statuses},
		"signin_error.*.title": {members: signIn},
		"signin_error.*.text":  {members: signIn},
		"login.why.*.title":    {members: []string{"lost-powers", "expired", "form-lost", "signed-out"}},
		"login.why.*.text":     {members: []string{"lost-powers", "expired", "form-lost", "signed-out"}},
		"page.*.title":         {members: slices.Concat(pages, sections)},
		"page.*.text":          {members: sections},
		"page.*.intro":         {members: pages},
		"page.*.contact":       {members: pages},
		"page.*.no_contact":    {members: pages},
		"profile.no_edit.*":    {members: reasons, partial: true},
		"profile.no_other.*": {members: []string{
			"all-suspended-there", "already-held", "phasing-out", "not-assignable", "not-combinable", "needs-signature", "other-category",
		}},
		"profile.no_change.*": {members: []string{"needs-signature"}},
		"profile.no_group.*":  {members: []string{"already-member", "group-suspended", "no-such-group"}},
		"profile.no_new.*": {members: []string{
			"already-held", "needs-signature", "not-assignable", "on-oneself", "phasing-out",
		}},
		"list.no_add_anywhere.*":      {members: []string{"needs-signature", "not-assignable", "phasing-out"}},
		"list.no_add.*":               {members: []string{"needs-signature", "not-administrator", "not-assignable", "phasing-out"}},
		"confirm.button.*":            {members: roleActions},
		"confirm.consequences.*":      {members: slices.Concat(roleActions, removals)},
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
		"files.error.*": {members: []string{
			"no-file", "no-people", "no-text", "workbook-damaged", "workbook-too-large", "check-expired",
		}},
		"files.done.*":     {members: []string{"added", "assigned", "nothing-to-do", "left-out", "changed", "declined"}},
		"activity.name.*":  {members: logged},
		"activity.data.*":  {members: constantsOf(t, "Datum")},
		"activity.error.*": {members: constantsOf(t, "PeriodError")},
		"activity.event.*": {members: append([]string{
			"add_role", "edit_data", "edit_own", "edit_data_own", "export_product", "export_log", "export_history", "verify_own",
			"join_unnamed", "leave_unnamed", "assign_suspended", "load_suspended",
		}, logged...)},
		"activity.column.*": {members: []string{
			"time", "actor", "action", "person", "product", "role", "before", "after", "group", "data", "event", "actor_id", "person_id",
		}},
		"email.*.subject": {members: emails},
		"email.*.what":    {members: emails},
		"email.*.then":    {members: emails, partial: true},
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
