package datafile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/demo"
)

func demoCatalogue(t *testing.T) catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Read(demo.CatalogueName, demo.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAFileIsCheckedAgainstTheCatalogue(t *testing.T) {
	t.Parallel()
	const security = "[prod-interop/api, prod-interop/security suspended]"
	for name, c := range map[string]struct{ from, to, want string }{
		"an unknown product": {"prod-io inactive", "prod-zz", "d.yaml:9: product \"prod-zz\" is not in the catalogue"},
		"a child": {
			"[prod-pn, prod", "[prod-io-premium, prod-pn, prod", "d.yaml:9: product prod-io-premium is a child of prod-io",
		},
		"a group elsewhere": {
			"prod-pn/Ufficio Tributi suspended", "prod-fd/Ufficio Tributi",
			"d.yaml:10: group \"Ufficio Tributi\": the institution has no subscription to prod-fd",
		},
		"a role elsewhere": {
			security, "[prod-fd/ORG_ADMIN]",
			"d.yaml:18: role prod-fd/ORG_ADMIN: the institution has no subscription to prod-fd",
		},
		"a role of no product": {
			security, "[prod-interop/api, prod-zz/x]", "d.yaml:18: role prod-zz/x: the product is not in the catalogue",
		},
		"an unknown role": {
			security, "[prod-interop/pilot]",
			"d.yaml:18: role \"pilot\" does not exist on prod-interop for institutions of type PA",
		},
		"a role of another type": {"prod-pn, prod-interop, ", "prod-pn, prod-pagopa, prod-interop, ", ""},
		"both categories": {
			security, "[prod-interop/api, prod-interop/admin]",
			"d.yaml:18: on prod-interop the user is already operator (api), and \"admin\" makes an administrator",
		},
		"both, one suspended": {
			security, "[prod-interop/admin suspended, prod-interop/api]",
			"the user is already administrator (admin), and \"api\" makes an operator",
		},
		"roles that don't combine": {
			security, "[prod-interop/api, prod-interop/viewer]",
			"d.yaml:18: on prod-interop the roles \"api\" and \"viewer\" cannot be held together",
		},
		"no administrator": {
			"prod-interop/admin, ", "", "d.yaml:18: on prod-interop the institution has users and no active Administrator",
		},
		"a suspended administrator": {
			"prod-interop/admin, ", "prod-interop/admin suspended, ",
			"d.yaml:14: on prod-interop the institution has users and no active Administrator",
		},
		"an unknown group": {
			"groups: [prod-interop/Sviluppo]", "groups: [prod-interop/Altro]",
			"d.yaml:19: group \"Altro\" of prod-interop does not exist",
		},
		"a group of another's": {
			"groups: [prod-interop/Sviluppo]", "groups: [prod-pn/Ufficio Tributi]",
			"d.yaml:19: group \"Ufficio Tributi\": the user has no role on prod-pn",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(sound, c.from, c.to, 1)
			if name == "a role of another type" {
				file = strings.Replace(file, security, "[prod-pagopa/admin-psp]", 1)
				c.want = "d.yaml:18: role \"admin-psp\" does not exist on prod-pagopa for institutions of type PA"
			}
			err := read(t, file).Check(demoCatalogue(t), datafile.Existing{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q in: %v", c.want, err)
			}
		})
	}
	if err := read(t, sound).Check(demoCatalogue(t), datafile.Existing{}); err != nil {
		t.Errorf("the sound file: %v", err)
	}
}

func TestAFileIsCheckedAgainstExistingData(t *testing.T) {
	t.Parallel()
	mario, maria := code(t, "RSSMRA80A01H501U"), code(t, "RSSMRA75C22H50MA")
	present := func() datafile.Existing {
		return datafile.Existing{
			People: map[access.FiscalCode]datafile.ExistingPerson{
				mario: {Verified: true, FirstName: "Mario", LastName: "Rossi"},
			},
			Institutions: map[string]datafile.ExistingInstitution{"prova": {
				Name: "Comune di Prova", Type: "PA", Subscriptions: map[access.ProductID]bool{"prod-pn": true},
				Groups:       map[datafile.GroupName]access.Status{},
				Assignments:  map[access.FiscalCode][]access.Assignment{},
				Administered: map[access.ProductID]bool{},
			}},
		}
	}
	for name, c := range map[string]struct {
		change func(*datafile.Existing, *datafile.ExistingInstitution)
		want   string
	}{
		"unchanged": {func(*datafile.Existing, *datafile.ExistingInstitution) {}, ""},
		"another name": {
			func(_ *datafile.Existing, i *datafile.ExistingInstitution) { i.Name = "Altro" },
			"d.yaml:6: institution \"prova\" exists with the name \"Altro\"",
		},
		"another type": {
			func(_ *datafile.Existing, i *datafile.ExistingInstitution) { i.Type = "GSP" },
			"d.yaml:6: institution \"prova\" exists with the type \"GSP\"",
		},
		"a subscription over": {
			func(_ *datafile.Existing, i *datafile.ExistingInstitution) { i.Subscriptions["prod-pn"] = false },
			"d.yaml:9: the subscription to prod-pn exists in another state",
		},
		"another verified name": {func(p *datafile.Existing, _ *datafile.ExistingInstitution) {
			p.People[mario] = datafile.ExistingPerson{Verified: true, FirstName: "Màrio", LastName: "Rossi"}
		}, "d.yaml:2: the verified names of this person are different"},
		"not verified": {func(p *datafile.Existing, _ *datafile.ExistingInstitution) {
			p.People[mario] = datafile.ExistingPerson{}
		}, "d.yaml:2: this person exists, with names that are not verified"},
		"a new user verified elsewhere": {func(p *datafile.Existing, _ *datafile.ExistingInstitution) {
			p.People[maria] = datafile.ExistingPerson{Verified: true, FirstName: "Marìa", LastName: "De Rossi"}
		}, "d.yaml:15: the verified names of this person are different"},
		"a user verified since": {func(p *datafile.Existing, i *datafile.ExistingInstitution) {
			p.People[maria] = datafile.ExistingPerson{Verified: true, FirstName: "Marìa", LastName: "De Rossi"}
			i.Assignments[maria] = nil
		}, ""},
		"the other category held": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Assignments[maria] = []access.Assignment{
				{Product: "prod-interop", Role: "admin", Category: access.Administrator, Status: access.Suspended},
			}
		}, "d.yaml:18: on prod-interop the user is already administrator (admin), and \"api\" makes an operator"},
		"a held role that does not combine": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Assignments[maria] = []access.Assignment{{Product: "prod-interop", Role: "viewer", Category: access.Operator, Status: access.Active}}
		}, "d.yaml:18: on prod-interop the roles \"viewer\" and \"api\" cannot be held together"},
		"a role held in another state": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Assignments[maria] = []access.Assignment{{Product: "prod-interop", Role: "api", Category: access.Operator, Status: access.Suspended}}
		}, ""},
		"a group suspended since": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Groups[datafile.GroupName{Product: "prod-interop", Name: "Sviluppo"}] = access.Suspended
		}, "d.yaml:19: group \"Sviluppo\" of prod-interop is suspended"},
		"a group suspended since, by a member": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			name := datafile.GroupName{Product: "prod-interop", Name: "Sviluppo"}
			i.Groups[name] = access.Suspended
			i.Members = map[access.FiscalCode]map[datafile.GroupName]bool{maria: {name: true}}
		}, ""},
		"the file's administrator suspended since": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Assignments[mario] = []access.Assignment{
				{Product: "prod-interop", Role: "admin", Category: access.Administrator, Status: access.Suspended},
			}
		}, "d.yaml:14: on prod-interop the institution has users and no active Administrator"},
		"another administrator": {func(_ *datafile.Existing, i *datafile.ExistingInstitution) {
			i.Assignments[mario] = []access.Assignment{
				{Product: "prod-interop", Role: "admin", Category: access.Administrator, Status: access.Suspended},
			}
			i.Administered["prod-interop"] = true
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := present()
			i := p.Institutions["prova"]
			c.change(&p, &i)
			p.Institutions["prova"] = i
			err := read(t, sound).Check(demoCatalogue(t), p)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("want no fault, got: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("want %q in: %v", c.want, err)
			}
		})
	}
}

func TestFaultsOfBothKindsAreReportedTogether(t *testing.T) {
	t.Parallel()
	file := strings.Replace(sound, "maria@comune.prova.it", "maria", 1)
	file = strings.Replace(file, "prod-io inactive", "prod-zz", 1)
	d, err := datafile.Read("d.yaml", []byte(file))
	if err == nil {
		t.Fatal("no fault by itself")
	}
	var faults datafile.Faults
	if err := d.Check(demoCatalogue(t), datafile.Existing{}); !errors.As(err, &faults) {
		t.Fatalf("got no faults but %v", err)
	}
	var lines []int
	for _, f := range faults {
		lines = append(lines, f.At.Line)
	}
	if diff := cmp.Diff([]int{9, 14, 17}, lines); diff != "" { // 14: a role of prod-io, which has no subscription any more
		t.Errorf("(-want +got)\n%s\n%v", diff, faults)
	}
}
