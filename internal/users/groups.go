package users

import (
	"context"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/audit"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
)

// Join puts a user into a group of the command's product (rule P9).
func (s *Service) Join(ctx context.Context, c Command, group access.GroupID) error {
	return s.changeMembership(ctx, c, access.Join, group,
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			return audit.Event{After: groupIDDetails(*g)}, tx.Join(ctx, c.Subject, *g)
		})
}

// Leave takes a user out of a group of the command's product.
func (s *Service) Leave(ctx context.Context, c Command, group access.GroupID) error {
	return s.changeMembership(ctx, c, access.Leave, group,
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			return audit.Event{Before: groupIDDetails(*g)}, tx.Leave(ctx, c.Subject, g.ID)
		})
}

// changeMembership carries out [Service.Join] and [Service.Leave].
func (s *Service) changeMembership(
	ctx context.Context, c Command, action access.Action, group access.GroupID, write groupWrite,
) error {
	_, err := s.executeOnGroup(ctx, c, action, []string{string(group)}, func(p access.Profile) access.Request {
		return p.GroupRequest(action, c.Target.Product, group)
	}, write)
	return err
}

// CreateGroup creates a group of the command's product and returns its ID, also if the same form has created it before.
// The name must be clean, see [form.CheckTitle].
func (s *Service) CreateGroup(ctx context.Context, c Command, name string) (access.GroupID, error) {
	c.Subject = ""
	return s.executeOnGroup(ctx, c, access.CreateGroup, []string{name}, func(p access.Profile) access.Request {
		q := p.Request(access.CreateGroup, c.Target)
		q.NameTaken = form.IsTitleTaken(p.Groups, c.Target.Product, "", name)
		return q
	}, func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
		id, err := tx.CreateGroup(ctx, c.Target.Product, name)
		*g = access.Group{ID: id, Product: c.Target.Product, Name: name, Status: access.Active}
		return audit.Event{After: groupNameDetails(*g)}, err
	})
}

// RenameGroup changes a group's name, which must be clean.
func (s *Service) RenameGroup(ctx context.Context, c Command, group access.GroupID, name string) error {
	return s.changeGroup(ctx, c, access.RenameGroup, group, name,
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			renamed := *g
			renamed.Name = name
			return audit.Event{Before: groupNameDetails(*g), After: groupNameDetails(renamed)}, tx.RenameGroup(ctx, g.ID, name)
		})
}

// SuspendGroup suspends a group: its members stay, and no user can join it.
func (s *Service) SuspendGroup(ctx context.Context, c Command, group access.GroupID) error {
	return s.changeGroup(ctx, c, access.SuspendGroup, group, "",
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			before, after := groupStatusDetails(*g, access.Active), groupStatusDetails(*g, access.Suspended)
			return audit.Event{Before: before, After: after}, tx.SetGroupStatus(ctx, g.ID, access.Suspended)
		})
}

// ReactivateGroup re-enables a suspended group.
func (s *Service) ReactivateGroup(ctx context.Context, c Command, group access.GroupID) error {
	return s.changeGroup(ctx, c, access.ReactivateGroup, group, "",
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			before, after := groupStatusDetails(*g, access.Suspended), groupStatusDetails(*g, access.Active)
			return audit.Event{Before: before, After: after}, tx.SetGroupStatus(ctx, g.ID, access.Active)
		})
}

// DeleteGroup deletes a group and its memberships. Roles are not changed.
func (s *Service) DeleteGroup(ctx context.Context, c Command, group access.GroupID) error {
	return s.changeGroup(ctx, c, access.DeleteGroup, group, "",
		func(ctx context.Context, tx *store.Tx, g *access.Group) (audit.Event, error) {
			return audit.Event{Before: groupNameDetails(*g)}, tx.DeleteGroup(ctx, g.ID)
		})
}

// changeGroup carries out a change of a group itself. name is the new name, if any.
func (s *Service) changeGroup(
	ctx context.Context, c Command, action access.Action, group access.GroupID, name string, write groupWrite,
) error {
	c.Subject = ""
	_, err := s.executeOnGroup(ctx, c, action, []string{string(group), name}, func(p access.Profile) access.Request {
		q := p.GroupRequest(action, c.Target.Product, group)
		q.NameTaken = form.IsTitleTaken(p.Groups, c.Target.Product, group, name)
		return q
	}, write)
	return err
}

// groupWrite writes a change and returns its event. When it creates a group, it sets the group's fields.
type groupWrite func(context.Context, *store.Tx, *access.Group) (audit.Event, error)

// executeOnGroup carries out an operation about one group and returns the group's ID.
func (s *Service) executeOnGroup(
	ctx context.Context, c Command, action access.Action, content []string,
	ask func(access.Profile) access.Request, write groupWrite,
) (access.GroupID, error) {
	c.Target.Role = ""
	done, err := s.execute(ctx, c, operation{
		action: action, content: store.HashContent(content...),
		run: func(ctx context.Context, tx *store.Tx, p access.Profile) (result, error) {
			q := ask(p)
			if err := access.Decide(q); err != nil {
				return result{}, err
			}
			if err := checkGroupUndo(ctx, tx, c, action, q.Group.ID); err != nil {
				return result{}, err
			}
			event, err := write(ctx, tx, &q.Group)
			event.Action, event.Product = action, c.Target.Product
			return result{events: []audit.Event{event}, group: q.Group.ID}, err
		},
	})
	return done.Group, err
}

// checkGroupUndo is checkUndo for the status of a group.
func checkGroupUndo(ctx context.Context, tx *store.Tx, c Command, action access.Action, group access.GroupID) error {
	if c.Undoes == "" {
		return nil
	}
	var undone store.Receipt
	q := tx.Query()
	q.Receipt(&undone, c.Institution, c.Actor, c.Undoes, time.Time{})
	if err := q.Read(ctx); err != nil {
		return err
	}
	if undone.Group != group || undone.Action != action.Reverse() || !undone.IsLast {
		return &access.Refusal{Action: action, Reason: access.ChangedSince}
	}
	return nil
}

func groupIDDetails(g access.Group) []byte { return audit.Details{Group: g.ID}.JSON() }

func groupNameDetails(g access.Group) []byte { return audit.Details{Group: g.ID, Name: g.Name}.JSON() }

func groupStatusDetails(g access.Group, s access.Status) []byte {
	return audit.Details{Group: g.ID, Name: g.Name, Status: s}.JSON()
}
