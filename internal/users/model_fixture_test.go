package users_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// modelFixture is an institution with few users, so that random operations conflict often.
type modelFixture struct {
	service          *users.Service
	store            *store.Store
	institution      access.InstitutionID
	people           []access.UserID
	initialRoles     map[access.UserID][]access.Target // roles held at the start
	groups           []access.Group                    // ID and product only; some are deleted
	newCodes         []access.FiscalCode
	initialCatalogue refmodel.Catalogue // at the start
}

func newModelFixture(t testing.TB, s *seed.Seed, st *store.Store, name string) modelFixture {
	t.Helper()
	i := s.Institution(name, "PA").Product("prod-interop", "prod-pn", "prod-fd")
	w := modelFixture{service: users.New(st, nil, time.Now), store: st, institution: i.ID, initialRoles: map[access.UserID][]access.Target{}}
	w.people = []access.UserID{
		i.Admin("Anna "+name, "prod-interop", "prod-pn", "prod-fd"),
		i.Admin("Ivo "+name, "prod-pn", "prod-interop"),
		i.Admin("Eva "+name, "prod-pn", "prod-interop", "prod-fd"),
		i.User("Oto "+name, "prod-interop/api", "prod-pn/operator"), i.User("Pia "+name, "prod-interop/viewer", "prod-pn/admin"),
		i.User("Leo "+name, "prod-interop/api suspended", "prod-interop/security"),
	}
	administrator := []access.Target{{Product: "prod-interop", Role: "admin"}, {Product: "prod-pn", Role: "admin"}}
	for n, held := range [][]access.Target{
		administrator, administrator, administrator,
		{{Product: "prod-interop", Role: "api"}, {Product: "prod-pn", Role: "operator"}},
		{{Product: "prod-interop", Role: "viewer"}, {Product: "prod-pn", Role: "admin"}},
		{{Product: "prod-interop", Role: "api"}, {Product: "prod-interop", Role: "security"}},
	} {
		w.initialRoles[w.people[n]] = held
	}
	for _, g := range []access.Group{{Product: "prod-interop", Name: "Sviluppo"}, {Product: "prod-pn", Name: "Messi"}} {
		w.groups = append(w.groups, access.Group{ID: i.Group(g.Product, g.Name), Product: g.Product})
	}
	w.groups = append(w.groups, access.Group{ID: i.SuspendedGroup("prod-pn", "Vecchio"), Product: "prod-pn"})
	for n := range 3 {
		w.newCodes = append(w.newCodes, s.FiscalCode(fmt.Sprintf("Nuovo%c %s", 'a'+n, name)))
	}
	w.initialCatalogue = w.catalogue(t)
	return w
}

// operationKind is an action: on one role, on several roles of one user, or on several users.
type operationKind struct {
	action access.Action
	scope  string
}

const (
	scopeSingle   = ""
	scopeCombined = "together"
	scopeBulk     = "at once"
)

// weights is how often each kind is drawn. Kinds that take powers away are rarer, or soon no user would have any.
var weights = []struct {
	operationKind
	times int
}{
	{operationKind{access.Suspend, scopeSingle}, 5},
	{operationKind{access.Reactivate, scopeSingle}, 10},
	{operationKind{access.Remove, scopeSingle}, 2},
	{operationKind{access.Assign, scopeSingle}, 12},
	{operationKind{access.ChangeRole, scopeSingle}, 9},
	{operationKind{access.Edit, scopeSingle}, 4},
	{operationKind{access.Add, scopeSingle}, 6},
	{operationKind{access.Join, scopeSingle}, 6},
	{operationKind{access.Leave, scopeSingle}, 9},
	{operationKind{access.CreateGroup, scopeSingle}, 5},
	{operationKind{access.RenameGroup, scopeSingle}, 4},
	{operationKind{access.SuspendGroup, scopeSingle}, 4},
	{operationKind{access.ReactivateGroup, scopeSingle}, 4},
	{operationKind{access.DeleteGroup, scopeSingle}, 2},
	{operationKind{access.Export, scopeSingle}, 1},
	{operationKind{access.Suspend, scopeCombined}, 3},
	{operationKind{access.Reactivate, scopeCombined}, 9},
	{operationKind{access.Remove, scopeCombined}, 1},
	{operationKind{access.Suspend, scopeBulk}, 2},
	{operationKind{access.Reactivate, scopeBulk}, 7},
	{operationKind{access.Remove, scopeBulk}, 1},
	{operationKind{access.Join, scopeBulk}, 4},
	{operationKind{access.Leave, scopeBulk}, 4},
}

// modelOperation is a random operation.
type modelOperation struct {
	operationKind
	command  users.Command
	roles    []access.RoleID // to assign
	replaced []access.RoleID // by those, in a change of role
	held     []access.Target // to suspend, re-enable or remove together
	parts    []users.BulkItem
	group    access.GroupID
	name     string
	edit     form.Edit
	newUser  form.NewUser
}

var (
	products = []access.ProductID{"prod-interop", "prod-interop", "prod-pn", "prod-pn", "prod-fd", "prod-io"}
	roles    = map[access.ProductID][]access.RoleID{
		"prod-interop": {"admin", "api", "api", "security", "security", "viewer"}, "prod-pn": {"admin", "operator", "operator"},
		"prod-fd": {"ORG_ADMIN", "ORG_OPERATOR", "READ_ONLY"}, "prod-io": {"referente operativo", "referente amministrativo"},
	}
	// Names of groups and what they fold to. Some differ in case or accents only.
	foldedGroupNames = map[string]string{
		"Messi": "messi", "MESSI": "messi", "Messì": "messi", "Sviluppo": "sviluppo", "svìluppo": "sviluppo", "Vecchio": "vecchio",
		"Nuovo": "nuovo", "Protocollo": "protocollo",
	}
	groupNames = []string{"Messi", "MESSI", "Messì", "Sviluppo", "svìluppo", "Vecchio", "Nuovo", "Protocollo"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// drawKind draws a kind by weight.
func drawKind(r *rand.Rand) operationKind {
	var all []operationKind
	for _, m := range weights {
		for range m.times {
			all = append(all, m.operationKind)
		}
	}
	return pick(r, all)
}

func (w modelFixture) drawOperation(r *rand.Rand) modelOperation {
	product := pick(r, products)
	actor := pick(r, w.people)
	if r.IntN(4) > 0 {
		actor = pick(r, w.people[:3]) // mostly Administrators
	}
	subject := pick(r, w.people)
	if r.IntN(2) > 0 {
		subject = pick(r, w.people[3:])
	}
	c := modelOperation{
		operationKind: drawKind(r),
		command: users.Command{
			Institution: w.institution, Actor: actor, Subject: subject,
			Target: access.Target{Product: product, Role: pick(r, roles[product])}, Key: drawKey(r),
		},
		roles: []access.RoleID{pick(r, roles[product])}, name: pick(r, groupNames),
		edit: form.Edit{FirstName: "Nome", LastName: "Cognome", Email: fmt.Sprintf("x%d@ente.example", r.IntN(9)), Version: 1 + r.IntN(3)},
	}
	if r.IntN(3) == 0 {
		c.roles = append(c.roles, pick(r, roles[product]))
	}
	c.newUser = form.NewUser{
		FiscalCode: pick(r, w.newCodes), FirstName: "Nuovo", LastName: "Nuovi", Email: "n@ente.example",
		Product: product, Roles: c.roles,
	}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove:
		if home := w.initialRoles[subject]; len(home) > 0 && r.IntN(2) > 0 {
			c.command.Target = pick(r, home)
		}
	case access.Assign:
		c.command.Target.Role = ""
	case access.ChangeRole:
		c.command.Target.Role = ""
		c.replaced = w.drawActive(r, c.command)
	case access.Add:
		c.command.Subject, c.command.Target = "", access.Target{}
	case access.Edit:
		c.command.Target = access.Target{}
	case access.Export:
		c.command.Subject, c.command.Target = "", access.Target{Product: pick(r, []access.ProductID{"", "prod-pn", "prod-fd"})}
	case access.CreateGroup:
		c.command.Subject, c.command.Target.Role = "", ""
	case access.Join, access.Leave:
		w.drawGroup(r, &c)
	case access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup:
		w.drawGroup(r, &c)
		c.command.Subject = ""
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	w.drawBulk(r, &c)
	return c
}

// drawActive draws the active roles that a form may show: mostly those of now, as in the database.
func (w modelFixture) drawActive(r *rand.Rand, c users.Command) (active []access.RoleID) {
	var subject access.User
	q := w.store.Query()
	q.User(&subject, w.institution, c.Subject)
	if err := q.Read(context.Background()); err != nil || r.IntN(10) == 0 {
		return []access.RoleID{pick(r, roles[c.Target.Product])}
	}
	for _, t := range (access.Profile{Subject: subject}).ChangedRoles(c.Target.Product) {
		active = append(active, t.Role)
	}
	return active
}

// drawGroup draws a group and mostly its own product.
func (w modelFixture) drawGroup(r *rand.Rand, c *modelOperation) {
	g := pick(r, w.groups)
	c.group, c.command.Target.Role = g.ID, ""
	if r.IntN(8) > 0 {
		c.command.Target.Product = g.Product
	}
}

// drawBulk draws the roles or the users of a bulk operation.
func (w modelFixture) drawBulk(r *rand.Rand, c *modelOperation) {
	switch c.scope {
	case scopeCombined:
		c.command.Target = access.Target{}
		c.held = w.drawHeld(r, c.command.Subject)
	case scopeBulk:
		c.command.Subject, c.command.Target.Role = "", ""
		for _, n := range r.Perm(len(w.people))[:2+r.IntN(3)] {
			part := users.BulkItem{User: w.people[n], Group: c.group}
			if c.group == "" {
				part.Roles = w.drawHeld(r, part.User)
			}
			c.parts = append(c.parts, part)
		}
	}
}

// drawHeld draws roles that the user may hold, sometimes one twice.
func (w modelFixture) drawHeld(r *rand.Rand, of access.UserID) (held []access.Target) {
	for _, t := range w.initialRoles[of] {
		if r.IntN(3) > 0 {
			held = append(held, t)
		}
	}
	if len(held) == 0 || r.IntN(6) == 0 {
		p := pick(r, products)
		held = append(held, access.Target{Product: p, Role: pick(r, roles[p])})
	}
	if r.IntN(12) == 0 {
		held = append(held, held[0])
	}
	return held
}

func drawKey(r *rand.Rand) store.IdempotencyKey {
	return store.IdempotencyKey(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x",
		r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)))
}

// apply adds new users and groups to the fixture after an operation.
func (w *modelFixture) apply(done outcome, most int) {
	if done.added != "" && len(w.people) < most && !slices.Contains(w.people, done.added) { // a removed person may be added again
		w.people = append(w.people[:len(w.people):len(w.people)], done.added)
	}
	if done.createdGroup.ID != "" {
		w.groups = append(w.groups[:len(w.groups):len(w.groups)], done.createdGroup)
		w.groups = w.groups[max(0, len(w.groups)-6):]
	}
}
