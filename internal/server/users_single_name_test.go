package server_test

import (
	"net/http"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/bridge"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// D2: a single name is the surname. It is confirmed where the fiscal code does not say so: when a user is added, edited and
// imported.
func TestASingleNameIsTheSurname(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i, code := s.NewImport()
	b := s.SignIn(t, "Anna Bianchi")
	const question = "Confermo che nome, cognome e codice fiscale sono giusti"
	add := func(fiscalCode, first, last string, more ...string) site.Page {
		action, values := fillForm(b.Get(web.AddURL(i, "prod-interop")), "Continua", map[string][]string{
			"fiscal_code": {fiscalCode}, "first_name": {first}, "last_name": {last}, "email": {"suharto@ente.example"},
			"product": {"prod-interop"}, "role": {"prod-interop:api"}, "names_confirmed": more,
		})
		return b.Post(action, values)
	}
	checkStatus(t, add("RSSMRA80A01H501U", "Mario", ""), http.StatusUnprocessableEntity, "Scrivi il cognome: chi ha un nome solo")
	checkStatus(t, add("RSSMRA80A01H501U", "", ""), http.StatusUnprocessableEntity, "Scrivi il nome", "Scrivi il cognome")
	forgotten := add("RSSMRA80A01H501U", " \u200b", "Rossi")
	if checkStatus(t, forgotten, http.StatusUnprocessableEntity, "Manca il nome"); !forgotten.Has("checkbox", question) {
		t.Error("a first name that may be forgotten is not asked about")
	}
	checkStatus(t, add("RSSMRA80A01H501U", "", "Rossi", "1"), http.StatusOK, "Controlla e conferma")
	profile := b.Press(add(code(" Suharto"), "", "Suharto"), "Aggiungi") // the code says XXX
	checkStatus(t, profile, http.StatusOK, "Suharto", "Nome nessuno")
	if !strings.HasPrefix(profile.Title(), "Suharto ") && !strings.Contains(profile.Title(), "– Suharto –") {
		t.Errorf("the title %q", profile.Title())
	}
	edit := b.Follow(profile, "Modifica i dati di Suharto").One("button", "Salva").Form()
	edit.Values.Set("last_name", "Sartono")
	checkStatus(t, b.Submit(edit), http.StatusUnprocessableEntity, "Manca il nome", question)
	edit.Values.Set("names_confirmed", "1")
	checkStatus(t, b.Submit(edit), http.StatusOK, "Dati modificati", "Sartono")

	checked := b.Upload(web.ImportURL(i), "colleghi.csv", site.ImportHeader+
		code(" Sukarno")+";Sukarno;;sukarno@ente.example;Interoperabilità;api\n"+
		code("Pia Gialli")+";Gialli;;pia@ente.example;Interoperabilità;api\n"+
		code("Leo Verdi")+";;Leo;leo@ente.example;Interoperabilità;api\n")
	checkStatus(t, checked, http.StatusOK, "Manca il nome: conferma solo se", "Scrivi il cognome: chi ha un nome solo")
	if len(checked.All("radio", "")) != 2 {
		t.Errorf("%d answers are asked for", len(checked.All("radio", "")))
	}
	if done := rowResults(b.Submit(answer(checked, "Procedi", web.RowYes))); len(done) != 3 || done[0] != "2: Aggiunta agli utenti" ||
		done[1] != "3: Aggiunta agli utenti" || !strings.HasPrefix(done[2], "4: Lasciata fuori") {
		t.Errorf("%q", done)
	}
	list := b.Get(web.UsersURL(i, access.Filter{Product: "prod-interop"}))
	if got := strings.Join(targetTexts(list), "|"); !strings.HasSuffix(got, "|Gialli|Neri Oto|Sartono|Sukarno|Suspesi Sara") {
		t.Errorf("the list: %s", got)
	}
	if found := targetTexts(b.Get(web.UsersURL(i, access.Filter{Text: "sukarno"}))); len(found) != 1 {
		t.Errorf("found: %q", found)
	}
	for _, row := range csvRows(t, requestExport(b, i, access.Filter{Product: "prod-interop", Text: "sukarno"}, "csv").Body) {
		if row[0] != "Sukarno" || row[1] != "" {
			t.Errorf("the file: %q", row)
		}
	}
	activity := b.Get(web.ActivityURL(i, access.EventFilter{}))
	if strings.Contains(activity.Body, "> Sukarno") {
		t.Error("the log has a name that begins with a space")
	}
	checkStatus(t, activity, http.StatusOK, "Anna Bianchi (tu) ha aggiunto Sukarno agli utenti")
	if n := s.Count(t, `SELECT count(*) FROM river_job WHERE args::text LIKE '%"Name": "Su%'`); n != 2 {
		t.Errorf("%d e-mails to Suharto and Sukarno", n)
	}
}

// D2, D4: SPID gives no first name. It is believed if the fiscal code says so too; otherwise it is the provider's fault.
func TestSignInWithoutAFirstName(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	single, other := i.Operator(" Suharto", "prod-interop", "api"), i.Operator("Oto Neri", "prod-interop", "api")
	for name, want := range map[string]bool{" Suharto": true, "Oto Neri": false} {
		_, last, _ := strings.Cut(name, " ")
		s.OfferOnly(bridge.Identity{FiscalCode: s.Seed.FiscalCode(name).Reveal(), LastName: last})
		id := map[string]access.UserID{" Suharto": single, "Oto Neri": other}[name]
		b := s.NewBrowser(t)
		b.SignIn(b.Get("/login"), name)
		var verified bool
		err := s.DB.Owner.QueryRow(t.Context(), `SELECT verified_at IS NOT NULL FROM app_user WHERE person = $1`, id).Scan(&verified)
		if err != nil || verified != want {
			t.Errorf("%q: verified %v, %v", name, verified, err)
		}
	}
}
