package attack_test

import (
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Forged forms: no user, too many, oneself, users of other institutions, other Administrators' products, unknown
// actions.
func TestForgedBulkForms(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	there := s.Seed.Institution("Altrove", "PA").Product("prod-interop")
	there.Admin("Eva Altrove", "prod-interop")
	ada := there.Operator("Ada Altrove", "prod-interop", "api")
	anna, oto, ivo := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Oto Neri"), s.SignIn(t, "Ivo Rossi")
	var manyUsers []access.UserID
	for n := range 101 {
		manyUsers = append(manyUsers, access.UserID(fmt.Sprintf("00000000-0000-4000-8000-%012d", n)))
	}
	confirm := func(action access.Action, targets ...string) url.Values {
		v := site.Selection("prod-interop", action)
		v["target"] = targets
		maps.Copy(v, site.KeyedForm())
		return v
	}
	before := s.Count(t, `SELECT count(*) FROM audit_event WHERE action <> 'verify'`)
	ask, do := web.BulkURL(i.ID), web.BulkConfirmURL(i.ID)
	for name, c := range map[string]struct {
		b       *site.Browser
		address string
		form    url.Values
		status  int
		says    string
	}{
		"no user":            {anna, ask, site.Selection("prod-interop", access.Suspend), 422, "Non hai scelto nessuno"},
		"no user, confirmed": {anna, do, confirm(access.Suspend), 422, "Non hai scelto nessuno"},
		"too many": {
			anna, ask, site.Selection("prod-interop", access.Suspend, manyUsers...), 422, "Hai scelto troppe persone",
		},
		"as many as may be, of nowhere": {
			anna, ask, site.Selection("prod-interop", access.Suspend, manyUsers[:100]...), 409,
			"100 persone di quelle che hai scelto non sono più",
		},
		"oneself": {
			anna, ask, site.Selection("prod-interop", access.Suspend, i.Anna), 403,
			"Sei tu: non puoi modificare i tuoi ruoli.",
		},
		"oneself, confirmed": {
			anna, do, confirm(access.Suspend, web.UserRoleValue(i.Anna, "admin")), 200, "Non puoi modificare i tuoi ruoli.",
		},
		"another institution's user": {
			anna, ask, site.Selection("prod-interop", access.Suspend, ada), 409,
			"1 persona di quelle che hai scelto non è più",
		},
		"another institution's user, confirmed": {
			anna, do, confirm(access.Suspend, web.UserRoleValue(ada, "api")), 200,
			"1 persona di quelle che hai scelto non è più",
		},
		"elsewhere": {
			anna, web.BulkURL(there.ID), site.Selection("prod-interop", access.Suspend, ada), 404, "Pagina non trovata",
		},
		"elsewhere, confirmed": {
			anna, web.BulkConfirmURL(there.ID), confirm(access.Suspend, web.UserRoleValue(ada, "api")), 404,
			"Pagina non trovata",
		},
		"a product that isn't there": {anna, ask, site.Selection("prod-none", access.Suspend, i.Oto), 404, "Pagina non trovata"},
		"a product that one doesn't administer": {
			ivo, ask, site.Selection("prod-interop", access.Suspend, i.Oto), 403,
			"lo gestiscono gli Amministratori di Interoperabilità",
		},
		"the same, confirmed": {
			ivo, do, confirm(access.Suspend, web.UserRoleValue(i.Oto, "api")), 200, "Non amministri questo prodotto.",
		},
		"a role that isn't there": {
			anna, do, confirm(access.Suspend, web.UserRoleValue(i.Oto, "re: d’Italia")), 200,
			"Quello che avevi chiesto di cambiare non c’è più.",
		},
		"an Operator": {
			oto, ask, site.Selection("prod-interop", access.Suspend, i.Leo), 403, "La sezione Utenti è degli Amministratori",
		},
		"an Operator, of too many": {
			oto, ask, site.Selection("prod-interop", access.Suspend, manyUsers...), 403,
			"La sezione Utenti è degli Amministratori",
		},
		"an Operator, confirmed": {
			oto, do, confirm(access.Suspend, web.UserRoleValue(i.Leo, "security")), 403,
			"La sezione Utenti è degli Amministratori",
		},
		"an action that isn't one": {anna, ask, site.Selection("prod-interop", access.Edit, i.Oto), 400, "Richiesta non valida"},
		"an id that can't be one":  {anna, ask, site.Selection("prod-interop", access.Suspend, "x"), 400, "Richiesta non valida"},
		"no idempotency key":       {anna, do, site.Selection("prod-interop", access.Join, i.Oto), 400, "Richiesta non valida"},
	} {
		p := c.b.Post(c.address, c.form)
		if p.Status != c.status || !strings.Contains(p.Text(), c.says) {
			t.Errorf("%s: %d %s", name, p.Status, p.Text())
		}
		if strings.Contains(p.Text(), "Ada Altrove") {
			t.Errorf("%s: a name of another institution", name)
		}
	}
	if got := s.Count(t, `SELECT count(*) FROM audit_event WHERE action <> 'verify'`); got != before {
		t.Errorf("%d changes", got-before)
	}
	if got := s.Count(t, `SELECT count(*) FROM bulk_result WHERE actor = $1`, i.Oto); got != 0 {
		t.Errorf("%d forms of an Operator were stored", got)
	}
	for _, reason := range []access.Reason{access.SelfAction, access.NotAdministrator, access.NotAnyAdministrator, access.NotVisible} {
		if !strings.Contains(s.Log.String(), `"reason":"`+string(reason)+`"`) {
			t.Errorf("the security log lacks %s", reason)
		}
	}
	if p := anna.Get(
		web.BulkResultURL(i.ID, access.Filter{Product: "prod-interop"}, site.KeyedForm().Get("once")),
	); p.URL.Path != web.UsersURL(
		i.ID,
		access.Filter{},
	) {
		t.Errorf("an unknown idempotency key: %d %s", p.Status, p.URL)
	}
	mine := anna.Post(do, confirm(access.Suspend, web.UserRoleValue(i.Oto, "api"))).URL.String()
	if p := ivo.Get(mine); p.URL.Path != web.UsersURL(i.ID, access.Filter{}) || strings.Contains(p.Text(), "1 persona sospesa") {
		t.Errorf("another person's result: %d %s", p.Status, p.URL)
	}
}
