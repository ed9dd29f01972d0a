package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// fillForm is the form of a button with some fields filled in.
func fillForm(p site.Page, button string, fields map[string][]string) (action string, values url.Values) {
	form := p.One("button", button).Form()
	maps.Copy(form.Values, fields)
	return form.Action, form.Values
}

// P10, D2, D3: form, check page, effect and profile; typed text is normalised, or kept and reported as invalid.
func TestAUserIsAdded(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Admin("Ivo Rossi", "prod-io")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Follow(b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})), "Aggiungi utente")
	if p := b.Press(
		form,
		"Continua",
	); p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") ||
		!strings.Contains(p.Text(), "C’è un problema") {
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
	if p.Status != http.StatusUnprocessableEntity || p.Field("Codice fiscale").Value() != "rssmra 80a01h501u" ||
		p.Field("Cognome").Value() != "Rossi<" ||
		!strings.Contains(p.Text(), "PEC") {
		t.Errorf("invalid form: %d, fields %q and %q", p.Status, p.Field("Codice fiscale").Value(), p.Field("Cognome").Value())
	}
	wrong["email"], wrong["last_name"] = typed["email"], []string{"Bruni"}
	action, values = fillForm(form, "Continua", wrong)
	if p = b.Post(
		action,
		values,
	); p.Status != http.StatusUnprocessableEntity ||
		!p.Has("checkbox", "Confermo che nome, cognome e codice fiscale sono giusti") {
		t.Errorf("names that don't fit: %d %s", p.Status, p.Text())
	}
	values.Set("names_confirmed", "1")
	if p = b.Post(action, values); p.Status != http.StatusOK || !p.Has("button", "Aggiungi") {
		t.Errorf("names confirmed: %d", p.Status)
	}

	action, values = fillForm(form, "Continua", typed)
	check := b.Post(action, values)
	for _, says := range []string{
		"RSSMRA80A01H501U", "Maria", "maria.rossi@ente.example", "Operatore API", "Operatore Sicurezza", "Interoperabilità",
	} {
		if !strings.Contains(check.Text(), says) {
			t.Errorf("the check page lacks %q", says)
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
	if profile.Status != http.StatusOK || !strings.HasPrefix(profile.URL.Path, web.HomeURL(i.ID)+"/users/") ||
		!strings.Contains(profile.Title(), "aggiunto") ||
		!strings.Contains(profile.Text(), "Maria Rossi") {
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

// P10: a person known to another institution gets the same responses as an unknown person.
func TestOtherInstitutionsOfAPersonAreNotRevealed(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Dina Altrove", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.AddURL(i.ID, ""))
	var pages []string
	for _, who := range []string{"Dina Altrove", "Nino Nessuno"} {
		first, last, _ := strings.Cut(who, " ")
		code := s.Seed.FiscalCode(who).Reveal()
		action, values := fillForm(form, "Continua", map[string][]string{
			"fiscal_code": {
				code,
			},
			"first_name": {first},
			"last_name":  {last},
			"email":      {"x@ente.example"},
			"product":    {"prod-interop"},
			"role":       {"prod-interop:api"},
		})
		check := b.Post(action, values)
		done := b.Press(check, "Aggiungi")
		for _, p := range []site.Page{check, done} {
			body := strings.NewReplacer(code, "", first, "", last, "", check.One("button", "Aggiungi").Form().Values.Get("once"), "").Replace(p.Body)
			pages = append(pages, strings.ReplaceAll(body, strings.TrimPrefix(done.URL.Path, web.HomeURL(i.ID)), ""))
		}
	}
	if pages[0] != pages[2] || pages[1] != pages[3] {
		t.Error("the pages differ")
	}
}

// A form that outlives its session is shown again, as it was filled in, to the same person only, and is stored
// encrypted.
func TestAFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	s.Offer("Ivo Rossi")
	typed := map[string][]string{
		"fiscal_code": {
			"RSSMRA80A01H501U",
		},
		"first_name": {"Mario"},
		"last_name":  {"Rossi"},
		"email":      {"mario@ente.example"},
		"product":    {"prod-interop"},
		"role":       {"prod-interop:api"},
	}
	end := func() {
		if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
			t.Fatal(err)
		}
	}
	for name, again := range map[string]string{"the same person": "Anna Bianchi", "another": "Ivo Rossi"} {
		b := s.SignIn(t, "Anna Bianchi")
		action, values := fillForm(b.Get(web.AddURL(i.ID, "")), "Continua", typed)
		end()
		asked := b.Post(action, values)
		if asked.URL.Path != "/login" || strings.Contains(asked.URL.String(), "RSSMRA") {
			t.Fatalf("%s: %s", name, asked.URL)
		}
		var clear int
		if err := s.DB.Owner.QueryRow(t.Context(),
			`SELECT count(*) FROM saved_form k WHERE k::text LIKE '%RSSMRA%' OR position('RSSMRA'::bytea IN sealed) > 0`).
			Scan(&clear); err != nil ||
			clear != 0 {
			t.Errorf("%s: in clear in %d rows (%v)", name, clear, err)
		}
		form := b.SignIn(asked, again)
		want := "RSSMRA80A01H501U"
		if again != "Anna Bianchi" {
			want = ""
		}
		if got := form.Field("Codice fiscale").Value(); form.URL.Path != web.AddURL(i.ID, "") || got != want {
			t.Errorf("%s: %s, with %q", name, form.URL, got)
		}
		if got := b.Get(web.AddURL(i.ID, "")).Field("Codice fiscale").Value(); got != "" {
			t.Errorf("%s: given back twice", name)
		}
	}
}

// P10: on Add, the fiscal code of a user names them beside what was typed, and leads to the assignment of what was chosen.
func TestAddingAnExistingUserLeadsToTheAssignment(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-pn")
	i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	typed := func(first, last, email, role string) url.Values {
		product, _, _ := strings.Cut(role, ":")
		return url.Values{
			"fiscal_code": {s.Seed.FiscalCode("Oto Neri").Reveal()}, "first_name": {first}, "last_name": {last}, "email": {email},
			"product": {product}, "role": {role}, "names_confirmed": {"1"},
		}
	}
	same := b.Post(web.AddURL(i.ID, ""), typed("Oto", "Neri", "oto.neri@ente.example", "prod-pn:operator"))
	if same.Status != http.StatusConflict || !strings.Contains(same.Text(), "Oto Neri (oto.neri@ente.example) è già tra gli utenti") {
		t.Fatalf("%d %s", same.Status, same.Text())
	}
	form := b.Follow(same, "Continua con il ruolo che hai scelto")
	if form.Status != http.StatusOK || form.URL.Query().Has("fiscal_code") {
		t.Errorf("%d at %s", form.Status, form.URL)
	}
	if done := b.Press(form, "Assegna"); done.Status != http.StatusOK || !strings.Contains(done.Text(), "Gestore Notifiche") {
		t.Errorf("assigned: %d", done.Status)
	}
	other := b.Post(web.AddURL(i.ID, ""), typed("Mario", "Rossi", "mario@ente.example", "prod-interop:security"))
	if !strings.Contains(
		other.Text(),
		"è di Oto Neri (oto.neri@ente.example), ma gli altri dati sono diversi: Mario Rossi mario@ente.example",
	) {
		t.Errorf("the page doesn't name both: %s", other.Text())
	}
	b.Follow(other, "È la stessa persona: continua con il ruolo che hai scelto")
	held := b.Post(web.AddURL(i.ID, ""), typed("Oto", "Neri", "oto.neri@ente.example", "prod-interop:api"))
	if held.Status != http.StatusConflict || held.Has("link", "Continua con il ruolo che hai scelto") || !held.Has("link", "Apri il profilo") {
		t.Errorf("a role that is held: %d", held.Status)
	}
}
