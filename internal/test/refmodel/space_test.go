package refmodel_test

import (
	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// The two products have the same roles in this order. "c" combines with no role on the first and with "b" on the
// second.
const (
	chief  refmodel.Roles = 1 << iota // Administrator
	vice                              // Administrator, combines with none
	roleA                             // Operator, combines with b
	roleB                             // Operator, combines with a
	roleC                             // Operator
	signed                            // Operator, needs a signature
	closed                            // Operator, not assignable
)

var (
	roleIDs = [...]access.RoleID{"chief", "vice", "a", "b", "c", "signed", "closed"}
	// Standings on the question's product, and on the other one.
	fullStandings = []refmodel.Standing{
		{},
		{Active: chief},
		{Suspended: chief},
		{Active: vice},
		{Active: roleA},
		{Suspended: roleA},
		{Active: roleB},
		{Suspended: roleB},
		{Active: roleA | roleB},
		{Active: roleA, Suspended: roleB},
		{Active: roleB, Suspended: roleA},
		{Suspended: roleA | roleB},
		{Active: roleC},
		{Active: signed},
		{Suspended: closed},
	}
	otherStandings = []refmodel.Standing{
		{}, {Active: chief}, {Suspended: chief}, {Active: roleA, Suspended: roleB}, {Suspended: roleC},
	}
	askedRoles = []refmodel.Roles{chief, vice, roleA, roleB, roleC, signed, closed, 0}
)

func category(role int) access.Category {
	if role < 2 {
		return access.Administrator
	}
	return access.Operator
}

// products returns the two products for the decision.
func products() [2]access.Product {
	var two [2]access.Product
	for i, id := range []access.ProductID{"one", "two"} {
		two[i].ID = id
		for n, role := range roleIDs {
			r := access.Role{ID: role, Category: category(n), Assignable: access.AssignableHere}
			switch refmodel.Roles(1) << n {
			case roleA:
				r.Combines = []string{"ab"}
			case roleB:
				r.Combines = []string{"bc", "ab"}
			case roleC:
				r.Combines = []string{"c"}
				if i == 1 {
					r.Combines = []string{"bc"}
				}
			case signed:
				r.Assignable = access.AssignableWithSignature
			case closed:
				r.Assignable = access.NotAssignableHere
			}
			two[i].Roles = append(two[i].Roles, r)
		}
	}
	return two
}

// modelProducts returns the same two for the model.
func modelProducts() [2]refmodel.Product {
	one := refmodel.Product{
		Active: true, Administrators: chief | vice, Operators: roleA | roleB | roleC | signed | closed,
		Signature: signed, NotAssignableHere: closed, Combinable: []refmodel.Roles{roleA | roleB},
	}
	two := one
	two.Combinable = []refmodel.Roles{roleA | roleB, roleB | roleC}
	return [2]refmodel.Product{one, two}
}

// situation has the standings and the question's product.
type situation struct {
	asked              int // index of the question's product
	isActive, phaseOut bool
	actor              [2]refmodel.Standing
	subject            [2]refmodel.Standing
	self, known        bool
	verified           bool
	hasInactiveRoles   bool // the subject holds roles on products that are no longer active
}

// assignments converts the two standings for the decision: none on an inactive product, and in reverse order on the
// second product, since the order must not matter.
func (s situation) assignments(two [2]refmodel.Standing) []access.Assignment {
	var all []access.Assignment
	for i, id := range []access.ProductID{"one", "two"} {
		if i == s.asked && !s.isActive {
			continue
		}
		for n := range roleIDs {
			if i == 1 {
				n = len(roleIDs) - 1 - n
			}
			a := access.Assignment{Product: id, Role: roleIDs[n], Category: category(n), Status: access.Active}
			if two[i].Suspended>>n&1 == 1 {
				a.Status = access.Suspended
			} else if two[i].Active>>n&1 == 0 {
				continue
			}
			all = append(all, a)
		}
	}
	return all
}

// pair returns the common part of both questions.
func (s situation) pair() (refmodel.Question, access.Request) {
	two, modelProduct := products(), modelProducts()
	modelProduct[s.asked].Active, modelProduct[s.asked].PhaseOut = s.isActive, s.phaseOut
	c := refmodel.Question{
		Products: modelProduct[:], Product: s.asked, Actor: s.actor[:], Subject: s.subject[:],
		Self: s.self, Known: s.known, Verified: s.verified,
	}
	q := access.Request{Actor: access.User{ID: "actor", Assignments: s.assignments(s.actor)}}
	q.Subject = access.User{
		ID: "subject", Assignments: s.assignments(s.subject), Verified: s.verified, HasInactiveRoles: s.hasInactiveRoles,
		Groups: []access.Group{{ID: "another", Product: two[s.asked].ID, Status: access.Active}},
	}
	if !s.known {
		q.Subject.ID = ""
	}
	if s.self {
		q.Subject.ID = q.Actor.ID
		q.Actor = q.Subject
	}
	if s.isActive {
		q.Product = two[s.asked]
		q.Product.PhaseOut = s.phaseOut
	}
	return c, q
}

// situations calls visit with each situation of an actor with these standings and of a question on that product.
func situations(asked int, here, there refmodel.Standing, visit func(situation)) {
	order := func(here, there refmodel.Standing) [2]refmodel.Standing {
		if asked == 0 {
			return [2]refmodel.Standing{here, there}
		}
		return [2]refmodel.Standing{there, here}
	}
	actor := order(here, there)
	for flags := range 16 {
		s := situation{
			asked: asked, actor: actor,
			isActive: flags&1 == 0, phaseOut: flags&2 != 0, verified: flags&4 != 0, hasInactiveRoles: flags&8 != 0,
		}
		for _, h := range fullStandings {
			for _, t := range otherStandings {
				s.subject = order(h, t)
				s.known = true
				visit(s)
				s.known = false // a role for a person who is not a user yet
				visit(s)
			}
		}
		s.known, s.self, s.subject = true, true, actor
		visit(s)
	}
}

// groupsOf returns the groups to ask about: none, one on the product in each state with the subject a member or not,
// and one on another product; each with its name free or taken.
func groupsOf(s situation) []joining {
	product := [2]access.ProductID{"one", "two"}
	joinings := []joining{{}, {facing: refmodel.Group{NameTaken: true}}}
	for n := range 16 {
		j := joining{
			group:  access.Group{ID: "group", Product: product[s.asked], Status: access.Active},
			facing: refmodel.Group{Exists: n&1 == 0, Active: n&2 == 0, Member: n&4 != 0, NameTaken: n&8 != 0},
		}
		if !j.facing.Exists {
			j.group.Product = product[1-s.asked]
		}
		if !j.facing.Active {
			j.group.Status = access.Suspended
		}
		joinings = append(joinings, j)
	}
	return joinings
}

// groupActions are the actions on a group, by whether its name is taken. Of those that need no name, one is enough to
// show that a taken name has no effect.
var groupActions = map[bool][]access.Action{
	false: {
		access.Join, access.Leave, access.CreateGroup, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup,
		access.DeleteGroup,
	},
	true: {access.CreateGroup, access.RenameGroup, access.DeleteGroup},
}

type joining struct {
	group  access.Group
	facing refmodel.Group
}

// questions calls ask with every question of a situation, in both forms.
func questions(s situation, ask func(refmodel.Question, access.Request)) {
	c, q := s.pair()
	put := func(action access.Action) {
		c.Action, q.Action = string(action), action
		ask(c, q)
	}
	for _, action := range []access.Action{
		access.EnterUsers, access.View, access.Edit, access.Export, access.Load, access.Verify, "sing", "",
	} {
		put(action)
	}
	c.Names, q.ChangesNames = true, true
	put(access.Edit)
	c.Names, q.ChangesNames = false, false
	for _, role := range askedRoles {
		c.Role, q.Role = role, "nothing"
		for n, id := range roleIDs {
			if role>>n&1 == 1 {
				q.Role = id
			}
		}
		for _, action := range []access.Action{access.Add, access.Assign, access.ChangeRole, access.Suspend, access.Reactivate, access.Remove} {
			put(action)
		}
	}
	c.Role, q.Role = 0, ""
	groups := q.Subject.Groups
	for _, j := range groupsOf(s) {
		c.Group, q.Group, q.Subject.Groups, q.NameTaken = j.facing, j.group, groups, j.facing.NameTaken
		if j.facing.Member {
			q.Subject.Groups = append(groups[:1:1], j.group)
		}
		for _, action := range groupActions[j.facing.NameTaken] {
			put(action)
		}
	}
}
