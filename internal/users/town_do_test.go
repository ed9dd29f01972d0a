package users_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
)

// outcome is what became of a command.
type outcome struct {
	granted []bool // of each person, where it was about several
	added   access.UserID
	made    access.Group
}

// times is how many changes it made.
func (o outcome) times() (n int) {
	for _, granted := range o.granted {
		if granted {
			n++
		}
	}
	return n
}

// do carries a command out; the error isn't a refusal.
func (w town) do(ctx context.Context, c command) (outcome, error) {
	if c.to == atOnce {
		return w.doAtOnce(ctx, c)
	}
	var done outcome
	err := w.verbs(ctx, c, &done)[c.move]()
	done.granted = []bool{err == nil}
	if reason(err) != "" {
		err = nil
	}
	return done, err
}

// verbs are what the service is asked for each move about one person, or one group.
func (w town) verbs(ctx context.Context, c command, done *outcome) map[move]func() error {
	at := w.service
	return map[move]func() error{
		{access.Suspend, toOne}:    func() error { return at.Suspend(ctx, c.change) },
		{access.Reactivate, toOne}: func() error { return at.Reactivate(ctx, c.change) },
		{access.Remove, toOne}: func() error {
			_, err := at.Remove(ctx, c.change)
			return err
		},
		{access.Suspend, together}:    func() error { return at.SuspendAll(ctx, c.change, c.held) },
		{access.Reactivate, together}: func() error { return at.ReactivateAll(ctx, c.change, c.held) },
		{access.Remove, together}: func() error {
			_, err := at.RemoveAll(ctx, c.change, c.held)
			return err
		},
		{access.Assign, toOne}: func() error { return at.Assign(ctx, c.change, c.roles) },
		{access.Edit, toOne}:   func() error { return at.Edit(ctx, c.change, c.edit) },
		{access.Add, toOne}: func() (err error) {
			done.added, err = at.Add(ctx, c.change, c.new)
			return err
		},
		{access.Export, toOne}: func() error {
			return at.Export(ctx, c.change, users.Exported{Format: "csv", Rows: 6, Narrowed: []string{"state"}})
		},
		{access.Join, toOne}:  func() error { return at.Join(ctx, c.change, c.group) },
		{access.Leave, toOne}: func() error { return at.Leave(ctx, c.change, c.group) },
		{access.CreateGroup, toOne}: func() (err error) {
			done.made.Product = c.change.Target.Product
			done.made.ID, err = at.CreateGroup(ctx, c.change, c.name)
			return err
		},
		{access.RenameGroup, toOne}:     func() error { return at.RenameGroup(ctx, c.change, c.group, c.name) },
		{access.SuspendGroup, toOne}:    func() error { return at.SuspendGroup(ctx, c.change, c.group) },
		{access.ReactivateGroup, toOne}: func() error { return at.ReactivateGroup(ctx, c.change, c.group) },
		{access.DeleteGroup, toOne}:     func() error { return at.DeleteGroup(ctx, c.change, c.group) },
	}
}

// doAtOnce does something to several people, and reads what became of it as their page would.
func (w town) doAtOnce(ctx context.Context, c command) (done outcome, err error) {
	if err := w.service.Several(ctx, c.change, c.action, c.parts); err != nil {
		return done, err
	}
	v := w.store.View()
	kept := v.Batch(w.institution, c.change.Actor, c.change.Mark, time.Time{})
	if err := v.Read(ctx); err != nil {
		return done, err
	}
	if len(kept.Results) != len(c.parts) {
		return done, fmt.Errorf("%d results of %d parts", len(kept.Results), len(c.parts))
	}
	for n, result := range kept.Results {
		if result.User != c.parts[n].User {
			return done, fmt.Errorf("the results are of others: %v of %v", kept.Results, c.parts)
		}
		done.granted = append(done.granted, result.Reason == "")
	}
	return done, nil
}

// offered tells whether the pages would offer what the command asks for; of several people, of each.
func (w town) offered(t *testing.T, c command) (all []bool) {
	t.Helper()
	if c.to != atOnce {
		return []bool{w.offers(t, c)}
	}
	for _, part := range c.parts {
		alone := c
		alone.to, alone.held, alone.change.Subject = together, part.Roles, part.User
		if part.Group != "" {
			alone.to = toOne
		}
		all = append(all, w.offers(t, alone))
	}
	return all
}

func (w town) offers(t *testing.T, c command) bool {
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
	if c.to == together {
		_, refused := p.Several(c.action, c.held)
		twice := len(slices.Compact(slices.SortedFunc(slices.Values(c.held), byName))) < len(c.held)
		return len(refused) == 0 && !twice
	}
	about := access.Group{ID: c.group, Product: c.change.Target.Product}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove, access.Export:
		return p.May(c.action, c.change.Target)
	case access.Assign:
		return offersAll(p, access.Assign, c.change.Target.Product, c.roles)
	case access.Add:
		return *already == "" && offersAll(p, access.Add, c.new.Product, c.roles)
	case access.Join:
		return among(p.Joinable(about.Product), about)
	case access.Leave:
		return among(p.Subject.GroupsOn(about.Product), about) && p.MayGroup(access.Leave, about)
	case access.CreateGroup:
		return p.May(c.action, c.change.Target) && !called(p.Groups, about, c.name)
	case access.RenameGroup:
		return p.MayGroup(c.action, about) && !called(p.Groups, about, c.name)
	case access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup:
		return p.MayGroup(c.action, about)
	case access.Edit:
		return p.MayEdit(c.edit.FirstName != p.Subject.FirstName || c.edit.LastName != p.Subject.LastName) && c.edit.Version == p.Subject.Version
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return false
}

func byName(a, b access.Target) int {
	return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Role, b.Role))
}

func among(groups []access.Group, g access.Group) bool {
	return slices.ContainsFunc(groups, func(other access.Group) bool { return other.ID == g.ID })
}

// called tells whether another of the product's groups is called so, as far as one hears.
func called(groups []access.Group, but access.Group, name string) bool {
	return slices.ContainsFunc(groups, func(other access.Group) bool {
		return other.ID != but.ID && other.Product == but.Product && heard[other.Name] == heard[name]
	})
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
