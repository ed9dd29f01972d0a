package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// groupFixture is an institution with groups: Anna administers SEND and Interoperabilità, Ivo App IO.
type groupFixture struct {
	*site.Site
	i             *seed.Institution
	anna          *site.Browser
	office, old   access.GroupID
	oto, pia, ivo access.UserID
}

func openGroupFixture(t *testing.T) groupFixture {
	t.Helper()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	w := groupFixture{Site: s, i: i, ivo: i.Admin("Ivo Rossi", "prod-io")}
	w.oto = i.Operator("Oto Neri", "prod-interop", "api", "security")
	w.pia = i.Operator("Pia Gialli", "prod-interop", "api suspended")
	w.office = i.Group("prod-interop", "Ufficio anagrafe")
	w.old = i.SuspendedGroup("prod-interop", "Vecchio ufficio")
	i.Group("prod-io", "Redazione")
	w.anna = s.SignIn(t, "Anna Bianchi")
	return w
}

// groupOf is the id of the group whose page it is.
func groupOf(t *testing.T, p site.Page) access.GroupID {
	t.Helper()
	_, id, found := strings.Cut(p.URL.Path, "/groups/")
	if p.Status != http.StatusOK || !found {
		t.Fatalf("no group's page: %d %s %s", p.Status, p.URL, p.Text())
	}
	return access.GroupID(id)
}

func checkStatus(t *testing.T, p site.Page, status int, all ...string) {
	t.Helper()
	if p.Status != status {
		t.Errorf("%s: %d, want %d", p.URL, p.Status, status)
	}
	for _, text := range all {
		if !strings.Contains(p.Text(), text) {
			t.Errorf("%s lacks %q: %s", p.URL, text, p.Text())
		}
	}
}

// Each step in the life of a group, from the navigation to its deletion, leads to a page that reports it.
func TestAGroupIsCreatedFilledRenamedSuspendedAndDeleted(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	list := b.Follow(b.Get(web.HomeURL(s.i.ID)), "Gruppi")
	checkStatus(
		t,
		list,
		http.StatusOK,
		"Ufficio anagrafe",
		"Vecchio ufficio",
		htmltest.Suspended,
		"2 gruppi",
		"Redazione",
		"Gestito dagli Amministratori di",
		"Non ci sono ancora gruppi. Crea il primo",
	)
	if list.HasInner("a", "href", web.NewGroupURL(s.i.ID, "prod-io")) {
		t.Error("creating a group of another Administrator's product is offered")
	}

	form := b.Get(web.NewGroupURL(s.i.ID, "prod-interop"))
	action, values := fillForm(form, "Crea gruppo", map[string][]string{"title": {"  Sviluppo   e-service "}})
	made := b.Post(action, values)
	group := groupOf(t, made)
	checkStatus(
		t,
		made,
		http.StatusOK,
		"Gruppo creato",
		"Sviluppo e-service",
		"Nessuno fa ancora parte di questo gruppo. Aggiungi le prime persone.",
	)
	if again := b.Post(action, values); again.URL.String() != made.URL.String() {
		t.Errorf("the same form again: %s", again.URL)
	}

	choose := b.Follow(made, "Aggiungi persone")
	if p := b.Press(
		choose,
		"Aggiungi al gruppo",
	); p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") ||
		!strings.Contains(p.Text(), "Scegli almeno una persona") {
		t.Errorf("no user chosen: %d %q", p.Status, p.Title())
	}
	action, values = fillForm(choose, "Aggiungi al gruppo", map[string][]string{"member": {string(s.oto), string(s.pia), string(s.oto)}})
	full := b.Post(action, values)
	checkStatus(t, full, http.StatusOK, "2 persone aggiunte", "Neri Oto", "Gialli Pia")
	if !strings.HasPrefix(full.Title(), "2 persone aggiunte – ") {
		t.Errorf("title %q", full.Title())
	}
	if again := b.Post(action, values); again.Body != full.Body || again.URL.String() != full.URL.String() {
		t.Error("the same form again leads to another page")
	}
	checkStatus(t, b.Get(web.GroupsURL(s.i.ID, "prod-interop")), http.StatusOK, "2 persone")

	checkStatus(
		t,
		b.Press(b.Follow(full, "Togli Oto Neri dal gruppo"), "Togli"),
		http.StatusOK,
		"Tolto dal gruppo",
		"Oto Neri non fa più parte del gruppo “Sviluppo e-service”",
	)

	action, values = fillForm(
		b.Get(web.GroupActionURL(s.i.ID, group, access.RenameGroup)),
		"Rinomina",
		map[string][]string{"title": {"Sviluppo"}},
	)
	checkStatus(t, b.Post(action, values), http.StatusOK, "Gruppo rinominato", "Il gruppo si chiama “Sviluppo”")

	suspended := b.Press(b.Get(web.GroupActionURL(s.i.ID, group, access.SuspendGroup)), htmltest.Suspend)
	checkStatus(t, suspended, http.StatusOK, "Gruppo sospeso", "Gialli Pia", "prima riabilitalo")
	if suspended.Has("link", "Aggiungi persone") || suspended.Has("link", htmltest.Suspend+" il gruppo “Sviluppo” di Interoperabilità") {
		t.Error("an impossible action is offered")
	}
	back := suspended.ByID("outcome").One("link", htmltest.Reactivate+" il gruppo “Sviluppo” di Interoperabilità")
	checkStatus(t, b.Press(b.Get(back.Attr("href")), htmltest.Reactivate), http.StatusOK, "Gruppo riabilitato")

	ask := b.Get(web.GroupActionURL(s.i.ID, group, access.DeleteGroup))
	checkStatus(t, ask, http.StatusOK, "1 persona smette di farne parte", "sospendilo")
	form2 := ask.One("button", "Elimina").Form()
	gone := b.Submit(form2)
	checkStatus(t, gone, http.StatusOK, "Gruppo eliminato", "Il gruppo “Sviluppo” non c’è più")
	if again := b.Submit(form2); again.URL.String() != gone.URL.String() || again.Status != http.StatusOK {
		t.Errorf("deleted twice: %d %s", again.Status, again.URL)
	}
	checkStatus(t, b.Get(web.GroupURL(s.i.ID, group)), http.StatusNotFound)
	if p := b.Get(web.ProfileURL(s.i.ID, s.pia)); strings.Contains(p.Text(), "Sviluppo") {
		t.Error("a membership of a deleted group")
	}
	activityLog := b.Get(web.ActivityURL(s.i.ID, access.EventFilter{}))
	checkStatus(
		t,
		activityLog,
		http.StatusOK,
		"ha creato il gruppo “Sviluppo e-service” di Interoperabilità",
		"ha rinominato il gruppo “Sviluppo e-service” di Interoperabilità: ora si chiama “Sviluppo”",
		"ha sospeso il gruppo “Sviluppo”",
		"ha riabilitato il gruppo “Sviluppo”",
		"ha eliminato il gruppo “Sviluppo”",
	)
	only := b.Get(web.ActivityURL(s.i.ID, access.EventFilter{Action: access.CreateGroup}))
	if checkStatus(t, only, http.StatusOK, "ha creato il gruppo"); strings.Contains(only.Text(), "ha eliminato") {
		t.Error("the log's filter lets other events through")
	}
}

// An invalid name is reported at its field.
func TestAGroupsNameIsChecked(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	for _, address := range []string{web.NewGroupURL(s.i.ID, "prod-interop"), web.GroupActionURL(s.i.ID, s.old, access.RenameGroup)} {
		button := "Crea gruppo"
		if strings.Contains(address, "rename") {
			button = "Rinomina"
		}
		form := b.Get(address)
		for typed, want := range map[string]string{
			" ": "Scrivi il nome del gruppo", "**": "serve almeno una lettera", "Uffi\u0007cio": "serve almeno una lettera",
			strings.Repeat("u", 101): "troppo lungo", "UFFICIO  Anàgrafe": "si chiama così",
		} {
			action, values := fillForm(form, button, map[string][]string{"title": {typed}})
			p := b.Post(action, values)
			checkStatus(t, p, http.StatusUnprocessableEntity, want, "C’è un problema")
			if !strings.HasPrefix(p.Title(), "Errore: ") || p.Field("Nome del gruppo").Value() != typed ||
				p.Field("Nome del gruppo").Attr("aria-invalid") != "true" {
				t.Errorf("%q: field %q, title %q", typed, p.Field("Nome del gruppo").Value(), p.Title())
			}
			if once := p.One("button", button).Form().Values.Get("once"); once != values.Get("once") {
				t.Errorf("%q: another idempotency key", typed)
			}
		}
	}
	// Changing only the case of a group's own name is not a duplicate.
	action, values := fillForm(
		b.Get(web.GroupActionURL(s.i.ID, s.old, access.RenameGroup)),
		"Rinomina",
		map[string][]string{"title": {"VECCHIO UFFICIO"}},
	)
	checkStatus(t, b.Post(action, values), http.StatusOK, "VECCHIO UFFICIO")
	// The same name on another product is free.
	action, values = fillForm(b.Get(web.NewGroupURL(s.i.ID, "prod-pn")), "Crea gruppo", map[string][]string{"title": {"Ufficio anagrafe"}})
	groupOf(t, b.Post(action, values))
}

// Of two Administrators who create the same group at once, one gets the error at the field.
func TestTheSameGroupIsCreatedOnceByTwoAdministrators(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	s.i.Admin("Eva Viola", "prod-interop")
	var statuses [2]int
	var wg sync.WaitGroup
	for n, b := range []*site.Browser{s.anna, s.SignIn(t, "Eva Viola")} {
		form := b.Get(web.NewGroupURL(s.i.ID, "prod-interop"))
		action, values := fillForm(form, "Crea gruppo", map[string][]string{"title": {"Nuovo gruppo"}})
		wg.Go(func() { statuses[n] = b.Stay().Post(action, values).Status })
	}
	wg.Wait()
	if statuses[0]+statuses[1] != http.StatusSeeOther+http.StatusUnprocessableEntity {
		t.Errorf("%v", statuses)
	}
	if list := s.anna.Get(web.GroupsURL(s.i.ID, "prod-interop")); len(list.All("link", "Nuovo gruppo")) != 1 {
		t.Errorf("%d groups", len(list.All("link", "Nuovo gruppo")))
	}
}

// V9: a form that comes too late gets 409 and the fresh page with the reason on top, and records nothing.
func TestAStaleFormAboutAGroupIsRefused(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	s.i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	button := map[access.Action]string{access.SuspendGroup: htmltest.Suspend, access.ReactivateGroup: htmltest.Reactivate}
	ask := func(a access.Action) htmltest.Form {
		t.Helper()
		return b.Get(web.GroupActionURL(s.i.ID, s.office, a)).One("button", button[a]).Form()
	}
	first, late := ask(access.SuspendGroup), ask(access.SuspendGroup)
	choose := b.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{}))
	b.Submit(first)
	checkStatus(t, b.Submit(late), http.StatusConflict, "Il gruppo è già sospeso", "Ufficio anagrafe", "Neri Oto")
	checkStatus(t, b.Get(web.GroupActionURL(s.i.ID, s.office, access.SuspendGroup)), http.StatusConflict, "Il gruppo è già sospeso")
	checkStatus(t, b.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{})), http.StatusConflict, "Il gruppo è sospeso")
	action, values := fillForm(choose, "Aggiungi al gruppo", map[string][]string{"member": {string(s.pia)}})
	checkStatus(t, b.Post(action, values), http.StatusConflict, "Il gruppo è sospeso")
	first, late = ask(access.ReactivateGroup), ask(access.ReactivateGroup)
	b.Submit(first)
	checkStatus(t, b.Submit(late), http.StatusConflict, "Il gruppo è già attivo")

	leave := web.RemoveMemberURL(s.i.ID, s.office, s.oto)
	first, late = b.Get(leave).One("button", "Togli").Form(), b.Get(leave).One("button", "Togli").Form()
	b.Submit(first)
	checkStatus(t, b.Submit(late), http.StatusConflict, "Non fa parte del gruppo", "Oto Neri non fa parte")
	checkStatus(t, b.Get(leave), http.StatusConflict, "Non fa parte del gruppo")
	late = b.Get(web.GroupActionURL(s.i.ID, s.office, access.RenameGroup)).One("button", "Rinomina").Form()
	b.Press(b.Get(web.GroupActionURL(s.i.ID, s.office, access.DeleteGroup)), "Elimina")
	checkStatus(t, b.Submit(late), http.StatusNotFound)
	var records int
	if err := s.DB.Owner.QueryRow(t.Context(),
		`SELECT count(*) FROM audit_event
		WHERE action IN ('suspend-group', 'reactivate-group', 'rename-group', 'leave', 'delete-group', 'join')`).
		Scan(&records); err != nil ||
		records != 4 {
		t.Errorf("%d records of four changes (%v)", records, err)
	}
}

// Of several chosen users, those who cannot join any more are named with the reason; the others join.
func TestTheReasonForNotJoiningAGroupIsShown(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	team := s.i.Operator("Tea Blu", "prod-interop", "api")
	lea := s.i.Operator("Lea Oro", "prod-interop", "api")
	far := s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	choose := b.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{}))
	s.i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	b.Press(b.Get(web.RoleURL(s.i.ID, lea, api, access.Remove)), htmltest.Remove)
	action, values := fillForm(
		choose,
		"Aggiungi al gruppo",
		map[string][]string{"member": {string(s.oto), string(team), string(s.ivo), string(far), string(lea)}},
	)
	p := b.Post(action, values)
	checkStatus(
		t,
		p,
		http.StatusOK,
		"1 persona aggiunta",
		"4 persone non sono state aggiunte:",
		"Oto Neri fa già parte di questo gruppo",
		"Ivo Rossi",
		"Una persona che non è più tra gli utenti dell’ente",
		"Blu Tea",
	)
	if strings.Contains(p.Text(), "Altrove") {
		t.Error("the name of another institution's person")
	}
	none := b.Post(action, map[string][]string{"once": site.KeyedForm()["once"], "product": {"prod-interop"}, "member": {string(s.oto)}})
	if checkStatus(t, none, http.StatusOK, "Nessuna persona aggiunta"); !strings.HasPrefix(none.Title(), "Errore: Nessuna persona aggiunta") {
		t.Errorf("title %q", none.Title())
	}
	if p := b.Post(
		action,
		map[string][]string{"once": site.KeyedForm()["once"], "member": {"x", "' OR 1=1"}},
	); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("invalid ids: %d", p.Status)
	}
}

// Those who were chosen stay chosen while others are searched for, and on other pages; all of them are added.
func TestThoseChosenForAGroupSurviveASearch(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	for n := range 30 {
		s.i.Operator("Nora "+strings.Repeat(string(rune('A'+n%26)), 3+n/26)+"ini", "prod-interop", "api")
	}
	p := b.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{}))
	choose := func(p site.Page, name, button string, more map[string]string) site.Page {
		form := p.One("button", button).Form()
		form.Values.Add("member", p.One("checkbox", name).Attr("value"))
		for field, value := range more {
			form.Values.Set(field, value)
		}
		return b.Submit(form)
	}
	p = choose(p, "AAAAini Nora", "Successiva", nil)
	p.One("checkbox", "AAAAini Nora") // among those chosen before
	b.Press(p, "Precedente").One("checkbox", "AAAAini Nora")
	p = choose(p, "ZZZini Nora", "Cerca", map[string]string{"q": "neri"})
	code := s.Seed.FiscalCode("Nora CCCini").Reveal()
	p = b.Submit(choose(p, "Neri Oto", "English", nil).One("button", "Italiano").Form())
	form := p.One("button", "Cerca").Form()
	form.Values.Set("q", code)
	p = choose(b.Submit(form), "CCCini Nora", "Aggiungi al gruppo", nil)
	for _, want := range []string{"4 persone aggiunte", "AAAAini Nora", "ZZZini Nora", "Neri Oto", "CCCini Nora"} {
		if !strings.Contains(p.Text(), want) {
			t.Errorf("%q is not on the page: %s", want, p.Text())
		}
	}
}

// D7: users are searched for as in the list; a fiscal code finds its person and is in no address.
func TestUsersForAGroupAreSearchedFor(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	b := s.anna
	for n := range 60 {
		s.i.Operator("Nora "+strings.Repeat(string(rune('A'+n%26)), 3+n/26)+"ini", "prod-interop", "api")
	}
	form := b.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{}))
	seen := map[string]bool{}
	for p := form; ; p = b.Press(p, "Successiva") {
		for _, name := range p.Names("checkbox") {
			seen[name] = true
		}
		if !p.Has("button", "Successiva") {
			if back := b.Press(p, "Precedente"); len(back.Names("checkbox")) != 25 {
				t.Errorf("%d on the page before", len(back.Names("checkbox")))
			}
			break
		}
	}
	if len(seen) != 63 {
		t.Errorf("%d people on all pages, want every user with a role on the product", len(seen))
	}
	action, values := fillForm(form, "Cerca", map[string][]string{"q": {"oto NÈRI"}})
	found := b.Post(action, values)
	if found.URL.Query().Get("q") != "oto NÈRI" || len(found.All("checkbox", "")) != 1 || !found.Has("checkbox", "Neri Oto") {
		t.Errorf("%s: %q", found.URL, found.Names("checkbox"))
	}
	code := s.Seed.FiscalCode("Oto Neri").Reveal()
	values.Set("q", code)
	found = b.Post(action, values)
	if !holdsFormOnly(found.URL) || strings.Contains(found.URL.String(), code) || len(found.All("checkbox", "")) != 1 ||
		!found.Has("checkbox", "Neri Oto") {
		t.Errorf("by fiscal code: %s: %q", found.URL, found.Names("checkbox"))
	}
	values.Set("q", s.Seed.FiscalCode("Nino Nessuno").Reveal())
	checkStatus(t, b.Post(action, values), http.StatusOK, "Nessuno da aggiungere")
	if p := b.Stay().
		Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{Text: code})); p.Status != http.StatusSeeOther ||
		strings.Contains(p.Header.Get("Location"), code) {
		t.Errorf("a fiscal code in an address: %d %s", p.Status, p.Header.Get("Location"))
	}
	if strings.Contains(s.Log.String(), code) {
		t.Error("the log has a fiscal code")
	}
	if p := s.SignIn(t, "Ivo Rossi").Post(action, values); p.Status != http.StatusForbidden {
		t.Errorf("an Administrator of another product: %d", p.Status)
	}
}

// V3, P1: everything on a product that the reader does not administer is visible and cannot be changed.
func TestAnotherProductsGroupsAreReadOnly(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	s.i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	b := s.SignIn(t, "Ivo Rossi")
	p := b.Get(web.GroupURL(s.i.ID, s.office))
	checkStatus(t, p, http.StatusOK, "Neri Oto", "Gestito dagli Amministratori di Interoperabilità")
	for _, link := range p.Names("link") {
		for _, operation := range []string{"Rinomina", htmltest.Suspend, htmltest.Reactivate, "Elimina", "Togli", "Aggiungi"} {
			if strings.HasPrefix(link, operation) {
				t.Errorf("%q is offered", link)
			}
		}
	}
	var before, after int
	count := func(n *int) {
		if err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM audit_event`).Scan(n); err != nil {
			t.Fatal(err)
		}
	}
	count(&before)
	form := site.KeyedForm()
	form.Set("product", "prod-interop")
	form.Set("title", "Nome nuovo")
	form.Set("member", string(s.pia))
	for _, address := range []string{
		web.GroupActionURL(s.i.ID, s.office, access.RenameGroup), web.GroupActionURL(s.i.ID, s.office, access.SuspendGroup),
		web.GroupActionURL(s.i.ID, s.old, access.ReactivateGroup),
		web.GroupActionURL(s.i.ID, s.office, access.DeleteGroup), web.AddMembersURL(s.i.ID, s.office, access.Filter{}),
		web.RemoveMemberURL(s.i.ID, s.office, s.oto), web.NewGroupURL(s.i.ID, ""),
	} {
		checkStatus(t, b.Post(address, form), http.StatusForbidden, "Non amministri questo prodotto")
		// Administering one product gives no rights on another product's group.
		forged := site.KeyedForm()
		forged.Set("product", "prod-io")
		forged.Set("title", "Redazione")
		forged.Set("member", string(s.pia))
		if p := b.Post(address, forged); p.Status < 400 {
			t.Errorf("%s with another product: %d", address, p.Status)
		}
	}
	if count(&after); after != before {
		t.Errorf("%d records of what was refused", after-before)
	}
}

// V9: another institution's group answers as one that doesn't exist; an Operator has no Groups section.
func TestInvisibleGroupsLookUnknown(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	other := s.Seed.Institution("Altrove", "PA").Product("prod-interop", "prod-pn inactive")
	other.Admin("Ada Altrove", "prod-interop")
	far := other.Group("prod-interop", "Lontano")
	for name, address := range map[string]string{
		"another institution's": web.GroupURL(s.i.ID, far),
		"unknown":               web.GroupURL(s.i.ID, "00000000-0000-4000-8000-000000000000"), "no id": web.GroupURL(s.i.ID, "x"),
		"its members":                      web.AddMembersURL(s.i.ID, far, access.Filter{}),
		"a product without a subscription": web.GroupsURL(s.i.ID, "prod-none"),
		"its form":                         web.NewGroupURL(s.i.ID, "prod-none"),
		"an unknown user":                  web.RemoveMemberURL(s.i.ID, s.office, "00000000-0000-4000-8000-000000000000"),
	} {
		if p := s.anna.Get(address); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	s.i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	operator := s.SignIn(t, "Oto Neri")
	checkStatus(t, operator.Get(web.GroupsURL(s.i.ID, "")), http.StatusForbidden)
	own := operator.Get(web.ProfileURL(s.i.ID, s.oto))
	if checkStatus(t, own, http.StatusOK, "Ufficio anagrafe"); own.Has("link", "Ufficio anagrafe") || own.Has("link", "Gruppi") {
		t.Error("an Operator is led to the Groups section")
	}
	chip := s.anna.Follow(s.anna.Get(web.ProfileURL(s.i.ID, s.oto)), "Ufficio anagrafe")
	if groupOf(t, chip) != s.office {
		t.Errorf("the chip leads to %s", chip.URL)
	}
}

// A form about a group that outlives its session is shown again as it was filled in.
func TestAGroupsFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	s.Offer("Anna Bianchi")
	for name, form := range map[string]struct {
		address, button, field, value string
		kept                          func(site.Page) bool
	}{
		"a name": {
			web.NewGroupURL(s.i.ID, "prod-interop"), "Crea gruppo", "title", "Gruppo che resta",
			func(p site.Page) bool { return p.Field("Nome del gruppo").Value() == "Gruppo che resta" },
		},
		"a new one": {
			web.GroupActionURL(s.i.ID, s.old, access.RenameGroup), "Rinomina", "title", "Altro nome",
			func(p site.Page) bool { return p.Field("Nome del gruppo").Value() == "Altro nome" },
		},
		"people": {
			web.AddMembersURL(s.i.ID, s.office, access.Filter{}), "Aggiungi al gruppo", "member", string(s.oto),
			func(p site.Page) bool { return p.One("checkbox", "Neri Oto").HasAttr("checked") },
		},
	} {
		b := s.SignIn(t, "Anna Bianchi")
		action, values := fillForm(b.Get(form.address), form.button, map[string][]string{form.field: {form.value}})
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
		again := b.SignIn(b.Post(action, values), "Anna Bianchi")
		if again.Status != http.StatusOK || !form.kept(again) {
			t.Errorf("%s: %d %s", name, again.Status, again.URL)
		}
	}
}
