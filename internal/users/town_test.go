package users_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/test/refmodel"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/users"
)

// town is an institution of few people who do all kinds of things to each other, so that they get in each other's way.
type town struct {
	service     *users.Service
	store       *store.Store
	institution access.InstitutionID
	people      []access.UserID
	homes       map[access.UserID][]access.Target // what they held at first, and mostly do
	groups      []access.Group                    // with their products only; some are gone
	newcomers   []access.FiscalCode
	begun       refmodel.Catalogue // before anybody did anything
}

func newTown(t testing.TB, s *seed.Seed, st *store.Store, name string) town {
	t.Helper()
	i := s.Institution(name, "PA").Product("prod-interop", "prod-pn", "prod-fd")
	w := town{service: users.New(st, nil, time.Now), store: st, institution: i.ID, homes: map[access.UserID][]access.Target{}}
	w.people = []access.UserID{
		i.Admin("Anna "+name, "prod-interop", "prod-pn", "prod-fd"), i.Admin("Ivo "+name, "prod-pn", "prod-interop"), i.Admin("Eva "+name, "prod-pn", "prod-interop", "prod-fd"),
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
		w.homes[w.people[n]] = held
	}
	for _, g := range []access.Group{{Product: "prod-interop", Name: "Sviluppo"}, {Product: "prod-pn", Name: "Messi"}} {
		w.groups = append(w.groups, access.Group{ID: i.Group(g.Product, g.Name), Product: g.Product})
	}
	w.groups = append(w.groups, access.Group{ID: i.SuspendedGroup("prod-pn", "Vecchio"), Product: "prod-pn"})
	for n := range 3 {
		w.newcomers = append(w.newcomers, s.FiscalCode(fmt.Sprintf("Nuovo%c %s", 'a'+n, name)))
	}
	w.begun = w.catalogue(t)
	return w
}

// move is what can be done: to one, to several roles of one together, or to several people at once.
type move struct {
	action access.Action
	to     string
}

const (
	toOne    = ""
	together = "together"
	atOnce   = "at once"
)

// weights is how often each is drawn. What takes away is drawn less than what gives, or soon nobody could do anything.
var weights = []struct {
	move
	times int
}{
	{move{access.Suspend, toOne}, 5},
	{move{access.Reactivate, toOne}, 10},
	{move{access.Remove, toOne}, 2},
	{move{access.Assign, toOne}, 12},
	{move{access.Edit, toOne}, 4},
	{move{access.Add, toOne}, 6},
	{move{access.Join, toOne}, 6},
	{move{access.Leave, toOne}, 9},
	{move{access.CreateGroup, toOne}, 5},
	{move{access.RenameGroup, toOne}, 4},
	{move{access.SuspendGroup, toOne}, 4},
	{move{access.ReactivateGroup, toOne}, 4},
	{move{access.DeleteGroup, toOne}, 2},
	{move{access.Export, toOne}, 1},
	{move{access.Suspend, together}, 3},
	{move{access.Reactivate, together}, 9},
	{move{access.Remove, together}, 1},
	{move{access.Suspend, atOnce}, 2},
	{move{access.Reactivate, atOnce}, 7},
	{move{access.Remove, atOnce}, 1},
	{move{access.Join, atOnce}, 4},
	{move{access.Leave, atOnce}, 4},
}

// command is something that somebody does, drawn by chance.
type command struct {
	move
	change users.Change
	roles  []access.RoleID // to give
	held   []access.Target // to suspend, re-enable or remove together
	parts  []users.Part
	group  access.GroupID
	name   string
	edit   users.Edit
	new    users.Newcomer
}

var (
	products = []access.ProductID{"prod-interop", "prod-interop", "prod-pn", "prod-pn", "prod-fd", "prod-io"}
	roles    = map[access.ProductID][]access.RoleID{
		"prod-interop": {"admin", "api", "api", "security", "security", "viewer"}, "prod-pn": {"admin", "operator", "operator"},
		"prod-fd": {"ORG_ADMIN", "ORG_OPERATOR", "READ_ONLY"}, "prod-io": {"referente operativo", "referente amministrativo"},
	}
	// What groups are called, and what that sounds like: some are told apart by the eye only.
	heard = map[string]string{
		"Messi": "messi", "MESSI": "messi", "Messì": "messi", "Sviluppo": "sviluppo", "svìluppo": "sviluppo", "Vecchio": "vecchio",
		"Nuovo": "nuovo", "Protocollo": "protocollo",
	}
	groupNames = []string{"Messi", "MESSI", "Messì", "Sviluppo", "svìluppo", "Vecchio", "Nuovo", "Protocollo"}
)

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// drawMove draws one as often as its weight says.
func drawMove(r *rand.Rand) move {
	var all []move
	for _, m := range weights {
		for range m.times {
			all = append(all, m.move)
		}
	}
	return one(r, all)
}

func (w town) draw(r *rand.Rand) command {
	product := one(r, products)
	actor := one(r, w.people)
	if r.IntN(4) > 0 {
		actor = one(r, w.people[:3]) // the Administrators, as long as they are
	}
	subject := one(r, w.people)
	if r.IntN(2) > 0 {
		subject = one(r, w.people[3:])
	}
	c := command{
		move: drawMove(r),
		change: users.Change{
			Institution: w.institution, Actor: actor, Subject: subject,
			Target: access.Target{Product: product, Role: one(r, roles[product])}, Mark: drawMark(r),
		},
		roles: []access.RoleID{one(r, roles[product])}, name: one(r, groupNames),
		edit: users.Edit{FirstName: "Nome", LastName: "Cognome", Email: fmt.Sprintf("x%d@ente.example", r.IntN(9)), Version: 1 + r.IntN(3)},
	}
	if r.IntN(3) == 0 {
		c.roles = append(c.roles, one(r, roles[product]))
	}
	c.new = users.Newcomer{FiscalCode: one(r, w.newcomers), FirstName: "Nuovo", LastName: "Nuovi", Email: "n@ente.example", Product: product, Roles: c.roles}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove:
		if home := w.homes[subject]; len(home) > 0 && r.IntN(2) > 0 {
			c.change.Target = one(r, home)
		}
	case access.Assign:
		c.change.Target.Role = ""
	case access.Add:
		c.change.Subject, c.change.Target = "", access.Target{}
	case access.Edit:
		c.change.Target = access.Target{}
	case access.Export:
		c.change.Subject, c.change.Target = "", access.Target{Product: one(r, []access.ProductID{"", "prod-pn", "prod-fd"})}
	case access.CreateGroup:
		c.change.Subject, c.change.Target.Role = "", ""
	case access.Join, access.Leave:
		w.drawGroup(r, &c)
	case access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup:
		w.drawGroup(r, &c)
		c.change.Subject = ""
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	w.drawSeveral(r, &c)
	return c
}

// drawGroup draws a group, mostly of its own product.
func (w town) drawGroup(r *rand.Rand, c *command) {
	g := one(r, w.groups)
	c.group, c.change.Target.Role = g.ID, ""
	if r.IntN(8) > 0 {
		c.change.Target.Product = g.Product
	}
}

// drawSeveral draws the roles, or the people.
func (w town) drawSeveral(r *rand.Rand, c *command) {
	switch c.to {
	case together:
		c.change.Target = access.Target{}
		c.held = w.drawHeld(r, c.change.Subject)
	case atOnce:
		c.change.Subject, c.change.Target.Role = "", ""
		for _, n := range r.Perm(len(w.people))[:2+r.IntN(3)] {
			part := users.Part{User: w.people[n], Group: c.group}
			if c.group == "" {
				part.Roles = w.drawHeld(r, part.User)
			}
			c.parts = append(c.parts, part)
		}
	}
}

// drawHeld draws some roles that somebody may hold; now and then one twice.
func (w town) drawHeld(r *rand.Rand, of access.UserID) (held []access.Target) {
	for _, t := range w.homes[of] {
		if r.IntN(3) > 0 {
			held = append(held, t)
		}
	}
	if len(held) == 0 || r.IntN(6) == 0 {
		p := one(r, products)
		held = append(held, access.Target{Product: p, Role: one(r, roles[p])})
	}
	if r.IntN(12) == 0 {
		held = append(held, held[0])
	}
	return held
}

func drawMark(r *rand.Rand) store.Mark {
	return store.Mark(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)))
}

// lived is the town after a command: somebody added is somebody from then on, and so is a group.
func (w *town) lived(done outcome, most int) {
	if done.added != "" && len(w.people) < most && !slices.Contains(w.people, done.added) { // who was removed may come back
		w.people = append(w.people[:len(w.people):len(w.people)], done.added)
	}
	if done.made.ID != "" {
		w.groups = append(w.groups[:len(w.groups):len(w.groups)], done.made)
		w.groups = w.groups[max(0, len(w.groups)-6):]
	}
}
