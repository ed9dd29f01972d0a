// Package seed fills a test's database through the operator's imports of a catalogue (the demo's) and of data. Data
// that the rules forbid fail the test.
//
//	s := seed.New(t, db.Owner, keys)
//	i := s.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop", "prod-io inactive")
//	anna := i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
//	oto := i.Operator("Oto Neri", "prod-interop", "api", "security suspended")
//
// People are identified by their names: the same name in another institution is the same person, with another user id;
// repeating a name in one institution gives that user more roles. A product's first user must be an active
// Administrator (rule P3).
package seed

import (
	"context"
	"hash/fnv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/admin/catalogue"
	"areariservata.example/utenti/internal/admin/datafile"
	"areariservata.example/utenti/internal/demo"
	"areariservata.example/utenti/internal/demo/invented"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Now is the time of the import.
func Now() time.Time { return time.Date(2026, time.November, 2, 8, 30, 0, 0, time.UTC) }

// Seed fills one database.
type Seed struct {
	t         testing.TB
	owner     *pgxpool.Pool
	keys      store.Keys
	catalogue catalogue.Catalogue
	verified  map[string]bool
}

// New imports the demo's catalogue.
func New(t testing.TB, owner *pgxpool.Pool, keys store.Keys) *Seed {
	t.Helper()
	s := &Seed{t: t, owner: owner, keys: keys, verified: map[string]bool{}}
	return s.Catalogue(demo.Catalogue())
}

// Keys are fixed keys for tests.
func Keys(t testing.TB) store.Keys {
	t.Helper()
	keys, err := store.NewKeys([]byte(strings.Repeat("f", store.KeySize)), []byte(strings.Repeat("s", store.KeySize)))
	if err != nil {
		t.Fatalf("seed: %v", err)
	}
	return keys
}

// Catalogue replaces the catalogue.
func (s *Seed) Catalogue(file []byte) *Seed {
	s.t.Helper()
	c, err := catalogue.Read("catalogue.json", file)
	if err != nil {
		s.t.Fatalf("seed: %v", err)
	}
	if _, err := admin.ImportCatalogue(s.context(), s.owner, c); err != nil {
		s.t.Fatalf("seed: %v", err)
	}
	s.catalogue = c
	return s
}

// MarkVerified makes these people's names verified by SPID or CIE. Call it before they are first used.
func (s *Seed) MarkVerified(names ...string) *Seed {
	for _, name := range names {
		s.verified[name] = true
	}
	return s
}

// context is the test's context without its cancellation, so that clean-up functions can use it.
func (s *Seed) context() context.Context { return context.WithoutCancel(s.t.Context()) }

func (s *Seed) load(d datafile.Data) {
	s.t.Helper()
	if _, err := admin.ImportData(s.context(), s.owner, s.keys, d, Now()); err != nil {
		s.t.Fatalf("seed: %v", err)
	}
}

// newPerson invents a person with this name: "Anna Bianchi", where the surname is everything after the first space.
func (s *Seed) newPerson(name string) datafile.Person {
	s.t.Helper()
	first, last, ok := strings.Cut(name, " ")
	if !ok {
		s.t.Fatalf("seed: %q: want a name and a surname", name)
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	n := int(h.Sum32())
	places := []string{"H501", "F205", "L219", "A944", "D612", "F839", "G273", "L736", "D969", "A662"}
	code, err := invented.FiscalCode(invented.Person{
		FirstName: first, LastName: last, Woman: strings.HasSuffix(first, "a"),
		Born: time.Date(1950, time.January, 1+n%18000, 0, 0, 0, 0, time.UTC), Place: places[n%len(places)],
	})
	if err != nil {
		s.t.Fatalf("seed: %q: %v", name, err)
	}
	return datafile.Person{FiscalCode: code, FirstName: first, LastName: last, Verified: s.verified[name]}
}

// FiscalCode is the fiscal code of a person by name, also of one not yet in the database.
func (s *Seed) FiscalCode(name string) access.FiscalCode {
	s.t.Helper()
	return s.newPerson(name).FiscalCode
}

// Institution is an institution to which tests add data.
type Institution struct {
	ID   access.InstitutionID
	seed *Seed
	file datafile.Institution // without users and groups, which are imported as they are added
}

// Institution creates an institution without subscriptions.
func (s *Seed) Institution(name string, of access.InstitutionType) *Institution {
	s.t.Helper()
	i := &Institution{seed: s, file: datafile.Institution{Code: name, Name: name, Type: of}}
	s.load(datafile.Data{Institutions: []datafile.Institution{i.file}})
	if err := s.owner.QueryRow(s.context(), `SELECT id FROM institution WHERE code = $1`, name).Scan(&i.ID); err != nil {
		s.t.Fatalf("seed: %v", err)
	}
	return i
}

// Product subscribes to products; "prod-io inactive" is a subscription that has ended.
func (i *Institution) Product(products ...string) *Institution {
	i.seed.t.Helper()
	for _, text := range products {
		product, inactive := strings.CutSuffix(text, " inactive")
		i.file.Subscriptions = append(i.file.Subscriptions, datafile.Subscription{Product: access.ProductID(product), Active: !inactive})
	}
	i.seed.load(datafile.Data{Institutions: []datafile.Institution{i.file}})
	return i
}

// Group creates an active group of a product.
func (i *Institution) Group(product access.ProductID, name string) access.GroupID {
	i.seed.t.Helper()
	return i.loadGroup(product, name, access.Active)
}

// SuspendedGroup creates a suspended group, which no user can join.
func (i *Institution) SuspendedGroup(product access.ProductID, name string) access.GroupID {
	i.seed.t.Helper()
	return i.loadGroup(product, name, access.Suspended)
}

func (i *Institution) loadGroup(product access.ProductID, name string, status access.Status) (id access.GroupID) {
	i.seed.t.Helper()
	file := i.file
	file.Groups = []datafile.Group{{GroupName: datafile.GroupName{Product: product, Name: name}, Status: status}}
	i.seed.load(datafile.Data{Institutions: []datafile.Institution{file}})
	err := i.seed.owner.QueryRow(i.seed.context(), `SELECT id FROM user_group WHERE institution = $1 AND product = $2 AND name = $3`,
		i.ID, product, name).Scan(&id)
	if err != nil {
		i.seed.t.Fatalf("seed: %v", err)
	}
	return id
}

// Admin gives a person each product's first Administrator role; "prod-pn suspended" gives it suspended.
func (i *Institution) Admin(name string, products ...string) access.UserID {
	i.seed.t.Helper()
	var roles []string
	for _, text := range products {
		product, state, _ := strings.Cut(text, " ")
		p, _ := i.seed.catalogue.Product(access.ProductID(product))
		for _, r := range p.For(i.file.Type) {
			if r.Category == access.Administrator {
				roles = append(roles, strings.TrimSpace(product+"/"+string(r.ID)+" "+state))
				break
			}
		}
	}
	if len(roles) != len(products) {
		i.seed.t.Fatalf("seed: %s: not all of %v have a role of Administrator for %s", name, products, i.file.Type)
	}
	return i.User(name, roles...)
}

// Operator gives a person roles of a product; "api suspended" gives one suspended.
func (i *Institution) Operator(name, product string, roles ...string) access.UserID {
	i.seed.t.Helper()
	var full []string
	for _, role := range roles {
		full = append(full, product+"/"+role)
	}
	return i.User(name, full...)
}

// User gives a person any roles, as data files write them: "prod-pn/admin", "prod-interop/api suspended".
func (i *Institution) User(name string, roles ...string) access.UserID {
	i.seed.t.Helper()
	u := i.newUser(name)
	for _, text := range roles {
		full, suspended := strings.CutSuffix(text, " suspended")
		product, role, ok := strings.Cut(full, "/")
		if !ok {
			i.seed.t.Fatalf("seed: role %q: want product/role", text)
		}
		r := datafile.Role{Target: access.Target{Product: access.ProductID(product), Role: access.RoleID(role)}, Status: access.Active}
		if suspended {
			r.Status = access.Suspended
		}
		u.Roles = append(u.Roles, r)
	}
	return i.loadUser(name, u)
}

// Join adds an existing user to a group of a product, by its name.
func (i *Institution) Join(name string, product access.ProductID, group string) {
	i.seed.t.Helper()
	u := i.newUser(name)
	u.Groups = []datafile.Membership{{GroupName: datafile.GroupName{Product: product, Name: group}}}
	i.loadUser(name, u)
}

// Email is the e-mail address of a person: "anna.bianchi@ente.example".
func Email(name string) string {
	return strings.ReplaceAll(form.Fold(name), " ", ".") + "@ente.example"
}

func (i *Institution) newUser(name string) datafile.User {
	i.seed.t.Helper()
	p := i.seed.newPerson(name)
	return datafile.User{FiscalCode: p.FiscalCode, FirstName: p.FirstName, LastName: p.LastName, Email: Email(name)}
}

func (i *Institution) loadUser(name string, u datafile.User) (id access.UserID) {
	i.seed.t.Helper()
	file := i.file
	file.Users = []datafile.User{u}
	i.seed.load(datafile.Data{People: []datafile.Person{i.seed.newPerson(name)}, Institutions: []datafile.Institution{file}})
	err := i.seed.owner.QueryRow(i.seed.context(), `SELECT person FROM user_history WHERE institution = $1 AND fiscal_code_hash = $2`,
		i.ID, i.seed.keys.Hash(u.FiscalCode)).Scan(&id)
	if err != nil {
		i.seed.t.Fatalf("seed: %v", err)
	}
	return id
}

// Person is the person that a user is, in all institutions.
func Person(t testing.TB, owner *pgxpool.Pool, user access.UserID) (id access.PersonID) {
	t.Helper()
	if err := owner.QueryRow(t.Context(), `SELECT identity FROM app_user WHERE person = $1`, user).Scan(&id); err != nil {
		t.Fatalf("seed: %v", err)
	}
	return id
}
