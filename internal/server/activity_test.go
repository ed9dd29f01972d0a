package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// eventTexts are the events of a log page, newest first.
func eventTexts(p site.Page) (all []string) {
	for _, row := range p.All("row", "") {
		cells := row.All("cell", "")
		if len(cells) == 3 {
			all = append(all, cells[1].Text()+": "+cells[2].Text())
		}
	}
	return all
}

// insertEvent adds an event without the operation that would record it.
func insertEvent(
	s *site.Site,
	i access.InstitutionID,
	at time.Time,
	actor access.UserID,
	a access.Action,
	subject access.UserID,
	t access.Target,
	before, after string,
) {
	s.T.Helper()
	if _, err := s.DB.Owner.Exec(s.T.Context(), `
		WITH i AS (UPDATE institution SET audit_seq = audit_seq + 1 WHERE id = $1 RETURNING audit_seq)
		INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, before, after, previous, hash)
		SELECT $1, audit_seq, $2, nullif($3, '')::uuid, $4, $5, $6, $7, nullif($8, '')::json, nullif($9, '')::json, '', '' FROM i`,
		i, at, string(actor), a, subject, t.Product, t.Role, before, after); err != nil {
		s.T.Fatal(err)
	}
}

// openVerified starts a site on which signing in records no event: the names of its people are verified already.
func openVerified(t *testing.T) *site.Site {
	t.Helper()
	s := site.Start(t, site.Options{})
	s.Seed.MarkVerified("Anna Bianchi", "Ivo Rossi", "Oto Neri", "Eva Bruni", "Ada Altrove")
	return s
}

const removed = "00000000-0000-4000-8000-000000000099"

var noon = time.Date(2026, time.November, 21, 13, 5, 0, 0, time.UTC)

// D5: a change made by a form is in the institution's log and in the user's own log, as a sentence with its time.
func TestAChangeIsInTheLog(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	b.Post(web.RoleURL(i.ID, oto, api, access.Suspend), site.KeyedForm())
	p := b.Follow(b.Get(web.HomeURL(i.ID)), "Registro attività")
	want := []string{
		"Anna Bianchi (tu): ha sospeso Operatore API di Oto Neri su Interoperabilità",
		"Caricamento dati: ha dato a Oto Neri il ruolo Operatore API su Interoperabilità",
		"Caricamento dati: ha dato ad Anna Bianchi il ruolo Amministratore su Interoperabilità",
	}
	if got := eventTexts(p); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the institution's log: %q", got)
	}
	if !strings.Contains(p.Text(), "2 novembre 2026, 09:30") || !p.HasInner("time", "datetime", "2026-11-02T09:30:00+01:00") {
		t.Errorf("the time is not Italian time: %s", p.Text())
	}
	history := b.Follow(b.Get(web.ProfileURL(i.ID, oto)), "Cronologia")
	if got := eventTexts(history); fmt.Sprint(got) != fmt.Sprint(want[:2]) {
		t.Errorf("the user's log: %q", got)
	}
	if p := b.Follow(
		history,
		"Vedi anche quello che ha fatto, nel registro attività",
	); p.URL.Path != web.ActivityURL(i.ID, access.EventFilter{}) ||
		p.URL.Query().Get("person") != string(oto) {
		t.Errorf("it leads to %s", p.URL)
	}
	if p := b.Get(p.All("link", "Oto Neri")[0].Attr("href")); p.URL.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("the name leads to %s", p.URL)
	}
}

// P1, V4, V9: Administrators see the events of the products they administer now; Operators their own only.
func TestALogShowsOnlyTheReadersProducts(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	ivosID := i.Admin("Ivo Rossi", "prod-io")
	i.Operator("Ivo Rossi", "prod-interop", "viewer")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.Operator("Oto Neri", "prod-io", "referente operativo")
	insertEvent(
		s,
		i.ID,
		noon,
		anna,
		access.Edit,
		oto,
		access.Target{},
		`{"fields":["email"],"sealed":["c2VjcmV0"]}`,
		`{"fields":["email"],"sealed":["c2VjcmV0"]}`,
	)
	other := s.Seed.Institution("Altrove", "PA").Product("prod-interop", "prod-io")
	other.Admin("Anna Bianchi", "prod-interop", "prod-io")

	ivo := s.SignIn(t, "Ivo Rossi")
	edited := "ha modificato i dati di Oto Neri: e-mail"
	for name, address := range map[string]string{
		"the institution's": web.ActivityURL(i.ID, access.EventFilter{}), "the user's": web.ActivityURL(i.ID, access.EventFilter{Subject: oto}),
	} {
		p := ivo.Get(address)
		got := fmt.Sprint(eventTexts(p))
		if strings.Contains(got, "Interoperabilità") || strings.Contains(got, "Operatore API") || !strings.Contains(got, "su App IO") ||
			!strings.Contains(got, edited) {
			t.Errorf("%s log: %s", name, got)
		}
		if strings.Contains(p.Body, "c2VjcmV0") || strings.Contains(p.Body, "oto.neri@") {
			t.Errorf("%s log shows what is sealed", name)
		}
	}
	if p := ivo.Get(web.ActivityURL(i.ID, access.EventFilter{Product: "prod-interop"})); p.Status != http.StatusNotFound {
		t.Errorf("by a product of others: %d", p.Status)
	}

	operator := s.SignIn(t, "Oto Neri")
	p := operator.Follow(operator.Get(web.ProfileURL(i.ID, oto)), "Cronologia")
	if got := eventTexts(p); len(got) != 3 || got[0] != "Anna Bianchi: "+edited || p.Has("link", "Anna Bianchi") {
		t.Errorf("the own log: %q", got)
	}
	if p.Has("link", "Registro attività") {
		t.Error("an Operator is offered the institution's log")
	}
	if p := operator.Get(
		web.ActivityURL(i.ID, access.EventFilter{}),
	); p.Status != http.StatusForbidden ||
		!p.HasInner("a", "href", web.ProfileURL(i.ID, oto)) {
		t.Errorf("the institution's log for an Operator: %d", p.Status)
	}
	for _, of := range []access.UserID{anna, removed} {
		if p := operator.Get(web.ActivityURL(i.ID, access.EventFilter{Subject: of})); p.Status != http.StatusNotFound {
			t.Errorf("another user's log for an Operator: %d", p.Status)
		}
	}

	// An Administrator who lost the product no longer sees its events, but still sees those about themselves.
	i.Admin("Eva Bruni", "prod-io")
	suspend := web.RoleURL(i.ID, ivosID, access.Target{Product: "prod-io", Role: "referente amministrativo"}, access.Suspend)
	if p := s.SignIn(t, "Eva Bruni").Post(suspend, site.KeyedForm()); p.Status != http.StatusOK {
		t.Fatalf("suspending: %d %s", p.Status, p.Text())
	}
	for _, address := range []string{web.ActivityURL(i.ID, access.EventFilter{}), web.ActivityFileURL(i.ID, access.EventFilter{})} {
		if p := ivo.Get(address); p.Status != http.StatusForbidden {
			t.Errorf("an Operator now, %s: %d", address, p.Status)
		}
	}
	own := eventTexts(ivo.Get(web.ActivityURL(i.ID, access.EventFilter{Subject: ivosID})))
	if len(own) != 3 || own[0] != "Eva Bruni: ha sospeso Amministratore di Ivo Rossi su App IO" {
		t.Errorf("the own log, an Operator now: %q", own)
	}
}

// P7: a removed person has no name in the log, whichever institution they were of; the log's events about them can be
// found.
func TestARemovedPersonShowsWithoutAName(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	ada := s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	insertEvent(s, i.ID, noon, anna, access.Remove, removed, api, `{"status":"active"}`, "")
	insertEvent(s, i.ID, noon, ada, access.Suspend, anna, access.Target{Product: "prod-interop", Role: "king"}, "", "")
	insertEvent(s, i.ID, noon, "", access.Verify, anna, access.Target{}, `{"fields":["names"]}`, `{"fields":["names"]}`)
	b := s.SignIn(t, "Anna Bianchi")
	p := b.Get(web.ActivityURL(i.ID, access.EventFilter{}))
	want := []string{
		"Il servizio: ha verificato con SPID o CIE nome e cognome di Anna Bianchi",
		"Persona rimossa: ha sospeso king di Anna Bianchi su Interoperabilità",
		"Anna Bianchi (tu): ha rimosso Operatore API di Persona rimossa da Interoperabilità",
	}
	if got := eventTexts(p); fmt.Sprint(got[:3]) != fmt.Sprint(want) {
		t.Errorf("%q", got)
	}
	if strings.Contains(p.Body, "Ada") {
		t.Error("a person of another institution is named")
	}
	trace := web.ActivityURL(i.ID, access.EventFilter{Person: removed})
	if !p.HasInner("a", "href", trace) {
		t.Error("a removed person's name does not link to their events")
	}
	p = b.Get(trace)
	if got := eventTexts(p); len(got) != 1 || !p.Has("link", "Rimuovi il filtro Persona rimossa") {
		t.Errorf("%q, links %q", got, p.Names("link"))
	}
	if p := b.Get(
		web.ActivityURL(i.ID, access.EventFilter{Person: ada}),
	); !p.Has("link", "Rimuovi il filtro Persona rimossa") ||
		len(eventTexts(p)) != 1 {
		t.Errorf("by a person of another institution: %q", p.Names("link"))
	}
	if p := b.Get(web.ActivityURL(i.ID, access.EventFilter{Subject: removed})); p.Status != http.StatusNotFound {
		t.Errorf("the log of a person who is not a user: %d", p.Status)
	}
}

// The form filters the log; every filter is in the address and can be removed again.
func TestALogIsFilteredByItsForm(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io", "prod-pn")
	anna := i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Admin("Ivo Rossi", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	insertEvent(s, i.ID, noon, anna, access.Suspend, oto, api, "", "")
	insertEvent(s, i.ID, noon.AddDate(0, 0, 1), anna, access.Reactivate, oto, api, "", "")
	b := s.SignIn(t, "Anna Bianchi")
	start := b.Get(web.ActivityURL(i.ID, access.EventFilter{Person: oto}))
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
		p := b.Get(form.Action + "?" + form.Values.Encode())
		if got := eventTexts(p); len(got) != row.want {
			t.Errorf("%v: %d events: %q", row.fields, len(got), got)
		}
		for field := range p.URL.Query() {
			if p.URL.Query().Get(field) == "" {
				t.Errorf("%v: the address has no parameter %q", row.fields, field)
			}
		}
		if !p.Has("link", "Rimuovi il filtro Oto Neri") {
			t.Errorf("%v: the person isn't among the filters: %q", row.fields, p.Names("link"))
		}
		if row.want == 0 && !strings.Contains(p.Text(), "Nessuna attività trovata") {
			t.Errorf("%v: no message", row.fields)
		}
	}
	p := b.Follow(start, "Rimuovi il filtro Oto Neri")
	if len(eventTexts(p)) != 5 {
		t.Errorf("without the person: %q", eventTexts(p))
	}
	for _, bad := range []string{"from=ieri", "to=2026-02-30", "from=2026-11-22&to=2026-11-21"} {
		p := b.Get(web.ActivityURL(i.ID, access.EventFilter{}) + "?" + bad)
		values, _ := url.ParseQuery(bad)
		if p.Status != http.StatusUnprocessableEntity || !strings.HasPrefix(p.Title(), "Errore: ") || !p.Has("alert", "") ||
			p.Field("Dal giorno").Value() != values.Get("from") || p.Field("Al giorno").Value() != values.Get("to") {
			t.Errorf("%s: %d %q", bad, p.Status, p.Title())
		}
		if file := b.Stay().Get(web.ActivityFileURL(i.ID, access.EventFilter{}) + "?" + bad); file.Status != http.StatusSeeOther {
			t.Errorf("%s, as a file: %d", bad, file.Status)
		}
	}
	if p := b.Get(
		web.ActivityURL(i.ID, access.EventFilter{}) + "?person=x%27&action=boss&page=7&page=below.-1",
	); p.Status != http.StatusOK ||
		len(eventTexts(p)) != 5 {
		t.Errorf("what is no filter: %d", p.Status)
	}
}

// Following the pages shows every event once; a page past the end is the first page.
func TestEveryPageOfALongLogIsReached(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	for n := range 118 {
		insertEvent(s, i.ID, noon.Add(time.Duration(n)*time.Minute), anna, access.Suspend, oto, api, "", "")
	}
	b := s.SignIn(t, "Anna Bianchi")
	p := b.Get(web.ActivityURL(i.ID, access.EventFilter{}))
	met, pages := len(eventTexts(p)), 1
	for ; p.Has("link", "Meno recenti"); pages++ {
		p = b.Follow(p, "Meno recenti")
		met += len(eventTexts(p))
	}
	if pages != 3 || met != 120 {
		t.Errorf("%d pages, %d events", pages, met)
	}
	if p = b.Follow(b.Follow(p, "Più recenti"), "Più recenti"); p.Has("link", "Più recenti") || len(eventTexts(p)) != 50 {
		t.Error("the previous page is not the first")
	}
	if p := b.Get(
		web.ActivityURL(i.ID, access.EventFilter{Action: access.Suspend, Page: access.EventPage{Below: 2}}),
	); p.URL.Query().Has("page") || p.URL.Query().Get("action") != "suspend" ||
		len(eventTexts(p)) != 50 {
		t.Errorf("past the end: %s", p.URL)
	}
}
