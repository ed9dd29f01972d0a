package access_test

import "areariservata.example/utenti/internal/access"

// groupCases are those of leaving a group, of changing one itself, and of taking a list along.
func groupCases() []row {
	anna := newUser("anna", admin("pagopa"))
	oto := newUser("oto", operator("pagopa", "api"))
	office := access.Group{ID: "office", Product: "pagopa", Status: access.Active}
	closed := access.Group{ID: "closed", Product: "pagopa", Status: access.Suspended}
	foreign := access.Group{ID: "foreign", Product: "other", Status: access.Active}
	in := func(u access.User, groups ...access.Group) access.User {
		u.Groups = groups
		return u
	}
	leave := func(actor, subject access.User, p access.Product, g access.Group) access.Request {
		return access.Request{Actor: actor, Action: access.Leave, Subject: subject, Product: p, Group: g}
	}
	of := func(actor access.User, a access.Action, p access.Product, g access.Group) access.Request {
		return access.Request{Actor: actor, Action: a, Product: p, Group: g}
	}
	taken := func(q access.Request) access.Request {
		q.NameTaken = true
		return q
	}
	return []row{
		{"P9 out of a group", leave(anna, in(oto, office), pagopa, office), ""},
		{"P9 out of a suspended group", leave(anna, in(oto, closed), pagopa, closed), ""},
		{"P9 out of one of several", leave(anna, in(oto, closed, office), pagopa, office), ""},
		{"P9 oneself", leave(anna, in(anna, office), pagopa, office), ""},
		{"P9 the suspended", leave(anna, in(newUser("x", suspended(operator("pagopa", "api"))), office), pagopa, office), ""},
		{"P9 not in it", leave(anna, oto, pagopa, office), access.NotMember},
		{"P9 in another one", leave(anna, in(oto, closed), pagopa, office), access.NotMember},
		{"P9 not in a suspended one", leave(anna, oto, pagopa, closed), access.NotMember},
		{"P1 an Operator out of their own", leave(in(oto, office), in(oto, office), pagopa, office), access.NotAdministrator},
		{"P1 another product's Administrator", leave(newUser("y", admin("other")), in(oto, office), pagopa, office), access.NotAdministrator},
		{"P1 a suspended Administrator", leave(newUser("y", suspended(admin("pagopa")), admin("other")), in(oto, office), pagopa, office), access.NotAdministrator},
		{"V4 an Operator on another", leave(oto, in(anna, office), pagopa, office), access.NotVisible},
		{"V9 nobody is there", leave(anna, access.User{}, pagopa, office), access.NotVisible},
		{"V9 no group", leave(anna, in(oto, office), pagopa, access.Group{}), access.NoGroup},
		{"V9 another product's group", leave(anna, in(oto, foreign), pagopa, foreign), access.NoGroup},

		{"a new group", of(anna, access.CreateGroup, pagopa, access.Group{}), ""},
		{"a new group of a product on its way out", of(newUser("y", admin("leaving")), access.CreateGroup, phaseOutProduct, access.Group{}), ""},
		{"a new group, its name taken", taken(of(anna, access.CreateGroup, pagopa, access.Group{})), access.GroupNameTaken},
		{"P1 a new group of another product", of(anna, access.CreateGroup, other, access.Group{}), access.NotAdministrator},
		{"P1 who may not isn't told of names", taken(of(anna, access.CreateGroup, other, access.Group{})), access.NotAdministrator},
		{"V9 a new group of no product", of(anna, access.CreateGroup, access.Product{}, access.Group{}), access.NoGroup},
		{"V3 an Operator's new group", of(oto, access.CreateGroup, pagopa, access.Group{}), access.NotAnyAdministrator},
		{"V3 an Operator isn't told of products", of(oto, access.CreateGroup, access.Product{}, access.Group{}), access.NotAnyAdministrator},

		{"another name", of(anna, access.RenameGroup, pagopa, office), ""},
		{"another name for a suspended group", of(anna, access.RenameGroup, pagopa, closed), ""},
		{"another name, taken", taken(of(anna, access.RenameGroup, pagopa, office)), access.GroupNameTaken},
		{"V9 another name for no group", of(anna, access.RenameGroup, pagopa, access.Group{}), access.NoGroup},
		{"V9 another name for another product's group", of(anna, access.RenameGroup, pagopa, foreign), access.NoGroup},
		{"P1 another name on another product", of(anna, access.RenameGroup, other, foreign), access.NotAdministrator},

		{"suspend a group", of(anna, access.SuspendGroup, pagopa, office), ""},
		{"suspend a group, names have no say", taken(of(anna, access.SuspendGroup, pagopa, office)), ""},
		{"suspend a suspended group", of(anna, access.SuspendGroup, pagopa, closed), access.GroupNotActive},
		{"P1 suspend another product's group", of(anna, access.SuspendGroup, other, foreign), access.NotAdministrator},
		{"V3 an Operator suspends a group", of(oto, access.SuspendGroup, pagopa, office), access.NotAnyAdministrator},

		{"re-enable a group", of(anna, access.ReactivateGroup, pagopa, closed), ""},
		{"re-enable an active group", of(anna, access.ReactivateGroup, pagopa, office), access.GroupActive},
		{"re-enable a group of no known state", of(anna, access.ReactivateGroup, pagopa, access.Group{ID: "g", Product: "pagopa"}), access.GroupActive},
		{"suspend a group of no known state", of(anna, access.SuspendGroup, pagopa, access.Group{ID: "g", Product: "pagopa"}), access.GroupNotActive},

		{"delete a group", of(anna, access.DeleteGroup, pagopa, office), ""},
		{"delete a suspended group", of(anna, access.DeleteGroup, pagopa, closed), ""},
		{"V9 delete no group", of(anna, access.DeleteGroup, pagopa, access.Group{}), access.NoGroup},
		{"V9 delete a group of no product", of(anna, access.DeleteGroup, access.Product{}, access.Group{ID: "g"}), access.NoGroup},
		{"2 suspended powers are none", of(newUser("x", suspended(admin("pagopa"))), access.DeleteGroup, pagopa, office), access.NoPowers},

		{"V3 an Administrator takes a list along", of(anna, access.Export, access.Product{}, access.Group{}), ""},
		{"V3 also of a product that they don't administer", of(anna, access.Export, other, access.Group{}), ""},
		{"V3 an Operator doesn't", of(oto, access.Export, pagopa, access.Group{}), access.NotAnyAdministrator},
	}
}
