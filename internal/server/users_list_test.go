package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// targetTexts are the users of a list, in its order.
func targetTexts(p page) (all []string) {
	for _, e := range p.All("rowheader", "") {
		all = append(all, e.Text())
	}
	return all
}

// V5, V6, V7: the list by product, narrowed by what the form says, all of it in the address.
func TestTheListIsNarrowedByItsForm(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Operator("Zoë D'Amico", "prod-interop", "api", "security suspended")
	i.Operator("Oto Neri", "prod-interop", "viewer suspended")
	b := s.signInAs(t, "Anna Bianchi")
	all := b.get(web.UsersURL(i.ID, access.Filter{}))
	if got := fmt.Sprint(targetTexts(all)); strings.Count(got, "Bianchi Anna (tu)") != 2 || !strings.Contains(got, "D'Amico Zoë") {
		t.Errorf("everybody: %s", got)
	}
	for _, link := range []string{"Tutti", "Interoperabilità (3)", "App IO (1)"} {
		if !all.Has("link", link) {
			t.Errorf("no tab %q", link)
		}
	}
	for want, row := range map[string]struct {
		start  string
		fields map[string]string
	}{
		"[D'Amico Zoë Neri Oto]":  {"", map[string]string{"category": "operator"}},
		"[D'Amico Zoë]":           {"", map[string]string{"role": "prod-interop:api"}},
		"[Neri Oto]":              {"prod-interop", map[string]string{"role": "prod-interop:viewer", "state": "suspended"}},
		"[D'Amico Zoë Neri Oto ]": {"prod-interop", map[string]string{"state": "suspended"}},
		"[D'Amico Zoë ]":          {"prod-interop", map[string]string{"q": "zoe d’amico"}},
		"[D'Amico Zoë  ]":         {"", map[string]string{"q": "zoe.d"}},
		"[]":                      {"", map[string]string{"q": "nessuno"}},
	} {
		start := b.get(web.UsersURL(i.ID, access.Filter{Product: access.ProductID(row.start)}))
		form := start.One("button", "Filtra").Form()
		for field, value := range row.fields {
			if start.HasInner("select", "name", field) || field == "q" {
				form.Values.Set(field, value)
			} else {
				t.Errorf("no field %q", field)
			}
		}
		p := b.send(form)
		if got := fmt.Sprint(targetTexts(p)); got != strings.TrimRight(strings.TrimSuffix(want, "]"), " ")+"]" {
			t.Errorf("%v: got %s, want %s", row.fields, got, want)
		}
		if again := b.get(p.url.String()); fmt.Sprint(targetTexts(again)) != fmt.Sprint(targetTexts(p)) {
			t.Errorf("%v: the address doesn't hold it: %s", row.fields, p.url)
		}
		for field, value := range row.fields {
			if p.url.Query().Get(field) != value {
				t.Errorf("%s isn't in %s", field, p.url)
			}
		}
	}
	if got := targetTexts(b.follow(b.get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})), "Cognome e nome, ordina dalla Z alla A")); fmt.Sprint(got) != "[Neri Oto D'Amico Zoë Bianchi Anna (tu)]" {
		t.Errorf("the other way round: %s", got)
	}
}

// V5: one product only, one list, no tabs.
func TestAnInstitutionWithOneProductHasOneList(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io inactive")
	i.Admin("Anna Bianchi", "prod-interop")
	p := s.signInAs(t, "Anna Bianchi").get(web.UsersURL(i.ID, access.Filter{}))
	if p.Has("link", "Tutti") || fmt.Sprint(targetTexts(p)) != "[Bianchi Anna (tu)]" || p.HasInner("select", "name", "category") {
		t.Errorf("%d: %s", p.status, p.Text())
	}
}

// V7: walked page by page, nobody is missing or met twice; a page whose start has gone leads to the first one.
func TestALongListIsWalkedPageByPage(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	for n := range 60 {
		i.Operator(fmt.Sprintf("Ugo Utente%c%c", 'a'+n/26, 'a'+n%26), "prod-interop", "api")
	}
	b := s.signInAs(t, "Anna Bianchi")
	all := b.get(web.UsersURL(i.ID, access.Filter{}))
	if len(targetTexts(all)) != 10 {
		t.Errorf("%d users in Tutti", len(targetTexts(all)))
	}
	p := b.follow(all, "Mostra tutti gli utenti di Interoperabilità")
	var met []string
	pages := 1
	for met = targetTexts(p); p.Has("link", "Successiva"); pages++ {
		p = b.follow(p, "Successiva")
		met = append(met, targetTexts(p)...)
	}
	distinct := map[string]bool{}
	for _, name := range met {
		distinct[name] = true
	}
	if pages != 3 || len(met) != 61 || len(distinct) != 61 {
		t.Errorf("%d pages, %d rows, %d people", pages, len(met), len(distinct))
	}
	if p = b.follow(b.follow(p, "Precedente"), "Precedente"); p.Has("link", "Precedente") || targetTexts(p)[0] != "Bianchi Anna (tu)" {
		t.Error("back isn't the first page")
	}
	gone := b.get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Page: access.Page{After: "00000000-0000-4000-8000-000000000000"}}))
	if gone.url.Query().Has("page") || len(targetTexts(gone)) != 25 {
		t.Errorf("after somebody who has gone: %s", gone.url)
	}
}

// V6, D7: a fiscal code leads to its person, and is in no address, log or title, whether somebody has it or not.
func TestASearchedFiscalCodeIsNotKept(t *testing.T) {
	t.Parallel()
	s := open(t)
	i := s.seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	s.seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	b := s.signInAs(t, "Anna Bianchi")
	search := func(typed string) page {
		form := b.get(web.UsersURL(i.ID, access.Filter{})).One("button", "Filtra").Form()
		form.Values.Set("q", typed)
		return b.send(form)
	}
	code := s.seed.FiscalCode("Oto Neri").Reveal()
	if p := search(" " + strings.ToLower(code)); p.url.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("somebody's: %s", p.url)
	}
	elsewhere, unknown := search(s.seed.FiscalCode("Ada Altrove").Reveal()), search(s.seed.FiscalCode("Nino Nessuno").Reveal())
	for name, p := range map[string]page{"known elsewhere": elsewhere, "unknown": unknown, "mistyped": search(code[:15] + "7")} {
		if p.status != http.StatusOK || p.url.RawQuery != "" || len(targetTexts(p)) != 0 || p.Field("Nome, e-mail o codice fiscale").Value() == "" {
			t.Errorf("%s: %d %s, %d users, kept %q", name, p.status, p.url, len(targetTexts(p)), p.Field("Nome, e-mail o codice fiscale").Value())
		}
	}
	same := func(p page, name string) string {
		return strings.ReplaceAll(p.body, s.seed.FiscalCode(name).Reveal(), "")
	}
	if same(elsewhere, "Ada Altrove") != same(unknown, "Nino Nessuno") {
		t.Error("known elsewhere and unknown can be told apart (P10)")
	}
	if p := b.get(web.UsersURL(i.ID, access.Filter{}) + "?" + url.Values{"q": {code}}.Encode()); p.url.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("in an address: %s", p.url)
	}
	if strings.Contains(s.log.String(), code) {
		t.Error("the code is in the log")
	}
}
