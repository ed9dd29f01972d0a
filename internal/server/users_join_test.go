package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P9: the active groups of the product are offered that the user is not a member of.
func TestAUserJoinsAGroup(t *testing.T) {
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
