package demo_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/identities"
	"areariservata.example/utenti/internal/demo/invented"
)

func theCatalogue(t *testing.T) catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Read(demo.CatalogueName, demo.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func theData(t *testing.T) []datafile.Data {
	t.Helper()
	var all []datafile.Data
	for _, f := range demo.Data() {
		d, err := datafile.Read(f.Name, f.Content)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Check(theCatalogue(t), datafile.Existing{}); err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	return all
}

func TestTheCatalogueHasAProductOfEveryKind(t *testing.T) {
	t.Parallel()
	c := theCatalogue(t)
	has := func(name string, is func(catalogue.Product) bool) {
		if !slices.ContainsFunc(c.Products, is) {
			t.Errorf("no product: %s", name)
		}
	}
	role := func(is func(access.Role) bool) func(catalogue.Product) bool {
		return func(p catalogue.Product) bool { return slices.ContainsFunc(p.For("PA"), is) }
	}
	for _, s := range []catalogue.Status{catalogue.Active, catalogue.Testing, catalogue.PhaseOut, catalogue.Inactive} {
		has(string(s), func(p catalogue.Product) bool { return p.Status == s })
	}
	has("child", func(p catalogue.Product) bool { return p.Parent != "" })
	has("other roles for PSP", func(p catalogue.Product) bool { return len(p.Offers["PSP"]) > 0 })
	for _, a := range []access.Assignable{access.AssignableHere, access.AssignableWithSignature, access.NotAssignableHere} {
		has("assignable "+string(a), role(func(r access.Role) bool { return r.Assignable == a }))
	}
	has("roles that combine", role(func(r access.Role) bool { return len(r.Combines) > 0 }))
	for _, p := range c.Products {
		if p.Title.En == "" || p.Description.It == "" || p.Description.En == "" {
			t.Errorf("%s: a text is missing in one language", p.ID)
		}
		for of, roles := range p.Offers {
			for _, r := range roles {
				if r.Label.En == "" || r.Description.It == "" || r.Description.En == "" {
					t.Errorf("%s/%s for %q: a text is missing in one language", p.ID, r.ID, of)
				}
			}
		}
	}
}

// The demo's data has an example of each case.
func TestTheDataHasEveryCase(t *testing.T) {
	t.Parallel()
	data, c := theData(t), theCatalogue(t)
	type user struct {
		datafile.User
		in     datafile.Institution
		person datafile.Person
	}
	var institutions []datafile.Institution
	var users []user
	known := map[access.FiscalCode]int{}
	for _, d := range data {
		institutions = append(institutions, d.Institutions...)
		for _, i := range d.Institutions {
			for _, u := range i.Users {
				p, _ := d.Person(u.FiscalCode)
				users = append(users, user{u, i, p})
				known[u.FiscalCode]++
			}
		}
	}
	// where counts a user's roles of a category and state on active subscriptions.
	where := func(u user, category access.Category, states ...access.Status) (n int) {
		for _, r := range u.Roles {
			p, _ := c.Product(r.Product)
			role, _ := p.Role(u.in.Type, r.Role)
			open := slices.ContainsFunc(u.in.Subscriptions, func(s datafile.Subscription) bool { return s.Product == r.Product && s.Active }) &&
				p.Status != catalogue.Inactive
			if open && role.Category == category && (len(states) == 0 || slices.Contains(states, r.Status)) {
				n++
			}
		}
		return n
	}
	roles := func(u user, s access.Status) (n int) {
		return where(u, access.Administrator, s) + where(u, access.Operator, s)
	}
	in := func(s access.Status) func(datafile.Institution) bool {
		return func(i datafile.Institution) bool {
			return slices.ContainsFunc(i.Groups, func(g datafile.Group) bool { return g.Status == s })
		}
	}
	subscribedTo := func(s catalogue.Status) func(datafile.Institution) bool {
		return func(i datafile.Institution) bool {
			return slices.ContainsFunc(i.Subscriptions, func(a datafile.Subscription) bool {
				p, _ := c.Product(a.Product)
				return a.Active && p.Status == s
			})
		}
	}
	for name, is := range map[string]func(datafile.Institution) bool{
		"a single product":           func(i datafile.Institution) bool { return len(i.Subscriptions) == 1 },
		"a thousand users":           func(i datafile.Institution) bool { return len(i.Users) == 1000 },
		"about 45 users":             func(i datafile.Institution) bool { return len(i.Users) >= 40 && len(i.Users) <= 50 },
		"a public body":              func(i datafile.Institution) bool { return i.Type == "PA" },
		"a payment service provider": func(i datafile.Institution) bool { return i.Type == "PSP" },
		"an active group":            in(access.Active),
		"a suspended group":          in(access.Suspended),
		"a subscription that is over": func(i datafile.Institution) bool {
			return slices.ContainsFunc(i.Subscriptions, func(s datafile.Subscription) bool { return !s.Active })
		},
		"a product in phase-out": subscribedTo(catalogue.PhaseOut),
		"a product in test":      subscribedTo(catalogue.Testing),
		"a product that is over": subscribedTo(catalogue.Inactive),
	} {
		if !slices.ContainsFunc(institutions, is) {
			t.Errorf("no institution with %s", name)
		}
	}
	for name, is := range map[string]func(user) bool{
		"Administrator of one product": func(u user) bool {
			return len(u.Roles) == 1 &&
				where(u, access.Administrator, access.Active) == 1
		},
		"Administrator of several":           func(u user) bool { return where(u, access.Administrator, access.Active) > 2 },
		"Administrator of six":               func(u user) bool { return where(u, access.Administrator, access.Active) == 6 },
		"Administrator here, Operator there": func(u user) bool { return where(u, access.Administrator) > 0 && where(u, access.Operator) > 0 },
		"Operator with one role":             func(u user) bool { return len(u.Roles) == 1 && where(u, access.Operator, access.Active) == 1 },
		"Operator with combined roles": func(u user) bool {
			return len(u.Roles) == 2 && u.Roles[0].Product == u.Roles[1].Product && roles(u, access.Active) == 2
		},
		"combined roles, one suspended": func(u user) bool {
			return len(u.Roles) == 2 && u.Roles[0].Product == u.Roles[1].Product && roles(u, access.Suspended) == 1
		},
		"all roles suspended":       func(u user) bool { return len(u.Roles) > 1 && roles(u, access.Suspended) == len(u.Roles) },
		"active here, not there":    func(u user) bool { return roles(u, access.Suspended) > 0 && roles(u, access.Active) > 0 },
		"Administrator suspended":   func(u user) bool { return where(u, access.Administrator, access.Suspended) > 0 },
		"roles, none of any effect": func(u user) bool { return roles(u, access.Active)+roles(u, access.Suspended) == 0 },
		"verified":                  func(u user) bool { return u.person.Verified },
		"not verified":              func(u user) bool { return !u.person.Verified },
		"another name here":         func(u user) bool { return u.FirstName != u.person.FirstName },
		"in two institutions":       func(u user) bool { return known[u.FiscalCode] == 2 },
		"several groups":            func(u user) bool { return len(u.Groups) > 1 },
		"a name of 60 letters": func(u user) bool {
			return utf8.RuneCountInString(strings.ReplaceAll(u.FirstName+u.LastName, " ", "")) >= 60
		},
		"accents": func(u user) bool {
			return strings.ContainsFunc(u.FirstName, func(r rune) bool { return r > unicode.MaxASCII })
		},
		"an apostrophe":    func(u user) bool { return strings.Contains(u.LastName, "'") },
		"a double surname": func(u user) bool { return strings.Contains(u.LastName, "-") },
		"a Slovene letter": func(u user) bool { return strings.ContainsAny(u.LastName, "ŽŠČžšč") },
		"a German letter":  func(u user) bool { return strings.ContainsAny(u.LastName, "ßöü") },
		"an omocodia":      func(u user) bool { return strings.ContainsAny(u.FiscalCode.Reveal()[12:15], "LMNPQRSTUV") },
		"a member of a group that is suspended now": func(u user) bool {
			return slices.ContainsFunc(u.Groups, func(m datafile.Membership) bool {
				return slices.ContainsFunc(u.in.Groups,
					func(g datafile.Group) bool { return g.GroupName == m.GroupName && g.Status == access.Suspended })
			})
		},
	} {
		if !slices.ContainsFunc(users, is) {
			t.Errorf("no user: %s", name)
		}
	}
	if !slices.ContainsFunc(data[0].People, func(p datafile.Person) bool { return known[p.FiscalCode] == 0 }) {
		t.Error("no identity is unknown to all institutions")
	}
}

// The letters of a fiscal code match the names, also where omocodia has replaced a digit, and people are of working
// age.
func TestFiscalCodesAreOfTheirPeople(t *testing.T) {
	t.Parallel()
	for _, d := range theData(t) {
		for _, p := range d.People {
			made, err := invented.FiscalCode(invented.Person{
				FirstName: p.FirstName, LastName: p.LastName, Place: "H501", Born: time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC),
			})
			if err != nil {
				t.Fatal(err)
			}
			if got, want := p.FiscalCode.Reveal()[:6], made.Reveal()[:6]; got != want {
				t.Errorf("%s:%d: %s %s: got %s, want %s", p.At.File, p.At.Line, p.FirstName, p.LastName, got, want)
			}
		}
	}
}

func TestTheFirstIdentityAdministersMoreThanOneProduct(t *testing.T) {
	t.Parallel()
	data := theData(t)
	all := identities.Of(data[0].People, theCatalogue(t), data...)
	want := "Amministratore di SEND, Interoperabilità e Pagamenti pagoPA; Operatore di App IO, Comune di Roccaserena"
	if got := all[0].Note; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, i := range all[:14] {
		t.Logf("%s %s: %s", i.FirstName, i.LastName, i.Note)
	}
	for _, d := range data {
		if p, _ := d.Person(data[1].People[0].FiscalCode); p.FirstName != "Beatrice" || !p.Verified {
			t.Errorf("the Administrator of the large institution is not in both files: got %q", p.FirstName)
		}
	}
}

func TestEveryMailboxIsOfAReservedDomain(t *testing.T) {
	t.Parallel()
	for _, d := range theData(t) {
		for _, i := range d.Institutions {
			for _, u := range i.Users {
				if !strings.HasSuffix(u.Email, ".example") {
					t.Errorf("%s:%d: %s could be a real address", u.At.File, u.At.Line, u.Email)
				}
			}
		}
	}
}
