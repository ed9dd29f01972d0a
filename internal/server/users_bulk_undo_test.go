package server_test

import (
	"net/http"
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

// An undo that is confirmed when the session has ended is still one after signing in: it names and reverses what it did
// before, and leaves alone what a colleague has changed since.
func TestAnUndoIsKeptOverASignIn(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	review := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo))
	done := b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, review))
	undo := b.Press(done, "Riabilita gli stessi ruoli delle stesse persone")
	form := confirmation(t, i.ID, undo)
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	eva := s.SignIn(t, "Eva Bruni")
	for _, action := range []access.Action{access.Reactivate, access.Suspend} {
		eva.Post(web.RoleURL(i.ID, i.Leo, security, action), site.KeyedForm())
	}
	restored := b.SignIn(b.Post(web.BulkConfirmURL(i.ID), form), "Anna Bianchi")
	checkPageText(t, restored, "after signing in", "Oto Neri", "sono stati cambiati di nuovo nel frattempo: restano come sono")
	again := confirmation(t, i.ID, restored)
	if again.Get("undo") != form.Get("undo") || form.Get("undo") == "" {
		t.Errorf("undoes %q, before %q", again.Get("undo"), form.Get("undo"))
	}
	b.Post(web.BulkConfirmURL(i.ID), again)
	if oto, leo := s.Status(t, i.ID, i.Oto, api), s.Status(t, i.ID, i.Leo, security); oto != access.Active || leo != access.Suspended {
		t.Errorf("Oto Neri's role is %q, Leo Verdi's %q", oto, leo)
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
		banner := func(p site.Page, address string) bool {
			return p.ByID("outcome").HasInner("a", "href", web.UndoURL(address, p.URL.Query().Get("done")))
		}
		return banner(b.Get(suspended.URL.String()), web.RoleURL(i.ID, i.Oto, api, access.Reactivate)),
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

// Between the review page of an undo and its confirmation, a colleague re-enables and suspends again what it is about: the
// confirmation leaves it alone, for roles one by one, several at once, and groups.
func TestAnUndoIsDecidedAgainWhenItIsConfirmed(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Admin("Eva Bruni", "prod-interop")
	group := i.Group("prod-interop", "Ufficio")
	b, eva := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Eva Bruni")
	press := func(address, button string) site.Page { return b.Press(b.Get(address), button) }

	review := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo))
	bulk := b.Press(b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, review)), "Riabilita gli stessi ruoli delle stesse persone")
	one := b.Get(press(web.RoleURL(i.ID, i.Leo, access.Target{Product: "prod-pn", Role: "operator"}, access.Suspend), "Sospendi").
		ByID("outcome").One("link", "Riabilita Gestore Notifiche di Leo Verdi").Attr("href"))
	ofGroup := b.Get(press(web.GroupActionURL(i.ID, group, access.SuspendGroup), "Sospendi").
		ByID("outcome").One("link", "Riabilita il gruppo “Ufficio” di Interoperabilità").Attr("href"))

	for _, action := range []access.Action{access.Reactivate, access.Suspend} {
		eva.Post(web.RoleURL(i.ID, i.Leo, security, action), site.KeyedForm())
	}
	for _, action := range []access.Action{access.ReactivateGroup, access.SuspendGroup} {
		form := site.KeyedForm()
		form.Set("product", "prod-interop")
		eva.Post(web.GroupActionURL(i.ID, group, action), form)
	}
	i.Admin("Ugo Blu", "prod-pn")
	ugo := s.SignIn(t, "Ugo Blu")
	for _, action := range []access.Action{access.Reactivate, access.Suspend} {
		ugo.Post(web.RoleURL(i.ID, i.Leo, access.Target{Product: "prod-pn", Role: "operator"}, action), site.KeyedForm())
	}

	done := b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, bulk))
	checkPageText(t, done, "several at once", "Leo Verdi", "È stato cambiato di nuovo nel frattempo")
	if s.Status(t, i.ID, i.Oto, api) != access.Active || s.Status(t, i.ID, i.Oto, security) != access.Active {
		t.Error("what no colleague has changed is not undone")
	}
	if got := s.Status(t, i.ID, i.Leo, security); got != access.Suspended {
		t.Errorf("the bulk undo makes a colleague's suspension %q", got)
	}
	for name, page := range map[string]site.Page{"one role": one, "a group": ofGroup} {
		if p := b.Press(page, "Riabilita"); p.Status != http.StatusConflict || !strings.Contains(p.Text(), "cambiato di nuovo") {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	if got := s.Status(t, i.ID, i.Leo, access.Target{Product: "prod-pn", Role: "operator"}); got != access.Suspended {
		t.Errorf("the undo makes a colleague's suspension %q", got)
	}
	if n := s.Count(t, `SELECT count(*) FROM user_group WHERE id = $1 AND status = 'suspended'`, group); n != 1 {
		t.Error("the undo re-enables a group that a colleague has suspended")
	}
}
