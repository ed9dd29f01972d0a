package access_test

import (
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

// The generators and the expected results use nothing of the package but its types, so that a wrong helper of the
// package cannot hide its own mistake.

var (
	products = []access.Product{send, io}
	statuses = []access.Status{access.Active, access.Suspended}
)

// drawUser draws a user with roles of one category on each product, in any states.
func drawUser(t *rapid.T, id access.UserID) access.User {
	u := access.User{ID: id}
	for _, p := range products {
		switch rapid.SampledFrom([]string{"none", "admin", "api", "api and security"}).Draw(t, string(id)+" on "+string(p.ID)) {
		case "admin":
			u.Assignments = append(u.Assignments,
				access.Assignment{Product: p.ID, Role: "admin", Category: access.Administrator, Status: drawStatus(t)})
		case "api and security":
			u.Assignments = append(u.Assignments,
				access.Assignment{Product: p.ID, Role: "security", Category: access.Operator, Status: drawStatus(t)})
			fallthrough
		case "api":
			u.Assignments = append(u.Assignments,
				access.Assignment{Product: p.ID, Role: "api", Category: access.Operator, Status: drawStatus(t)})
		}
	}
	return u
}

func drawStatus(t *rapid.T) access.Status { return rapid.SampledFrom(statuses).Draw(t, "status") }

// requests are all requests about a subject's roles, for a random actor and subject.
func requests(t *rapid.T) (all []access.Request) {
	actor, subject := drawUser(t, "actor"), drawUser(t, "subject")
	if rapid.Bool().Draw(t, "own role") {
		subject = actor
	}
	for _, p := range products {
		for _, role := range []access.RoleID{"admin", "api", "security"} {
			for _, action := range []access.Action{access.Suspend, access.Reactivate, access.Remove} {
				all = append(all, access.Request{Actor: actor, Action: action, Subject: subject, Product: p, Role: role})
			}
		}
	}
	return all
}

// P1, P2: if an action is granted, the actor is not the subject and is an active Administrator of the product.
func TestOnlyAnotherAdministratorOfTheProductActsOnARole(t *testing.T) {
	t.Parallel()
	granted := 0
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range requests(t) {
			if access.Decide(q) != nil {
				continue
			}
			granted++
			powers := false
			for _, a := range q.Actor.Assignments {
				powers = powers || (a.Product == q.Product.ID && a.Role == "admin" && a.Status == access.Active)
			}
			if !powers || q.Actor.ID == q.Subject.ID {
				t.Fatalf("granted: %+v", q)
			}
		}
	})
	if granted == 0 {
		t.Error("nothing was granted: the property was not tested")
	}
}

// P3: every granted action leaves an active Administrator of the product.
func TestGrantsLeaveAnAdministrator(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		for _, q := range requests(t) {
			if access.Decide(q) != nil || q.Action == access.Reactivate {
				continue
			}
			left := 0
			for _, u := range []access.User{q.Actor, q.Subject} {
				for _, a := range u.Assignments {
					gone := u.ID == q.Subject.ID && a.Product == q.Product.ID && a.Role == q.Role
					if a.Product == q.Product.ID && a.Role == "admin" && a.Status == access.Active && !gone {
						left++
					}
				}
			}
			if left == 0 {
				t.Fatalf("no Administrator left: %+v", q)
			}
		}
	})
}

// Roles of the actor and the subject on other products do not change the answer, as long as the subject is visible.
func TestOtherProductsDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := rapid.SampledFrom(requests(t)).Draw(t, "request")
		other := q
		other.Actor.Assignments, other.Subject.Assignments = nil, nil
		for _, a := range q.Actor.Assignments {
			if a.Product == q.Product.ID {
				other.Actor.Assignments = append(other.Actor.Assignments, a)
			}
		}
		for _, a := range q.Subject.Assignments {
			if a.Product == q.Product.ID {
				other.Subject.Assignments = append(other.Subject.Assignments, a)
			}
		}
		if granted, also := access.Decide(q) == nil, access.Decide(other) == nil; granted != also {
			t.Fatalf("with the other product %v, without it %v: %+v", granted, also, q)
		}
	})
}
