package server_test

import (
	"fmt"
	"net/http"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Where a search finds no user to add to a group, the page says what is so of the people who are found.
func TestASearchForCandidatesExplainsAnEmptyResult(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	s.i.Operator("Siro Solo", "prod-pn", "operator")
	s.i.Join("Oto Neri", "prod-interop", "Ufficio anagrafe")
	const member, noUser = "Chi corrisponde a quello che cerchi fa già parte del gruppo.", "Nessun utente di Interoperabilità corrisponde"
	for text, says := range map[string]string{
		"neri": member, "neri pia": noUser, "solo": noUser,
		s.Seed.FiscalCode("Oto Neri").Reveal():     "Oto Neri fa già parte del gruppo.",
		s.Seed.FiscalCode("Siro Solo").Reveal():    "Siro Solo non ha un ruolo su Interoperabilità",
		s.Seed.FiscalCode("Nino Nessuno").Reveal(): noUser,
	} {
		form := s.anna.Get(web.AddMembersURL(s.i.ID, s.office, access.Filter{})).One("button", "Cerca").Form()
		form.Values.Set("q", text)
		checkStatus(t, s.anna.Submit(form), http.StatusOK, "Nessuno da aggiungere", says)
	}
}

// P22: a hundred people are added at once. Of more, none is, and all stay chosen.
func TestAGroupTakesAHundredPeopleAtOnce(t *testing.T) {
	t.Parallel()
	s := openGroupFixture(t)
	values := site.KeyedForm()
	values.Set("product", "prod-interop")
	for n := range access.MaxBulk + 1 {
		name := fmt.Sprintf("Ugo Utente%c%c", 'a'+n/26, 'a'+n%26)
		values.Add("member", string(s.i.Operator(name, "prod-interop", "api")))
	}
	at := web.AddMembersURL(s.i.ID, s.office, access.Filter{})
	p := s.anna.Post(at, values)
	checkStatus(t, p, http.StatusUnprocessableEntity, "Puoi aggiungere al massimo 100 persone alla volta")
	chosen := p.One("button", "Aggiungi al gruppo").Form().Values
	if got := s.Count(t, `SELECT count(*) FROM group_member`); len(chosen["member"]) != access.MaxBulk+1 || got != 0 {
		t.Errorf("%d stay chosen, %d were added", len(chosen["member"]), got)
	}
	chosen["member"] = chosen["member"][1:]
	checkStatus(t, s.anna.Post(at, chosen), http.StatusOK, "100 persone aggiunte")
}
