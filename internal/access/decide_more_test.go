package access_test

import "areariservata.example/utenti/internal/access"

// A product with roles of every kind, one with few roles, and one that is being phased out.
var (
	pagopa = access.Product{ID: "pagopa", Roles: []access.Role{
		{ID: "admin", Category: access.Administrator, Assignable: access.AssignableHere},
		{ID: "deputy", Category: access.Administrator, Assignable: access.AssignableHere},
		{ID: "api", Category: access.Operator, Combines: []string{"technical"}, Assignable: access.AssignableHere},
		{ID: "security", Category: access.Operator, Combines: []string{"desk", "technical"}, Assignable: access.AssignableHere},
		{ID: "desk", Category: access.Operator, Combines: []string{"desk"}, Assignable: access.AssignableHere},
		{ID: "reader", Category: access.Operator, Assignable: access.AssignableHere},
		{ID: "signatory", Category: access.Administrator, Assignable: access.AssignableWithSignature},
		{ID: "technician", Category: access.Operator, Assignable: access.NotAssignableHere},
		{ID: "unheard", Category: access.Operator},
	}}
	other           = access.Product{ID: "other", Roles: pagopa.Roles}
	phaseOutProduct = access.Product{ID: "leaving", Roles: pagopa.Roles, PhaseOut: true}
)

// assignCases are about adding people, and about assigning and removing roles.
func assignCases() []row {
	anna := newUser("anna", admin("pagopa"), admin("leaving"))
	oto := newUser("oto", operator("pagopa", "api"))
	onlySuspended := suspended(operator("pagopa", "api"))
	signatory := access.Assignment{Product: "pagopa", Role: "signatory", Category: access.Administrator, Status: access.Active}
	assign := func(subject access.User, p access.Product, role access.RoleID) access.Request {
		return access.Request{Actor: anna, Action: access.Assign, Subject: subject, Product: p, Role: role}
	}
	add := func(actor, subject access.User, p access.Product, role access.RoleID) access.Request {
		return access.Request{Actor: actor, Action: access.Add, Subject: subject, Product: p, Role: role}
	}
	remove := func(subject access.User, role access.RoleID) access.Request {
		return access.Request{Actor: anna, Action: access.Remove, Subject: subject, Product: pagopa, Role: role}
	}
	return []row{
		{"P4 a first role", assign(newUser("x", operator("other", "api")), pagopa, "api"), ""},
		{"P4 a first role as Administrator", assign(newUser("x", operator("other", "api")), pagopa, "admin"), ""},
		{"P4 suspended everywhere else", assign(newUser("x", suspended(operator("other", "api"))), pagopa, "api"), ""},
		{"P4 a product of another Administrator", assign(oto, other, "api"), access.NotAdministrator},
		{"P4 the product is being phased out", assign(oto, phaseOutProduct, "api"), access.PhasingOut},
		{"P4 a role with a signature", assign(newUser("x", operator("other", "api")), pagopa, "signatory"), access.NeedsSignature},
		{"section 1: a signature does not help an Operator", assign(oto, pagopa, "signatory"), access.OtherCategory},
		{"section 1: a signature does not help who holds it", assign(newUser("x", signatory), pagopa, "signatory"), access.AlreadyHeld},
		{
			"section 1: re-enabling does not help without one",
			assign(newUser("x", suspended(signatory)), pagopa, "deputy"),
			access.AllSuspendedThere,
		},
		{"P4 a role not assignable here", assign(oto, pagopa, "technician"), access.NotAssignable},
		{"P4 a role without assignable value", assign(oto, pagopa, "unheard"), access.NotAssignable},
		{"P4 no such role", assign(oto, pagopa, "king"), access.NoSuchRole},
		{"P2 own role", assign(anna, pagopa, "deputy"), access.SelfAction},
		{"V9 no such user", assign(access.User{}, pagopa, "api"), access.NotVisible},
		{"V4 an Operator", on(oto, access.Assign, newUser("x", operator("other", "api")), pagopa, "api"), access.NotVisible},

		{"P5 another role", assign(oto, pagopa, "security"), ""},
		{"P5 held", assign(oto, pagopa, "api"), access.AlreadyHeld},
		{"P5 held and suspended", assign(newUser("x", onlySuspended), pagopa, "api"), access.AlreadyHeld},
		{"P5 an Operator as Administrator", assign(oto, pagopa, "admin"), access.OtherCategory},
		{"P5 an Administrator as Operator", assign(newUser("x", admin("pagopa")), pagopa, "api"), access.OtherCategory},
		{"P5 a suspended Administrator as Operator", assign(newUser("x", suspended(admin("pagopa"))), pagopa, "api"), access.OtherCategory},
		{"P5 an Administrator elsewhere as Operator", assign(newUser("x", admin("other")), pagopa, "api"), ""},
		{"P5 all are suspended", assign(newUser("x", onlySuspended), pagopa, "security"), access.AllSuspendedThere},
		{
			"P5 all are suspended there, not elsewhere",
			assign(newUser("x", onlySuspended, operator("other", "api")), pagopa, "security"), access.AllSuspendedThere,
		},
		{
			"P5 suspended roles count",
			assign(newUser("x", operator("pagopa", "security"), suspended(operator("pagopa", "api"))), pagopa, "desk"), access.NotCombinable,
		},
		{"P5 one at a time", assign(oto, pagopa, "reader"), access.NotCombinable},
		{"P5 a role that combines with none", assign(newUser("x", operator("pagopa", "reader")), pagopa, "api"), access.NotCombinable},
		{"P5 another Administrator's role", assign(newUser("x", admin("pagopa")), pagopa, "deputy"), access.NotCombinable},
		{
			"P5 combines with one of two",
			assign(newUser("x", operator("pagopa", "security"), operator("pagopa", "api")), pagopa, "desk"), access.NotCombinable,
		},
		{
			"P5 combines with one of two, in the other order",
			assign(newUser("x", operator("pagopa", "api"), operator("pagopa", "security")), pagopa, "desk"), access.NotCombinable,
		},

		{"P6 remove", remove(oto, "api"), ""},
		{"P6 remove a suspended role", remove(newUser("x", onlySuspended), "api"), ""},
		{"P7 remove the last role", remove(newUser("x", operator("pagopa", "reader")), "reader"), ""},
		{"P7 remove a role that is not assignable here", remove(newUser("x", operator("pagopa", "technician")), "technician"), ""},
		{"P6 remove a role not held", remove(oto, "security"), access.NotHeld},
		{"P6 remove a role held on another product", remove(newUser("x", operator("other", "api")), "api"), access.NotHeld},
		{"P2 remove own role", remove(anna, "admin"), access.SelfAction},
		{"P1 remove another Administrator's role", remove(newUser("x", admin("pagopa")), "admin"), ""},

		{"P10 a new person", add(anna, access.User{}, pagopa, "api"), ""},
		{"P10 a new person as Administrator", add(anna, access.User{}, pagopa, "admin"), ""},
		{"P10 two roles that combine", add(anna, newUser("", operator("pagopa", "api")), pagopa, "security"), ""},
		{"P10 two roles that do not combine", add(anna, newUser("", operator("pagopa", "api")), pagopa, "reader"), access.NotCombinable},
		{"P10 the same role twice", add(anna, newUser("", operator("pagopa", "api")), pagopa, "api"), access.AlreadyHeld},
		{"P10 both categories", add(anna, newUser("", operator("pagopa", "api")), pagopa, "admin"), access.OtherCategory},
		{"P10 a user already", add(anna, oto, pagopa, "security"), access.AlreadyUser},
		{"P10 the actor", add(anna, anna, pagopa, "deputy"), access.AlreadyUser},
		{"P10 a product of another Administrator", add(anna, access.User{}, other, "api"), access.NotAdministrator},
		{"P10 no such product", add(anna, access.User{}, access.Product{}, "api"), access.NoSuchRole},
		{"P10 no such role", add(anna, access.User{}, pagopa, "king"), access.NoSuchRole},
		{"P10 no role", add(anna, access.User{}, pagopa, ""), access.NoSuchRole},
		{"P10 a role with a signature, a user already", add(anna, oto, pagopa, "signatory"), access.NeedsSignature},
		{"P10 a role with a signature", add(anna, access.User{}, pagopa, "signatory"), access.NeedsSignature},
		{"P10 a role not assignable here", add(anna, access.User{}, pagopa, "technician"), access.NotAssignable},
		{"P10 the product is being phased out", add(anna, access.User{}, phaseOutProduct, "api"), access.PhasingOut},
		{"P10 an Operator adds no one", add(oto, access.User{}, pagopa, "api"), access.NotAnyAdministrator},
		{"P10 who is a user is not revealed to an Operator", add(oto, anna, pagopa, "api"), access.NotAnyAdministrator},
	}
}

// editCases are about editing and about joining groups.
func editCases() []row {
	anna := newUser("anna", admin("pagopa"))
	oto := newUser("oto", operator("pagopa", "api"))
	onlySuspended := newUser("x", suspended(operator("pagopa", "api")))
	verified, member := oto, oto
	verified.Verified = true
	office := access.Group{ID: "office", Product: "pagopa", Status: access.Active}
	closed := access.Group{ID: "closed", Product: "pagopa", Status: access.Suspended}
	member.Groups = []access.Group{office}
	edit := func(actor, subject access.User, names bool) access.Request {
		return access.Request{Actor: actor, Action: access.Edit, Subject: subject, ChangesNames: names}
	}
	join := func(actor, subject access.User, p access.Product, g access.Group) access.Request {
		return access.Request{Actor: actor, Action: access.Join, Subject: subject, Product: p, Group: g}
	}
	return []row{
		{"P8 the e-mail", edit(anna, oto, false), ""},
		{"P8 the names", edit(anna, oto, true), ""},
		{"P8 the e-mail of a verified user", edit(anna, verified, false), ""},
		{"P8 the names of a verified user", edit(anna, verified, true), access.NamesVerified},
		{"P8 own e-mail", edit(anna, anna, false), ""},
		{"P8 own names", edit(anna, anna, true), access.SelfAction},
		{"P8 an Operator's own e-mail", edit(oto, oto, false), access.NoSharedProduct},
		{"P8 an Operator on another user", edit(oto, anna, false), access.NotVisible},
		{"P8 no shared product", edit(anna, newUser("x", operator("other", "api")), false), access.NoSharedProduct},
		{
			"P8 suspended on the only shared product",
			edit(newUser("y", suspended(admin("pagopa")), admin("other")), oto, false), access.NoSharedProduct,
		},
		{"P8 one shared product of two", edit(anna, newUser("x", operator("other", "api"), operator("pagopa", "api")), false), ""},
		{"P8 all are suspended", edit(anna, onlySuspended, false), access.AllSuspended},
		{
			"P8 suspended there, active elsewhere",
			edit(anna, newUser("x", suspended(operator("pagopa", "api")), operator("other", "api")), false), "",
		},
		{"P8 no such user", edit(anna, access.User{}, false), access.NotVisible},

		{"P9 join a group", join(anna, oto, pagopa, office), ""},
		{"P9 own membership", join(anna, anna, pagopa, office), ""},
		{"P9 a suspended user", join(anna, onlySuspended, pagopa, office), ""},
		{"P9 in another group already", join(anna, member, pagopa, access.Group{ID: "more", Product: "pagopa", Status: access.Active}), ""},
		{"P9 a member", join(anna, member, pagopa, office), access.AlreadyMember},
		{"P9 a suspended group", join(anna, oto, pagopa, closed), access.GroupSuspended},
		{"P9 no role on the product", join(anna, newUser("x", operator("other", "api")), pagopa, office), access.NoRoleThere},
		{"P9 no such group", join(anna, oto, pagopa, access.Group{}), access.NoGroup},
		{"P9 another product's group", join(anna, oto, pagopa, access.Group{ID: "g", Product: "other", Status: access.Active}), access.NoGroup},
		{"P9 neither group nor product", join(anna, oto, access.Product{}, access.Group{}), access.NoGroup},
		{"P9 another product's Administrator", join(newUser("y", admin("other")), oto, pagopa, office), access.NotAdministrator},
		{"P9 an Operator's own membership", join(oto, oto, pagopa, office), access.NotAdministrator},
		{"P9 an Operator on another user", join(oto, anna, pagopa, office), access.NotVisible},

		{"D4 Verify is for sign-in only", access.Request{Actor: anna, Action: access.Verify, Subject: oto}, access.NoRule},
	}
}
