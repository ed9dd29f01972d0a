package refmodel_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/refmodel"
)

// The answers of a profile about several roles, held roles, removals and groups are those of the model, in every 31st
// situation.
func TestAProfileAgreesWithTheModel(t *testing.T) {
	t.Parallel()
	turn, seen := 0, profileComparison{reasons: map[string]bool{}}
	for asked := range 2 {
		for _, here := range fullStandings {
			for _, there := range otherStandings {
				situations(asked, here, there, func(s situation) {
					if turn++; turn%31 == 0 && !t.Failed() {
						p := s.profile()
						seen.decideEach(t, s, p)
						seen.held(t, s, p)
						seen.changing(t, s, p)
						seen.removing(t, s, p)
						seen.groups(t, s, p)
						seen.controls(t, s, p)
					}
				})
			}
		}
	}
	t.Logf("%+v", seen)
	for _, reason := range controlReasons {
		if !seen.reasons[reason] {
			t.Errorf("no control has the reason %q", reason)
		}
	}
	if seen.Granted == 0 || seen.Refused == 0 || seen.Gone == 0 || seen.Grouped == 0 || seen.Changed == 0 || seen.Both == 0 {
		t.Error("the comparison has seen too little")
	}
}

// profileComparison counts roles granted and refused, removals of all roles (Gone), granted actions on groups
// (Grouped), granted changes to two roles (Changed), and removals that end the first product's roles and not the last one's
// (Both).
type profileComparison struct {
	Granted, Refused, Gone, Grouped, Changed, Both int

	reasons map[string]bool // of controls: the control and the reason
}

// profile converts the situation to the profile of a page.
func (s situation) profile() access.Profile {
	_, q := s.pair()
	p := access.Profile{Actor: q.Actor, Subject: q.Subject}
	for i, product := range products() {
		if i == s.asked {
			product.PhaseOut = s.phaseOut
		}
		if i != s.asked || s.isActive {
			p.Products = append(p.Products, product)
		}
	}
	return p
}

// target returns a role by its index.
func target(product, role int) access.Target {
	return access.Target{Product: []access.ProductID{"one", "two"}[product], Role: roleIDs[role]}
}

func (n *profileComparison) decideEach(t *testing.T, s situation, p access.Profile) {
	c, _ := s.pair()
	var targets []access.Target
	for role := range roleIDs {
		targets = append(targets, target(s.asked, role))
	}
	for _, action := range []access.Action{access.Suspend, access.Reactivate, access.Remove} {
		var granted []access.Target
		refused := map[access.Target]access.Reason{}
		c.Action = string(action)
		for role, at := range targets {
			c.Role = 1 << role
			if !s.isActive {
				c.Role = 0
			}
			if allowed, reason := refmodel.Answer(c); allowed {
				granted = append(granted, at)
			} else {
				refused[at] = access.Reason(reason)
			}
		}
		got, not := p.DecideEach(action, targets)
		if !slices.Equal(granted, got) || !maps.Equal(refused, not) {
			t.Errorf("%s: %s%s\n%+v", action, cmp.Diff(granted, got), cmp.Diff(refused, not), s)
		}
		n.Granted, n.Refused = n.Granted+len(granted), n.Refused+len(refused)
	}
}

// changing compares changes to no role, to one, to two in both orders, a role twice included, and to three of which two do
// not combine; and what is left of them.
func (n *profileComparison) changing(t *testing.T, s situation, p access.Profile) {
	c, _ := s.pair()
	product := target(s.asked, 0).Product
	compare := func(bits []refmodel.Roles, roles ...access.RoleID) {
		want := refmodel.WhyNotChange(c, bits...)
		if got := p.WhyNotChange(product, roles...); string(got) != want {
			t.Errorf("to %v: got %q, want %q\n%+v", roles, got, want, s)
		}
		if want == "" && len(roles) == 2 {
			n.Changed++
		}
		if want != "" {
			return
		}
		after := s
		after.subject[s.asked].Active = 0
		for _, bit := range bits {
			after.subject[s.asked].Active |= bit
		}
		if got := p.WithChange(product, roles...).HeldRoles(); !slices.Equal(after.holds(), got) {
			t.Errorf("to %v: holds %v, want %v\n%+v", roles, got, after.holds(), s)
		}
	}
	compare(nil)
	if s.isActive {
		compare([]refmodel.Roles{roleB, roleA, roleC}, "b", "a", "c")
	}
	for i, a := range roleIDs {
		first := refmodel.Roles(1) << i
		if !s.isActive {
			first = 0
		}
		compare([]refmodel.Roles{first}, a)
		for j, b := range roleIDs {
			compare([]refmodel.Roles{first, 1 << j}, a, b)
		}
	}
}

// holds lists the subject's roles, ordered by product and role.
func (s situation) holds() (all []access.Target) {
	for product := range 2 {
		for role := range roleIDs {
			if on := s.subject[product]; (product != s.asked || s.isActive) && (on.Active|on.Suspended)>>role&1 == 1 {
				all = append(all, target(product, role))
			}
		}
	}
	return all
}

func (n *profileComparison) held(t *testing.T, s situation, p access.Profile) {
	if want, got := s.holds(), p.HeldRoles(); !slices.Equal(want, got) {
		t.Errorf("held: %s\n%+v", cmp.Diff(want, got), s)
	}
}

// removing compares the preview of removing every subset of the held roles.
func (n *profileComparison) removing(t *testing.T, s situation, p access.Profile) {
	all := s.holds()
	for set := range 1 << len(all) {
		var goes []access.Target
		stays := map[access.ProductID]bool{}
		for i, at := range all {
			if set>>i&1 == 1 {
				goes = append(goes, at)
			} else {
				stays[at.Product] = true
			}
		}
		want := access.Removal{LastAtAll: len(stays) == 0 && !s.hasInactiveRoles}
		for _, at := range goes {
			want.LastOnProduct = want.LastOnProduct || !stays[at.Product]
		}
		if got := p.PreviewRemoval(goes...); got != want {
			t.Errorf("removing %v: got %+v, want %+v\n%+v", goes, got, want, s)
		}
		if want.LastAtAll && len(goes) > 1 {
			n.Gone++
		}
		if len(goes) > 1 && !stays[goes[0].Product] && stays[goes[len(goes)-1].Product] {
			n.Both++
		}
	}
}

func (n *profileComparison) groups(t *testing.T, s situation, p access.Profile) {
	c, _ := s.pair()
	another := p.Subject.Groups
	for _, j := range groupsOf(s) {
		if j.group.ID == "" || j.facing.NameTaken || !j.facing.Exists || !s.isActive {
			continue
		}
		p.Groups, p.Subject.Groups = append([]access.Group{j.group}, another...), another
		if j.facing.Member {
			p.Subject.Groups = append(another[:1:1], j.group)
		}
		c.Group = j.facing
		for _, action := range groupActions[false] {
			if action == access.CreateGroup {
				continue // has no group yet
			}
			c.Action = string(action)
			want, reason := refmodel.Answer(c)
			if got := p.MayActOnGroup(action, j.group); got != want {
				t.Errorf("%s: got %t, want %t %s, of %+v\n%+v", action, got, want, reason, j.group, s)
			}
			if want {
				n.Grouped++
			}
		}
	}
}
