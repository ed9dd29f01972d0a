package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

func TestDecideEachReturnsGrantedAndRefusedTargets(t *testing.T) { // P1, P6
	t.Parallel()
	p := access.Profile{
		Actor:    newUser("anna", admin("send")),
		Subject:  newUser("oto", operator("send", "api"), suspended(operator("send", "security")), operator("io", "api")),
		Products: []access.Product{io, send},
	}
	active, suspendedTarget := access.Target{Product: "send", Role: "api"}, access.Target{Product: "send", Role: "security"}
	abroad, nowhere := access.Target{Product: "io", Role: "api"}, access.Target{Product: "sky", Role: "api"}
	granted, refused := p.DecideEach(access.Suspend, []access.Target{abroad, active, suspendedTarget, nowhere})
	if diff := cmp.Diff([]access.Target{active}, granted); diff != "" {
		t.Errorf("granted: %s", diff)
	}
	if diff := cmp.Diff(map[access.Target]access.Reason{
		abroad: access.NotAdministrator, suspendedTarget: access.NotActive, nowhere: access.NoSuchRole,
	}, refused); diff != "" {
		t.Errorf("refused: %s", diff)
	}
	granted, refused = p.DecideEach(access.Remove, []access.Target{suspendedTarget, active})
	if diff := cmp.Diff([]access.Target{suspendedTarget, active}, granted); diff != "" || len(refused) != 0 {
		t.Errorf("granted in another order, or not: %s, refused %v", diff, refused)
	}
	if granted, refused := p.DecideEach(access.Remove, nil); len(granted) != 0 || len(refused) != 0 {
		t.Errorf("of nothing: %v, %v", granted, refused)
	}
}

func TestHeldAreTheRolesInTheCataloguesOrder(t *testing.T) { // V8
	t.Parallel()
	p := access.Profile{
		Subject:  newUser("oto", operator("send", "security"), operator("send", "api"), suspended(operator("io", "api")), operator("sky", "api")),
		Products: []access.Product{io, send, {ID: "pay"}},
	}
	want := []access.Target{{Product: "io", Role: "api"}, {Product: "send", Role: "api"}, {Product: "send", Role: "security"}}
	if diff := cmp.Diff(want, p.HeldRoles()); diff != "" {
		t.Error(diff)
	}
	if held := (access.Profile{Products: p.Products}).HeldRoles(); len(held) != 0 {
		t.Errorf("who holds nothing holds %v", held)
	}
}

func TestWhatFollowsFromRemovingRolesTogether(t *testing.T) { // P7
	t.Parallel()
	at := func(p access.ProductID, r access.RoleID) access.Target { return access.Target{Product: p, Role: r} }
	api, security, abroad := at("send", "api"), at("send", "security"), at("io", "api")
	oto := newUser("oto", operator("send", "api"), suspended(operator("send", "security")), operator("io", "api"))
	elsewhere := oto
	elsewhere.HasInactiveRoles = true
	for name, row := range map[string]struct {
		subject access.User
		targets []access.Target
		want    access.Removal
	}{
		"one of two on a product":        {oto, []access.Target{api}, access.Removal{}},
		"the only one on a product":      {oto, []access.Target{abroad}, access.Removal{LastOnProduct: true}},
		"both on a product":              {oto, []access.Target{api, security}, access.Removal{LastOnProduct: true}},
		"one of two, and the only one":   {oto, []access.Target{abroad, security}, access.Removal{LastOnProduct: true}},
		"all":                            {oto, []access.Target{security, abroad, api}, access.Removal{LastOnProduct: true, LastAtAll: true}},
		"all that count, some elsewhere": {elsewhere, []access.Target{security, abroad, api}, access.Removal{LastOnProduct: true}},
		"nothing":                        {oto, nil, access.Removal{}},
	} {
		p := access.Profile{Subject: row.subject}
		if got := p.PreviewRemovals(row.targets); got != row.want {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
		if len(row.targets) == 1 && p.PreviewRemoval(row.targets[0]) != row.want {
			t.Errorf("%s: alone it is told otherwise", name)
		}
	}
}

// What is told of roles that go together is what is told of the last of them when they go one after the other.
func TestRemovingTogetherIsRemovingOneAfterTheOther(t *testing.T) { // P7
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := drawUser(t, "subject")
		var targets []access.Target
		var kept []access.Assignment
		for _, a := range u.Assignments {
			if rapid.Bool().Draw(t, "goes") {
				targets = append(targets, access.Target{Product: a.Product, Role: a.Role})
			} else {
				kept = append(kept, a)
			}
		}
		want := access.Removal{LastAtAll: len(kept) == 0}
		for _, goes := range targets {
			stays := false
			for _, a := range kept {
				stays = stays || a.Product == goes.Product
			}
			want.LastOnProduct = want.LastOnProduct || !stays
		}
		if got := (access.Profile{Subject: u}).PreviewRemovals(targets); got != want {
			t.Fatalf("got %+v, want %+v: %+v of %+v", got, want, targets, u)
		}
	})
}

func TestTheProfileAsksTheServicesQuestionAboutGroups(t *testing.T) { // P9
	t.Parallel()
	office := access.Group{ID: "office", Product: "send", Status: access.Active}
	closed := access.Group{ID: "closed", Product: "send", Status: access.Suspended}
	abroad := access.Group{ID: "abroad", Product: "io", Status: access.Active}
	p := access.Profile{
		Actor: newUser("anna", admin("send")), Subject: newUser("oto", operator("send", "api")),
		Products: []access.Product{io, send}, Groups: []access.Group{abroad, office, closed},
	}
	p.Subject.Groups = []access.Group{closed}
	may := map[access.GroupID][]access.Action{
		"office": {access.Join, access.RenameGroup, access.SuspendGroup, access.DeleteGroup},
		"closed": {access.Leave, access.RenameGroup, access.ReactivateGroup, access.DeleteGroup},
	}
	for _, g := range p.Groups {
		var got []access.Action
		for _, action := range []access.Action{
			access.Join, access.Leave, access.RenameGroup, access.SuspendGroup, access.ReactivateGroup, access.DeleteGroup,
		} {
			if p.MayActOnGroup(action, g) {
				got = append(got, action)
			}
		}
		if diff := cmp.Diff(may[g.ID], got); diff != "" {
			t.Errorf("%s: %s", g.ID, diff)
		}
	}
	if q := p.GroupRequest(access.Leave, "send", "sky"); q.Group != (access.Group{}) || q.Product.ID != "send" {
		t.Errorf("a group that isn't there: %+v", q.Group)
	}
	if p.MayActOnGroup(access.DeleteGroup, access.Group{ID: "office", Product: "io"}) {
		t.Error("granted on a group of which the product isn't true")
	}
}
