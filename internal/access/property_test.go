package access_test

import (
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

// The generators and what they are held against use nothing of the package but its types: a helper that is wrong
// must not be what judges itself.

var (
	products = []access.Product{send, io}
	statuses = []access.Status{access.Active, access.Suspended}
)

// someone draws a user who may be Administrator or Operator, not both, of each product, in any states.
func someone(t *rapid.T, id access.UserID) access.User {
	u := access.User{ID: id}
	for _, p := range products {
		switch rapid.SampledFrom([]string{"none", "admin", "api", "api and security"}).Draw(t, string(id)+" on "+string(p.ID)) {
		case "admin":
			u.Assignments = append(u.Assignments, access.Assignment{Product: p.ID, Role: "admin", Category: access.Administrator, Status: aStatus(t)})
		case "api and security":
			u.Assignments = append(u.Assignments, access.Assignment{Product: p.ID, Role: "security", Category: access.Operator, Status: aStatus(t)})
			fallthrough
		case "api":
			u.Assignments = append(u.Assignments, access.Assignment{Product: p.ID, Role: "api", Category: access.Operator, Status: aStatus(t)})
		}
	}
	return u
}

func aStatus(t *rapid.T) access.Status { return rapid.SampledFrom(statuses).Draw(t, "status") }

func aRequest(t *rapid.T) access.Request {
	q := access.Request{
		Actor:   someone(t, "actor"),
		Action:  rapid.SampledFrom([]access.Action{access.Suspend, access.Reactivate}).Draw(t, "action"),
		Subject: someone(t, "subject"),
		Product: rapid.SampledFrom(products).Draw(t, "product"),
		Role:    rapid.SampledFrom([]access.RoleID{"admin", "api", "security"}).Draw(t, "role"),
	}
	if rapid.Bool().Draw(t, "on oneself") {
		q.Subject = q.Actor
	}
	return q
}

// P1, P2: whatever is granted, the actor is somebody else and an active Administrator of that very product.
func TestOnlyAnotherActiveAdministratorOfTheProductActsOnARole(t *testing.T) {
	t.Parallel()
	granted := 0
	rapid.Check(t, func(t *rapid.T) {
		q := aRequest(t)
		if access.Decide(q) != nil {
			return
		}
		granted++
		powers := false
		for _, a := range q.Actor.Assignments {
			powers = powers || (a.Product == q.Product.ID && a.Role == "admin" && a.Status == access.Active)
		}
		if !powers || q.Actor.ID == q.Subject.ID {
			t.Fatalf("granted: %+v", q)
		}
	})
	if granted == 0 {
		t.Error("nothing was ever granted: the property has seen nothing")
	}
}

// P3: among any people of which one is an active Administrator, whatever is granted leaves one.
func TestWhateverIsGrantedLeavesAnActiveAdministrator(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := aRequest(t)
		if access.Decide(q) != nil || q.Action != access.Suspend {
			return
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
			t.Fatalf("nobody left: %+v", q)
		}
	})
}

// What the actor or the subject hold on other products changes nothing, as long as both are seen.
func TestOtherProductsHaveNoSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := aRequest(t)
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
