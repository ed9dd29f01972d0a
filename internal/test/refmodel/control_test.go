package refmodel_test

import (
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// controlReasons are the reasons that the space must have for controls that are not offered, beside an offered one.
var controlReasons = []string{
	"assign: ", "assign: on-oneself", "assign: already-held", "assign: phasing-out", "assign: not-seen",
	"another: ", "another: on-oneself", "another: not-administrator", "another: not-combinable", "another: all-suspended-there",
	"another: phasing-out",
	"change: ", "change: on-oneself", "change: not-administrator", "change: all-suspended-there", "change: phasing-out",
	"group: ", "group: no-such-group", "group: already-member", "group: group-suspended", "group: not-administrator",
	"add: ", "add: phasing-out", "add: not-administrator", "add: not-anywhere", "add to any: ", "add to any: phasing-out",
}

// controls compares the reasons of the controls that stand for several roles or groups (rules, section 3). A profile
// without a subject has none of them but those that add users.
func (n *profileComparison) controls(t *testing.T, s situation, p access.Profile) {
	c, _ := s.pair()
	product := []access.ProductID{"one", "two"}[s.asked]
	compare := func(control refmodel.Control, groups []refmodel.Group, got access.Reason) {
		want := refmodel.WhyNot(control, c, groups)
		n.reasons[string(control)+": "+want] = true
		if string(got) != want {
			t.Errorf("%s, groups %+v: got %q, want %q\n%+v", control, groups, got, want, s)
		}
	}
	if !p.Actor.HasPowers() { // sees no page at all
		return
	}
	d := access.Directory{Actor: p.Actor, Products: p.Products}
	if s.isActive {
		compare(refmodel.AddUser, nil, d.WhyNotAdd(product))
	}
	compare(refmodel.AddAnywhere, nil, d.WhyNotAdd(""))
	if !s.known {
		return
	}
	compare(refmodel.NewRole, nil, p.WhyNotNewProduct())
	if !s.isActive {
		return
	}
	if c.Subject[s.asked] != (refmodel.Standing{}) {
		compare(refmodel.AnotherRole, nil, p.WhyNotAssignAnother(product))
		compare(refmodel.AnyChange, nil, p.WhyNotAnyChange(product))
	}
	foreign := access.Group{ID: "foreign", Product: "elsewhere", Status: access.Active}
	for n := range 1 << 4 { // an active and a suspended group, each there or not, with the subject in it or not
		var groups []refmodel.Group
		p.Groups, p.Subject.Groups = []access.Group{foreign}, []access.Group{foreign}
		for i, g := range []access.Group{
			{ID: "active", Product: product, Status: access.Active}, {ID: "suspended", Product: product, Status: access.Suspended},
		} {
			if n>>i&1 == 0 {
				continue
			}
			member := n>>(i+2)&1 == 1
			groups = append(groups, refmodel.Group{Exists: true, Active: g.Status == access.Active, Member: member})
			p.Groups = append(p.Groups, g)
			if member {
				p.Subject.Groups = append(p.Subject.Groups, g)
			}
		}
		if s.self {
			p.Actor.Groups = p.Subject.Groups
		}
		compare(refmodel.AnyGroup, groups, p.WhyNotAnyGroup(product))
	}
}
