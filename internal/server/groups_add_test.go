package server_test

import (
	"net/http"
	"testing"

	"areariservata.example/utenti/internal/access"
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
