package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// targetTexts are the users of a list page, in its order.
func targetTexts(p site.Page) (all []string) {
	for _, e := range p.All("rowheader", "") {
		all = append(all, e.Text())
	}
	return all
}

// V5, V6, V7: the form filters the list, and every filter is in the address.
func TestTheListIsFilteredByItsForm(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Operator("Zoë D'Amico", "prod-interop", "api", "security suspended")
	i.Operator("Oto Neri", "prod-interop", "viewer suspended")
	b := s.SignIn(t, "Anna Bianchi")
	all := b.Get(web.UsersURL(i.ID, access.Filter{}))
	if got := fmt.Sprint(targetTexts(all)); strings.Count(got, "Bianchi Anna (tu)") != 2 || !strings.Contains(got, "D'Amico Zoë") {
		t.Errorf("all users: %s", got)
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
		"[D'Amico Zoë   ]":        {"", map[string]string{"q": "D'Amico, Zoë."}},
		"[ ]":                     {"", map[string]string{"q": ",;"}},
		"[]":                      {"", map[string]string{"q": "nessuno"}},
	} {
		start := b.Get(web.UsersURL(i.ID, access.Filter{Product: access.ProductID(row.start)}))
		form := start.One("button", "Filtra").Form()
		for field, value := range row.fields {
			if start.HasInner("select", "name", field) || field == "q" {
				form.Values.Set(field, value)
			} else {
				t.Errorf("no field %q", field)
			}
		}
		p := b.Submit(form)
		if got := fmt.Sprint(targetTexts(p)); got != strings.TrimRight(strings.TrimSuffix(want, "]"), " ")+"]" {
			t.Errorf("%v: got %s, want %s", row.fields, got, want)
		}
		if again := b.Get(p.URL.String()); fmt.Sprint(targetTexts(again)) != fmt.Sprint(targetTexts(p)) {
			t.Errorf("%v: the address lacks it: %s", row.fields, p.URL)
		}
		for field, value := range row.fields {
			if p.URL.Query().Get(field) != value {
				t.Errorf("%s isn't in %s", field, p.URL)
			}
		}
	}
	if got := targetTexts(
		b.Follow(b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})), "Cognome e nome, ordina dalla Z alla A"),
	); fmt.Sprint(
		got,
	) != "[Neri Oto D'Amico Zoë Bianchi Anna (tu)]" {
		t.Errorf("in reverse order: %s", got)
	}
}

// V6: a category chosen in "Tutti" is kept on the way to a product's list, and its numbers agree with the tabs.
func TestACategoryIsKeptOnTheWayToAProduct(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	for n := range 12 {
		i.Operator(fmt.Sprintf("Ugo Utente%c", 'a'+n), "prod-interop", "api")
	}
	b := s.SignIn(t, "Anna Bianchi")
	all := b.Get(web.UsersURL(i.ID, access.Filter{Category: access.Operator}))
	for _, link := range []string{"Interoperabilità (12)", "Mostra tutti gli utenti di Interoperabilità"} {
		p := b.Follow(all, link)
		if got := targetTexts(p); len(got) != 12 || slices.Contains(got, "Bianchi Anna (tu)") || !p.Has("link", "Interoperabilità (12)") {
			t.Errorf("%s: %v", link, got)
		}
		if p = b.Follow(p, "Rimuovi il filtro Operatore"); len(targetTexts(p)) != 13 {
			t.Errorf("%s: without the category: %v", link, targetTexts(p))
		}
	}
}

// V5: a single product has one list without tabs.
func TestAnInstitutionWithOneProductHasOneList(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io inactive")
	i.Admin("Anna Bianchi", "prod-interop")
	p := s.SignIn(t, "Anna Bianchi").Get(web.UsersURL(i.ID, access.Filter{}))
	if p.Has("link", "Tutti") || fmt.Sprint(targetTexts(p)) != "[Bianchi Anna (tu)]" || p.HasInner("select", "name", "category") {
		t.Errorf("%d: %s", p.Status, p.Text())
	}
}

// V7: following the pages shows every user once; a page whose first user is gone leads to the first page.
func TestEveryPageOfALongListIsReached(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	for n := range 60 {
		i.Operator(fmt.Sprintf("Ugo Utente%c%c", 'a'+n/26, 'a'+n%26), "prod-interop", "api")
	}
	b := s.SignIn(t, "Anna Bianchi")
	all := b.Get(web.UsersURL(i.ID, access.Filter{}))
	if len(targetTexts(all)) != 10 {
		t.Errorf("%d users in Tutti", len(targetTexts(all)))
	}
	p := b.Follow(all, "Mostra tutti gli utenti di Interoperabilità")
	var met []string
	pages := 1
	for met = targetTexts(p); p.Has("link", "Successiva"); pages++ {
		p = b.Follow(p, "Successiva")
		met = append(met, targetTexts(p)...)
	}
	distinct := map[string]bool{}
	for _, name := range met {
		distinct[name] = true
	}
	if pages != 3 || len(met) != 61 || len(distinct) != 61 {
		t.Errorf("%d pages, %d rows, %d people", pages, len(met), len(distinct))
	}
	if p = b.Follow(b.Follow(p, "Precedente"), "Precedente"); p.Has("link", "Precedente") || targetTexts(p)[0] != "Bianchi Anna (tu)" {
		t.Error("the previous page is not the first")
	}
	gone := b.Get(web.UsersURL(i.ID, access.Filter{Product: "prod-interop", Page: access.Page{After: "00000000-0000-4000-8000-000000000000"}}))
	if gone.URL.Query().Has("page") || len(targetTexts(gone)) != 25 {
		t.Errorf("after a removed user: %s", gone.URL)
	}
}

// V6, D7: searching for a fiscal code leads to its user; the code is in no address, log or title, whether it is known
// or not.
func TestASearchedFiscalCodeIsNotStored(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	search := func(typed string) site.Page {
		form := b.Get(web.UsersURL(i.ID, access.Filter{})).One("button", "Filtra").Form()
		form.Values.Set("q", typed)
		return b.Submit(form)
	}
	code := s.Seed.FiscalCode("Oto Neri").Reveal()
	if p := search(" " + strings.ToLower(code)); p.URL.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("a user's: %s", p.URL)
	}
	elsewhere, unknown := search(s.Seed.FiscalCode("Ada Altrove").Reveal()), search(s.Seed.FiscalCode("Nino Nessuno").Reveal())
	for name, p := range map[string]site.Page{"known elsewhere": elsewhere, "unknown": unknown, "mistyped": search(code[:15] + "7")} {
		if p.Status != http.StatusOK || !holdsFormOnly(p.URL) || len(targetTexts(p)) != 0 ||
			p.Field("Nome, e-mail o codice fiscale").Value() == "" {
			t.Errorf("%s: %d %s, %d users, kept %q", name, p.Status, p.URL, len(targetTexts(p)), p.Field("Nome, e-mail o codice fiscale").Value())
		}
	}
	for typed, want := range map[string]string{
		code[:15]: "ha 16 caratteri", code + "X": "ha 16 caratteri", code[:15] + "7": "ha 16 caratteri", "Neri " + code[:13]: "ha 16 caratteri",
		code[:15] + string(rune('A'+(code[15]-'A'+1)%26)): "un carattere sbagliato",
	} {
		if p := search(typed); !strings.Contains(p.One("main", "").Text(), want) || len(targetTexts(p)) != 0 || !holdsFormOnly(p.URL) {
			t.Errorf("%q: %s %s", typed, p.URL, p.One("main", "").Text())
		}
	}
	wide := strings.Map(func(c rune) rune { return c - '!' + '！' }, code)
	for _, typed := range []string{code + ".", "Neri " + code, wide, code[:6] + " " + code[6:11] + "\u200b" + code[11:] + " Oto"} {
		if p := search(typed); p.URL.Path != web.ProfileURL(i.ID, oto) {
			t.Errorf("%q: %s", typed, p.URL)
		}
	}
	unknownCode := s.Seed.FiscalCode("Nino Nessuno").Reveal()
	added := b.Press(search(unknownCode), "Aggiungi una persona con questo codice fiscale")
	if added.URL.Path != web.AddURL(i.ID, "") || added.Field("Codice fiscale").Value() != unknownCode {
		t.Errorf("adding the person: %s %q", added.URL, added.Field("Codice fiscale").Value())
	}
	again := b.Get(web.UsersURL(i.ID, access.Filter{}) + "?" + url.Values{"q": {unknownCode}}.Encode())
	if again.URL.Query().Has("q") || !strings.Contains(again.Text(), "Scrivi di nuovo il codice fiscale") {
		t.Errorf("an unknown code in an address: %s", again.URL)
	}
	same := func(p site.Page, name string) string {
		return strings.NewReplacer(s.Seed.FiscalCode(name).Reveal(), "", p.URL.Query().Get("form"), "").Replace(p.Body)
	}
	if same(elsewhere, "Ada Altrove") != same(unknown, "Nino Nessuno") {
		t.Error("a user of another institution and an unknown person differ (P10)")
	}
	if p := b.Get(web.UsersURL(i.ID, access.Filter{}) + "?" + url.Values{"q": {code}}.Encode()); p.URL.Path != web.ProfileURL(i.ID, oto) {
		t.Errorf("in an address: %s", p.URL)
	}
	if strings.Contains(s.Log.String(), code) {
		t.Error("the code is in the log")
	}
}

// holdsFormOnly reports whether an address holds nothing of a form that was sent but its key.
func holdsFormOnly(address *url.URL) bool {
	_, err := uuid.Parse(strings.TrimPrefix(address.RawQuery, "form="))
	return err == nil
}

// V6: sorted by e-mail or by name, both ways; paging and filtering keep the order.
func TestTheListIsSortedByEachOfItsColumns(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	for n := range 30 { // the first by name is the last by e-mail
		i.Operator(fmt.Sprintf("U%c%c Utente%c%c", 'z'-n/26, 'z'-n%26, 'a'+n/26, 'a'+n%26), "prod-interop", "api")
	}
	b := s.SignIn(t, "Anna Bianchi")
	emails := func(p site.Page) (all []string) {
		for _, row := range p.All("row", "")[1:] {
			all = append(all, strings.Fields(row.Text())[2+strings.Count(row.Text(), "(tu)")])
		}
		return all
	}
	start := b.Get(web.UsersURL(i.ID, access.Filter{Role: access.Target{Product: "prod-interop", Role: "api"}, Product: "prod-interop"}))
	if targetTexts(start)[0] != "Utenteaa Uzz" {
		t.Fatalf("by name: %v", targetTexts(start))
	}
	up := b.Follow(start, "E-mail, ordina dalla A alla Z")
	down := b.Follow(up, "E-mail, ordina dalla Z alla A")
	for what, p := range map[string]site.Page{"ascending": up, "descending": down} {
		if sorted := p.One("columnheader", "E-mail, ordina dalla "+map[string]string{"ascending": "Z alla A", "descending": "A alla Z"}[what]).
			Attr("aria-sort"); sorted != what {
			t.Errorf("%s: the column says %q", what, sorted)
		}
		all := append(emails(p), emails(b.Follow(p, "Successiva"))...)
		if what == "descending" {
			slices.Reverse(all)
		}
		if len(all) != 30 || !slices.IsSorted(all) || len(slices.Compact(all)) != 30 {
			t.Errorf("%s: %v", what, all)
		}
	}
}

// With the real catalogue, institutions of two types offer different roles of the same product.
func TestTheRealCataloguesRolesDependOnTheInstitutionsType(t *testing.T) {
	t.Parallel()
	file, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "data", "selfcare-products.json"))
	if err != nil {
		t.Skip("the real catalogue is not beside the module: shared/data/selfcare-products.json")
	}
	s := site.Start(t, site.Options{})
	s.Seed.Catalogue(file)
	body, bank := s.Seed.Institution("Comune di Prova", "PA").
		Product("prod-pagopa"),
		s.Seed.Institution("Banca di Prova", "PSP").
			Product("prod-pagopa")
	body.User("Anna Bianchi", "prod-pagopa/admin")
	bank.User("Ivo Rossi", "prod-pagopa/admin-psp")
	for who, row := range map[string]struct {
		institution access.InstitutionID
		offered     string
	}{
		"Anna Bianchi": {body.ID, "prod-pagopa:admin prod-pagopa:operator"},
		"Ivo Rossi":    {bank.ID, "prod-pagopa:admin-psp prod-pagopa:operator-psp"},
	} {
		p := s.SignIn(t, who).Get(web.UsersURL(row.institution, access.Filter{}))
		var offered []string
		for _, option := range p.Field("Ruolo").All("option", "") {
			if value := option.Attr("value"); value != "" {
				offered = append(offered, value)
			}
		}
		if got := strings.Join(offered, " "); got != row.offered {
			t.Errorf("%s is offered %q, want %q", who, got, row.offered)
		}
	}
}

// "Tutti" says how many different people there are: one who works on several products counts once, one of an inactive
// product does not.
func TestTheListOfAllSaysHowManyPeopleThereAre(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	i.Admin("Pia Passata", "prod-pn")
	for n := range 30 {
		i.User(fmt.Sprintf("Ugo Utente%c", 'a'+n), "prod-interop/api", "prod-io/referente operativo")
	}
	const closed = `UPDATE institution_product SET active = false WHERE institution = $1 AND product = 'prod-pn'`
	_, err := s.DB.Owner.Exec(t.Context(), closed, i.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := s.SignIn(t, "Anna Bianchi")
	if p := b.Get(web.UsersURL(i.ID, access.Filter{})); !strings.Contains(p.Text(), "Filtra 31 utenti") {
		t.Errorf("%s", p.One("main", "").Text())
	}
	if p := b.Get(web.UsersURL(i.ID, access.Filter{Category: access.Operator})); strings.Contains(p.Text(), "Filtra 31 utenti") {
		t.Error("a filtered list says how many people there are without the filter")
	}
}
