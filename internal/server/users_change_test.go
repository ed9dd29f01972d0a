package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

const toAdministrator = "era Gestore Notifiche, ora è Amministratore."

// P13: the list that the page was reached from reports the change and undoes it; the log has one event of each change.
func TestARoleIsChangedFromTheListAndBack(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-pn", "prod-interop")
	i.Admin("Anna Bianchi", "prod-pn", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-pn", "operator")
	b := s.SignIn(t, "Anna Bianchi")
	p := b.Get(web.ReturnTo(web.ChangeRoleURL(i.ID, oto, "prod-pn"), access.Filter{Product: "prod-pn"}, ""))
	if p.URL.Path != web.ChangeRoleURL(i.ID, oto, "prod-pn") || !strings.Contains(p.Text(), "Gestore Notifiche") {
		t.Fatalf("it leads to %s: %s", p.URL, p.Text())
	}
	if back := b.Follow(p, htmltest.Cancel); back.URL.Path != web.UsersURL(i.ID, access.Filter{}) {
		t.Errorf("cancelling leads to %s", back.URL)
	}
	p = b.Press(p, htmltest.ChangeRole) // the only other role is chosen already
	if p.URL.Path != web.UsersURL(i.ID, access.Filter{}) || !strings.HasPrefix(p.Title(), "Ruolo cambiato") ||
		!strings.Contains(p.ByID("outcome").Text(), toAdministrator) {
		t.Fatalf("the outcome: %s, %q, %s", p.URL, p.Title(), p.ByID("outcome").Text())
	}
	p = b.Get(p.ByID("outcome").One("link", "Annulla il cambio di Oto Neri su SEND").Attr("href"))
	p = b.Press(p, htmltest.ChangeRole)
	if !strings.Contains(p.ByID("outcome").Text(), "era Amministratore, ora è Gestore Notifiche.") {
		t.Errorf("undone: %s", p.ByID("outcome").Text())
	}
	log := b.Get(web.ActivityURL(i.ID, access.EventFilter{Action: access.ChangeRole})).Text()
	for _, says := range []string{"da Gestore Notifiche ad Amministratore", "da Amministratore a Gestore Notifiche"} {
		if strings.Count(log, says) != 1 {
			t.Errorf("the log says %d times %q", strings.Count(log, says), says)
		}
	}
	if file := b.Get(
		web.ActivityFileURL(i.ID, access.EventFilter{Action: access.ChangeRole}),
	).Body; !strings.Contains(
		file,
		"Gestore Notifiche → Amministratore",
	) {
		t.Error(file)
	}
}

// P13: on the card of the profile, with what is lost and what stays; several roles give way to one, and come back together.
func TestRolesAreChangedOnTheProfile(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api", "security")
	anna, ivo := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Ivo Rossi")
	link := htmltest.ChangeRole + " di Oto Neri su Interoperabilità"
	address := web.ChangeRoleURL(i.ID, oto, "prod-interop")
	p := anna.Follow(anna.Get(web.ProfileURL(i.ID, oto)), link)
	if !strings.Contains(p.Text(), "Operatore API e Operatore Sicurezza, vengono tolti") {
		t.Errorf("the page does not say what is lost: %s", p.Text())
	}
	form := p.One("button", htmltest.ChangeRole).Form().Values
	choose := func(roles ...string) url.Values {
		filled := url.Values{}
		maps.Copy(filled, form)
		filled["role"] = nil
		for _, role := range roles {
			filled.Add("role", "prod-interop:"+role)
		}
		return filled
	}
	for name, row := range map[string]struct {
		roles  []string
		status int
		says   string
	}{
		"none":          {nil, http.StatusUnprocessableEntity, "Scegli"},
		"not together":  {[]string{"viewer", "reviewer"}, http.StatusUnprocessableEntity, "non"},
		"held":          {[]string{"api"}, http.StatusConflict, "Oto Neri"},
		"by signature":  {[]string{"admin"}, http.StatusForbidden, "firma"},
		"no such role":  {[]string{"king"}, http.StatusNotFound, ""},
		"named twice":   {[]string{"viewer", "viewer"}, http.StatusBadRequest, ""},
		"held and free": {[]string{"viewer", "api"}, http.StatusConflict, ""},
	} {
		if got := anna.Post(address, choose(row.roles...)); got.Status != row.status || !strings.Contains(got.Text(), row.says) {
			t.Errorf("%s: %d %q, %s", name, got.Status, got.Title(), got.Text())
		}
	}
	ivos := ivo.Get(address).One("button", htmltest.ChangeRole).Form().Values
	done := anna.Post(address, choose("viewer"))
	if twice := anna.Post(address, choose("viewer")); done.Status != http.StatusOK || twice.URL.String() != done.URL.String() {
		t.Errorf("sent twice: %d %s, then %s", done.Status, done.URL, twice.URL)
	}
	ivos["role"] = []string{"prod-interop:reviewer"}
	if late := ivo.Post(
		address,
		ivos,
	); late.Status != http.StatusConflict ||
		!strings.Contains(late.Title(), "I ruoli sono cambiati nel frattempo") {
		t.Errorf("late: %d %q", late.Status, late.Title())
	}
	undo := anna.Get(done.ByID("outcome").One("link", "Annulla il cambio di Oto Neri su Interoperabilità").Attr("href"))
	if back := anna.Press(
		undo,
		htmltest.ChangeRole,
	); !strings.Contains(
		back.ByID("outcome").Text(),
		"ora è Operatore API e Operatore Sicurezza",
	) {
		t.Errorf("undone: %d %s", back.Status, back.ByID("outcome").Text())
	}
	if again := anna.Get(done.URL.String()); again.Has("link", "Annulla il cambio di Oto Neri su Interoperabilità") {
		t.Error("what was undone is offered to be undone")
	}
}
