package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

// changeCases are about changing the roles held on a product to another one (rule P13).
func changeCases() []row {
	anna := newUser("anna", admin("pagopa"), admin("leaving"))
	api := newUser("x", operator("pagopa", "api"))
	half := newUser("x", operator("pagopa", "api"), suspended(operator("pagopa", "security")))
	change := func(subject access.User, p access.Product, role access.RoleID) access.Request {
		return access.Request{Actor: anna, Action: access.ChangeRole, Subject: subject, Product: p, Role: role}
	}
	return []row{
		{"P13 within the category", change(api, pagopa, "reader"), ""},
		{"P13 an Operator becomes Administrator", change(api, pagopa, "admin"), ""},
		{"P13 an Administrator becomes Operator", change(newUser("x", admin("pagopa")), pagopa, "api"), ""},
		{"P13 an Administrator to another", change(newUser("x", admin("pagopa")), pagopa, "deputy"), ""},
		{
			"P13 two roles to one that combines with neither",
			change(newUser("x", operator("pagopa", "api"), operator("pagopa", "security")), pagopa, "reader"), "",
		},
		{"P13 from a role not assignable here", change(newUser("x", operator("pagopa", "technician")), pagopa, "admin"), ""},
		{"P13 held", change(api, pagopa, "api"), access.AlreadyHeld},
		{"P13 held and suspended", change(half, pagopa, "security"), access.AlreadyHeld},
		{"P13 beside a suspended role that combines", change(half, pagopa, "desk"), ""},
		{"P13 beside a suspended role that does not", change(half, pagopa, "reader"), access.NotCombinable},
		{"P13 beside a suspended role of the other category", change(half, pagopa, "admin"), access.OtherCategory},
		{"P13 all are suspended", change(newUser("x", suspended(operator("pagopa", "api"))), pagopa, "security"), access.AllSuspendedThere},
		{"P13 no role on the product", change(newUser("x", operator("other", "api")), pagopa, "security"), access.NoRoleThere},
		{"P13 a role with a signature", change(api, pagopa, "signatory"), access.NeedsSignature},
		{"P13 a role not assignable here", change(api, pagopa, "technician"), access.NotAssignable},
		{"P13 the product is being phased out", change(newUser("x", operator("leaving", "api")), phaseOutProduct, "admin"), access.PhasingOut},
		{"P13 no such role", change(api, pagopa, "king"), access.NoSuchRole},
		{"P2 own role", change(anna, pagopa, "deputy"), access.SelfAction},
		{"P1 a product of another Administrator", change(newUser("x", operator("other", "api")), other, "desk"), access.NotAdministrator},
		{"V4 an Operator", on(newUser("oto", operator("pagopa", "api")), access.ChangeRole, api, pagopa, "desk"), access.NotVisible},
	}
}

// P13: roles changed together are decided one beside the other, and a role named twice is refused.
func TestRolesChangedTogetherAreDecidedOneByOne(t *testing.T) {
	t.Parallel()
	p := access.Profile{Actor: newUser("anna", admin("pagopa")), Subject: newUser("x", admin("pagopa")), Products: []access.Product{pagopa}}
	for _, row := range []struct {
		roles []access.RoleID
		want  access.Reason
	}{
		{nil, access.NoSuchRole},
		{[]access.RoleID{"api", "security"}, ""},
		{[]access.RoleID{"api", "api"}, access.AlreadyHeld},
		{[]access.RoleID{"api", "desk"}, access.NotCombinable},
		{[]access.RoleID{"api", "deputy"}, access.OtherCategory},
		{[]access.RoleID{"admin"}, access.AlreadyHeld},
		{[]access.RoleID{"deputy", "admin"}, access.AlreadyHeld},
	} {
		if got := p.WhyNotChange("pagopa", row.roles...); got != row.want {
			t.Errorf("to %v: got %q, want %q", row.roles, got, row.want)
		}
	}
}

// P13: a change and the change back leave the roles and their states as they were, wherever the roles can be assigned again.
func TestChangeThereAndBackIsTheIdentity(t *testing.T) {
	t.Parallel()
	there, across := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := access.Profile{
			Actor: newUser("actor", admin("pagopa")), Subject: access.User{ID: "subject"}, Products: []access.Product{pagopa, other},
		}
		for range rapid.IntRange(1, 4).Draw(t, "roles") {
			r := rapid.SampledFrom(pagopa.Roles).Draw(t, "role")
			if target := (access.Target{Product: "pagopa", Role: r.ID}); p.May(access.Assign, target) {
				p = p.WithRole(target).WithStatus(drawStatus(t), target)
			}
		}
		var to []access.RoleID
		for range rapid.IntRange(1, 2).Draw(t, "new roles") {
			to = append(to, rapid.SampledFrom(pagopa.Roles).Draw(t, "new role").ID)
		}
		if p.WhyNotChange("pagopa", to...) != "" {
			return
		}
		var from []access.RoleID
		for _, a := range p.ChangedRoles("pagopa") {
			from = append(from, a.Role)
		}
		changed := p.WithChange("pagopa", to...)
		if why := changed.WhyNotChange("pagopa", from...); why != "" {
			t.Fatalf("from %v to %v, and not back: %s", from, to, why)
		}
		if got := changed.WithChange("pagopa", from...); !slices.Equal(sorted(got), sorted(p)) {
			t.Fatalf("held %v, then %v, back %v", sorted(p), sorted(changed), sorted(got))
		}
		there++
		if changed.Subject.Administers("pagopa") != p.Subject.Administers("pagopa") {
			across++
		}
	})
	if there < 5 || across == 0 {
		t.Errorf("%d changes, %d of them to the other category: the property was hardly tested", there, across)
	}
}

// sorted are the subject's roles with their states, in the order of their codes.
func sorted(p access.Profile) (all []string) {
	for _, a := range p.Subject.Assignments {
		all = append(all, string(a.Product)+"/"+string(a.Role)+" "+string(a.Category)+" "+string(a.Status))
	}
	slices.Sort(all)
	return all
}
