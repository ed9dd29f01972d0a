package access_test

import "areariservata.example/utenti/internal/access"

// A product for every way in which a role is given, and one that is on its way out.
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

// assignCases are those of adding people, and of assigning and removing roles.
func assignCases() []row {
	anna := newUser("anna", admin("pagopa"), admin("leaving"))
	oto := newUser("oto", operator("pagopa", "api"))
	onlySuspended := suspended(operator("pagopa", "api"))
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
		{"P4 a product that one doesn't administer", assign(oto, other, "api"), access.NotAdministrator},
		{"P4 the product is on its way out", assign(oto, phaseOutProduct, "api"), access.PhasingOut},
		{"P4 a role with a signature", assign(newUser("x", operator("other", "api")), pagopa, "signatory"), access.NeedsSignature},
		{"P4 a role from elsewhere", assign(oto, pagopa, "technician"), access.NotAssignable},
		{"P4 a role of which the catalogue doesn't say", assign(oto, pagopa, "unheard"), access.NotAssignable},
		{"P4 a role that isn't", assign(oto, pagopa, "king"), access.NoSuchRole},
		{"P2 oneself", assign(anna, pagopa, "deputy"), access.SelfAction},
		{"V9 nobody is there", assign(access.User{}, pagopa, "api"), access.NotVisible},
		{"V4 an Operator", access.Request{Actor: oto, Action: access.Assign, Subject: newUser("x", operator("other", "api")), Product: pagopa, Role: "api"}, access.NotVisible},

		{"P5 another role", assign(oto, pagopa, "security"), ""},
		{"P5 held", assign(oto, pagopa, "api"), access.AlreadyHeld},
		{"P5 held and suspended", assign(newUser("x", onlySuspended), pagopa, "api"), access.AlreadyHeld},
		{"P5 an Operator as Administrator", assign(oto, pagopa, "admin"), access.OtherCategory},
		{"P5 an Administrator as Operator", assign(newUser("x", admin("pagopa")), pagopa, "api"), access.OtherCategory},
		{"P5 a suspended Administrator as Operator", assign(newUser("x", suspended(admin("pagopa"))), pagopa, "api"), access.OtherCategory},
		{"P5 an Administrator elsewhere as Operator", assign(newUser("x", admin("other")), pagopa, "api"), ""},
		{"P5 all are suspended", assign(newUser("x", onlySuspended), pagopa, "security"), access.AllSuspendedThere},
		{"P5 all are suspended there, not elsewhere", assign(newUser("x", onlySuspended, operator("other", "api")), pagopa, "security"), access.AllSuspendedThere},
		{"P5 suspended ones count", assign(newUser("x", operator("pagopa", "security"), suspended(operator("pagopa", "api"))), pagopa, "desk"), access.NotCombinable},
		{"P5 one at a time", assign(oto, pagopa, "reader"), access.NotCombinable},
		{"P5 goes with nothing", assign(newUser("x", operator("pagopa", "reader")), pagopa, "api"), access.NotCombinable},
		{"P5 another Administrator's role", assign(newUser("x", admin("pagopa")), pagopa, "deputy"), access.NotCombinable},
		{"P5 goes with one of two", assign(newUser("x", operator("pagopa", "security"), operator("pagopa", "api")), pagopa, "desk"), access.NotCombinable},
		{"P5 goes with one of two, the other way round", assign(newUser("x", operator("pagopa", "api"), operator("pagopa", "security")), pagopa, "desk"), access.NotCombinable},

		{"P6 remove", remove(oto, "api"), ""},
		{"P6 remove a suspended one", remove(newUser("x", onlySuspended), "api"), ""},
		{"P7 remove the last one of all", remove(newUser("x", operator("pagopa", "reader")), "reader"), ""},
		{"P7 remove one that isn't given from here", remove(newUser("x", operator("pagopa", "technician")), "technician"), ""},
		{"P6 remove what isn't held", remove(oto, "security"), access.NotHeld},
		{"P6 remove what is held elsewhere", remove(newUser("x", operator("other", "api")), "api"), access.NotHeld},
		{"P2 remove one's own", remove(anna, "admin"), access.SelfAction},
		{"P1 remove another Administrator's", remove(newUser("x", admin("pagopa")), "admin"), ""},

		{"P10 somebody new", add(anna, access.User{}, pagopa, "api"), ""},
		{"P10 somebody new as Administrator", add(anna, access.User{}, pagopa, "admin"), ""},
		{"P10 two roles that go together", add(anna, newUser("", operator("pagopa", "api")), pagopa, "security"), ""},
		{"P10 two roles that don't", add(anna, newUser("", operator("pagopa", "api")), pagopa, "reader"), access.NotCombinable},
		{"P10 the same role twice", add(anna, newUser("", operator("pagopa", "api")), pagopa, "api"), access.AlreadyHeld},
		{"P10 both categories", add(anna, newUser("", operator("pagopa", "api")), pagopa, "admin"), access.OtherCategory},
		{"P10 a user already", add(anna, oto, pagopa, "security"), access.AlreadyUser},
		{"P10 oneself", add(anna, anna, pagopa, "deputy"), access.AlreadyUser},
		{"P10 a product that one doesn't administer", add(anna, access.User{}, other, "api"), access.NotAdministrator},
		{"P10 a product that isn't", add(anna, access.User{}, access.Product{}, "api"), access.NoSuchRole},
		{"P10 a role that isn't", add(anna, access.User{}, pagopa, "king"), access.NoSuchRole},
		{"P10 no role", add(anna, access.User{}, pagopa, ""), access.NoSuchRole},
		{"P10 a role with a signature", add(anna, access.User{}, pagopa, "signatory"), access.NeedsSignature},
		{"P10 a role from elsewhere", add(anna, access.User{}, pagopa, "technician"), access.NotAssignable},
		{"P10 the product is on its way out", add(anna, access.User{}, phaseOutProduct, "api"), access.PhasingOut},
		{"P10 an Operator adds nobody new", add(oto, access.User{}, pagopa, "api"), access.NotAnyAdministrator},
		{"P10 an Operator isn't told who is a user", add(oto, anna, pagopa, "api"), access.NotAnyAdministrator},
	}
}

// editCases are those of editing, and of groups.
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
		{"P8 the e-mail of the verified", edit(anna, verified, false), ""},
		{"P8 the names of the verified", edit(anna, verified, true), access.NamesVerified},
		{"P8 one's own e-mail", edit(anna, anna, false), ""},
		{"P8 one's own names", edit(anna, anna, true), access.SelfAction},
		{"P8 an Operator's own e-mail", edit(oto, oto, false), access.NoSharedProduct},
		{"P8 an Operator on another", edit(oto, anna, false), access.NotVisible},
		{"P8 nothing in common", edit(anna, newUser("x", operator("other", "api")), false), access.NoSharedProduct},
		{"P8 only a suspended power in common", edit(newUser("y", suspended(admin("pagopa")), admin("other")), oto, false), access.NoSharedProduct},
		{"P8 in common on one of several", edit(anna, newUser("x", operator("other", "api"), operator("pagopa", "api")), false), ""},
		{"P8 all are suspended", edit(anna, onlySuspended, false), access.AllSuspended},
		{"P8 suspended there, active elsewhere", edit(anna, newUser("x", suspended(operator("pagopa", "api")), operator("other", "api")), false), ""},
		{"P8 nobody is there", edit(anna, access.User{}, false), access.NotVisible},

		{"P9 a group", join(anna, oto, pagopa, office), ""},
		{"P9 one's own", join(anna, anna, pagopa, office), ""},
		{"P9 a suspended user", join(anna, onlySuspended, pagopa, office), ""},
		{"P9 in another group already", join(anna, member, pagopa, access.Group{ID: "more", Product: "pagopa", Status: access.Active}), ""},
		{"P9 a member", join(anna, member, pagopa, office), access.AlreadyMember},
		{"P9 a suspended group", join(anna, oto, pagopa, closed), access.GroupSuspended},
		{"P9 no role there", join(anna, newUser("x", operator("other", "api")), pagopa, office), access.NoRoleThere},
		{"P9 no group", join(anna, oto, pagopa, access.Group{}), access.NoGroup},
		{"P9 another product's group", join(anna, oto, pagopa, access.Group{ID: "g", Product: "other", Status: access.Active}), access.NoGroup},
		{"P9 neither group nor product", join(anna, oto, access.Product{}, access.Group{}), access.NoGroup},
		{"P9 another product's Administrator", join(newUser("y", admin("other")), oto, pagopa, office), access.NotAdministrator},
		{"P9 an Operator for oneself", join(oto, oto, pagopa, office), access.NotAdministrator},
		{"P9 an Operator for another", join(oto, anna, pagopa, office), access.NotVisible},

		{"D4 nobody says for another who they are", access.Request{Actor: anna, Action: access.Verify, Subject: oto}, access.NoRule},
	}
}
