package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// An action chosen in a list returns to that list, with its filters and search, under a banner that names the person.
func TestAnActionOfAListReturnsToIt(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Operator("Oto Neri", "prod-interop", "api")
	i.Operator("Pia Nerini", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	for name, list := range map[string]access.Filter{
		"all users": {}, "filtered": {Product: "prod-interop", Text: "ner", Sort: access.ByEmail},
	} {
		at := web.UsersURL(i.ID, list)
		confirm := b.Follow(b.Get(at), "Sospendi Operatore API di Oto Neri")
		if back := b.Follow(confirm, "Annulla"); back.URL.RequestURI() != at {
			t.Errorf("%s: cancelled: %s", name, back.URL)
		}
		done := b.Press(confirm, "Sospendi")
		if row := done.ByID(done.URL.Fragment).Text(); !strings.Contains(row, "Neri Oto") || strings.Contains(row, "Nerini") {
			t.Errorf("%s: at #%s: %q", name, done.URL.Fragment, row)
		}
		if !isList(done, at) || !strings.Contains(done.ByID("outcome").Text(), "Oto Neri") {
			t.Errorf("%s: suspended: %s", name, done.URL)
		}
		reverse := b.Press(b.Get(done.ByID("outcome").One("link", "Riabilita Operatore API di Oto Neri").Attr("href")), "Riabilita")
		if !isList(reverse, at) || !strings.Contains(reverse.ByID("outcome").Text(), "Oto Neri") {
			t.Errorf("%s: re-enabled: %s", name, reverse.URL)
		}
		// A profile opened from a list knows the way back, on all its pages.
		profile := b.Follow(reverse, "Neri Oto")
		edit := b.Follow(profile, "Modifica i dati di Oto Neri")
		for step, page := range map[string]site.Page{
			"profile": profile, "edit": edit, "cancelled": b.Follow(edit, "Annulla"), "saved": b.Press(edit, "Salva"),
		} {
			crumb := page.One("navigation", "Percorso di navigazione").One("link", "Utenti")
			if crumb.Attr("href") != at {
				t.Errorf("%s, %s: the breadcrumb leads to %s", name, step, crumb.Attr("href"))
			}
		}
	}
	// The last role is gone, and the person with it.
	at := web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "nerini"})
	gone := b.Press(b.Follow(b.Get(at), "Rimuovi Operatore API di Pia Nerini"), "Rimuovi")
	if !isList(gone, at) || !strings.Contains(gone.ByID("outcome").Text(), "Pia Nerini") {
		t.Errorf("removed: %s", gone.URL)
	}
}

// isList reports whether a page has the address of a list, besides what it reports.
func isList(p site.Page, at string) bool {
	want, err := url.Parse(at)
	if err != nil {
		return false
	}
	query := p.URL.Query()
	query.Del("done")
	return p.URL.Path == want.Path && query.Encode() == want.Query().Encode()
}

// A page that was reached from a list never has a fiscal code in its addresses, whatever its own address has.
func TestTheWayBackHasNoFiscalCode(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	code := s.Seed.FiscalCode("Anna Bianchi").Reveal()
	p := b.Get(web.FromList(web.ProfileURL(i.ID, oto), access.Filter{Text: code}, s.Store.SignSearch("", code)))
	if strings.Contains(p.Body, code) {
		t.Error("the page repeats the fiscal code of its address")
	}
	list := b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Text: "ner"}))
	if p = b.Follow(list, "Neri Oto"); !strings.Contains(p.Body, "q-ner") {
		t.Error("the page does not know the list")
	}
}

// "Successiva" leads on when the row that the next page starts after was removed or renamed meanwhile.
func TestTheNextPageFollowsARowThatIsGone(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	for n := range 40 {
		i.Operator(fmt.Sprintf("Ugo Utente%c%c", 'a'+n/26, 'a'+n%26), "prod-interop", "api")
	}
	b := s.SignIn(t, "Anna Bianchi")
	for _, sort := range []access.Sort{access.ByName, access.ByEmail, access.ByNameDesc} {
		first := b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Sort: sort}))
		want := targetTexts(b.Follow(first, "Successiva"))
		rows := targetTexts(first)
		last := rows[len(rows)-1]
		surname, name, _ := strings.Cut(last, " ")
		confirm := b.Follow(first, "Rimuovi Operatore API di "+name+" "+surname)
		if removed := b.Press(confirm, "Rimuovi"); removed.Status != http.StatusOK {
			t.Fatalf("%s is not removed: %d", last, removed.Status)
		}
		next := b.Follow(first, "Successiva")
		if got := targetTexts(next); fmt.Sprint(got) != fmt.Sprint(want) || !next.Has("link", "Precedente") {
			t.Errorf("%q: after %s, who is gone: %v, want %v", sort, last, got, want)
		}
		if strings.Contains(strings.ToLower(next.URL.String()), "utente") {
			t.Errorf("the address has a name: %s", next.URL)
		}
	}
}

// The pages of a file of users lead back to the list that they were reached from: breadcrumb, Annulla, errors and results.
func TestAFileLeadsBackToItsList(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	at := web.UsersURL(i.ID, access.Filter{Product: "prod-interop", State: access.Active})
	form := b.Follow(b.Get(at), "Aggiungi da un file")
	send := func(from site.Page, rows string) site.Page {
		f := from.One("button", "Controlla le righe").Form()
		f.Values.Set("rows", rows)
		return b.Submit(f)
	}
	refused := send(form, "Codice fiscale;Cognome\nx;y")
	check := send(refused, site.ImportHeader+s.Seed.FiscalCode("Nino Nessuno").Reveal()+";Nessuno;Nino;nino@ente.example;SEND;operator\n")
	done := b.Press(check, "Aggiungi 1 utente")
	for name, page := range map[string]site.Page{
		"form": form, "refused": refused, "check": check, "to correct": b.Follow(check, "Torna al file"), "done": done,
	} {
		if got := page.One("navigation", "Percorso di navigazione").One("link", "Utenti").Attr("href"); got != at {
			t.Errorf("%s: the breadcrumb leads to %s", name, got)
		}
		if page.Has("link", "Annulla") && page.One("link", "Annulla").Attr("href") != at {
			t.Errorf("%s: Annulla leads to %s", name, page.One("link", "Annulla").Attr("href"))
		}
	}
}
