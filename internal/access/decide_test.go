package access_test

import (
	"errors"
	"slices"
	"testing"

	"areariservata.example/utenti/internal/access"
)

// Two products with the same role codes, so that a rule that ignores the product fails.
var (
	send = access.Product{ID: "send", Roles: []access.Role{
		{ID: "admin", Category: access.Administrator},
		{ID: "api", Category: access.Operator},
		{ID: "security", Category: access.Operator},
	}}
	io = access.Product{ID: "io", Roles: send.Roles}
)

// newUser is a user with assignments.
func newUser(id access.UserID, roles ...access.Assignment) access.User {
	return access.User{ID: id, Assignments: roles}
}

func admin(p access.ProductID) access.Assignment {
	return access.Assignment{Product: p, Role: "admin", Category: access.Administrator, Status: access.Active}
}

func operator(p access.ProductID, r access.RoleID) access.Assignment {
	return access.Assignment{Product: p, Role: r, Category: access.Operator, Status: access.Active}
}

func suspended(a access.Assignment) access.Assignment {
	a.Status = access.Suspended
	return a
}

// row is a request and its answer. The rule is a number of docs/rules.md, if there is one, and what the row shows of
// it.
type row struct {
	rule string
	q    access.Request
	want access.Reason
}

// on is a request about a subject's role.
func on(actor access.User, a access.Action, subject access.User, p access.Product, r access.RoleID) access.Request {
	return access.Request{Actor: actor, Action: a, Subject: subject, Product: p, Role: r}
}

// viewCases are about entering, viewing, suspending and re-enabling.
func viewCases() []row {
	anna, noUser := newUser("anna", admin("send")), access.User{}
	oto := newUser("oto", operator("send", "api"))
	half := newUser("half", suspended(admin("send")), operator("io", "api"))
	both := newUser("both", operator("send", "api"), suspended(operator("send", "security")), operator("io", "api"))
	return []row{
		{"zero request", access.Request{}, access.NoPowers},
		{"2 no powers", access.Request{Actor: newUser("x"), Action: access.EnterUsers}, access.NoPowers},
		{"2 suspended powers only", access.Request{Actor: newUser("x", suspended(admin("send"))), Action: access.EnterUsers}, access.NoPowers},
		{"closed by default", access.Request{Actor: anna, Action: "fly"}, access.NoRule},
		{"Load is for operators' commands", on(anna, access.Load, oto, send, "api"), access.NoRule},

		{"V3 an Administrator enters", access.Request{Actor: anna, Action: access.EnterUsers}, ""},
		{"V3 an Operator does not", access.Request{Actor: oto, Action: access.EnterUsers}, access.NotAnyAdministrator},
		{"V3 a suspended Administrator does not", access.Request{Actor: half, Action: access.EnterUsers}, access.NotAnyAdministrator},

		{"V4 own profile", access.Request{Actor: oto, Action: access.View, Subject: oto}, ""},
		{"V4 an Operator sees no other profile", access.Request{Actor: oto, Action: access.View, Subject: anna}, access.NotVisible},
		{
			"V4 an Administrator sees all profiles",
			access.Request{Actor: anna, Action: access.View, Subject: newUser("x", operator("io", "api"))},
			"",
		},
		{"V9 no such user", access.Request{Actor: anna, Action: access.View, Subject: noUser}, access.NotVisible},

		{"P6 suspend", on(anna, access.Suspend, oto, send, "api"), ""},
		{"P6 one of several", on(anna, access.Suspend, both, send, "api"), ""},
		{"P6 suspended already", on(anna, access.Suspend, both, send, "security"), access.NotActive},
		{"P6 not held", on(anna, access.Suspend, oto, send, "security"), access.NotHeld},
		{"P6 held on another product", on(anna, access.Suspend, newUser("x", operator("io", "api")), send, "api"), access.NotHeld},
		{"P6 re-enable", on(anna, access.Reactivate, both, send, "security"), ""},
		{"P6 active already", on(anna, access.Reactivate, oto, send, "api"), access.NotSuspended},
		{"P6 re-enable a role not held", on(anna, access.Reactivate, oto, send, "security"), access.NotHeld},
		{"P1 another product's Administrator", on(anna, access.Suspend, both, io, "api"), access.NotAdministrator},
		{
			"P1 a suspended Administrator",
			on(newUser("x", suspended(admin("send")), admin("io")), access.Suspend, oto, send, "api"), access.NotAdministrator,
		},
		{"P1 an Administrator on another", on(anna, access.Suspend, newUser("x", admin("send")), send, "admin"), ""},
		{"P2 own role", on(anna, access.Suspend, anna, send, "admin"), access.SelfAction},
		{"P2 an Operator's own role", on(oto, access.Suspend, oto, send, "api"), access.SelfAction},
		{"V4 an Operator on another user", on(oto, access.Suspend, both, send, "api"), access.NotVisible},
		{"V9 no such role", on(anna, access.Suspend, oto, send, "king"), access.NoSuchRole},
		{"V9 no such product", access.Request{Actor: anna, Action: access.Suspend, Subject: oto, Role: "api"}, access.NoSuchRole},
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	given := map[access.Reason]bool{
		// given by packages store and users, tested in packages users and server
		access.LastAdministrator: true, access.FormUsed: true, access.Edited: true, access.ChangedSince: true, access.RolesChanged: true,
	}
	asked := map[access.Action]bool{}
	for _, row := range slices.Concat(viewCases(), assignCases(), changeCases(), editCases(), groupCases()) {
		var no *access.Refusal
		got := access.Reason("")
		if errors.As(access.Decide(row.q), &no) {
			got = no.Reason
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q", row.rule, got, row.want)
		}
		given[got], asked[row.q.Action] = true, true
	}
	for reason := range access.Reasons {
		if !given[reason] {
			t.Errorf("no row gives the reason %q", reason)
		}
	}
	for _, action := range append([]access.Action{access.EnterUsers, access.View}, access.Actions...) {
		if !asked[action] {
			t.Errorf("no row asks for %q", action)
		}
	}
}

func TestGradeOfARefusal(t *testing.T) {
	t.Parallel()
	for reason, want := range map[access.Reason]access.Grade{
		access.NotVisible: access.Hidden, access.SelfAction: access.Forbidden, access.NotActive: access.Conflict,
		"unknown": access.Hidden,
	} {
		if got := (&access.Refusal{Reason: reason}).Grade(); got != want {
			t.Errorf("%s: got grade %d, want %d", reason, got, want)
		}
	}
}
