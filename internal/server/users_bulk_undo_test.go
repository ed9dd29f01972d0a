package server_test

import (
	"slices"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Undoing a bulk action names and changes exactly the roles that it changed. A role that another Administrator has
// suspended before stays suspended; one that was changed again since is named, and left alone.
func TestUndoingABulkActionReversesOnlyItsOwnChanges(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop")
	b, eva := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Eva Bruni")
	change := func(by *site.Browser, user access.UserID, at access.Target, action access.Action) {
		t.Helper()
		if p := by.Post(web.RoleURL(i.ID, user, at, action), site.KeyedForm()); !strings.Contains(p.URL.RawQuery, "done=") {
			t.Fatalf("%s: %d %s", action, p.Status, p.Text())
		}
	}
	change(eva, i.Oto, security, access.Suspend)
	review := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo))
	done := b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, review))

	undo := b.Press(done, "Riabilita gli stessi ruoli delle stesse persone")
	targets := confirmation(t, i.ID, undo)["target"]
	if len(targets) != 2 || slices.Contains(targets, string(i.Oto)+":security") {
		t.Errorf("the undo names %q", targets)
	}
	// Leo's role is re-enabled and suspended again by another Administrator: the same state, and another decision.
	change(eva, i.Leo, security, access.Reactivate)
	change(eva, i.Leo, security, access.Suspend)
	undo = b.Press(b.Get(done.URL.String()), "Riabilita gli stessi ruoli delle stesse persone")
	checkPageText(t, undo, "changed since", "Leo Verdi", "sono stati cambiati di nuovo nel frattempo: restano come sono")
	b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, undo))
	for _, c := range []struct {
		user access.UserID
		at   access.Target
		want access.Status
	}{{i.Oto, api, access.Active}, {i.Oto, security, access.Suspended}, {i.Leo, security, access.Suspended}} {
		if got := s.Status(t, i.ID, c.user, c.at); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.at.Role, c.user, got, c.want)
		}
	}
	if p := b.Get(done.URL.String()); p.Has("button", "Riabilita gli stessi ruoli delle stesse persone") {
		t.Error("the undo is offered with nothing left to undo")
	}
}

// The banner of a single change offers the reverse only while the change is the last one.
func TestABannerOffersTheReverseOfTheLastChangeOnly(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop")
	b, eva := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Eva Bruni")
	suspended := b.Post(web.RoleURL(i.ID, i.Oto, api, access.Suspend), site.KeyedForm())
	group := i.Group("prod-interop", "Ufficio")
	form := site.KeyedForm()
	form.Set("product", "prod-interop")
	closed := b.Post(web.GroupActionURL(i.ID, group, access.SuspendGroup), form)
	isOffered := func() (role, ofGroup bool) {
		t.Helper()
		address := web.RoleURL(i.ID, i.Oto, api, access.Reactivate)
		banner := func(p site.Page, address string) bool { return p.ByID("outcome").HasInner("a", "href", address) }
		return banner(b.Get(suspended.URL.String()), address),
			banner(b.Get(closed.URL.String()), web.GroupActionURL(i.ID, group, access.ReactivateGroup))
	}
	if role, ofGroup := isOffered(); !role || !ofGroup {
		t.Errorf("offered after the change: %v for the role, %v for the group", role, ofGroup)
	}
	for _, action := range []access.Action{access.Reactivate, access.Suspend} {
		eva.Post(web.RoleURL(i.ID, i.Oto, api, action), site.KeyedForm())
	}
	for _, action := range []access.Action{access.ReactivateGroup, access.SuspendGroup} {
		form.Set("once", string(site.NewKey()))
		eva.Post(web.GroupActionURL(i.ID, group, action), form)
	}
	if role, ofGroup := isOffered(); role || ofGroup {
		t.Errorf("offered after a colleague's change: %v for the role, %v for the group", role, ofGroup)
	}
}
