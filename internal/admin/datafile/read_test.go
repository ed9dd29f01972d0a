package datafile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
)

const good = `people:
  - {fiscalCode: RSSMRA80A01H501U, firstName: Mario, lastName: Rossi, verified: true}
  - {fiscalCode: rssmra75c22h50ma, firstName: Marìa, lastName: "De  Rossi"}
  - {fiscalCode: RSSMRA80B29H501Q, firstName: Ugo, lastName: Neri}
institutions:
  - code: prova
    name: Comune di Prova
    type: PA
    subscriptions: [prod-pn, prod-interop, prod-io inactive]
    groups: [prod-interop/Sviluppo, prod-pn/Ufficio Tributi suspended]
    users:
      - person: RSSMRA80A01H501U
        email: Mario.Rossi@comune.prova.it
        roles: [prod-pn/admin, prod-interop/admin, prod-io/referente amministrativo suspended, prod-io/referente amministrativo 2]
      - person: RSSMRA75C22H50MA
        firstName: Maria
        email: maria@comune.prova.it
        roles: [prod-interop/api, prod-interop/security suspended]
        groups: [prod-interop/Sviluppo]
`

// sound is the good file without the role that only its syntax test has.
var sound = strings.Replace(good, "prod-io/referente amministrativo suspended, prod-io/referente amministrativo 2]",
	"prod-io/referente amministrativo]", 1)

func read(t *testing.T, file string) datafile.Data {
	t.Helper()
	d, err := datafile.Read("d.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func code(t *testing.T, text string) access.FiscalCode {
	t.Helper()
	c, err := access.ParseFiscalCode(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var comparingCodes = cmp.Comparer(func(a, b access.FiscalCode) bool { return a == b })

func TestAFileIsReadWithItsLines(t *testing.T) {
	t.Parallel()
	at := func(line int) datafile.Place { return datafile.Place{File: "d.yaml", Line: line} }
	role := func(line int, product access.ProductID, role access.RoleID, s access.Status) datafile.Role {
		return datafile.Role{At: at(line), Target: access.Target{Product: product, Role: role}, Status: s}
	}
	mario, maria := code(t, "RSSMRA80A01H501U"), code(t, "RSSMRA75C22H50MA")
	want := datafile.Data{
		People: []datafile.Person{
			{At: at(2), FiscalCode: mario, FirstName: "Mario", LastName: "Rossi", Verified: true},
			{At: at(3), FiscalCode: maria, FirstName: "Marìa", LastName: "De Rossi"},
			{At: at(4), FiscalCode: code(t, "RSSMRA80B29H501Q"), FirstName: "Ugo", LastName: "Neri"},
		},
		Institutions: []datafile.Institution{{
			At: at(6), Code: "prova", Name: "Comune di Prova", Type: "PA",
			Subscriptions: []datafile.Subscription{{at(9), "prod-pn", true}, {at(9), "prod-interop", true}, {at(9), "prod-io", false}},
			Groups: []datafile.Group{
				{At: at(10), GroupName: datafile.GroupName{Product: "prod-interop", Name: "Sviluppo"}, Status: access.Active},
				{At: at(10), GroupName: datafile.GroupName{Product: "prod-pn", Name: "Ufficio Tributi"}, Status: access.Suspended},
			},
			Users: []datafile.User{
				{
					At: at(12), FiscalCode: mario, FirstName: "Mario", LastName: "Rossi", Email: "mario.rossi@comune.prova.it",
					Roles: []datafile.Role{
						role(14, "prod-pn", "admin", access.Active),
						role(14, "prod-interop", "admin", access.Active),
						role(14, "prod-io", "referente amministrativo", access.Suspended),
						role(14, "prod-io", "referente amministrativo 2", access.Active),
					},
				},
				{
					At: at(15), FiscalCode: maria, FirstName: "Maria", LastName: "De Rossi", Email: "maria@comune.prova.it",
					Roles: []datafile.Role{
						role(18, "prod-interop", "api", access.Active), role(18, "prod-interop", "security", access.Suspended),
					},
					Groups: []datafile.Membership{{at(19), datafile.GroupName{Product: "prod-interop", Name: "Sviluppo"}}},
				},
			},
		}},
	}
	if diff := cmp.Diff(want, read(t, good), comparingCodes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEveryFaultOfAFileHasItsLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ from, to, want string }{
		"not YAML":                  {"  - code: prova", "  - code: [prova", "the file is not valid YAML"},
		"nothing":                   {good, "", "d.yaml:1: the file is empty"},
		"two documents":             {good, "people: []\n---\npeople: []\n", "d.yaml:2: a second document"},
		"a list at the top":         {good, "- 1\n", "d.yaml:1: file: expected the keys (people, institutions)"},
		"an unknown key":            {"    type: PA", "    kind: PA\n    type: PA", "d.yaml:8: institution: unknown key \"kind\""},
		"a key twice":               {"    type: PA", "    type: PA\n    type: PA", "d.yaml:9: institution: the key \"type\" appears twice"},
		"an anchor":                 {"roles: [prod-interop/api,", "roles: [*x, prod-interop/api,", "the file is not valid YAML"},
		"a code of a company":       {"RSSMRA80B29H501Q", "'00743110157'", "d.yaml:4: the fiscal code has 11 digits"},
		"a code with a wrong check": {"RSSMRA80B29H501Q", "RSSMRA80A01H501A", "d.yaml:4: the fiscal code has a wrong check character"},
		"a code of no day": {
			"RSSMRA80B29H501Q", "RSSMRA81B29H501R", "d.yaml:4: the fiscal code contains a date of birth that does not exist",
		},
		"a code cut short": {"RSSMRA80B29H501Q", "RSSMRA80", "d.yaml:4: the fiscal code does not have the 16 characters"},
		"the same person twice": {
			"RSSMRA80B29H501Q", "RSSMRA80A01H501U", "d.yaml:4: another person of this file has this fiscal code (line 2)",
		},
		"no first name":    {"firstName: Ugo, ", "", "d.yaml:4: the first name is missing: add firstName"},
		"an empty surname": {"lastName: Neri", "lastName: ' '", "d.yaml:4: the last name is missing: add lastName"},
		"a name with a control": {
			"firstName: Ugo", `firstName: "U\u0007go"`, "d.yaml:4: the first name contains characters that no name has",
		},
		"a name of a list":            {"firstName: Ugo", "firstName: [Ugo]", "d.yaml:4: the first name: expected a text"},
		"verified as a word":          {"verified: true", "verified: forse", "d.yaml:2: verified: write true or false"},
		"no institution code":         {"  - code: prova\n    name:", "  - name:", "d.yaml:6: the institution's code is missing: add code"},
		"no type":                     {"    type: PA\n", "", "d.yaml:6: the institution's type (PA, PSP, GSP, ...) is missing"},
		"a subscription in two words": {"prod-io inactive", "prod-io ended", "d.yaml:9: subscription \"prod-io ended\": write the product"},
		"a subscription twice":        {"prod-io inactive", "prod-pn inactive", "d.yaml:9: the subscription to prod-pn appears twice"},
		"a group without product":     {"prod-interop/Sviluppo, prod", "Sviluppo, prod", "d.yaml:10: group \"Sviluppo\": write product/name"},
		"a group twice": {
			"prod-interop/Sviluppo, prod-pn/Ufficio Tributi", "prod-interop/Sviluppo, prod-interop/Sviluppo",
			"d.yaml:10: group \"Sviluppo\" of prod-interop appears twice",
		},
		"a group of a mapping": {"[prod-interop/Sviluppo, prod", "[{a: b}, prod", "d.yaml:10: groups: expected a text"},
		"users of a mapping": {
			"    users:\n      - person: RSSMRA80A01H501U\n", "    users:\n        person: RSSMRA80A01H501U\n",
			"not valid YAML",
		},
		"an unknown person": {
			"- person: RSSMRA75C22H50MA", "- person: RSSMRA80A41H501Y", "d.yaml:15: this person is not in the file's people",
		},
		"a user twice": {
			"- person: RSSMRA75C22H50MA\n        firstName: Maria\n", "- person: RSSMRA80A01H501U\n",
			"d.yaml:15: this person is already a user of the institution",
		},
		"another name if verified": {
			"email: Mario", "firstName: Mariolino\n        email: Mario",
			"d.yaml:13: the names of this person are verified and hold everywhere: remove firstName",
		},
		"no e-mail": {"        email: maria@comune.prova.it\n", "", "d.yaml:15: the e-mail is missing: add email"},
		"an e-mail of certified mail": {
			"maria@comune.prova.it", "maria@pec.comune.prova.it",
			"d.yaml:17: the e-mail is certified mail (PEC): use the person's",
		},
		"an invalid e-mail": {"maria@comune.prova.it", "maria", "d.yaml:17: the e-mail is not an address"},
		"an e-mail too long": {
			"maria@comune.prova.it", strings.Repeat("m", 250) + "@e.it",
			"d.yaml:17: the e-mail has more than 254 characters",
		},
		"no role": {
			"        roles: [prod-interop/api, prod-interop/security suspended]\n", "",
			"d.yaml:15: a user has at least one role",
		},
		"an empty list of roles": {"[prod-interop/api, prod-interop/security suspended]", "[]", "d.yaml:15: a user has at least one role"},
		"a role without product": {"prod-interop/api,", "api,", "d.yaml:18: role \"api\": write product/role"},
		"a role twice": {
			"prod-interop/api, prod-interop/security", "prod-interop/security, prod-interop/security",
			"d.yaml:18: role prod-interop/security appears twice",
		},
		"a membership twice": {
			"groups: [prod-interop/Sviluppo]", "groups: [prod-interop/Sviluppo, prod-interop/Sviluppo]",
			"d.yaml:19: group \"Sviluppo\" of prod-interop appears twice",
		},
		"the same institution twice": {
			"institutions:\n", "institutions:\n  - {code: prova, name: P, type: PA}\n",
			"d.yaml:7: institution \"prova\" is already in this file",
		},
		"a person that is just a word": {"institutions:", "  - chi\ninstitutions:", "d.yaml:5: person: expected the keys"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := strings.Replace(good, c.from, c.to, 1)
			if file == good {
				t.Fatal("the case changes nothing")
			}
			_, err := datafile.Read("d.yaml", []byte(file))
			var faults datafile.Faults
			if !errors.As(err, &faults) {
				t.Fatalf("got no faults but %v", err)
			}
			if len(faults) != 1 && !strings.Contains(c.want, "fiscal code") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, and nothing else, in:\n%v", c.want, err)
			}
			if strings.Contains(err.Error(), "RSSMRA") {
				t.Errorf("a fiscal code shows (rule D7): %v", err)
			}
		})
	}
}

func FuzzReadNeverPanics(f *testing.F) {
	f.Add(good)
	f.Add("people: [&a {fiscalCode: 1}, *a]\ninstitutions: {}")
	f.Fuzz(func(_ *testing.T, file string) {
		d, _ := datafile.Read("d.yaml", []byte(file))
		_ = d.Check(catalogue.Catalogue{}, datafile.Existing{})
	})
}

// D2: a first name that is written as empty is none; one that is left out is forgotten.
func TestAFirstNameMayBeEmpty(t *testing.T) {
	t.Parallel()
	file := strings.NewReplacer("firstName: Ugo", `firstName: ""`, "firstName: Maria\n", "firstName: ''\n").Replace(good)
	d := read(t, file)
	if p := d.People[2]; p.FirstName != "" || p.LastName != "Neri" {
		t.Errorf("a person: %+v", p)
	}
	if u := d.Institutions[0].Users[1]; u.FirstName != "" || u.LastName != "De Rossi" {
		t.Errorf("a user: %+v", u)
	}
}
