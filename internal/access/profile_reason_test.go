package access_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
)

// Of several roles the reason is that of the one that comes nearest to being assigned: a signature is not named where it
// would not help (rules, section 3).
func TestWhyNotAssignAnother(t *testing.T) { // P5
	t.Parallel()
	role := func(id access.RoleID, c access.Category, a access.Assignable, combines ...string) access.Role {
		return access.Role{ID: id, Category: c, Assignable: a, Combines: combines}
	}
	chief := role("chief", access.Administrator, access.AssignableWithSignature)
	vice := role("vice", access.Administrator, access.AssignableWithSignature)
	api, viewer := role("api", access.Operator, access.AssignableHere), role("viewer", access.Operator, access.AssignableHere)
	hidden := role("hidden", access.Operator, access.NotAssignableHere)
	held := func(id access.RoleID, c access.Category) access.Assignment {
		return access.Assignment{Product: "p", Role: id, Category: c, Status: access.Active}
	}
	isChief, isAPI := held("chief", access.Administrator), held("api", access.Operator)
	for name, c := range map[string]struct {
		roles   []access.Role
		subject access.User
		want    access.Reason
	}{
		"an Administrator, the others are Operators": {[]access.Role{chief, api, viewer}, newUser("x", isChief), access.OtherCategory},
		"a suspended one":               {[]access.Role{chief, api}, newUser("x", suspended(isChief)), access.OtherCategory},
		"another role with signature":   {[]access.Role{api, vice, chief}, newUser("x", isChief), access.NeedsSignature},
		"the other role with signature": {[]access.Role{chief, api}, newUser("x", isAPI), access.OtherCategory},
		"roles that exclude each other": {[]access.Role{viewer, chief, api}, newUser("x", isAPI), access.NotCombinable},
		"an Operator, suspended":        {[]access.Role{chief, viewer, api}, newUser("x", suspended(isAPI)), access.AllSuspendedThere},
		"the only role":                 {[]access.Role{api, hidden}, newUser("x", isAPI), access.AlreadyHeld},
		"no other role from here":       {[]access.Role{hidden}, newUser("x", held("hidden", access.Operator)), access.NotAssignable},
		"no role on the product":        {[]access.Role{api}, newUser("x"), access.NotHeld},
	} {
		p := access.Profile{
			Actor: newUser("anna", held("chief", access.Administrator)), Subject: c.subject, Products: []access.Product{{ID: "p", Roles: c.roles}},
		}
		if got := p.WhyNotAssignAnother("p"); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := (access.Profile{}).WhyNotAssignAnother("p"); got != access.NoSuchRole {
		t.Errorf("no such product: %q", got)
	}
}

func TestWhyNotNewProduct(t *testing.T) { // P4
	t.Parallel()
	signed := access.Product{
		ID:    "signed",
		Roles: []access.Role{{ID: "s", Category: access.Administrator, Assignable: access.AssignableWithSignature}},
	}
	closed := access.Product{ID: "closed", Roles: []access.Role{{ID: "c", Category: access.Operator, Assignable: access.NotAssignableHere}}}
	holder := newUser("x", operator("pagopa", "api"))
	for name, c := range map[string]struct {
		products []access.Product
		want     access.Reason
	}{
		"everything is held":                     {[]access.Product{pagopa}, access.AlreadyHeld},
		"the rest is in phase-out":               {[]access.Product{pagopa, phaseOutProduct}, access.PhasingOut},
		"the rest has no roles to assign":        {[]access.Product{pagopa, closed}, access.NotAssignable},
		"a signature is nearer than a phase-out": {[]access.Product{phaseOutProduct, pagopa, signed}, access.NeedsSignature},
		"one can be assigned":                    {[]access.Product{phaseOutProduct, other}, ""},
	} {
		actor := newUser("anna", admin("pagopa"), admin("leaving"), admin("signed"), admin("closed"), admin("other"))
		p := access.Profile{Actor: actor, Subject: holder, Products: c.products}
		if got := p.WhyNotNewProduct(); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
