package server_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// The file has the page's events, written so that spreadsheets read them as text and never as a formula.
func TestALogIsExported(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	oto := i.Operator("Ugo Uguali", "prod-interop", "api") // the name is not verified
	if _, err := s.DB.Owner.Exec(
		t.Context(),
		`UPDATE app_user SET first_name = '=1+1;"x"', last_name = 'Nèri' WHERE person = $1`,
		oto,
	); err != nil {
		t.Fatal(err)
	}
	insertEvent(s, i.ID, noon, anna, access.Suspend, oto, api, `{"status":"active"}`, `{"status":"suspended"}`)
	insertEvent(
		s,
		i.ID,
		noon,
		anna,
		access.Edit,
		removed,
		access.Target{},
		`{"fields":["names","email"],"sealed":["c2VjcmV0"]}`,
		`{"fields":["names","email"]}`,
	)
	b := s.SignIn(t, "Anna Bianchi")
	start := b.Get(web.ActivityURL(i.ID, access.EventFilter{From: "2026-11-21"}))
	p := b.Follow(start, "Esporta in CSV")
	id := func(u access.UserID) string { return string(u) }
	want := "\uFEFFData e ora;Chi;Azione;Persona;Prodotto;Ruolo;Stato prima;Stato dopo;Gruppo;" +
		"Dati modificati;Che cosa;ID di chi;ID della persona\r\n" +
		"2026-11-21 14:05:00;Anna Bianchi;Modifica dei dati;Persona rimossa;;;;;;nome e cognome, e-mail;" +
		"ha modificato i dati di Persona rimossa: nome e cognome, e-mail;" + id(
		anna,
	) + ";" + removed + "\r\n" +
		`2026-11-21 14:05:00;Anna Bianchi;Sospensione;"'=1+1;""x"" Nèri";Interoperabilità;Operatore API;Attivo;Sospeso;;;` +
		`"ha sospeso Operatore API di =1+1;""x"" Nèri su Interoperabilità";` + id(
		anna,
	) + ";" + id(
		oto,
	) + "\r\n"
	if p.Body != want {
		t.Errorf("got  %q\nwant %q", p.Body, want)
	}
	for name, value := range map[string]string{
		"Content-Type":        "text/csv; charset=utf-8; header=present",
		"Content-Disposition": `attachment; filename="registro-attivita.csv"`, "Cache-Control": "no-store",
	} {
		if got := p.Header.Get(name); got != value {
			t.Errorf("%s: %q", name, got)
		}
	}
	if log := s.Log.String(); !strings.Contains(log, `"msg":"exported","log":"security"`) ||
		!strings.Contains(log, `"user":"`+id(anna)+`","route":"/dashboard/{institution}/activity.csv","rows":2`) {
		t.Error("the export is not in the security log")
	}
	history := b.Follow(b.Get(web.ActivityURL(i.ID, access.EventFilter{Subject: oto})), "Esporta in CSV")
	if rows := records(t, history); len(rows) != 3 || history.Header.Get("Content-Disposition") != `attachment; filename="cronologia.csv"` {
		t.Errorf("the user's log as a file: %q", rows)
	}
	if p := s.SignIn(t, "Ivo Rossi").
		Get(web.ActivityFileURL(i.ID, access.EventFilter{})); strings.Contains(p.Body, "Interoperabilità") ||
		len(records(t, p)) != 5 { // headings, an edit, and two exports of logs
		t.Errorf("the file shows more than the page:  %s", p.Body)
	}
}

// An exported log is in the audit log, as an exported list is: who, whose log, how many events, which kinds of filters.
func TestTheExportOfALogIsRecorded(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b, oto := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Oto Neri")
	b.Get(web.ActivityFileURL(i.ID, access.EventFilter{Product: "prod-interop", Action: access.Suspend, From: "2026-01-01"}))
	b.Get(web.ActivityFileURL(i.ID, access.EventFilter{Subject: i.Pia}))
	oto.Get(web.ActivityFileURL(i.ID, access.EventFilter{Subject: i.Oto}))
	oto.Get(web.ActivityFileURL(i.ID, access.EventFilter{}))
	oto.Get(web.ActivityFileURL(i.ID, access.EventFilter{Subject: i.Pia}))
	rows, err := s.DB.Owner.Query(t.Context(), `
		SELECT actor::text || ' ' || coalesce(subject::text, '') || ' ' || product || ' ' || after::text FROM audit_event
		WHERE institution = $1 AND action = 'export' ORDER BY seq`, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	anna, other := string(i.Anna), string(i.Oto)
	want := []string{
		anna + `  prod-interop {"format":"csv","rows":0,"narrowed":["action","period"],"log":true}`,
		anna + " " + string(i.Pia) + `  {"format":"csv","rows":1,"log":true}`,
		other + " " + other + `  {"format":"csv","rows":2,"log":true}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("recorded (-want +got):\n%s", diff)
	}
	page := b.Get(web.ActivityURL(i.ID, access.EventFilter{})).Text()
	for _, text := range []string{"ha esportato il registro delle attività", "ha esportato la cronologia di Pia Gialli"} {
		if !strings.Contains(page, text) {
			t.Errorf("the log doesn't say: %s", text)
		}
	}
}

// records parses a CSV file.
func records(t *testing.T, p site.Page) [][]string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\uFEFF")))
	in.Comma, in.FieldsPerRecord = ';', -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A file holds at most 50,000 events, each once, and says so if there are more.
func TestAFileOfTooManyEventsIsCapped(t *testing.T) {
	t.Parallel()
	s := openVerified(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	fill := func(events int) {
		if _, err := s.DB.Owner.Exec(t.Context(), `
			WITH i AS (SELECT max(seq) AS n FROM audit_event WHERE institution = $1)
			INSERT INTO audit_event (institution, seq, at, actor, action, subject, product, role, previous, hash)
			SELECT $1, i.n + k, now(), $2, 'suspend', $2, 'prod-interop', 'n' || i.n + k, '', '' FROM i, generate_series(1, $3::int - i.n) k`,
			i.ID, anna, events); err != nil {
			t.Fatal(err)
		}
		if _, err := s.DB.Owner.Exec(t.Context(), `
			UPDATE institution SET audit_seq = (SELECT max(seq) FROM audit_event WHERE institution = $1) WHERE id = $1`, i.ID); err != nil {
			t.Fatal(err)
		}
	}
	b := s.SignIn(t, "Anna Bianchi")
	fill(50_000)
	for _, more := range []bool{false, true} {
		rows := records(t, b.Get(web.ActivityFileURL(i.ID, access.EventFilter{})))
		distinct := map[string]bool{}
		for _, row := range rows[1:] {
			if len(row) > 1 {
				distinct[row[2]+row[5]] = true
			}
		}
		last := rows[len(rows)-1]
		if isCapped := strings.HasPrefix(last[0], "Elenco interrotto dopo 50.000 righe"); len(distinct) != 50_000 || isCapped != more {
			t.Errorf("%d events, the last line is %q", len(distinct), last)
		}
		fill(50_001)
	}
}
