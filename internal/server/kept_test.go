package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// No page is the answer to a form: Back, Forward and reload show it again, with what was typed and what is wrong with it, and
// its address holds nothing of the form.
func TestNoPageIsTheAnswerToAForm(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	office := i.Group("prod-interop", "Ufficio")
	i.Group("prod-interop", "Archivio")
	b := s.SignIn(t, "Anna Bianchi")
	person := func(name, email string) url.Values {
		first, last, _ := strings.Cut(name, " ")
		return url.Values{
			"fiscal_code": {s.Seed.FiscalCode(name).Reveal()}, "first_name": {first}, "last_name": {last}, "email": {email},
			"product": {"prod-interop"}, "role": {"prod-interop:api"},
		}
	}
	with := func(v url.Values, more url.Values) url.Values { maps.Copy(v, more); return v }
	group := func(title string) url.Values {
		return with(site.KeyedForm(), url.Values{"title": {title}, "product": {"prod-interop"}})
	}
	edited := func(email, version string) url.Values {
		return with(with(person("Oto Neri", email), site.KeyedForm()), url.Values{"version": {version}})
	}
	members := web.AddMembersURL(i.ID, office, access.Filter{})
	withoutGroup := with(site.Selection("prod-interop", access.Join, i.Oto), site.KeyedForm())
	for name, f := range map[string]struct {
		address string
		values  url.Values
		decided int
		shown   string
	}{
		"add, an error":         {web.AddURL(i.ID, ""), person("Nino Nessuno", "nessuna"), 422, "C’è un problema"},
		"add, a user":           {web.AddURL(i.ID, ""), person("Oto Neri", "x@ente.example"), 409, "è già tra gli utenti"},
		"add, to be confirmed":  {web.AddURL(i.ID, ""), person("Nino Nessuno", "n@ente.example"), 200, "Controlla e conferma"},
		"add, to be changed":    {web.AddURL(i.ID, ""), with(person("Nino Nessuno", ""), url.Values{"back": {"1"}}), 200, "Continua"},
		"confirmed, an error":   {web.AddConfirmURL(i.ID), with(person("Nino Nessuno", ""), site.KeyedForm()), 422, "C’è un problema"},
		"edit":                  {web.EditURL(i.ID, i.Oto), edited("x", "1"), 422, "C’è un problema"},
		"edit, a conflict":      {web.EditURL(i.ID, i.Oto), edited("x@ente.example", "0"), 409, "x@ente.example"},
		"assign":                {web.AddProductURL(i.ID, i.Oto), site.KeyedForm(), 422, "C’è un problema"},
		"join":                  {web.AddGroupURL(i.ID, i.Oto, "prod-interop"), site.KeyedForm(), 422, "C’è un problema"},
		"several, no user":      {web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend), 422, "Non hai scelto nessuno"},
		"several":               {web.BulkURL(i.ID), site.Selection("prod-interop", access.Suspend, i.Oto), 200, "Vuoi sospendere 1 persona"},
		"several, without team": {web.BulkConfirmURL(i.ID), withoutGroup, 422, "C’è un problema"},
		"several, nothing":      {web.BulkURL(i.ID), site.Selection("prod-interop", access.Reactivate, i.Leo), 409, "Leo Verdi"},
		"a role":                {web.RoleURL(i.ID, i.Leo, security, access.Reactivate), site.KeyedForm(), 409, "Il ruolo era già attivo"},
		"a group":               {web.GroupActionURL(i.ID, office, access.ReactivateGroup), group(""), 409, "Il gruppo è già attivo"},
		"a group's name":        {web.NewGroupURL(i.ID, ""), group("archivio"), 422, "C’è un problema"},
		"a group's new name":    {web.GroupActionURL(i.ID, office, access.RenameGroup), group("archivio"), 422, "C’è un problema"},
		"members":               {members, group(""), 422, "C’è un problema"},
		"members, a code":       {members + "/search", url.Values{"q": {s.Seed.FiscalCode("Oto Neri").Reveal()}}, 200, "Neri Oto"},
		"a list, a code":        {web.SearchURL(i.ID), url.Values{"q": {s.Seed.FiscalCode("Nino Nessuno").Reveal()}}, 200, "Nessun utente"},
		"a file":                {web.ImportURL(i.ID), url.Values{"rows": {"Codice fiscale;Cognome\nx;y"}}, 422, "Tra le intestazioni manca"},
		"no file":               {web.ImportURL(i.ID), url.Values{}, 422, "Scegli un file"},
		"no check page":         {web.ImportURL(i.ID) + "/confirm", site.KeyedForm(), 409, "Questo controllo non c’è più"},
	} {
		p := b.Post(f.address, f.values)
		if p.Sent != http.StatusSeeOther || p.Status != f.decided || !strings.Contains(p.Text(), f.shown) {
			t.Errorf("%s: answered %d, decided %d, shown %s: %s", name, p.Sent, p.Status, p.URL, p.One("main", "").Text())
			continue
		}
		query := p.URL.Query()
		query.Del("product")
		query.Del("form")
		if len(query) > 0 {
			t.Errorf("%s: the address is %s", name, p.URL)
		}
		again := b.Get(p.URL.String())
		if again.Status != http.StatusOK || !strings.Contains(again.Text(), f.shown) || again.Title() != p.Title() {
			t.Errorf("%s: loaded again: %d %q", name, again.Status, again.Title())
		}
		if field := "first_name"; f.values.Has(field) && strings.HasPrefix(f.shown, "C’è") && again.ByID(field).Value() != f.values.Get(field) {
			t.Errorf("%s: what was typed is lost", name)
		}
	}
}

// What is wrong with a form is decided again each time that its page is loaded.
func TestAFormThatIsShownAgainIsDecidedAgain(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	office := i.Group("prod-interop", "Ufficio")
	b := s.SignIn(t, "Anna Bianchi")
	form := site.KeyedForm()
	form.Set("title", "UFFICIO")
	form.Set("product", "prod-interop")
	taken := b.Post(web.NewGroupURL(i.ID, ""), form)
	suspended := b.Post(web.RoleURL(i.ID, i.Leo, security, access.Reactivate), site.KeyedForm())
	code := s.Seed.FiscalCode("Nino Nessuno").Reveal()
	unknown := b.Post(web.SearchURL(i.ID), url.Values{"q": {code}})
	if taken.Status != 422 || suspended.Status != 409 || !strings.Contains(unknown.Text(), "Nessun utente") {
		t.Fatal(taken.Status, suspended.Status, unknown.Text())
	}
	rename := b.Get(web.GroupActionURL(i.ID, office, access.RenameGroup)).One("button", "Rinomina").Form()
	rename.Values.Set("title", "Sportello")
	b.Submit(rename)
	b.Post(web.RoleURL(i.ID, i.Leo, security, access.Suspend), site.KeyedForm())
	nino := i.Operator("Nino Nessuno", "prod-interop", "api")
	if p := b.Get(taken.URL.String()); p.Has("alert", "") || p.ByID("title").Value() != "UFFICIO" {
		t.Errorf("the name is free: %q %q", p.Title(), p.ByID("title").Value())
	}
	if p := b.Get(suspended.URL.String()); p.Has("alert", "") || strings.HasPrefix(p.Title(), "Errore") {
		t.Errorf("the role is suspended: %q", p.Title())
	}
	if p := b.Get(unknown.URL.String()); p.URL.Path != web.ProfileURL(i.ID, nino) {
		t.Errorf("the person is a user: %s", p.URL)
	}
}

// D7: a page that shows a fiscal code again is one view for each form that was sent, however often it is loaded, and the
// limit counts it.
func TestAPageThatIsLoadedAgainIsOneView(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{Limits: server.Limits{Profiles: 3}})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	views := func() int { return s.Count(t, `SELECT count(*) FROM profile_view`) }
	form := site.KeyedForm()
	form.Set("version", "1")
	form.Set("email", "x")
	for n := 1; n <= 3; n++ {
		p := b.Post(web.EditURL(i.ID, i.Oto), form)
		for range 3 {
			again := b.Get(p.URL.String())
			if again.Status != http.StatusOK || !strings.Contains(again.Body, s.Seed.FiscalCode("Oto Neri").Reveal()) {
				t.Fatalf("%d", again.Status)
			}
		}
		if got := views(); got != n {
			t.Errorf("%d forms, %d views", n, got)
		}
		other := *p.URL
		other.Path = web.EditURL(i.ID, i.Pia) // the form of another page: a view of its own
		if q := b.Get(other.String()); n == 3 && q.Status != http.StatusTooManyRequests {
			t.Errorf("another person's page under the form's key: %d", q.Status)
		} else if n < 3 {
			if _, err := s.DB.Owner.Exec(t.Context(), `DELETE FROM profile_view WHERE subject = $1`, i.Pia); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p := b.Post(web.EditURL(i.ID, i.Oto), form); p.Status != http.StatusTooManyRequests {
		t.Errorf("over the limit: %d", p.Status)
	}
}

// Half-typed text survives a change of language: without an error, without a change, and with the same idempotency key.
func TestWhatIsTypedSurvivesAChangeOfLanguage(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	office := i.Group("prod-interop", "Ufficio")
	b := s.SignIn(t, "Anna Bianchi")
	for address, field := range map[string]string{
		web.AddURL(i.ID, "") + "?from=" + url.QueryEscape("product=prod-interop"): "first_name", web.EditURL(i.ID, i.Oto): "email",
		web.ImportURL(i.ID): "rows", web.NewGroupURL(i.ID, "prod-interop"): "title",
		web.GroupActionURL(i.ID, office, access.RenameGroup): "title",
	} {
		p := b.Get(address)
		form := p.One("button", "English").Form()
		form.Values.Set(field, "mezzo@scritto")
		once := form.Values.Get("once")
		english := b.Submit(form)
		if english.Lang() != "en" || english.ByID(field).Value() != "mezzo@scritto" || english.Has("alert", "") ||
			english.Status != http.StatusOK || strings.Contains(english.URL.String(), "mezzo") {
			t.Errorf("%s: %d %s in %q: %q", address, english.Status, english.URL, english.Lang(), english.ByID(field).Value())
		}
		if english.URL.Query().Get("from") != p.URL.Query().Get("from") {
			t.Errorf("%s: the list is lost: %s", address, english.URL)
		}
		italian := english.One("button", "Italiano").Form()
		if got := italian.Values.Get("once"); got != once {
			t.Errorf("%s: the key %q became %q", address, once, got)
		}
		italian.Values.Set(field, "ancora@scritto")
		if back := b.Submit(italian); back.Lang() != "it" || back.ByID(field).Value() != "ancora@scritto" {
			t.Errorf("%s: back in Italian: %q", address, back.ByID(field).Value())
		}
	}
	if n := s.Count(t, `SELECT count(*) FROM audit_event WHERE action = 'edit'`); n != 0 {
		t.Error("a change of language saves")
	}
	form := b.Get(web.EditURL(i.ID, i.Oto)).One("button", "English").Form()
	form.Values.Set("email", "mezzo@scritto")
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	login := b.Submit(form)
	b.Press(login, "Italiano")
	if p := b.SignIn(b.Get(login.URL.String()), "Anna Bianchi"); p.ByID("email").Value() != "mezzo@scritto" {
		t.Errorf("after the session: %s %q", p.URL, p.ByID("email").Value())
	}
}

// The check page of a new user can be sent again after Back: the person is added once, and the outcome is the first one.
func TestTheCheckPageOfAUserIsSentAgain(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	check := b.Post(web.AddURL(i.ID, ""), url.Values{
		"fiscal_code": {s.Seed.FiscalCode("Nino Nessuno").Reveal()}, "first_name": {"Nino"}, "last_name": {"Nessuno"},
		"email": {seed.Email("Nino Nessuno")}, "product": {"prod-interop"}, "role": {"prod-interop:api"},
	})
	added, again := b.Press(check, "Aggiungi"), b.Press(b.Get(check.URL.String()), "Aggiungi")
	if added.Status != http.StatusOK || !strings.Contains(added.Text(), "Nino") || again.URL.String() != added.URL.String() {
		t.Errorf("%d %s, again %d %s", added.Status, added.URL, again.Status, again.URL)
	}
	changed := b.Press(b.Get(check.URL.String()), "Modifica")
	if changed.Field("Nome").Value() != "Nino" || changed.Has("alert", "") {
		t.Errorf("to be changed: %q", changed.Title())
	}
}

// The kept forms of a person are few, sealed, hold what their page's form can send, and are theirs alone; they leave the plan
// of a file alone.
func TestKeptFormsAreFewAndTheirSendersAlone(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	plan := b.Upload(web.ImportURL(i.ID), "x.csv", site.ImportHeader+s.Seed.FiscalCode("Nino Nessuno").Reveal()+
		";Nessuno;Nino;nino@ente.example;prod-interop;api\n")
	var first, last site.Page
	for n := range 12 {
		p := b.Post(web.AddURL(i.ID, ""), url.Values{"first_name": {fmt.Sprint("Nome", n)}, "other": {strings.Repeat("x", 50_000)}})
		if last = p; n == 0 {
			first = p
		}
	}
	if n := s.Count(t, `SELECT count(*) FROM prepared_form WHERE kind = 'form'`); n != 10 {
		t.Errorf("%d forms are kept", n)
	}
	if n := s.Count(t, `SELECT max(octet_length(sealed)) FROM prepared_form WHERE kind = 'form'`); n > 1000 {
		t.Errorf("a form has %d bytes", n)
	}
	if n := s.Count(t, `SELECT count(*) FROM prepared_form WHERE position('Nome11'::bytea IN sealed) > 0`); n != 0 {
		t.Error("a form is kept in clear")
	}
	if got := b.Get(first.URL.String()).ByID("first_name").Value(); got != "" {
		t.Errorf("the oldest shows %q", got)
	}
	if got := b.Get(last.URL.String()).ByID("first_name").Value(); got != "Nome11" {
		t.Errorf("the newest shows %q", got)
	}
	if got := s.SignIn(t, "Ivo Rossi").Get(last.URL.String()).ByID("first_name").Value(); got != "" {
		t.Errorf("a colleague sees %q", got)
	}
	if p := b.Get(plan.URL.String()); p.Status != http.StatusOK || !strings.Contains(p.Text(), "Nessuno") {
		t.Errorf("the plan of the file: %d", p.Status)
	}
	members := web.AddMembersURL(i.ID, i.Group("prod-interop", "Ufficio"), access.Filter{})
	searched := b.Post(web.LanguageURL()+"?back="+url.QueryEscape(members),
		url.Values{"lang": {"it"}, "product": {"prod-interop"}, "q": {s.Seed.FiscalCode("Oto Neri").Reveal()}})
	if len(searched.All("checkbox", "")) < 2 {
		t.Errorf("a change of language searches: %s", searched.URL)
	}
}
