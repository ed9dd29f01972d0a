package leak_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/demo/invented"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// markedPerson is an invented person whose data occur nowhere else.
type markedPerson struct {
	n                  int
	code               access.FiscalCode
	mistypedCode       string // the same with another check character
	first, last, email string
}

// newMarkedPerson makes the nth person. Vowels distinguish surnames, since fiscal codes begin with consonants.
func newMarkedPerson(t testing.TB, n int) markedPerson {
	t.Helper()
	last := "Quzaxi"
	for rest := n; rest > 0; rest /= 5 {
		last += "aeiou"[rest%5 : rest%5+1]
	}
	// Ten thousand people per place, so that no two share a date of birth.
	place := fmt.Sprintf("H%03d", 501+n/10_000)
	born := time.Date(1950, time.January, 1+n%10_000, 0, 0, 0, 0, time.UTC)
	code, err := invented.FiscalCode(invented.Person{FirstName: "Jokawa", LastName: last, Born: born, Place: place})
	if err != nil || !strings.HasPrefix(code.Reveal(), codes) {
		t.Fatalf("person %d: %v", n, err)
	}
	check := code.Reveal()[15]
	wrong := code.Reveal()[:15] + string('A'+(check-'A'+1)%26)
	return markedPerson{n, code, wrong, "Jokawa", last, fmt.Sprintf("canarino%d@quzaxi.example", n)}
}

func (c markedPerson) form(with ...string) url.Values {
	form := url.Values{
		"fiscal_code": {c.code.Reveal()}, "first_name": {c.first}, "last_name": {c.last}, "email": {c.email},
		"product": {"prod-interop"}, "role": {"prod-interop:api"}, "names_confirmed": {"on"},
	}
	for i := 0; i < len(with); i += 2 {
		form.Set(with[i], with[i+1])
	}
	return form
}

// fixture is the institution of the marked people.
type fixture struct {
	*watchedSite
	institution access.InstitutionID
	oto         access.UserID
	group       access.GroupID
}

// administrators send the forms, each in a browser of their own.
var administrators = []string{"Anna Bianchi", "Ivo Rossi", "Ugo Gallo", "Pia Riva"}

func newFixture(t *testing.T) fixture {
	t.Helper()
	s := open(t)
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	for _, name := range administrators {
		i.Admin(name, "prod-interop", "prod-pn")
	}
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	return fixture{s, i.ID, oto, i.Group("prod-interop", "Messi")}
}

var keyPattern = regexp.MustCompile(`name="once" value="([^"]+)"`)

func keyOf(t testing.TB, a site.Page) string {
	t.Helper()
	found := keyPattern.FindStringSubmatch(a.Body)
	if found == nil {
		t.Fatalf("%s (%d): no idempotency key", a.URL, a.Status)
	}
	return found[1]
}

// exerciseForms adds, edits and searches for a person, with each of the possible errors; the person ends as a user.
func (w fixture) exerciseForms(b *browser, c markedPerson) {
	add, confirm := web.AddURL(w.institution, ""), web.AddConfirmURL(w.institution)
	b.requireStatus(b.Post(add, c.form("fiscal_code", c.mistypedCode)), http.StatusUnprocessableEntity)
	b.requireStatus(b.Post(add, c.form("email", "quzaxi@pec.example.it")), http.StatusUnprocessableEntity)
	b.requireStatus(b.Post(add, c.form("first_name", c.code.Reveal())), http.StatusUnprocessableEntity)
	b.requireStatus(b.Post(add, c.form("names_confirmed", "", "last_name", "Rossi")), http.StatusUnprocessableEntity)
	check := b.requireStatus(b.Post(add, c.form()), http.StatusOK)
	b.requireStatus(b.Post(add, c.form("back", "1")), http.StatusOK)
	b.requireStatus(b.PostBody(add, formKind, c.form().Encode()+"&x=%zz"), http.StatusBadRequest)
	b.requireStatus(
		b.PostBody(add, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"fiscal_code\"\r\n\r\n"+c.code.Reveal()),
		http.StatusUnprocessableEntity,
	)
	b.requireStatus(b.Post(confirm, c.form()), http.StatusBadRequest) // no idempotency key
	form := c.form("once", keyOf(b.T, check))
	done := b.requireStatus(b.Post(confirm, form), http.StatusSeeOther)
	b.requireStatus(b.Post(confirm, form), http.StatusSeeOther)
	b.requireStatus(b.Post(confirm, c.form("once", form.Get("once"), "email", "altra@quzaxi.example")), http.StatusConflict)
	b.requireStatus(b.Post(add, c.form()), http.StatusConflict)

	profile, _, _ := strings.Cut(done.Location(), "?")
	if page := b.requireStatus(b.Get(done.Location()), http.StatusOK); !strings.Contains(page.Body, c.code.Reveal()) {
		b.T.Error("the profile does not show the fiscal code, so that the search proves nothing")
	}
	edit := b.requireStatus(b.Get(profile+"/edit"), http.StatusOK)
	b.requireStatus(b.Post(profile+"/edit", c.form("once", keyOf(b.T, edit), "version", "1", "email", "no")), http.StatusUnprocessableEntity)
	b.requireStatus(b.Post(profile+"/edit", c.form("once", keyOf(b.T, edit), "version", "1", "email", "nuova."+c.email)), http.StatusSeeOther)
	b.requireStatus(b.Post(profile+"/edit", c.form("once", keyOf(b.T, b.Get(profile+"/edit")), "version", "1")), http.StatusConflict)
	role := profile + "/products/prod-interop/roles/api"
	b.requireStatus(b.Post(role+"/suspend", c.form("once", keyOf(b.T, b.Get(role+"/suspend")))), http.StatusSeeOther)
	groups := web.GroupURL(w.institution, w.group)
	b.requireStatus(
		b.Post(groups+"/rename", url.Values{"title": {"Ufficio " + c.code.Reveal()}, "once": {keyOf(b.T, b.Get(groups+"/rename"))}}),
		http.StatusUnprocessableEntity,
	)
	b.exerciseSearch(w, c, profile)
	b.exerciseImport(w, c)
}

// exerciseSearch searches for a person in every possible way.
func (b *browser) exerciseSearch(w fixture, c markedPerson, profile string) {
	b.T.Helper()
	list := web.UsersURL(w.institution, access.Filter{})
	members := web.AddMembersURL(w.institution, w.group, access.Filter{})
	if found := b.requireStatus(
		b.Post(web.SearchURL(w.institution), url.Values{"q": {strings.ToLower(c.code.Reveal())}}),
		http.StatusSeeOther,
	); found.Location() != profile {
		b.T.Errorf("the search leads to %s", found.Location())
	}
	b.requireStatus(b.Post(web.SearchURL(w.institution), url.Values{"q": {c.mistypedCode}}), http.StatusOK)
	for _, q := range []string{c.code.Reveal(), c.mistypedCode, "cod. " + c.code.Reveal() + "!"} {
		b.requireStatus(b.Get(list+"?"+url.Values{"q": {q}}.Encode()), http.StatusSeeOther)
		b.Get(members + "?" + url.Values{"q": {q}}.Encode())
		b.Post(members+"/search", url.Values{"q": {q}})
		b.requireStatus(b.Post(web.ExportURL(w.institution), url.Values{"q": {q}, "format": {"csv"}}), http.StatusSeeOther)
	}
}

// exerciseImport imports a person, with and without errors.
func (b *browser) exerciseImport(w fixture, c markedPerson) {
	b.T.Helper()
	other := newMarkedPerson(b.T, 50_000+c.n)
	rows := fmt.Sprintf(
		"Codice fiscale;Cognome;Nome;E-mail;Prodotto;Ruolo\r\n%s;%s;%s;%s;prod-pn;operator\r\n%s;Quzaxi;Jokawa;%s;prod-pn;operator\r\n",
		other.code.Reveal(),
		other.last,
		other.first,
		other.email,
		other.mistypedCode,
		other.email,
	)
	checked := b.requireStatus(b.Upload(web.ImportURL(w.institution), c.code.Reveal()+".csv", rows), http.StatusSeeOther)
	page := b.requireStatus(b.Get(checked.Location()), http.StatusOK)
	b.requireStatus(b.Post(web.ImportConfirmURL(w.institution), url.Values{"rows": {rows}}), http.StatusBadRequest)
	done := b.requireStatus(
		b.Post(web.ImportConfirmURL(w.institution), url.Values{"once": {keyOf(b.T, page)}}),
		http.StatusSeeOther,
	)
	b.requireStatus(b.Get(done.Location()), http.StatusOK)
	b.Upload(web.ImportURL(w.institution), "x.csv", "\""+rows)
	b.Upload(web.ImportURL(w.institution), "x.csv", c.code.Reveal()+"\n")
	b.requireStatus(
		b.PostBody(
			web.ImportURL(w.institution),
			"multipart/form-data; boundary=x",
			"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\""+c.code.Reveal()+"\"\r\n\r\n"+rows,
		),
		http.StatusBadRequest,
	)
	b.requireStatus(
		b.PostBody(web.ImportURL(w.institution), "multipart/form-data; boundary="+c.code.Reveal(), "--"+c.code.Reveal()),
		http.StatusBadRequest,
	)
}

// exerciseRoutes sends the person's code to every route: in the path, in the query, in every field.
func (w fixture) exerciseRoutes(b *browser, c markedPerson) {
	b.T.Helper()
	code := c.code.Reveal()
	everything := url.Values{}
	for _, field := range []string{
		"q", "fiscal_code", "first_name", "last_name", "email", "product", "role", "category", "state", "sort", "page",
		"group", "user", "target", "action", "rows", "back", "lang",
		"once", "version", "format", "done", "person", "from", "to", "return", "why", "code", "error", "error_description",
		"iss", "names", "names_confirmed", "title", "x",
	} {
		everything.Set(field, code)
	}
	everything.Set("return", "/dashboard/"+code+"?q="+code)
	everything.Set("back", "/dashboard/"+code+"?q="+code)
	real := strings.NewReplacer(
		"{institution}",
		string(w.institution),
		"{user}",
		string(w.oto),
		"{product}",
		"prod-interop",
		"{role}",
		"api",
		"{group}",
		string(w.group),
		"{code}",
		"25",
		"*",
		"x.css",
	)
	params := regexp.MustCompile(`\{\w+\}|\*`)
	err := chi.Walk(w.Server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if route == "/logout" && method == http.MethodPost {
			return nil // it is still needed
		}
		in, _, _ := strings.Cut(params.ReplaceAllString(route, code), "?")
		within := params.ReplaceAllStringFunc(route, func(p string) string {
			if p == "{institution}" {
				return string(w.institution)
			}
			return code
		})
		for _, address := range []string{in, within, real.Replace(route), route + code} {
			address += "?" + everything.Encode()
			var a site.Page
			if method == http.MethodPost {
				a = b.Post(address, everything)
			} else {
				a = b.Send(b.Request(method, address, http.NoBody))
			}
			if a.Status >= http.StatusInternalServerError {
				b.T.Errorf("%s %s: %d", method, route, a.Status)
			}
		}
		return nil
	})
	if err != nil {
		b.T.Fatal(err)
	}
	r := b.Request(http.MethodGet, "/", http.NoBody)
	for _, header := range []string{"User-Agent", "Referer", "X-Forwarded-For", "X-Request-Id", "Accept-Language", "Origin", "Cookie"} {
		r.Header.Set(header, code+"="+code)
	}
	b.Send(r)
}

// sendOversized sends requests over the size limits.
func (w fixture) sendOversized(b *browser, c markedPerson) {
	b.T.Helper()
	b.requireStatus(
		b.Post(web.AddURL(w.institution, ""), c.form("x", strings.Repeat(c.code.Reveal(), 5_000))),
		http.StatusRequestEntityTooLarge,
	)
	b.requireStatus(
		b.Upload(web.ImportURL(w.institution), "x.csv", strings.Repeat(c.code.Reveal()+";", 60_000)),
		http.StatusRequestEntityTooLarge,
	)
	b.Get("/dashboard?" + strings.Repeat(c.code.Reveal(), 2_000)) // longer than headers may be
}

// exerciseSignIn signs the person in, and an unknown person; then the session ends in the middle of a form.
func (w fixture) exerciseSignIn(c markedPerson) {
	w.T.Helper()
	own := w.browser(w.T)
	if home := own.signIn(c.code, c.first, c.last); home.Status != http.StatusForbidden {
		w.T.Errorf("person %d, who is suspended, gets %d at %s", c.n, home.Status, home.URL)
	}
	own.requireStatus(own.Get(web.HomeURL(w.institution)), http.StatusForbidden)
	if _, err := w.DB.Owner.Exec(w.T.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute' WHERE person = (
		SELECT identity FROM app_user WHERE email = $1)`, "nuova."+c.email); err != nil {
		w.T.Fatal(err)
	}
	own.requireStatus(own.Post(web.AddURL(w.institution, ""), c.form()), http.StatusSeeOther)
	own.requireStatus(own.Post(web.HomeURL(w.institution)+"/users/"+c.code.Reveal()+"/edit", c.form()), http.StatusSeeOther)
	var kept int
	if err := w.DB.Owner.QueryRow(w.T.Context(),
		`SELECT count(*) FROM saved_form k JOIN app_user u ON u.identity = k.person WHERE u.email = $1`, "nuova."+c.email).
		Scan(&kept); err != nil ||
		kept != 1 {
		w.T.Errorf("%d forms stored, %v", kept, err)
	}
	unknownUser := newMarkedPerson(w.T, 90_000+c.n)
	if home := w.browser(w.T).signIn(unknownUser.code, unknownUser.first, unknownUser.last); home.Status != http.StatusForbidden {
		w.T.Errorf("an unknown user gets %d at %s", home.Status, home.URL)
	}
}
