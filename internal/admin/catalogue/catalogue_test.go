package catalogue_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
)

// realCatalogue is the field's own catalogue, if it is beside the module.
func realCatalogue(t *testing.T) catalogue.Catalogue {
	t.Helper()
	folder, err := os.Getwd()
	for err == nil && folder != filepath.Dir(folder) {
		if _, missing := os.Stat(filepath.Join(folder, "go.mod")); missing == nil {
			break
		}
		folder = filepath.Dir(folder)
	}
	path := filepath.Join(folder, "..", "shared", "data", "selfcare-products.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skip("the field's own catalogue isn't beside the module: shared/data/selfcare-products.json")
	}
	c, err := catalogue.Read("selfcare-products.json", data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func role(t *testing.T, c catalogue.Catalogue, product access.ProductID, of access.InstitutionType, code access.RoleID) access.Role {
	t.Helper()
	p, ok := c.Product(product)
	if !ok {
		t.Fatalf("no product %s", product)
	}
	r, ok := p.Role(of, code)
	if !ok {
		t.Fatalf("product %s has no role %s for %s", product, code, of)
	}
	return r
}

func TestTheRealCatalogueIsRead(t *testing.T) {
	t.Parallel()
	c := realCatalogue(t)
	if got, want := len(c.Products), 21; got != want {
		t.Errorf("products: got %d, want %d", got, want)
	}
	if p, _ := c.Product("prod-pn-premium"); p.Parent != "prod-pn" || len(p.For("PA")) != 0 {
		t.Errorf("prod-pn-premium: got parent %q and %d roles, want prod-pn and none", p.Parent, len(p.For("PA")))
	}
	if p, _ := c.Product("prod-idpay-gi"); p.Status != catalogue.Testing {
		t.Errorf("prod-idpay-gi: got %s, want testing", p.Status)
	}
	for _, want := range []struct {
		product    access.ProductID
		of         access.InstitutionType
		code       access.RoleID
		category   access.Category
		assignable access.Assignable
	}{
		{"prod-io", "PA", "referente amministrativo", access.Administrator, access.AssignableWithSignature},
		{"prod-io", "PA", "referente operativo", access.Operator, access.AssignableHere},
		{"prod-io-sign", "PA", "admin", access.Administrator, access.NotAssignableHere},
		{"prod-pagopa", "PSP", "admin-psp", access.Administrator, access.AssignableWithSignature},
		{"prod-pagopa", "PA", "admin", access.Administrator, access.AssignableWithSignature},
		{"prod-pagopa", "SA", "admin", access.Administrator, access.AssignableHere}, // a type that isn't listed
		{"prod-interop", "PA", "reviewer", access.Operator, access.AssignableHere},
	} {
		got := role(t, c, want.product, want.of, want.code)
		if got.Category != want.category || got.Assignable != want.assignable {
			t.Errorf("%s/%s for %s: got %s, %s; want %s, %s", want.product, want.code, want.of, got.Category, got.Assignable,
				want.category, want.assignable)
		}
	}
	if p, _ := c.Product("prod-pagopa"); len(p.For("PSP")) != 2 || p.For("PSP")[1].ID != "operator-psp" {
		t.Errorf("prod-pagopa for PSP: got %v", p.For("PSP"))
	}
}

func TestALabelIsOfThePartyRoleThatItIsAssignableThrough(t *testing.T) {
	t.Parallel()
	got := role(t, realCatalogue(t), "prod-idpay", "PA", "admin").Label.It // "Responsabile" for MANAGER, by onboarding only
	if want := "Amministratore"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// combinations has one product a case: groups decide where there are any, else multiroleAllowed does.
const combinations = `[
 {"id": "grouped", "title": "G", "status": "ACTIVE", "roleMappings": {"OPERATOR": {"multiroleAllowed": true, "roles": [
  {"code": "api", "label": "A", "multiroleGroups": ["g"]}, {"code": "security", "label": "S", "multiroleGroups": ["g", "h"]},
  {"code": "viewer", "label": "V"}, {"code": "reviewer", "label": "R"}, {"code": "auditor", "label": "U", "multiroleGroups": ["h"]}]}}},
 {"id": "all", "title": "A", "status": "ACTIVE", "roleMappings": {
  "OPERATOR": {"multiroleAllowed": true, "roles": [{"code": "api", "label": "A"}, {"code": "security", "label": "S"}]},
  "MANAGER": {"multiroleAllowed": false, "roles": [{"code": "owner", "label": "O"}, {"code": "deputy", "label": "D"}]}}},
 {"id": "none", "title": "N", "status": "ACTIVE", "roleMappings": {"OPERATOR": {"multiroleAllowed": false, "roles": [
  {"code": "api", "label": "A"}, {"code": "security", "label": "S"}]}}}
]`

func TestRolesCombineByGroupOrAllTogether(t *testing.T) {
	t.Parallel()
	c, err := catalogue.Read("x.json", []byte(combinations))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		product    access.ProductID
		one, other access.RoleID
		combine    bool
	}{
		{"grouped", "api", "security", true},
		{"grouped", "security", "auditor", true},
		{"grouped", "api", "auditor", false},
		{"grouped", "api", "viewer", false},
		{"grouped", "viewer", "reviewer", false},
		{"all", "api", "security", true},
		{"all", "owner", "deputy", false},
		{"none", "api", "security", false},
	} {
		a, b := role(t, c, want.product, "PA", want.one), role(t, c, want.product, "PA", want.other)
		got := slices.ContainsFunc(a.Combines, func(group string) bool { return slices.Contains(b.Combines, group) })
		if got != want.combine {
			t.Errorf("%s: %s with %s: got %v, want %v", want.product, want.one, want.other, got, want.combine)
		}
	}
}

const minimal = `[
 {"id": "prod-a", "title": "A", "titleEn": "An A", "status": "PHASE_OUT", "somethingElse": [{"x": null}],
  "roleMappings": {
   "OPERATOR": {"multiroleAllowed": false, "phasesAdditionAllowed": ["dashboard"],
    "roles": [{"code": "op", "label": "Operatore", "labelEn": "Operator", "description": "Fa", "multiroleGroups": null}]},
   "DELEGATE": {"phasesAdditionAllowed": ["onboarding", "dashboard-async"],
    "roles": [{"code": "admin", "label": "Delegato", "multiroleGroups": ["g2"]}]},
   "MANAGER": {"phasesAdditionAllowed": ["dashboard-aggregator"],
    "roles": [{"code": "admin", "label": "Responsabile", "multiroleGroups": ["g1"]}]}
  }},
 {"id": "prod-b", "title": "B", "status": "INACTIVE", "parentId": "prod-a", "description": "Di A"}
]`

func TestAFileIsReadCompletely(t *testing.T) {
	t.Parallel()
	got, err := catalogue.Read("x.json", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := catalogue.Catalogue{Products: []catalogue.Product{
		{
			ID: "prod-a", Title: access.Text{It: "A", En: "An A"}, Status: catalogue.PhaseOut,
			Offers: map[access.InstitutionType][]access.Role{"": {
				{
					ID: "admin", Category: access.Administrator, Label: access.Text{It: "Delegato"}, Combines: []string{"g1", "g2"},
					Assignable: access.AssignableWithSignature,
				},
				{
					ID: "op", Category: access.Operator, Label: access.Text{It: "Operatore", En: "Operator"},
					Description: access.Text{It: "Fa"}, Assignable: access.AssignableHere,
				},
			}},
		},
		{
			ID: "prod-b", Title: access.Text{It: "B"}, Description: access.Text{It: "Di A"}, Status: catalogue.Inactive, Parent: "prod-a",
			Offers: map[access.InstitutionType][]access.Role{},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryFaultHasItsPlace(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		from, to string // the change to the good file
		want     []string
	}{
		"cut short":        {"]\n", "", []string{"x.json:12:1: the file is not valid JSON"}},
		"a comma too many": {`"MANAGER"`, `, "MANAGER"`, []string{"x.json:8:4: the file is not valid JSON"}},
		"not a list":       {minimal, `{"a": []}`, []string{"x.json:1:1: expected the list of products, not an object"}},
		"no id": {
			`"id": "prod-a", `, ``,
			[]string{"x.json:2:2: [0].id: is missing", `x.json:11:67: [1].parentId: the parent product "prod-a" is not`},
		},
		"an id with a space": {`"id": "prod-b"`, `"id": "Prod b"`, []string{"x.json:11:9: [1].id: \"Prod b\" cannot be an id"}},
		"the same id twice": {
			`"prod-b", "title": "B", "status": "INACTIVE", "parentId": "prod-a"`,
			`"prod-a", "title": "B", "status": "INACTIVE"`,
			[]string{"x.json:11:9: [1].id: product \"prod-a\" is already"},
		},
		"an empty title":      {`"title": "B"`, `"title": " "`, []string{"x.json:11:28: [1].title: is empty"}},
		"a title of a number": {`"title": "B"`, `"title": 7`, []string{"x.json:11:28: [1].title: expected a text, not a number"}},
		"an unknown status":   {`"INACTIVE"`, `"ended"`, []string{`x.json:11:43: [1].status: unknown status "ended": use ACTIVE`}},
		"no status":           {`"status": "INACTIVE", `, ``, []string{"x.json:11:2: [1].status: is missing"}},
		"a parent unknown":    {`"parentId": "prod-a"`, `"parentId": "prod-z"`, []string{"x.json:11:67: [1].parentId: the parent product"}},
		"a parent of itself":  {`"parentId": "prod-a"`, `"parentId": "prod-b"`, []string{"x.json:11:67: [1].parentId: a product cannot"}},
		"a child's child": {
			`"status": "PHASE_OUT"`, `"status": "ACTIVE", "parentId": "prod-b"`,
			[]string{"[0].parentId: the parent product \"prod-b\" is itself", "[1].parentId"},
		},
		"a code missing": {`"code": "op", `, ``, []string{"x.json:5:15: [0].roleMappings.OPERATOR.roles[0].code: is missing"}},
		"a code with a slash": {
			`"code": "op"`, `"code": "o/p"`,
			[]string{"x.json:5:24: [0].roleMappings.OPERATOR.roles[0].code: the code \"o/p\" cannot"},
		},
		"a label missing": {`"label": "Operatore", `, ``, []string{"x.json:5:15: [0].roleMappings.OPERATOR.roles[0].label: is missing"}},
		"a code of both": {
			`"code": "op"`, `"code": "admin"`,
			[]string{
				"x.json:7:24: [0].roleMappings.DELEGATE.roles[0].code: the code",
				"x.json:9:24: [0].roleMappings.MANAGER.roles[0].code: the code",
			},
		},
		"roles of an object": {
			`"roles": [{"code": "op"`, `"roles": {}, "r": [{"code": "op"`,
			[]string{"x.json:5:14: [0].roleMappings.OPERATOR.roles: expected a list, not an object"},
		},
		"groups of a text":    {`["g1"]`, `"g1"`, []string{"[0].roleMappings.MANAGER.roles[0].multiroleGroups: expected a list, not a text"}},
		"a group of a number": {`["g1"]`, `[1]`, []string{"[0].roleMappings.MANAGER.roles[0].multiroleGroups[0]: expected a text"}},
		"a boolean as text": {
			`"multiroleAllowed": false`, `"multiroleAllowed": "no"`,
			[]string{"x.json:4:37: [0].roleMappings.OPERATOR.multiroleAllowed: expected true or false, not a text"},
		},
		"an empty product": {
			`"somethingElse": [{"x": null}],`, `"x": null}, null, {"id": "prod-c", "title": "C", "status": "ACTIVE",`,
			[]string{"[1]: expected an object, not null"},
		},
		"a key twice": {`"titleEn": "An A"`, `"title": "Again"`, []string{"x.json:2:2: [0]: the key \"title\" appears twice"}},
		"a type without roles": {
			`"somethingElse": [{"x": null}],`, `"roleMappingsByInstitutionType": {"PSP": {}},`,
			[]string{"[0].roleMappingsByInstitutionType.PSP: no role"},
		},
		"a type's other category": {
			`"somethingElse": [{"x": null}],`,
			`"roleMappingsByInstitutionType": {"PSP": {"OPERATOR": {"roles": [{"code": "admin", "label": "x"}]}}},`,
			[]string{"[0].roleMappingsByInstitutionType.PSP.OPERATOR.roles[0].code: the code \"admin\" is both"},
		},
		"a control character": {`"title": "B"`, `"title": "B\u0007"`, []string{"x.json:11:28: [1].title: contains control characters"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(minimal, c.from, c.to, 1)
			if c.from == "]\n" {
				file = strings.TrimSuffix(minimal, "]")
			}
			got, err := catalogue.Read("x.json", []byte(file))
			var faults catalogue.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got no faults but %v", err)
			}
			if len(got.Products) > 0 {
				t.Error("a faulty file gave products")
			}
			if len(faults) != len(c.want) {
				t.Errorf("got %d faults, want %d:\n%v", len(faults), len(c.want), err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("want %q in:\n%v", want, err)
				}
			}
		})
	}
}

func TestAllFaultsAreReportedAtOnceInTheirOrder(t *testing.T) {
	t.Parallel()
	_, err := catalogue.Read("x.json", []byte(`[{"title": "A"}, {"id": "prod-b", "status": "?"}]`))
	var faults catalogue.Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	var got []string
	for _, f := range faults {
		got = append(got, f.Path)
	}
	if diff := cmp.Diff([]string{"[0].id", "[0].status", "[1].title", "[1].status"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add(minimal)
	f.Add(`[{"id":1},null,[[]]]`)
	f.Fuzz(func(t *testing.T, file string) {
		c, err := catalogue.Read("x.json", []byte(file))
		if err != nil && len(c.Products) > 0 {
			t.Error("a faulty file gave products")
		}
	})
}
