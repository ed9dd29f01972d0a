package users_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/seed"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
)

// town is an institution of few people who do all kinds of things to each other, so that they get in each other's way.
type town struct {
	service     *users.Service
	store       *store.Store
	institution access.InstitutionID
	people      []access.UserID
	groups      []access.GroupID
	newcomers   []access.FiscalCode
}

func newTown(t testing.TB, s *seed.Seed, st *store.Store, name string) town {
	t.Helper()
	i := s.Institution(name, "PA").Product("prod-interop", "prod-pn", "prod-fd")
	w := town{service: users.New(st, nil, time.Now), store: st, institution: i.ID}
	w.people = []access.UserID{
		i.Admin("Anna "+name, "prod-interop", "prod-pn", "prod-fd"), i.Admin("Ivo "+name, "prod-pn", "prod-interop"), i.Admin("Eva "+name, "prod-pn", "prod-interop", "prod-fd"),
		i.User("Oto "+name, "prod-interop/api", "prod-pn/operator"), i.User("Pia "+name, "prod-interop/viewer", "prod-pn/admin"),
		i.User("Leo "+name, "prod-interop/api suspended", "prod-interop/security"),
	}
	w.groups = []access.GroupID{i.Group("prod-interop", "Sviluppo"), i.Group("prod-pn", "Messi"), i.SuspendedGroup("prod-pn", "Vecchio")}
	for n := range 3 {
		w.newcomers = append(w.newcomers, s.FiscalCode(fmt.Sprintf("Nuovo%c %s", 'a'+n, name)))
	}
	return w
}

// command is something that somebody does, drawn by chance.
type command struct {
	change users.Change
	action access.Action
	roles  []access.RoleID
	group  access.GroupID
	edit   users.Edit
	new    users.Newcomer
}

var (
	actions = []access.Action{
		access.Suspend, access.Suspend, access.Suspend, access.Reactivate, access.Reactivate, access.Reactivate, access.Reactivate,
		access.Remove, access.Assign, access.Assign, access.Assign, access.Assign, access.Join, access.Edit, access.Add, access.Add,
	}
	products = []access.ProductID{"prod-interop", "prod-interop", "prod-pn", "prod-pn", "prod-fd", "prod-io"}
	roles    = map[access.ProductID][]access.RoleID{
		"prod-interop": {"admin", "api", "api", "security", "security", "viewer"}, "prod-pn": {"admin", "operator", "operator"},
		"prod-fd": {"ORG_ADMIN", "ORG_OPERATOR", "READ_ONLY"}, "prod-io": {"referente operativo", "referente amministrativo"},
	}
)

func one[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func (w town) draw(r *rand.Rand) command {
	product := one(r, products)
	actor := one(r, w.people)
	if r.IntN(3) > 0 {
		actor = one(r, w.people[:3]) // the Administrators, as long as they are
	}
	c := command{
		action: one(r, actions),
		change: users.Change{
			Institution: w.institution, Actor: actor, Subject: one(r, w.people),
			Target: access.Target{Product: product, Role: one(r, roles[product])}, Mark: drawMark(r),
		},
		roles: []access.RoleID{one(r, roles[product])}, group: one(r, w.groups),
		edit: users.Edit{FirstName: "Nome", LastName: "Cognome", Email: fmt.Sprintf("x%d@ente.example", r.IntN(9)), Version: 1 + r.IntN(3)},
	}
	if r.IntN(3) == 0 {
		c.roles = append(c.roles, one(r, roles[product]))
	}
	c.new = users.Newcomer{FiscalCode: one(r, w.newcomers), FirstName: "Nuovo", LastName: "Nuovi", Email: "n@ente.example", Product: product, Roles: c.roles}
	switch c.action {
	case access.Assign, access.Join:
		c.change.Target.Role = ""
	case access.Add:
		c.change.Subject, c.change.Target = "", access.Target{}
	case access.Edit:
		c.change.Target = access.Target{}
	case access.Suspend, access.Reactivate, access.Remove, access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return c
}

func drawMark(r *rand.Rand) store.Mark {
	return store.Mark(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<12), r.IntN(1<<12), r.Int64N(1<<48)))
}

// do carries a command out; somebody added is somebody from then on.
func (w town) do(ctx context.Context, c command) (added access.UserID, err error) {
	switch c.action {
	case access.Suspend:
		err = w.service.Suspend(ctx, c.change)
	case access.Reactivate:
		err = w.service.Reactivate(ctx, c.change)
	case access.Remove:
		_, err = w.service.Remove(ctx, c.change)
	case access.Assign:
		err = w.service.Assign(ctx, c.change, c.roles)
	case access.Join:
		err = w.service.Join(ctx, c.change, c.group)
	case access.Edit:
		err = w.service.Edit(ctx, c.change, c.edit)
	case access.Add:
		added, err = w.service.Add(ctx, c.change, c.new)
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return added, err
}

// offered tells whether the page would offer what the command asks for.
func (w town) offered(t *testing.T, c command) bool {
	t.Helper()
	v := w.store.View()
	actor, subject, products, groups := v.User(w.institution, c.change.Actor), &access.User{}, v.Products(w.institution), v.Groups(w.institution)
	if c.change.Subject != "" {
		subject = v.Subject(w.institution, c.change.Subject)
	}
	already := v.UserWith(w.institution, c.new.FiscalCode)
	if err := v.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	p := access.Profile{Actor: *actor, Subject: *subject, Products: *products, Groups: *groups}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove:
		return p.May(c.action, c.change.Target)
	case access.Assign:
		return offersAll(p, access.Assign, c.change.Target.Product, c.roles)
	case access.Add:
		return *already == "" && offersAll(p, access.Add, c.new.Product, c.roles)
	case access.Join:
		for _, g := range p.Joinable(c.change.Target.Product) {
			if g.ID == c.group {
				return true
			}
		}
	case access.Edit:
		return p.MayEdit(c.edit.FirstName != p.Subject.FirstName || c.edit.LastName != p.Subject.LastName) && c.edit.Version == p.Subject.Version
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return false
}

// offersAll tells whether the roles could be ticked one after the other.
func offersAll(p access.Profile, action access.Action, product access.ProductID, roles []access.RoleID) bool {
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if p.WhyNot(action, t) != "" {
			return false
		}
		p = p.With(t)
	}
	return true
}
