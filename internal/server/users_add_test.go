package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// fillForm is a form of a page with some fields filled in.
func fillForm(p site.Page, button string, fields map[string][]string) (action string, values url.Values) {
	form := p.One("button", button).Form()
	maps.Copy(form.Values, fields)
	return form.Action, form.Values
}

// P10, D2, D3: form, check page, effect, profile with the outcome; what was typed is mended, wrong or kept.
func TestAUserIsAdded(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Follow(b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})), "Aggiungi utente")
	if p := b.Press(form, "Continua"); p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") || !strings.Contains(p.Text(), "C’è un problema") {
		t.Fatalf("empty: %d %q", p.Status, p.Title())
	}
	typed := map[string][]string{
		"fiscal_code": {" rssmra 80a01h501u"}, "first_name": {"  Maria "}, "last_name": {"Rossi"}, "email": {"Maria.Rossi@Ente.Example"},
		"product": {"prod-interop"}, "role": {"prod-interop:api", "prod-interop:security", "prod-pn:operator"},
	}
	wrong := map[string][]string{}
	maps.Copy(wrong, typed)
	wrong["email"], wrong["last_name"] = []string{"maria@pec.ente.example"}, []string{"Rossi<"}
	action, values := fillForm(form, "Continua", wrong)
	p := b.Post(action, values)
	if p.Status != http.StatusUnprocessableEntity || p.Field("Codice fiscale").Value() != "rssmra 80a01h501u" || p.Field("Cognome").Value() != "Rossi<" || !strings.Contains(p.Text(), "PEC") {
		t.Errorf("wrong: %d, kept %q and %q", p.Status, p.Field("Codice fiscale").Value(), p.Field("Cognome").Value())
	}
	wrong["email"], wrong["last_name"] = typed["email"], []string{"Bruni"}
	action, values = fillForm(form, "Continua", wrong)
	if p = b.Post(action, values); p.Status != http.StatusUnprocessableEntity || !p.Has("checkbox", "Confermo che nome, cognome e codice fiscale sono giusti") {
		t.Errorf("names that don't fit: %d %s", p.Status, p.Text())
	}
	values.Set("names_confirmed", "1")
	if p = b.Post(action, values); p.Status != http.StatusOK || !p.Has("button", "Aggiungi") {
		t.Errorf("names confirmed: %d", p.Status)
	}

	action, values = fillForm(form, "Continua", typed)
	check := b.Post(action, values)
	for _, says := range []string{"RSSMRA80A01H501U", "Maria", "maria.rossi@ente.example", "Operatore API", "Operatore Sicurezza", "Interoperabilità"} {
		if !strings.Contains(check.Text(), says) {
			t.Errorf("the check page doesn't say %q", says)
		}
	}
	if strings.Contains(check.Text(), "Gestore Notifiche") {
		t.Error("a role of another product than the chosen one")
	}
	if back := b.Press(check, "Modifica"); back.Status != http.StatusOK || back.Field("Nome").Value() != "Maria" {
		t.Errorf("back: %d", back.Status)
	}
	confirm := check.One("button", "Aggiungi").Form()
	delete(confirm.Values, "back")
	profile := b.Submit(confirm)
	if profile.Status != http.StatusOK || !strings.HasPrefix(profile.URL.Path, web.HomeURL(i.ID)+"/users/") || !strings.Contains(profile.Title(), "aggiunto") || !strings.Contains(profile.Text(), "Maria Rossi") {
		t.Fatalf("added: %d %s %q", profile.Status, profile.URL, profile.Title())
	}
	if again := b.Submit(confirm); again.URL.String() != profile.URL.String() {
		t.Errorf("sent twice: %s", again.URL)
	}
	action, values = fillForm(form, "Continua", typed)
	if p = b.Post(action, values); p.Status != http.StatusConflict || !p.HasInner("a", "href", profile.URL.Path) {
		t.Errorf("here already: %d", p.Status)
	}
	if strings.Contains(s.Log.String(), "RSSMRA") || strings.Contains(strings.ToLower(s.Log.String()), "maria.rossi") {
		t.Error("the log has personal data")
	}
}

// P10: somebody known elsewhere gets the answers of somebody unknown.
func TestOtherInstitutionsOfAPersonAreNotRevealed(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.AddURL(i.ID, ""))
	var pages []string
	for _, who := range []string{"Ada Altrove", "Nino Nessuno"} {
		first, last, _ := strings.Cut(who, " ")
		code := s.Seed.FiscalCode(who).Reveal()
		action, values := fillForm(form, "Continua", map[string][]string{
			"fiscal_code": {code}, "first_name": {first}, "last_name": {last}, "email": {"x@ente.example"}, "product": {"prod-interop"}, "role": {"prod-interop:api"},
		})
		check := b.Post(action, values)
		done := b.Press(check, "Aggiungi")
		for _, p := range []site.Page{check, done} {
			body := strings.NewReplacer(code, "", first, "", last, "", check.One("button", "Aggiungi").Form().Values.Get("once"), "").Replace(p.Body)
			pages = append(pages, strings.ReplaceAll(body, strings.TrimPrefix(done.URL.Path, web.HomeURL(i.ID)), ""))
		}
	}
	if pages[0] != pages[2] || pages[1] != pages[3] {
		t.Error("the two can be told apart")
	}
}

// P4, P5: a role on a new product, another one where there is one; what can't be given is said.
func TestRolesAreAssigned(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	profile := b.Get(web.ProfileURL(i.ID, oto))
	form := b.Get(web.AddProductURL(i.ID, oto))
	if !profile.HasInner("a", "href", web.AddProductURL(i.ID, oto)) || !profile.HasInner("a", "href", web.AddRoleURL(i.ID, oto, "prod-interop")) {
		t.Fatal("not offered")
	}
	if p := b.Press(form, "Assegna"); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("nothing chosen: %d", p.Status)
	}
	action, values := fillForm(form, "Assegna", map[string][]string{"product": {"prod-pn"}, "role": {"prod-pn:operator"}})
	p := b.Post(action, values)
	if p.Status != http.StatusOK || p.URL.Path != web.ProfileURL(i.ID, oto) || !strings.Contains(p.Text(), "Gestore Notifiche") {
		t.Errorf("%d %s", p.Status, p.URL)
	}
	if twice := b.Post(action, values); twice.URL.String() != p.URL.String() {
		t.Errorf("sent twice: %d %s", twice.Status, twice.URL)
	}
	form = b.Get(web.AddRoleURL(i.ID, oto, "prod-interop"))
	action, values = fillForm(form, "Assegna", map[string][]string{"role": {"prod-interop:security", "prod-interop:viewer"}})
	if p = b.Post(action, values); p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(), "non vanno insieme") {
		t.Errorf("two that don't go together: %d", p.Status)
	}
	values["role"] = []string{"prod-interop:security"}
	if p = b.Post(action, values); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Operatore Sicurezza") {
		t.Errorf("another role: %d", p.Status)
	}
	if p = b.Post(web.AddRoleURL(i.ID, oto, "prod-interop"), url.Values{"once": site.KeyedForm()["once"], "role": {"prod-interop:admin"}}); p.Status != http.StatusForbidden {
		t.Errorf("with the signature: %d", p.Status)
	}
	if p = s.SignIn(t, "Ivo Rossi").Get(web.AddRoleURL(i.ID, oto, "prod-interop")); p.Status != http.StatusForbidden {
		t.Errorf("another product's Administrator: %d", p.Status)
	}
}

// P7: the three dialogs; after the last role the list tells, the profile is gone.
func TestRolesAreRemoved(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	oto := i.User("Oto Neri", "prod-interop/api", "prod-interop/security", "prod-pn/operator")
	b := s.SignIn(t, "Anna Bianchi")
	asked := map[string]bool{}
	steps := []access.Target{api, security, {Product: "prod-pn", Role: "operator"}}
	var sent string
	var form url.Values
	for n, at := range steps {
		sent = web.RoleURL(i.ID, oto, at, access.Remove)
		ask := b.Get(sent)
		asked[ask.Text()] = true
		form = ask.One("button", "Rimuovi").Form().Values
		p := b.Post(sent, form)
		if last := n == len(steps)-1; p.Status != http.StatusOK || (p.URL.Path == web.ProfileURL(i.ID, oto)) == last {
			t.Fatalf("%v: %d %s", at, p.Status, p.URL)
		}
		if !strings.Contains(p.Title(), "rimosso") {
			t.Errorf("%v: %q", at, p.Title())
		}
	}
	if p := b.Post(sent, form); p.Status != http.StatusOK || p.URL.Path != web.UsersURL(i.ID, access.Filter{}) {
		t.Errorf("sent twice: %d %s", p.Status, p.URL)
	}
	if p := b.Get(web.ProfileURL(i.ID, oto)); p.Status != http.StatusNotFound {
		t.Errorf("the profile is still there: %d", p.Status)
	}
	if len(asked) != 3 {
		t.Errorf("%d different questions, want three", len(asked))
	}
}

// P8: the e-mail always, the names while nobody has verified them; the second of two editors sees both texts.
func TestAUsersDataAreEdited(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.MarkVerified("Vera Verdi").Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto, vera := i.Operator("Oto Neri", "prod-interop", "api"), i.Operator("Vera Verdi", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.EditURL(i.ID, oto))
	late := form.One("button", "Salva").Form()
	action, values := fillForm(form, "Salva", map[string][]string{"first_name": {"Ottone"}, "email": {"x@pec.it"}})
	if p := b.Post(action, values); p.Status != http.StatusUnprocessableEntity || p.Field("Nome").Value() != "Ottone" {
		t.Errorf("PEC: %d", p.Status)
	}
	values.Set("email", "ottone@ente.example")
	if p := b.Post(action, values); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Ottone Neri") || !strings.Contains(p.Text(), "ottone@ente.example") {
		t.Errorf("%d %s", p.Status, p.Text())
	}
	late.Values.Set("once", site.KeyedForm().Get("once"))
	late.Values.Set("first_name", "Ottavio")
	if p := b.Post(action, late.Values); p.Status != http.StatusConflict || !strings.Contains(p.Text(), "Ottone") || p.Field("Nome").Value() != "Ottavio" {
		t.Errorf("the second editor: %d %s", p.Status, p.Text())
	}
	form = b.Get(web.EditURL(i.ID, vera))
	action, values = fillForm(form, "Salva", map[string][]string{"first_name": {"Altra"}, "email": {seed.Email("Nuova")}})
	if p := b.Post(action, values); p.Status != http.StatusOK || strings.Contains(p.Text(), "Altra") || !strings.Contains(p.Text(), seed.Email("Nuova")) {
		t.Errorf("verified names: %d", p.Status)
	}
}

// P9: one of the active groups of the product that one isn't in.
func TestAUserIsPutIntoAGroup(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	office := i.Group("prod-interop", "Ufficio anagrafe")
	i.Group("prod-interop", "Tributi")
	closed := i.SuspendedGroup("prod-interop", "Vecchio ufficio")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.AddGroupURL(i.ID, oto, "prod-interop"))
	if strings.Contains(form.Text(), "Vecchio ufficio") {
		t.Error("a suspended group is offered")
	}
	action, values := fillForm(form, "Assegna gruppo", map[string][]string{"group": {string(closed)}})
	if p := b.Post(action, values); p.Status != http.StatusConflict {
		t.Errorf("a suspended group: %d", p.Status)
	}
	values["group"] = []string{string(office)}
	if p := b.Post(action, values); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Ufficio anagrafe") {
		t.Errorf("%d %s", p.Status, p.Text())
	}
}

// D4: at the first sign-in the names become those of SPID or CIE.
func TestTheFirstSignInVerifiesTheNames(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	if p := b.Get(web.ProfileURL(i.ID, oto)); strings.Contains(p.Text(), "Nome e cognome verificati con SPID o CIE") {
		t.Fatal("verified before")
	}
	s.SignIn(t, "Oto Neri")
	if p := b.Get(web.ProfileURL(i.ID, oto)); !strings.Contains(p.Text(), "Nome e cognome verificati con SPID o CIE") {
		t.Error("not verified")
	}
}
