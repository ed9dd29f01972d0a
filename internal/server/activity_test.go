package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// eventTexts are a log's events as the page tells them, newest first.
func eventTexts(p page) (all []string) {
	for _, row := range p.All("row", "") {
		cells := row.All("cell", "")
		if len(cells) == 3 {
			all = append(all, cells[1].Text()+": "+cells[2].Text())
		}
	}
	return all
}

// insertEvent writes an event past the verbs: the log of a test can hold what no verb has done.
func (s *site) insertEvent(i access.InstitutionID, at time.Time, actor access.UserID, a access.Action, subject access.UserID, t access.Target, before, after string) {
	s.t.Helper()
	if _, err := s.db.Owner.Exec(s.t.Context(), `
		WITH i AS (UPDATE institution SET audit_seq = audit_seq + 1 WHERE id = $1 RETURNING audit_seq)
		INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, before, after, previous, hash)
		SELECT $1, audit_seq, $2, nullif($3, '')::uuid, $4, $5, $6, $7, nullif($8, '')::json, nullif($9, '')::json, '', '' FROM i`,
		i, at, string(actor), a, subject, t.Product, t.Role, before, after); err != nil {
		s.t.Fatal(err)
	}
}

// openVerified is a site on which signing in leaves nothing in the log: everybody's names have been verified before.
func openVerified(t *testing.T) *site {
	t.Helper()
	s := open(t)
	s.seed.MarkVerified("Anna Bianchi", "Ivo Rossi", "Oto Neri", "Eva Bruni", "Ada Altrove")
	return s
}

const removed = "00000000-0000-4000-8000-000000000099"

var noon = time.Date(2026, time.November, 21, 13, 5, 0, 0, time.UTC)

// D5: what is done by a form stands in the institution's log and in the person's own, told in a sentence, with its time.
func TestWhatIsDoneStandsInTheLog(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.signInAs(t, "Anna Bianchi")
	b.post(web.RoleURL(i.ID, oto, api, access.Suspend), keyedForm())
	p := b.follow(b.get(web.HomeURL(i.ID)), "Registro attività")
	want := []string{
		"Anna Bianchi (tu): ha sospeso Operatore API di Oto Neri su Interoperabilità",
		"Caricamento dati: ha dato a Oto Neri il ruolo Operatore API su Interoperabilità",
		"Caricamento dati: ha dato ad Anna Bianchi il ruolo Amministratore su Interoperabilità",
	}
	if got := eventTexts(p); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the institution's log: %q", got)
	}
	if !strings.Contains(p.Text(), "2 novembre 2026, 09:30") || !p.HasInner("time", "datetime", "2026-11-02T09:30:00+01:00") {
		t.Errorf("the time isn't Italy's: %s", p.Text())
	}
	history := b.follow(b.get(web.ProfileURL(i.ID, oto)), "Cronologia")
	if got := eventTexts(history); fmt.Sprint(got) != fmt.Sprint(want[:2]) {
		t.Errorf("the user's log: %q", got)
	}
	if p := b.follow(history, "Vedi anche quello che ha fatto, nel registro attività"); p.url.Path != web.ActivityURL(i.ID, access.EventFilter{}) || p.url.Query().Get("person") != string(oto) {
		t.Errorf("it leads to %s", p.url)
	}
	if p := b.get(p.All("link", "Oto Neri")[0].Attr("href")); p.url.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("the name leads to %s", p.url)
	}
}

// P1, V4, V9: Administrators see the events of the products they administer now; Operators their own only.
func TestALogShowsItsReaderWhatIsTheirs(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	ivosID := i.Admin("Ivo Rossi", "prod-io")
	i.Operator("Ivo Rossi", "prod-interop", "viewer")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.Operator("Oto Neri", "prod-io", "referente operativo")
	s.insertEvent(i.ID, noon, anna, access.Edit, oto, access.Target{}, `{"fields":["email"],"sealed":["c2VjcmV0"]}`, `{"fields":["email"],"sealed":["c2VjcmV0"]}`)
	other := s.seed.Institution("Altrove", "PA").Product("prod-interop", "prod-io")
	other.Admin("Anna Bianchi", "prod-interop", "prod-io")

	ivo := s.signInAs(t, "Ivo Rossi")
	edited := "ha modificato i dati di Oto Neri: e-mail"
	for name, address := range map[string]string{
		"the institution's": web.ActivityURL(i.ID, access.EventFilter{}), "the user's": web.ActivityURL(i.ID, access.EventFilter{Subject: oto}),
	} {
		p := ivo.get(address)
		got := fmt.Sprint(eventTexts(p))
		if strings.Contains(got, "Interoperabilità") || strings.Contains(got, "Operatore API") || !strings.Contains(got, "su App IO") || !strings.Contains(got, edited) {
			t.Errorf("%s log: %s", name, got)
		}
		if strings.Contains(p.body, "c2VjcmV0") || strings.Contains(p.body, "oto.neri@") {
			t.Errorf("%s log shows what is sealed", name)
		}
	}
	if p := ivo.get(web.ActivityURL(i.ID, access.EventFilter{Product: "prod-interop"})); p.status != http.StatusNotFound {
		t.Errorf("by a product of others: %d", p.status)
	}

	operator := s.signInAs(t, "Oto Neri")
	p := operator.follow(operator.get(web.ProfileURL(i.ID, oto)), "Cronologia")
	if got := eventTexts(p); len(got) != 3 || got[0] != "Anna Bianchi: "+edited || p.Has("link", "Anna Bianchi") {
		t.Errorf("the own log: %q", got)
	}
	if p.Has("link", "Registro attività") {
		t.Error("an Operator is offered the institution's log")
	}
	if p := operator.get(web.ActivityURL(i.ID, access.EventFilter{})); p.status != http.StatusForbidden || !p.HasInner("a", "href", web.ProfileURL(i.ID, oto)) {
		t.Errorf("the institution's log for an Operator: %d", p.status)
	}
	for _, of := range []access.UserID{anna, removed} {
		if p := operator.get(web.ActivityURL(i.ID, access.EventFilter{Subject: of})); p.status != http.StatusNotFound {
			t.Errorf("somebody else's log for an Operator: %d", p.status)
		}
	}

	// What one no longer administers is gone from sight at once; what was done to oneself isn't.
	i.Admin("Eva Bruni", "prod-io")
	suspend := web.RoleURL(i.ID, ivosID, access.Target{Product: "prod-io", Role: "referente amministrativo"}, access.Suspend)
	if p := s.signInAs(t, "Eva Bruni").post(suspend, keyedForm()); p.status != http.StatusOK {
		t.Fatalf("suspending: %d %s", p.status, p.Text())
	}
	for _, address := range []string{web.ActivityURL(i.ID, access.EventFilter{}), web.ActivityFileURL(i.ID, access.EventFilter{})} {
		if p := ivo.get(address); p.status != http.StatusForbidden {
			t.Errorf("an Operator now, %s: %d", address, p.status)
		}
	}
	own := eventTexts(ivo.get(web.ActivityURL(i.ID, access.EventFilter{Subject: ivosID})))
	if len(own) != 3 || own[0] != "Eva Bruni: ha sospeso Amministratore di Ivo Rossi su App IO" {
		t.Errorf("the own log, an Operator now: %q", own)
	}
}

// P7: whoever has been removed keeps no name in the log, here or from elsewhere; what the log has of them can be found.
func TestARemovedPersonShowsWithoutAName(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	ada := s.seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	s.insertEvent(i.ID, noon, anna, access.Remove, removed, api, `{"status":"active"}`, "")
	s.insertEvent(i.ID, noon, ada, access.Suspend, anna, access.Target{Product: "prod-interop", Role: "king"}, "", "")
	s.insertEvent(i.ID, noon, "", access.Verify, anna, access.Target{}, `{"fields":["names"]}`, `{"fields":["names"]}`)
	b := s.signInAs(t, "Anna Bianchi")
	p := b.get(web.ActivityURL(i.ID, access.EventFilter{}))
	want := []string{
		"Il servizio: ha verificato con SPID o CIE nome e cognome di Anna Bianchi",
		"Persona rimossa: ha sospeso king di Anna Bianchi su Interoperabilità",
		"Anna Bianchi (tu): ha rimosso Operatore API di Persona rimossa da Interoperabilità",
	}
	if got := eventTexts(p); fmt.Sprint(got[:3]) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
	if strings.Contains(p.body, "Ada") {
		t.Error("somebody of another institution is named")
	}
	trace := web.ActivityURL(i.ID, access.EventFilter{Person: removed})
	if !p.HasInner("a", "href", trace) {
		t.Error("a removed person doesn't lead to what the log has of them")
	}
	p = b.get(trace)
	if got := eventTexts(p); len(got) != 1 || !p.Has("link", "Rimuovi il filtro Persona rimossa") {
		t.Errorf("%q, links %q", got, p.Names("link"))
	}
	if p := b.get(web.ActivityURL(i.ID, access.EventFilter{Person: ada})); !p.Has("link", "Rimuovi il filtro Persona rimossa") || len(eventTexts(p)) != 1 {
		t.Errorf("by somebody of another institution: %q", p.Names("link"))
	}
	if p := b.get(web.ActivityURL(i.ID, access.EventFilter{Subject: removed})); p.status != http.StatusNotFound {
		t.Errorf("the log of who isn't here: %d", p.status)
	}
}

// The form narrows the log; all of it is in the address, and can be taken away again.
func TestALogIsNarrowedByItsForm(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io", "prod-pn")
	anna := i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Admin("Ivo Rossi", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	s.insertEvent(i.ID, noon, anna, access.Suspend, oto, api, "", "")
	s.insertEvent(i.ID, noon.AddDate(0, 0, 1), anna, access.Reactivate, oto, api, "", "")
	b := s.signInAs(t, "Anna Bianchi")
	start := b.get(web.ActivityURL(i.ID, access.EventFilter{Person: oto}))
	if start.HasInner("option", "value", "prod-pn") || !start.HasInner("option", "value", "prod-io") {
		t.Error("the form offers other products than those that are administered")
	}
	for _, row := range []struct {
		fields map[string]string
		want   int
	}{
		{nil, 3},
		{map[string]string{"action": "suspend"}, 1},
		{map[string]string{"product": "prod-interop", "from": "2026-11-21"}, 2},
		{map[string]string{"from": "2026-11-21", "to": "2026-11-21"}, 1},
		{map[string]string{"product": "prod-io"}, 0},
	} {
		form := start.One("button", "Filtra").Form()
		for field, value := range row.fields {
			form.Values.Set(field, value)
		}
		if form.Method != http.MethodGet {
			t.Fatalf("sent by %s", form.Method)
		}
		p := b.get(form.Action + "?" + form.Values.Encode())
		if got := eventTexts(p); len(got) != row.want {
			t.Errorf("%v: %d events: %q", row.fields, len(got), got)
		}
		for field := range p.url.Query() {
			if p.url.Query().Get(field) == "" {
				t.Errorf("%v: the address says nothing by %q", row.fields, field)
			}
		}
		if !p.Has("link", "Rimuovi il filtro Oto Neri") {
			t.Errorf("%v: the person isn't among the filters: %q", row.fields, p.Names("link"))
		}
		if row.want == 0 && !strings.Contains(p.Text(), "Nessuna attività trovata") {
			t.Errorf("%v: nothing is said", row.fields)
		}
	}
	p := b.follow(start, "Rimuovi il filtro Oto Neri")
	if len(eventTexts(p)) != 5 {
		t.Errorf("without the person: %q", eventTexts(p))
	}
	for _, bad := range []string{"from=ieri", "to=2026-02-30", "from=2026-11-22&to=2026-11-21"} {
		p := b.get(web.ActivityURL(i.ID, access.EventFilter{}) + "?" + bad)
		values, _ := url.ParseQuery(bad)
		if p.status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") || !p.Has("alert", "") ||
			p.Field("Dal giorno").Value() != values.Get("from") || p.Field("Al giorno").Value() != values.Get("to") {
			t.Errorf("%s: %d %q", bad, p.status, p.Title())
		}
		if file := b.stay().get(web.ActivityFileURL(i.ID, access.EventFilter{}) + "?" + bad); file.status != http.StatusSeeOther {
			t.Errorf("%s, as a file: %d", bad, file.status)
		}
	}
	if p := b.get(web.ActivityURL(i.ID, access.EventFilter{}) + "?person=x%27&action=boss&page=7&page=below.-1"); p.status != http.StatusOK || len(eventTexts(p)) != 5 {
		t.Errorf("what is no filter: %d", p.status)
	}
}

// Walked page by page, no event is missing or met twice; past the end is the first page.
func TestALongLogIsWalkedPageByPage(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	for n := range 118 {
		s.insertEvent(i.ID, noon.Add(time.Duration(n)*time.Minute), anna, access.Suspend, oto, api, "", "")
	}
	b := s.signInAs(t, "Anna Bianchi")
	p := b.get(web.ActivityURL(i.ID, access.EventFilter{}))
	met, pages := len(eventTexts(p)), 1
	for ; p.Has("link", "Meno recenti"); pages++ {
		p = b.follow(p, "Meno recenti")
		met += len(eventTexts(p))
	}
	if pages != 3 || met != 120 {
		t.Errorf("%d pages, %d events", pages, met)
	}
	if p = b.follow(b.follow(p, "Più recenti"), "Più recenti"); p.Has("link", "Più recenti") || len(eventTexts(p)) != 50 {
		t.Error("back isn't the first page")
	}
	if p := b.get(web.ActivityURL(i.ID, access.EventFilter{Action: access.Suspend, Page: access.EventPage{Below: 2}})); p.url.Query().Has("page") || p.url.Query().Get("action") != "suspend" || len(eventTexts(p)) != 50 {
		t.Errorf("past the end: %s", p.url)
	}
}

// A log costs what every page does: the session, then everything else on one snapshot.
func TestALogGoesToTheDatabaseTwice(t *testing.T) {
	t.Parallel()
	counted := &roundTrips{}
	s := openTraced(t, counted)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.signInAs(t, "Anna Bianchi")
	for _, f := range []access.EventFilter{{}, {Person: oto, Action: access.Load, From: "2026-01-01"}, {Subject: oto}} {
		for _, address := range []string{web.ActivityURL(i.ID, f), web.ActivityFileURL(i.ID, f)} {
			b.get(address)
			before := counted.count.Load()
			if p := b.get(address); p.status != http.StatusOK {
				t.Fatalf("%s: %d", address, p.status)
			}
			if n := counted.count.Load() - before; n != 2 {
				t.Errorf("%s: %d round trips", address, n)
			}
		}
	}
}
