package access_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"areariservata.example/utenti/internal/access"
)

func TestPreviewRemoval(t *testing.T) { // P7
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
		if got := p.PreviewRemoval(row.targets...); got != row.want {
			t.Errorf("%s: got %+v, want %+v", name, got, row.want)
		}
	}
}

func TestPreviewRemovalOfRandomRoles(t *testing.T) { // P7
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := drawUser(t, "subject")
		var targets []access.Target
		var kept []access.Assignment
		for _, a := range u.Assignments {
			if rapid.Bool().Draw(t, "removed") {
				targets = append(targets, access.Target{Product: a.Product, Role: a.Role})
			} else {
				kept = append(kept, a)
			}
		}
		want := access.Removal{LastAtAll: len(kept) == 0}
		for _, t := range targets {
			stays := false
			for _, a := range kept {
				stays = stays || a.Product == t.Product
			}
			want.LastOnProduct = want.LastOnProduct || !stays
		}
		if got := (access.Profile{Subject: u}).PreviewRemoval(targets...); got != want {
			t.Fatalf("got %+v, want %+v: %+v of %+v", got, want, targets, u)
		}
	})
}

func TestLosesLastPower(t *testing.T) { // P11
	t.Parallel()
	api, security := access.Target{Product: "send", Role: "api"}, access.Target{Product: "send", Role: "security"}
	abroad := access.Target{Product: "io", Role: "api"}
	user := newUser("oto", operator("send", "api"), operator("send", "security"), suspended(operator("io", "api")))
	for name, row := range map[string]struct {
		subject access.User
		roles   []access.Target
		want    bool
	}{
		"one of two active roles":           {user, []access.Target{api}, false},
		"both active roles":                 {user, []access.Target{api, security}, true},
		"all roles":                         {user, []access.Target{api, security, abroad}, true},
		"a suspended role":                  {user, []access.Target{abroad}, false},
		"no role":                           {user, nil, false},
		"a role that is not held":           {user, []access.Target{{Product: "io", Role: "security"}}, false},
		"the role of a user without powers": {newUser("oto", suspended(operator("io", "api"))), []access.Target{abroad}, false},
	} {
		if got := (access.Profile{Subject: row.subject}).LosesLastPower(row.roles...); got != row.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// P6: the rule of a transition grants it in the state where it starts, and in no other.
func TestTransitionsStartWhereTheirRulesAllow(t *testing.T) {
	t.Parallel()
	found := 0
	for _, a := range access.Actions {
		change := a.Transition()
		if change == (access.Transition{}) {
			continue
		}
		found++
		for _, status := range []access.Status{access.Active, access.Suspended} {
			held := operator("send", "api")
			held.Status = status
			err := access.Decide(on(newUser("anna", admin("send")), a, newUser("oto", held), send, "api"))
			if granted := err == nil; granted != (status == change.Before) {
				t.Errorf("%s from %s to %s: on a role that is %s: %v", a, change.Before, change.After, status, err)
			}
		}
		back := access.Transition{Before: change.After, After: change.Before}
		if reverse := a.Reverse(); reverse != "" && reverse.Transition() != back {
			t.Errorf("%s: its reverse %s is %v", a, reverse, reverse.Transition())
		}
		if a.TakesPower() != (change.After != access.Active) {
			t.Errorf("%s takes power: %v", a, a.TakesPower())
		}
	}
	if found < 2 {
		t.Errorf("only %d transitions", found)
	}
}

func TestRemovalIsTheLastOfTheRoleActions(t *testing.T) {
	t.Parallel()
	want := []access.Action{access.Suspend, access.Reactivate, access.Remove}
	if got := access.RoleActions(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReverseUndoes(t *testing.T) {
	t.Parallel()
	var reversible []access.Action
	for _, a := range access.Actions {
		if reverse := a.Reverse(); reverse != "" {
			reversible = append(reversible, a)
			if (reverse == a) != (a == access.ChangeRole) || reverse.Reverse() != a {
				t.Errorf("%s: the reverse is %s, and its reverse %s", a, reverse, reverse.Reverse())
			}
		}
	}
	want := []access.Action{access.ChangeRole, access.Suspend, access.Reactivate, access.SuspendGroup, access.ReactivateGroup}
	if !slices.Equal(reversible, want) {
		t.Errorf("reversible: %v", reversible)
	}
}

func TestBulkActions(t *testing.T) {
	t.Parallel()
	all := access.BulkActions(true)
	if want := []access.Action{access.Suspend, access.Reactivate, access.Join, access.Remove}; !slices.Equal(all, want) {
		t.Errorf("with groups: %v", all)
	}
	for _, a := range access.Actions {
		if a.IsBulk() != slices.Contains(all, a) {
			t.Errorf("%s: a bulk action is %v", a, a.IsBulk())
		}
		if slices.Contains(access.BulkActions(false), a) != (a != access.Join && a.IsBulk()) {
			t.Errorf("without groups: %v", access.BulkActions(false))
		}
	}
}
