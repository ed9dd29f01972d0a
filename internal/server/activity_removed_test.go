package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/admin"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// P7: the log and its file name a person after their removal, by whom and about whom it is, and no table holds the name
// in clear. Added again, the person has the same id and their own history. When the log's retention is over, the name
// is gone, and the person is another user.
func TestTheLogNamesARemovedPersonForItsRetention(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	zoe := i.Admin("Zoe Zanchini", "prod-interop")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Zoe Zanchini", "prod-interop")
	b, removed := s.SignIn(t, "Anna Bianchi"), s.SignIn(t, "Zoe Zanchini")
	removed.Post(web.EditURL(i.ID, zoe), url.Values{
		"once": {string(site.NewKey())}, "version": {"2"}, "first_name": {"Zoe"}, "last_name": {"Zanchini"}, "email": {"zoe@ente.example"},
	})
	log, about := web.ActivityURL(i.ID, access.EventFilter{}), web.ActivityURL(i.ID, access.EventFilter{Person: zoe})
	before := eventTexts(b.Get(about))
	file := b.Get(web.ActivityFileURL(i.ID, access.EventFilter{})).Body
	for name, text := range map[string]string{"page": strings.Join(before, " "), "file": file} {
		if !strings.Contains(text, "e-mail: "+seed.Email("Zoe Zanchini")+" → zoe@ente.example") {
			t.Errorf("the %s does not say what the e-mail was: %s", name, text)
		}
	}
	remove := func(user access.UserID, role access.Target) {
		t.Helper()
		if p := b.Post(web.RoleURL(i.ID, user, role, access.Remove), site.KeyedForm()); p.Status != http.StatusOK {
			t.Fatalf("%d\n%s", p.Status, p.Text())
		}
	}
	remove(zoe, access.Target{Product: "prod-interop", Role: "admin"})

	p := b.Get(log)
	events := eventTexts(p)
	if want := "Anna Bianchi (tu): ha rimosso Amministratore di Zoe Zanchini da Interoperabilità"; events[0] != want {
		t.Errorf("got %q, want %q", events[0], want)
	}
	if n := strings.Count(
		strings.Join(events, "\n"),
		"Persona rimossa",
	); n != 0 || len(before) != 2 ||
		!slices.Equal(eventTexts(b.Get(about))[1:], before) {
		t.Errorf("without a name: %q", events)
	}
	if !p.HasInner("a", "href", about) || p.HasInner("a", "href", web.ProfileURL(i.ID, zoe)) ||
		!b.Get(about).Has("link", "Rimuovi il filtro Zoe Zanchini") {
		t.Error("the name does not lead to the events of the removed person")
	}
	if file := b.Get(web.ActivityFileURL(i.ID, access.EventFilter{})).Body; strings.Count(file, "Zoe Zanchini") < 2*len(before) {
		t.Errorf("the file:\n%s", file)
	}
	if n := rowsWith(t, s, i.ID, "zanchini"); n != 0 {
		t.Errorf("%d rows of the institution hold the name in clear", n)
	}

	add := func() access.UserID {
		t.Helper()
		p := b.Post(web.AddConfirmURL(i.ID), url.Values{
			"once": {string(site.NewKey())}, "fiscal_code": {s.Seed.FiscalCode("Zoe Zanchini").Reveal()}, "first_name": {"Zoe"},
			"last_name": {"Zanchini"}, "email": {"zoe@ente.example"}, "product": {"prod-interop"}, "role": {"prod-interop:api"},
		})
		_, id, _ := strings.Cut(p.URL.Path, "/users/")
		return access.UserID(id)
	}
	if again := add(); again != zoe {
		t.Errorf("added again as %q, was %q", again, zoe)
	}
	history := eventTexts(b.Get(web.ActivityURL(i.ID, access.EventFilter{Subject: zoe})))
	if len(history) != len(before)+3 || !strings.Contains(history[len(history)-1], "Zoe Zanchini") { // removed, added, assigned
		t.Errorf("the history: %q", history)
	}

	remove(zoe, api)
	for _, kept := range []bool{true, false} {
		until := time.Now().Add(map[bool]time.Duration{true: -time.Minute, false: time.Minute}[kept])
		if _, err := admin.Retain(t.Context(), s.DB.Owner, admin.Retention{Histories: until}, false); err != nil {
			t.Fatal(err)
		}
		if named := !strings.Contains(strings.Join(eventTexts(b.Get(about)), "\n"), "Persona rimossa"); named != kept {
			t.Errorf("kept %v: named %v", kept, named)
		}
	}
	if another := add(); another == zoe || another == "" {
		t.Errorf("after the retention, added as %q", another)
	}
}

// rowsWith counts the rows of all tables that have an institution, of this one, with a word.
func rowsWith(t *testing.T, s *site.Site, i access.InstitutionID, word string) (n int) {
	t.Helper()
	rows, err := s.DB.Owner.Query(t.Context(), `
		SELECT format('SELECT count(*) FROM %I t WHERE institution = $1 AND t::text ILIKE $2', c.relname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'institution'
		WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	var counts []string
	for rows.Next() {
		var sql string
		if err := rows.Scan(&sql); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, sql)
	}
	for _, sql := range counts {
		n += s.Count(t, sql, i, "%"+word+"%")
	}
	if len(counts) < 10 {
		t.Errorf("only %d tables searched", len(counts))
	}
	return n
}
