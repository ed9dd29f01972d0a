package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// confirmation is the form of the confirmation page.
func confirmation(t *testing.T, i access.InstitutionID, p site.Page) url.Values {
	t.Helper()
	for _, b := range p.All("button", "") {
		if form := b.Form(); form.Action == web.BulkConfirmURL(i) {
			return form.Values
		}
	}
	t.Fatalf("no form to confirm: %d %s", p.Status, p.Text())
	return nil
}

func checkPageText(t *testing.T, p site.Page, when string, words ...string) {
	t.Helper()
	for _, word := range words {
		if !strings.Contains(p.Text(), word) {
			t.Errorf("%s: the page lacks %q: %s", when, word, p.ByID("content").Text())
		}
	}
}

// The confirmation names each user with the effect, and those who are left out with the reason; it changes nothing.
// The result reports each user, offers the reverse action, and can be loaded again.
func TestABulkActionSuspendsAndReactivatesRoles(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	const unknownID access.UserID = "00000000-0000-4000-8000-000000000000"
	before := s.Count(t, `SELECT count(*) FROM audit_event`)
	ask := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Pia, i.Leo, unknownID, i.Oto))
	if ask.Status != http.StatusOK || !strings.HasPrefix(ask.Title(), "Vuoi sospendere 2 persone su Interoperabilità?") {
		t.Fatalf("%d %q", ask.Status, ask.Title())
	}
	checkPageText(
		t,
		ask,
		"before",
		"Oto Neri",
		"Operatore API e Operatore Sicurezza",
		"Leo Verdi",
		"Non potrà più operare come Operatore Sicurezza",
		"Pia Gialli",
		"È già sospeso tutto quello che ha su Interoperabilità",
		"1 persona di quelle che hai scelto non è più tra gli utenti",
	)
	if got := s.Count(t, `SELECT count(*) FROM audit_event`); got != before || s.Status(t, i.ID, i.Oto, api) != access.Active {
		t.Error("the confirmation has changed something")
	}
	if back := ask.One("link", htmltest.Cancel).
		Attr("href"); back != web.UsersURL(
		i.ID,
		access.Filter{Product: "prod-interop", State: access.Active, Sort: access.ByNameDesc},
	) {
		t.Errorf("back to %s", back)
	}
	form := confirmation(t, i.ID, ask)
	done := b.Post(web.BulkConfirmURL(i.ID), form)
	if done.Status != http.StatusOK || !strings.HasPrefix(done.Title(), "2 persone sospese – Utenti") ||
		!strings.Contains(done.All("status", "")[0].Text(), "2 persone sospese.") {
		t.Fatalf("%d %q", done.Status, done.Title())
	}
	checkPageText(t, done, "done", "Oto Neri", "Ruoli: Operatore API (Sospeso) e Operatore Sicurezza (Sospeso).", "Leo Verdi")
	if strings.Contains(done.Text(), "Pia Gialli") {
		t.Error("a user who was left out")
	}
	for _, at := range []access.Target{api, security} {
		if got := s.Status(t, i.ID, i.Oto, at); got != access.Suspended {
			t.Errorf("%s is %q", at.Role, got)
		}
	}
	if got := s.Status(t, i.ID, i.Leo, access.Target{Product: "prod-pn", Role: "operator"}); got != access.Active {
		t.Errorf("another product's role is %q", got)
	}
	if got := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'suspend'`); got != 3 {
		t.Errorf("%d records of three roles", got)
	}
	again, loaded := b.Post(web.BulkConfirmURL(i.ID), form), b.Get(done.URL.String())
	if again.URL.String() != done.URL.String() || again.Title() != done.Title() || loaded.Title() != done.Title() {
		t.Errorf("again: %s %q, %q", again.URL, again.Title(), loaded.Title())
	}
	if got := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'suspend'`); got != 3 {
		t.Errorf("sent twice: %d records", got)
	}
	reverse := b.Press(done, "Riabilita gli stessi ruoli delle stesse persone")
	if !strings.HasPrefix(reverse.Title(), "Vuoi riabilitare 2 persone") {
		t.Fatalf("the reverse: %d %q", reverse.Status, reverse.Title())
	}
	if p := b.Post(
		web.BulkConfirmURL(i.ID),
		confirmation(t, i.ID, reverse),
	); !strings.HasPrefix(p.Title(), "2 persone riabilitate") ||
		s.Status(t, i.ID, i.Oto, security) != access.Active {
		t.Errorf("re-enabled: %d %q", p.Status, p.Title())
	}
	if strings.Contains(done.URL.String(), string(i.Oto)) || strings.Contains(s.Log.String(), string(i.Oto)) {
		t.Error("an address or the log has users' ids")
	}
}

// P7: the confirmation says which users would leave the institution and which groups they would leave; the result names
// those who left, as the log does.
func TestABulkRemovalRemovesRoles(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Group("prod-interop", "Sviluppo")
	i.Join("Leo Verdi", "prod-interop", "Sviluppo")
	b := s.SignIn(t, "Anna Bianchi")
	ask := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Remove, i.Oto, i.Pia, i.Leo))
	checkPageText(
		t,
		ask,
		"before",
		"Vuoi rimuovere 3 persone da Interoperabilità?",
		"Perde i ruoli Operatore API e Operatore Sicurezza. Non sarà più tra gli utenti dell’ente",
		"Perde il ruolo Operatore API.",
		"Perde anche i gruppi: Sviluppo.",
		"Se l’assenza è temporanea, sospendi",
	)
	if n := strings.Count(ask.Text(), "Non sarà più tra gli utenti"); n != 1 {
		t.Errorf("%d people would leave the institution", n)
	}
	form := confirmation(t, i.ID, ask)
	done := b.Post(web.BulkConfirmURL(i.ID), form)
	if done.Status != http.StatusOK || !strings.HasPrefix(done.Title(), "3 persone rimosse") {
		t.Fatalf("%d %q", done.Status, done.Title())
	}
	checkPageText(
		t,
		done,
		"done",
		"Oto Neri Non è più tra gli utenti dell’ente.",
		"Nessun ruolo su Interoperabilità.",
		"Leo Verdi",
		"Pia Gialli",
	)
	if strings.Contains(done.Text(), seed.Email("Oto Neri")) || s.Count(t, `SELECT count(*) FROM group_member`) != 0 {
		t.Error("the page shows more than the name of a person who is no longer a user")
	}
	if again := b.Post(web.BulkConfirmURL(i.ID), form); again.Title() != done.Title() {
		t.Errorf("again: %q", again.Title())
	}
}

// P9: the actor may join too; the confirmation and the result say who is a member already.
func TestABulkJoinAddsUsersToAGroup(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	none := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Join, i.Oto))
	if none.Status != http.StatusConflict || none.Has("button", "Assegna gruppo a 1 persona") {
		t.Errorf("without a group: %d", none.Status)
	}
	checkPageText(t, none, "without a group", "Non ci sono gruppi attivi di Interoperabilità.")
	group := i.Group("prod-interop", "Sviluppo")
	i.Group("prod-interop", "Collaudo")
	closed := i.SuspendedGroup("prod-interop", "Vecchio")
	elsewhere := i.Group("prod-pn", "Messi")
	i.Join("Oto Neri", "prod-interop", "Sviluppo")
	sara := i.Operator("Sara Blu", "prod-pn", "operator")
	ask := b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Join, i.Anna, i.Oto, i.Leo, sara))
	checkPageText(
		t,
		ask,
		"before",
		"In quale gruppo di Interoperabilità vuoi mettere 3 persone?",
		"Fa parte di: Sviluppo.",
		"1 persona ne fa già parte",
		"Sara Blu",
		"Non ha nessun ruolo su Interoperabilità, e senza",
	)
	if strings.Contains(ask.Text(), "Vecchio") {
		t.Error("a suspended group is offered")
	}
	form := confirmation(t, i.ID, ask)
	for _, wrong := range []string{"", "x", string(elsewhere)} {
		form["group"] = []string{wrong}
		if p := b.Post(
			web.BulkConfirmURL(i.ID),
			form,
		); p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") ||
			!p.Has("radio", "Sviluppo") {
			t.Errorf("group %q: %d %q", wrong, p.Status, p.Title())
		}
	}
	form.Set("group", string(group))
	done := b.Post(web.BulkConfirmURL(i.ID), form)
	if !strings.HasPrefix(done.Title(), "2 persone aggiunte al gruppo, 1 no") {
		t.Fatalf("%d %q", done.Status, done.Title())
	}
	checkPageText(t, done, "done", "Anna Bianchi (tu)", "Fa già parte del gruppo", "Leo Verdi")
	form = confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Join, i.Pia)))
	form.Set("group", string(closed))
	if p := b.Post(
		web.BulkConfirmURL(i.ID),
		form,
	); !strings.HasPrefix(p.Title(), "Nessuna persona aggiunta") ||
		!strings.Contains(p.Text(), "Il gruppo è sospeso") {
		t.Errorf("a suspended group: %d %q", p.Status, p.Title())
	}
}

// A user who changed in between is refused with the reason; the others are done.
func TestABulkItemThatChangedMeanwhileIsRefusedAlone(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	form := confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo)))
	b.Press(b.Get(web.RoleURL(i.ID, i.Oto, security, access.Suspend)), htmltest.Suspend)
	done := b.Post(web.BulkConfirmURL(i.ID), form)
	if !strings.HasPrefix(done.Title(), "1 persona sospesa, 1 no") {
		t.Fatalf("%d %q", done.Status, done.Title())
	}
	checkPageText(t, done, "stale", "Oto Neri", "Il ruolo era già sospeso.")
	if one, other := s.Status(t, i.ID, i.Oto, api), s.Status(t, i.ID, i.Leo, security); one != access.Active || other != access.Suspended {
		t.Errorf("roles were changed in part: %q, the other %q", one, other)
	}
	b.Press(b.Get(web.RoleURL(i.ID, i.Oto, security, access.Reactivate)), htmltest.Reactivate)
	if p := b.Post(web.BulkConfirmURL(i.ID), form); p.Title() != done.Title() || s.Status(t, i.ID, i.Oto, api) != access.Active {
		t.Errorf("the same form again does what it was refused: %q", p.Title())
	}
}

// The same form sent twenty times at once takes effect once.
func TestABulkFormSentTwentyTimesTakesEffectOnce(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	form := confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto, i.Leo)))
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if p := b.Post(web.BulkConfirmURL(i.ID), form); p.Status != http.StatusOK || !strings.HasPrefix(p.Title(), "2 persone sospese") {
				t.Errorf("%d %q", p.Status, p.Title())
			}
		})
	}
	wg.Wait()
	if events, batches := s.Count(
		t,
		`SELECT count(*) FROM audit_event WHERE action = 'suspend'`,
	), s.Count(
		t,
		`SELECT count(*) FROM bulk_result`,
	); events != 3 ||
		batches != 1 {
		t.Errorf("%d records, %d forms", events, batches)
	}
}

// The same form sent again continues after a fault.
func TestABulkFormIsSentAgainAfterAFault(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	form := confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Leo, i.Oto)))
	form["target"] = append(form["target"][2:], form["target"][:2]...) // Leo first
	owner := func(sql string) {
		if _, err := s.DB.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	owner(`CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stopped'; END $$`)
	owner(
		fmt.Sprintf(`CREATE TRIGGER stop BEFORE INSERT ON idempotency_key FOR EACH ROW WHEN (NEW.subject = '%s') EXECUTE FUNCTION stop()`, i.Oto),
	)
	if p := b.Post(
		web.BulkConfirmURL(i.ID),
		form,
	); p.Status != http.StatusInternalServerError || s.Status(t, i.ID, i.Leo, security) != access.Suspended ||
		s.Status(t, i.ID, i.Oto, api) != access.Active {
		t.Fatalf("not stopped half-way: %d", p.Status)
	}
	owner(`DROP TRIGGER stop ON idempotency_key`)
	if p := b.Post(
		web.BulkConfirmURL(i.ID),
		form,
	); !strings.HasPrefix(p.Title(), "2 persone sospese") ||
		s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'suspend'`) != 3 {
		t.Errorf("sent again: %d %q", p.Status, p.Title())
	}
}

// A form that outlives its session leads back to the confirmation, with the state of that moment.
func TestABulkFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	i.Group("prod-interop", "Collaudo")
	group := i.Group("prod-interop", "Sviluppo")
	end := func() {
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	b := s.SignIn(t, "Anna Bianchi")
	end()
	p := b.SignIn(b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto)), "Anna Bianchi")
	form := confirmation(t, i.ID, p)
	end()
	p = b.SignIn(b.Post(web.BulkConfirmURL(i.ID), form), "Anna Bianchi")
	if !strings.HasPrefix(p.Title(), "Vuoi sospendere 1 persona") || s.Status(t, i.ID, i.Oto, api) != access.Active {
		t.Fatalf("%d %q", p.Status, p.Title())
	}
	if p = b.Post(web.BulkConfirmURL(i.ID), confirmation(t, i.ID, p)); !strings.HasPrefix(p.Title(), "1 persona sospesa") {
		t.Errorf("%d %q", p.Status, p.Title())
	}
	form = confirmation(t, i.ID, b.Post(web.BulkURL(i.ID), site.Selection("prod-interop", access.Join, i.Oto, i.Leo)))
	form.Set("group", string(group))
	end()
	p = b.SignIn(b.Post(web.BulkConfirmURL(i.ID), form), "Anna Bianchi")
	if !strings.HasPrefix(p.Title(), "In quale gruppo") || !p.One("radio", "Sviluppo").HasAttr("checked") {
		t.Errorf("%d %q", p.Status, p.Title())
	}
	if p = b.Get(web.BulkURL(i.ID)); p.URL.Path != web.UsersURL(i.ID, access.Filter{}) {
		t.Errorf("given back twice: %s", p.URL)
	}
}
