package users_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/store"
)

// outcome is the result of an operation.
type outcome struct {
	granted      []bool // for each user of a bulk action
	added        access.UserID
	createdGroup access.Group
}

// countGranted counts the changes made.
func (o outcome) countGranted() (n int) {
	for _, granted := range o.granted {
		if granted {
			n++
		}
	}
	return n
}

// execute carries out an operation. The error is never a refusal.
func (w modelFixture) execute(ctx context.Context, c modelOperation) (outcome, error) {
	if c.scope == scopeBulk {
		return w.executeBulk(ctx, c)
	}
	var done outcome
	err := w.serviceCalls(ctx, c, &done)[c.operationKind]()
	done.granted = []bool{err == nil}
	if reason(err) != "" {
		err = nil
	}
	return done, err
}

// serviceCalls has the call of the service for each kind of operation about one user or one group.
func (w modelFixture) serviceCalls(ctx context.Context, c modelOperation, done *outcome) map[operationKind]func() error {
	at := w.service
	return map[operationKind]func() error{
		{access.Suspend, scopeSingle}:    func() error { return at.Suspend(ctx, c.command) },
		{access.Reactivate, scopeSingle}: func() error { return at.Reactivate(ctx, c.command) },
		{access.Remove, scopeSingle}: func() error {
			_, err := at.Remove(ctx, c.command)
			return err
		},
		{access.Suspend, scopeCombined}:    func() error { return at.SuspendAll(ctx, c.command, c.held) },
		{access.Reactivate, scopeCombined}: func() error { return at.ReactivateAll(ctx, c.command, c.held) },
		{access.Remove, scopeCombined}: func() error {
			_, err := at.RemoveAll(ctx, c.command, c.held)
			return err
		},
		{access.Assign, scopeSingle}:     func() error { return at.Assign(ctx, c.command, c.roles) },
		{access.ChangeRole, scopeSingle}: func() error { return at.ChangeRole(ctx, c.command, c.replaced, c.roles) },
		{access.Edit, scopeSingle}:       func() error { return at.Edit(ctx, c.command, c.edit) },
		{access.Add, scopeSingle}: func() (err error) {
			done.added, err = at.Add(ctx, c.command, c.newUser)
			return err
		},
		{access.Export, scopeSingle}: func() error {
			return at.Export(ctx, c.command, audit.ExportDetails{Format: "csv", Rows: 6, Filters: []string{"state"}})
		},
		{access.Join, scopeSingle}:  func() error { return at.Join(ctx, c.command, c.group) },
		{access.Leave, scopeSingle}: func() error { return at.Leave(ctx, c.command, c.group) },
		{access.CreateGroup, scopeSingle}: func() (err error) {
			done.createdGroup.Product = c.command.Target.Product
			done.createdGroup.ID, err = at.CreateGroup(ctx, c.command, c.name)
			return err
		},
		{access.RenameGroup, scopeSingle}:     func() error { return at.RenameGroup(ctx, c.command, c.group, c.name) },
		{access.SuspendGroup, scopeSingle}:    func() error { return at.SuspendGroup(ctx, c.command, c.group) },
		{access.ReactivateGroup, scopeSingle}: func() error { return at.ReactivateGroup(ctx, c.command, c.group) },
		{access.DeleteGroup, scopeSingle}:     func() error { return at.DeleteGroup(ctx, c.command, c.group) },
	}
}

// executeBulk carries out a bulk action and reads its results as their page does.
func (w modelFixture) executeBulk(ctx context.Context, c modelOperation) (done outcome, err error) {
	if err := w.service.ApplyBulk(ctx, c.command, c.action, c.parts); err != nil {
		return done, err
	}
	q := w.store.Query()
	var kept store.BulkResult
	q.BulkResult(&kept, w.institution, c.command.Actor, c.command.Key, time.Time{})
	if err := q.Read(ctx); err != nil {
		return done, err
	}
	if len(kept.Results) != len(c.parts) {
		return done, fmt.Errorf("%d results of %d items", len(kept.Results), len(c.parts))
	}
	for n, result := range kept.Results {
		if result.User != c.parts[n].User {
			return done, fmt.Errorf("the results are about other users: %v of %v", kept.Results, c.parts)
		}
		done.granted = append(done.granted, result.Reason == "")
	}
	return done, nil
}

// offered reports whether pages offer the operation, for each user of a bulk action.
func (w modelFixture) offered(t *testing.T, c modelOperation) (all []bool) {
	t.Helper()
	if c.scope != scopeBulk {
		return []bool{w.isOffered(t, c)}
	}
	for _, part := range c.parts {
		alone := c
		alone.scope, alone.held, alone.command.Subject = scopeCombined, part.Roles, part.User
		if part.Group != "" {
			alone.scope = scopeSingle
		}
		all = append(all, w.isOffered(t, alone))
	}
	return all
}

func (w modelFixture) isOffered(t *testing.T, c modelOperation) bool {
	t.Helper()
	q := w.store.Query()
	var p access.Profile
	var already access.UserID
	q.User(&p.Actor, w.institution, c.command.Actor)
	q.Products(&p.Products, w.institution)
	q.Groups(&p.Groups, w.institution)
	if c.command.Subject != "" {
		q.Subject(&p.Subject, w.institution, c.command.Subject)
	}
	q.UserByFiscalCode(&already, w.institution, c.newUser.FiscalCode)
	if err := q.Read(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.scope == scopeCombined {
		_, refused := p.DecideEach(c.action, c.held)
		twice := len(slices.Compact(slices.SortedFunc(slices.Values(c.held), compareTargets))) < len(c.held)
		return len(refused) == 0 && !twice
	}
	about := access.Group{ID: c.group, Product: c.command.Target.Product}
	switch c.action {
	case access.Suspend, access.Reactivate, access.Remove, access.Export:
		return p.May(c.action, c.command.Target)
	case access.Assign:
		return areAllOffered(p, access.Assign, c.command.Target.Product, c.roles)
	case access.ChangeRole:
		var active []access.RoleID
		for _, t := range p.ChangedRoles(c.command.Target.Product) {
			active = append(active, t.Role)
		}
		return p.WhyNotChange(c.command.Target.Product, c.roles...) == "" &&
			slices.Equal(slices.Sorted(slices.Values(active)), slices.Sorted(slices.Values(c.replaced)))
	case access.Add:
		return already == "" && areAllOffered(p, access.Add, c.newUser.Product, c.roles)
	case access.Join:
		return containsGroup(p.Joinable(about.Product), about)
	case access.Leave:
		return containsGroup(p.Subject.GroupsOn(about.Product), about) && p.MayActOnGroup(access.Leave, about)
	case access.CreateGroup:
		return p.May(c.action, c.command.Target) && !matchesName(p.Groups, about, c.name)
	case access.RenameGroup:
		return p.MayActOnGroup(c.action, about) && !matchesName(p.Groups, about, c.name)
	case access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup:
		return p.MayActOnGroup(c.action, about)
	case access.Edit:
		names := c.edit.FirstName != p.Subject.FirstName || c.edit.LastName != p.Subject.LastName
		isChange := names || c.edit.Email != p.Subject.Email // a form that says what is true already conflicts with no change
		return p.MayEdit(names) && (!isChange || c.edit.Version == p.Subject.Version)
	case access.EnterUsers, access.View, access.Load, access.Verify:
	}
	return false
}

func compareTargets(a, b access.Target) int {
	return cmp.Or(cmp.Compare(a.Product, b.Product), cmp.Compare(a.Role, b.Role))
}

func containsGroup(groups []access.Group, g access.Group) bool {
	return slices.ContainsFunc(groups, func(other access.Group) bool { return other.ID == g.ID })
}

// matchesName reports whether another group of the product has the name, regardless of case and accents.
func matchesName(groups []access.Group, but access.Group, name string) bool {
	return slices.ContainsFunc(groups, func(other access.Group) bool {
		return other.ID != but.ID && other.Product == but.Product && foldedGroupNames[other.Name] == foldedGroupNames[name]
	})
}

// areAllOffered reports whether a page offers all roles, one after the other.
func areAllOffered(p access.Profile, action access.Action, product access.ProductID, roles []access.RoleID) bool {
	for _, role := range roles {
		t := access.Target{Product: product, Role: role}
		if p.WhyNot(action, t) != "" {
			return false
		}
		p = p.WithRole(t)
	}
	return true
}
