package access_test

import (
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

var (
	memberActions = []access.Action{access.Join, access.Leave}
	groupActions  = []access.Action{access.CreateGroup, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup}
)

// drawGroups is one group of each product in each state.
func drawGroups() (all []access.Group) {
	for _, p := range products {
		for _, s := range statuses {
			all = append(all, access.Group{ID: access.GroupID(string(p.ID) + " " + string(s)), Product: p.ID, Status: s})
		}
	}
	return all
}

// groupRequests are all requests about groups and memberships, for a random actor and subject.
func groupRequests(t *rapid.T) (all []access.Request) {
	actor, subject := drawUser(t, "actor"), drawUser(t, "subject")
	for _, g := range drawGroups() {
		if rapid.Bool().Draw(t, "in "+string(g.ID)) {
			subject.Groups = append(subject.Groups, g)
		}
	}
	if rapid.Bool().Draw(t, "own membership") {
		subject.ID = actor.ID
		actor = subject
	}
	taken := rapid.Bool().Draw(t, "taken")
	for _, p := range products {
		for _, g := range drawGroups() {
			for _, action := range memberActions {
				all = append(all, access.Request{Actor: actor, Action: action, Subject: subject, Product: p, Group: g})
			}
			for _, action := range groupActions {
				all = append(all, access.Request{Actor: actor, Action: action, Product: p, Group: g, NameTaken: taken})
			}
		}
	}
	return all
}

// isActiveAdministrator reports whether a user is an active Administrator of a product, without the package's
// functions.
func isActiveAdministrator(u access.User, p access.ProductID) bool {
	for _, a := range u.Assignments {
		if a.Product == p && a.Role == "admin" && a.Status == access.Active {
			return true
		}
	}
	return false
}

// P1, P9: if an action on a group or a membership is granted, the actor is an active Administrator of the product, and
// the group is the product's. A user joins a group once, while it is active, and with a role on its product. Only
// members leave. Names are unique. Each action must be granted sometimes, also for the actor's own membership.
func TestOnlyAdministratorsOfTheProductActOnItsGroups(t *testing.T) {
	t.Parallel()
	granted, ownGranted, leftSuspended := map[access.Action]int{}, map[access.Action]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range groupRequests(t) {
			if access.Decide(q) != nil {
				continue
			}
			granted[q.Action]++
			if q.Subject.ID == q.Actor.ID {
				ownGranted[q.Action]++
			}
			if !isActiveAdministrator(q.Actor, q.Product.ID) || (q.Action != access.CreateGroup && q.Group.Product != q.Product.ID) {
				t.Fatalf("granted: %+v", q)
			}
			member, holds := false, false
			for _, g := range q.Subject.Groups {
				member = member || g.ID == q.Group.ID
			}
			for _, a := range q.Subject.Assignments {
				holds = holds || a.Product == q.Product.ID
			}
			if q.Action == access.Leave && q.Group.Status == access.Suspended {
				leftSuspended++
			}
			wrong := map[access.Action]bool{
				access.Join:            member || !holds || q.Group.Status != access.Active,
				access.Leave:           !member,
				access.CreateGroup:     q.NameTaken,
				access.RenameGroup:     q.NameTaken,
				access.SuspendGroup:    q.Group.Status != access.Active,
				access.ReactivateGroup: q.Group.Status != access.Suspended,
			}
			if wrong[q.Action] {
				t.Fatalf("granted: %+v", q)
			}
		}
	})
	for _, action := range append(groupActions, memberActions...) {
		if granted[action] == 0 {
			t.Errorf("%s was never granted: the property was not tested for it", action)
		}
	}
	if ownGranted[access.Join] == 0 || ownGranted[access.Leave] == 0 {
		t.Error("no actor has changed their own membership")
	}
	if leftSuspended == 0 {
		t.Error("no user has left a suspended group")
	}
}

// A user who can join a group can leave it, and the other way round if the group is active and the user holds a role.
func TestJoinAndLeaveUndoEachOther(t *testing.T) {
	t.Parallel()
	joined, left := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range groupRequests(t) {
			if access.Decide(q) != nil {
				continue
			}
			back := q
			back.Subject.Groups = nil
			if q.Action == access.Join {
				joined++
				back.Action = access.Leave
				back.Subject.Groups = append(append([]access.Group{}, q.Subject.Groups...), q.Group)
				if err := access.Decide(back); err != nil {
					t.Fatalf("joined, but cannot leave: %v: %+v", err, q)
				}
			}
			if q.Action == access.Leave {
				left++
				back.Action = access.Join
				for _, g := range q.Subject.Groups {
					if g.ID != q.Group.ID {
						back.Subject.Groups = append(back.Subject.Groups, g)
					}
				}
				holds := false
				for _, a := range q.Subject.Assignments {
					holds = holds || a.Product == q.Product.ID
				}
				if got, want := access.Decide(back) == nil, holds && q.Group.Status == access.Active; got != want {
					t.Fatalf("left, may join again: %t, want %t: %+v", got, want, q)
				}
			}
		}
	})
	if joined == 0 || left == 0 {
		t.Errorf("%d joined and %d left: the property was hardly tested", joined, left)
	}
}

// V3: active Administrators of any product export lists, and no other user.
func TestAdministratorsExport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		actor := drawUser(t, "actor")
		want := isActiveAdministrator(actor, send.ID) || isActiveAdministrator(actor, io.ID)
		for _, p := range append([]access.Product{{}}, products...) {
			if got := access.Decide(access.Request{Actor: actor, Action: access.Export, Product: p}) == nil; got != want {
				t.Fatalf("got %t, want %t: %+v", got, want, actor)
			}
		}
	})
}
