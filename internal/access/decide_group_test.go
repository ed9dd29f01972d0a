package access_test

import "areariservata.example/utenti/internal/access"

// groupCases are about leaving a group, about changing a group itself, and about exporting.
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
		{"P9 leave a group", leave(anna, in(oto, office), pagopa, office), ""},
		{"P9 leave a suspended group", leave(anna, in(oto, closed), pagopa, closed), ""},
		{"P9 leave one of two groups", leave(anna, in(oto, closed, office), pagopa, office), ""},
		{"P9 own membership", leave(anna, in(anna, office), pagopa, office), ""},
		{"P9 a suspended user leaves", leave(anna, in(newUser("x", suspended(operator("pagopa", "api"))), office), pagopa, office), ""},
		{"P9 not a member", leave(anna, oto, pagopa, office), access.NotMember},
		{"P9 member of another group", leave(anna, in(oto, closed), pagopa, office), access.NotMember},
		{"P9 not a member of a suspended group", leave(anna, oto, pagopa, closed), access.NotMember},
		{"P1 an Operator's own membership", leave(in(oto, office), in(oto, office), pagopa, office), access.NotAdministrator},
		{"P1 another product's Administrator", leave(newUser("y", admin("other")), in(oto, office), pagopa, office), access.NotAdministrator},
		{
			"P1 a suspended Administrator",
			leave(newUser("y", suspended(admin("pagopa")), admin("other")), in(oto, office), pagopa, office), access.NotAdministrator,
		},
		{"V4 an Operator on another user", leave(oto, in(anna, office), pagopa, office), access.NotVisible},
		{"V9 no such user", leave(anna, access.User{}, pagopa, office), access.NotVisible},
		{"V9 no such group", leave(anna, in(oto, office), pagopa, access.Group{}), access.NoGroup},
		{"V9 another product's group", leave(anna, in(oto, foreign), pagopa, foreign), access.NoGroup},

		{"P21 create a group", of(anna, access.CreateGroup, pagopa, access.Group{}), ""},
		{
			"P21 create a group of a product being phased out",
			of(newUser("y", admin("leaving")), access.CreateGroup, phaseOutProduct, access.Group{}), "",
		},
		{"P21 create a group, name taken", taken(of(anna, access.CreateGroup, pagopa, access.Group{})), access.GroupNameTaken},
		{"P1 create a group of another product", of(anna, access.CreateGroup, other, access.Group{}), access.NotAdministrator},
		{
			"P1 a name taken is not revealed on another product",
			taken(of(anna, access.CreateGroup, other, access.Group{})), access.NotAdministrator,
		},
		{"V9 create a group of no product", of(anna, access.CreateGroup, access.Product{}, access.Group{}), access.NoGroup},
		{"V3 an Operator creates a group", of(oto, access.CreateGroup, pagopa, access.Group{}), access.NotAnyAdministrator},
		{
			"V3 a missing product is not revealed to an Operator",
			of(oto, access.CreateGroup, access.Product{}, access.Group{}), access.NotAnyAdministrator,
		},

		{"P21 rename", of(anna, access.RenameGroup, pagopa, office), ""},
		{"P21 rename a suspended group", of(anna, access.RenameGroup, pagopa, closed), ""},
		{"P21 rename, name taken", taken(of(anna, access.RenameGroup, pagopa, office)), access.GroupNameTaken},
		{"V9 rename no group", of(anna, access.RenameGroup, pagopa, access.Group{}), access.NoGroup},
		{"V9 rename another product's group", of(anna, access.RenameGroup, pagopa, foreign), access.NoGroup},
		{"P1 rename on another product", of(anna, access.RenameGroup, other, foreign), access.NotAdministrator},

		{"suspend a group", of(anna, access.SuspendGroup, pagopa, office), ""},
		{"suspend a group, the name does not matter", taken(of(anna, access.SuspendGroup, pagopa, office)), ""},
		{"suspend a suspended group", of(anna, access.SuspendGroup, pagopa, closed), access.GroupNotActive},
		{"P1 suspend another product's group", of(anna, access.SuspendGroup, other, foreign), access.NotAdministrator},
		{"V3 an Operator suspends a group", of(oto, access.SuspendGroup, pagopa, office), access.NotAnyAdministrator},

		{"re-enable a group", of(anna, access.ReactivateGroup, pagopa, closed), ""},
		{"re-enable an active group", of(anna, access.ReactivateGroup, pagopa, office), access.GroupActive},
		{
			"re-enable a group without status",
			of(anna, access.ReactivateGroup, pagopa, access.Group{ID: "g", Product: "pagopa"}), access.GroupActive,
		},
		{
			"suspend a group without status",
			of(anna, access.SuspendGroup, pagopa, access.Group{ID: "g", Product: "pagopa"}), access.GroupNotActive,
		},

		{"delete a group", of(anna, access.DeleteGroup, pagopa, office), ""},
		{"delete a suspended group", of(anna, access.DeleteGroup, pagopa, closed), ""},
		{"V9 delete no group", of(anna, access.DeleteGroup, pagopa, access.Group{}), access.NoGroup},
		{"V9 delete a group of no product", of(anna, access.DeleteGroup, access.Product{}, access.Group{ID: "g"}), access.NoGroup},
		{"2 suspended powers only", of(newUser("x", suspended(admin("pagopa"))), access.DeleteGroup, pagopa, office), access.NoPowers},

		{"V3 an Administrator exports", of(anna, access.Export, access.Product{}, access.Group{}), ""},
		{"V3 also a product that they do not administer", of(anna, access.Export, other, access.Group{}), ""},
		{"V3 an Operator does not export", of(oto, access.Export, pagopa, access.Group{}), access.NotAnyAdministrator},
	}
}
