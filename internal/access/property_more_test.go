package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

// drawAdministrator draws an active Administrator of both, one or none of two products.
func drawAdministrator(t *rapid.T) access.User {
	u := access.User{ID: "actor", Assignments: []access.Assignment{operator("third", "api")}}
	for _, p := range []access.ProductID{"pagopa", "other"} {
		if rapid.Bool().Draw(t, "administers "+string(p)) {
			u.Assignments = append(u.Assignments,
				access.Assignment{Product: p, Role: "admin", Category: access.Administrator, Status: drawStatus(t)})
		}
	}
	return u
}

// drawRole draws a role of either product.
func drawRole(t *rapid.T) (access.Product, access.Role) {
	p := rapid.SampledFrom([]access.Product{pagopa, other, phaseOutProduct}).Draw(t, "product")
	return p, rapid.SampledFrom(p.Roles).Draw(t, "role")
}

// P4, P5: roles are assigned one after the other, with suspensions in between. No user then holds a role twice, two
// categories on one product, roles that do not combine, or a role that is not assignable from here.
func TestAssignedRolesAreCombinable(t *testing.T) {
	t.Parallel()
	most := 0
	rapid.Check(t, func(t *rapid.T) {
		actor := newUser("actor", admin("pagopa"), admin("other"), admin("leaving"))
		subject := access.User{ID: "subject"}
		for range rapid.IntRange(1, 40).Draw(t, "acts") {
			if n := len(subject.Assignments); n > 0 && rapid.Bool().Draw(t, "another status") {
				subject.Assignments = slices.Clone(subject.Assignments)
				subject.Assignments[rapid.IntRange(0, n-1).Draw(t, "of")].Status = drawStatus(t)
			}
			p, r := drawRole(t)
			if access.Decide(access.Request{Actor: actor, Action: access.Assign, Subject: subject, Product: p, Role: r.ID}) != nil {
				continue
			}
			if r.Assignable != access.AssignableHere || p.PhaseOut {
				t.Fatalf("assigned: %s of %s", r.ID, p.ID)
			}
			for _, a := range subject.Assignments {
				if a.Product == p.ID && !areCombinable(a.Role, r.ID) {
					t.Fatalf("%s with %s", a.Role, r.ID)
				}
			}
			subject.Assignments = append(subject.Assignments,
				access.Assignment{Product: p.ID, Role: r.ID, Category: r.Category, Status: access.Active})
		}
		most = max(most, len(subject.Assignments))
	})
	if most < 3 {
		t.Errorf("no user has more than %d roles: the property was hardly tested", most)
	}
}

// areCombinable lists the combinable pairs of pagopa's roles.
func areCombinable(a, b access.RoleID) bool {
	switch {
	case a == "security":
		return b == "api" || b == "desk"
	case b == "security":
		return a == "api" || a == "desk"
	}
	return false
}

// P10: an actor who may not add gets the same answer for a user of the institution and for an unknown person.
func TestAddRevealsUsersOnlyToThoseWhoMayAdd(t *testing.T) {
	t.Parallel()
	added := 0
	rapid.Check(t, func(t *rapid.T) {
		actor, user := drawAdministrator(t), drawUser(t, "subject")
		for _, p := range []access.Product{pagopa, other, phaseOutProduct} {
			for _, r := range p.Roles {
				q := access.Request{Actor: actor, Action: access.Add, Product: p, Role: r.ID}
				ofUnknown := access.Decide(q)
				q.Subject = user
				ofUser := access.Decide(q)
				switch {
				case ofUser == nil:
					t.Fatal("added twice")
				case ofUnknown == nil:
					added++
				case ofUnknown.Error() != ofUser.Error():
					t.Fatalf("of an unknown person %v, of a user %v", ofUnknown, ofUser)
				}
			}
		}
	})
	if added == 0 {
		t.Error("no person was added: the property was not tested")
	}
}

// P1, P8, P9: edits and memberships need an Administrator of a product on which the subject holds a role. Verified
// names stay. Each draw asks for everything, so that many requests are granted.
func TestEditsAndMembershipsNeedASharedProduct(t *testing.T) {
	t.Parallel()
	edits, joins := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		actor, subject := drawAdministrator(t), access.User{ID: "subject", Verified: rapid.Bool().Draw(t, "verified")}
		inCommon := map[access.ProductID]bool{}
		for _, p := range []access.ProductID{"pagopa", "other"} {
			if rapid.Bool().Draw(t, "holds a role on "+string(p)) {
				subject.Assignments = append(subject.Assignments,
					access.Assignment{Product: p, Role: "api", Category: access.Operator, Status: drawStatus(t)})
				for _, a := range actor.Assignments {
					inCommon[p] = inCommon[p] || (a.Product == p && a.Role == "admin" && a.Status == access.Active)
				}
			}
		}
		for _, names := range []bool{false, true} {
			if access.Decide(access.Request{Actor: actor, Action: access.Edit, Subject: subject, ChangesNames: names}) == nil {
				edits++
				if (!inCommon["pagopa"] && !inCommon["other"]) || (names && subject.Verified) {
					t.Fatalf("names %t of %+v edited by %+v", names, subject, actor)
				}
			}
		}
		for _, p := range []access.Product{pagopa, other} {
			for _, g := range []access.Group{
				{ID: "g", Product: "pagopa", Status: access.Active},
				{ID: "h", Product: "pagopa", Status: access.Suspended},
				{ID: "i", Product: "other", Status: access.Active},
				{ID: "j", Product: "other", Status: access.Suspended},
			} {
				if access.Decide(access.Request{Actor: actor, Action: access.Join, Subject: subject, Product: p, Group: g}) == nil {
					joins++
					if !inCommon[p.ID] || g.Product != p.ID || g.Status != access.Active {
						t.Fatalf("%+v put into %+v by %+v", subject, g, actor)
					}
				}
			}
		}
	})
	if edits == 0 || joins == 0 {
		t.Errorf("%d edits and %d joins granted: the property was hardly tested", edits, joins)
	}
}
