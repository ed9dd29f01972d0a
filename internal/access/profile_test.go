package access_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"areariservata.example/utenti/internal/access"
)

func TestDecideEach(t *testing.T) { // P1, P6
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
		t.Errorf("in another order: granted %s, refused %v", diff, refused)
	}
	if granted, refused := p.DecideEach(access.Remove, nil); len(granted) != 0 || len(refused) != 0 {
		t.Errorf("no roles: granted %v, refused %v", granted, refused)
	}
}

func TestHeldRoles(t *testing.T) { // V8
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
		t.Errorf("a user without roles holds %v", held)
	}
}

func TestMayActOnGroup(t *testing.T) { // P9
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
		t.Errorf("a group that does not exist: %+v", q.Group)
	}
	if p.MayActOnGroup(access.DeleteGroup, access.Group{ID: "office", Product: "io"}) {
		t.Error("granted on a group with another product than its own")
	}
}
