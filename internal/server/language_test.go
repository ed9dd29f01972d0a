package server_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// asking opens a page with an Accept-Language header.
func asking(b *site.Browser, address, languages string) site.Page {
	b.T.Helper()
	r, err := http.NewRequestWithContext(b.T.Context(), http.MethodGet, b.Absolute(address), http.NoBody)
	if err != nil {
		b.T.Fatal(err)
	}
	r.Header.Set("Accept-Language", languages)
	return b.Send(r)
}

func TestAPageIsInTheLanguageOfAcceptLanguage(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	for asked, want := range map[string]string{
		"": "it", "*": "it", "it": "it", "it-IT,en;q=0.8": "it", "en": "en", "en-GB,en;q=0.9": "en", "en-US,it;q=0.5": "en",
		"it;q=0.5,en;q=0.9": "en", "fr,en;q=0.3": "en", "fr-FR,fr": "it", "ja, zh;q=0.9": "it", "nonsense;;;": "it",
		strings.Repeat("en-", 500): "it", "it-en": "it", "en;q=0": "it",
	} {
		b := s.NewBrowser(t)
		for _, address := range []string{"/login", "/login/error/25", "/privacy", "/not-there"} {
			if got := asking(b, address, asked).Lang(); got != want {
				t.Errorf("%q, %s: %q, want %q", asked, address, got, want)
			}
		}
	}
}

// The choice comes before Accept-Language; the address to return to keeps its query.
func TestALanguageIsChosenBeforeSigningIn(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t)
	p := b.Press(b.Get("/login?return=%2Fdashboard%2Fx&why=expired"), "English")
	if p.Lang() != "en" || p.URL.RequestURI() != "/login?return=%2Fdashboard%2Fx&why=expired" || !p.Has("link", "Sign in with SPID or CIE") {
		t.Errorf("%s in %q", p.URL, p.Lang())
	}
	if got := p.One("button", "Italiano").Lang(); got != "it" {
		t.Errorf("the address to return to is in %q", got)
	}
	if got := asking(b, "/privacy", "it").Lang(); got != "en" {
		t.Errorf("asked for Italian: %q", got)
	}
	for _, address := range []string{"/login/error/25", "/logout", "/accessibility", "/not/there"} {
		if p := b.Press(b.Get(address), "Italiano"); p.Lang() != "it" || p.URL.Path != address {
			t.Errorf("%s: %s in %q", address, p.URL, p.Lang())
		}
		b.Press(b.Get(address), "English")
	}
}

func TestTheLanguageCookieHoldsTheChoiceOnly(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	p := s.NewBrowser(t).Stay().Post("/language", url.Values{"lang": {"en"}, "back": {"/privacy"}})
	if p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/privacy" {
		t.Errorf("%d %s", p.Status, p.Header.Get("Location"))
	}
	if got := p.Header.Get("Set-Cookie"); got != "lang=en; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax" {
		t.Errorf("cookie %q", got)
	}
}

func TestChoosingALanguageRedirectsToOwnPagesOnly(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t).Stay()
	for back, want := range map[string]string{
		"": "/", "https://evil.example/": "/", "//evil.example": "/", `/\evil.example`: "/", "//evil.example/login": "/",
		"https://evil.example/login": "/",
		"/login/start?return=/":      "/", "/login/callback?code=1": "/", "/privacy": "/privacy",
		"/login?why=expired": "/login?why=expired", "javascript:alert(1)": "/",
		"/logout": "/logout", "login": "/",
	} {
		if p := b.Post("/language", url.Values{"lang": {"it"}, "back": {back}}); p.Header.Get("Location") != want {
			t.Errorf("%q: to %q, want %q", back, p.Header.Get("Location"), want)
		}
	}
	for _, lang := range []string{"", "fr", "EN", "en-GB"} {
		if p := b.Post("/language", url.Values{"lang": {lang}}); p.Status != http.StatusBadRequest || p.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q: %d", lang, p.Status)
		}
	}
}

// storedLanguage is the person's choice in the database; empty: none.
func storedLanguage(s *site.Site, user access.UserID) (chosen string) {
	s.T.Helper()
	person := seed.Person(s.T, s.DB.Owner, user)
	err := s.DB.Owner.QueryRow(s.T.Context(), `SELECT coalesce(language, '') FROM person WHERE id = $1`, person).Scan(&chosen)
	if err != nil {
		s.T.Fatal(err)
	}
	return chosen
}

// The person's choice follows them to any browser, and comes before the choice made there.
func TestAPersonsLanguageFollowsThem(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	if kept := storedLanguage(s, anna); kept != "" {
		t.Errorf("stored without a choice: %q", kept)
	}
	if p := asking(b, web.ProfileURL(i.ID, oto), "en"); p.Lang() != "en" || !p.Has("link", "Suspend API Operator of Oto Neri") {
		t.Errorf("no choice: %q", p.Lang())
	}
	list := web.UsersURL(i.ID, access.Filter{Product: "prod-interop", State: access.Active})
	p := b.Press(b.Get(list), "English")
	if p.Lang() != "en" || p.URL.RequestURI() != list || storedLanguage(s, anna) != "en" ||
		storedLanguage(s, oto) != "" {
		t.Errorf("chosen: %s in %q, stored %q", p.URL, p.Lang(), storedLanguage(s, anna))
	}

	other := s.NewBrowser(t)
	other.Press(other.Get("/login"), "English")
	other.Press(other.Get("/login"), "Italiano")
	other.SignIn(other.Get("/login"), "Anna Bianchi")
	for _, address := range []string{
		web.HomeURL(i.ID), web.UsersURL(i.ID, access.Filter{}), web.HomeURL(i.ID) + "/nowhere", "/privacy",
		web.ProfileURL(i.ID, oto) + "/products/prod-interop/roles/none/suspend",
	} {
		if p := other.Get(address); p.Lang() != "en" {
			t.Errorf("another browser, %s: %d in %q", address, p.Status, p.Lang())
		}
	}
	b.Press(b.Get(web.HomeURL(i.ID)), "Italiano")
	if p := other.Get(web.HomeURL(i.ID)); p.Lang() != "it" || storedLanguage(s, anna) != "it" {
		t.Errorf("changed elsewhere: %q", p.Lang())
	}
}

// The choice made before the first sign-in is stored, so that e-mails follow it.
func TestAChoiceBeforeSigningInIsKept(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	s.Offer("Anna Bianchi", "Nino Nessuno")
	b := s.NewBrowser(t)
	english := b.Press(b.Get("/login"), "English")
	b.Press(english, "Italiano")
	b.SignIn(b.Get("/login"), "Anna Bianchi")
	if kept := storedLanguage(s, anna); kept != "it" {
		t.Errorf("stored %q", kept)
	}
	visitor := s.NewBrowser(t)
	p := visitor.SignIn(visitor.Get("/login"), "Nino Nessuno")
	if p = visitor.Press(
		p,
		"English",
	); p.Status != http.StatusForbidden || p.Lang() != "en" ||
		!strings.Contains(p.Text(), "You have no access") {
		t.Errorf("an unknown user: %d in %q", p.Status, p.Lang())
	}
}

// The page that shows a form again has an address, at which its language is changed.
func TestAPageThatAnswersAFormIsShownInAnotherLanguage(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop", "prod-io")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	i.User("Ugo Utente", "prod-io/referente operativo")
	b := s.SignIn(t, "Anna Bianchi")
	role := web.RoleURL(i.ID, oto, access.Target{Product: "prod-io", Role: "referente operativo"}, access.Suspend)
	for address, want := range map[string]string{
		web.AddURL(i.ID, ""):                      web.AddURL(i.ID, ""),
		web.AddConfirmURL(i.ID):                   web.AddURL(i.ID, ""),
		web.SearchURL(i.ID):                       web.UsersURL(i.ID, access.Filter{}),
		web.EditURL(i.ID, oto):                    web.EditURL(i.ID, oto),
		web.AddRoleURL(i.ID, oto, "prod-interop"): web.AddRoleURL(i.ID, oto, "prod-interop"),
		role:              web.ProfileURL(i.ID, oto),
		web.LanguageURL(): "/",
	} {
		v := site.KeyedForm()
		v.Set("q", "RSSMRA80A01H501U") // a list that has no address
		v.Set("version", "x")
		p := b.Stay().Post(address, v)
		form := languageForm(p)
		got := form.Values.Get("back")
		if to, err := url.Parse(form.Action); err == nil && to.Query().Has("back") {
			got = to.Query().Get("back")
		}
		key := p.URL.Query().Get("form")
		if got = strings.TrimSuffix(got, "?form="+key); got != want || (key != "") != (p.Sent == http.StatusSeeOther) {
			t.Errorf("%s, %d: back to %q, want %q", address, p.Status, got, want)
		}
		if english := b.Submit(form); p.Sent == http.StatusSeeOther && (english.Lang() != "en" ||
			!strings.HasPrefix(english.URL.EscapedPath(), want)) {
			t.Errorf("%s: in %q: %s", address, english.Lang(), english.URL)
		}
		b.Press(b.Get("/privacy"), "Italiano")
	}
}

func languageForm(p site.Page) htmltest.Form { return p.One("button", "English").Form() }

// Over https the cookie's __Host- name keeps other hosts from setting it, and the site reads no other cookie.
func TestTheLanguageCookieIsBoundToTheHost(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	https := server.New(server.Config{BaseURL: "https://utenti.example", HTTPS: true}, s.Store, s.Service, nil,
		signin.NewSessions(s.Pool, true), slog.New(slog.DiscardHandler), time.Now)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/language", strings.NewReader("lang=en"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	https.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 || cookies[0].Name != "__Host-lang" || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].Path != "/" ||
		cookies[0].Domain != "" {
		t.Fatalf("%d, %v", w.Code, cookies)
	}
	for name, lang := range map[string]string{"__Host-lang": `lang="en"`, "lang": `lang="it"`} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/privacy", http.NoBody)
		r.AddCookie(&http.Cookie{Name: name, Value: "en"})
		w := httptest.NewRecorder()
		https.ServeHTTP(w, r)
		if !strings.Contains(w.Body.String(), "<html "+lang) {
			t.Errorf("with %s: %.80s", name, w.Body)
		}
	}
}

// acceptLanguage is the transport of a browser that asks for a language, on the way back from the provider: the helpers
// that sign in read Italian pages.
type acceptLanguage struct {
	http.RoundTripper
	language string
}

func (a acceptLanguage) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/login/callback" {
		r.Header.Set("Accept-Language", a.language)
	}
	return a.RoundTripper.RoundTrip(r)
}

// D6, D4: e-mails are in the language in which the person has used the site last, also if only their browser asks for it;
// not before their first sign-in after being added.
func TestEmailsAreInTheLanguageOfTheLastUse(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	anna := s.SignIn(t, "Anna Bianchi")
	language := func(action access.Action) (stored string) {
		t.Helper()
		anna.Post(web.RoleURL(i.ID, i.Oto, api, action), site.KeyedForm())
		err := s.DB.Owner.QueryRow(t.Context(), `SELECT args #>> '{Email,Language}' FROM river_job ORDER BY id DESC LIMIT 1`).Scan(&stored)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	if got := language(access.Suspend); got != "" {
		t.Errorf("before the first sign-in: %q", got)
	}
	s.Offer("Oto Neri")
	oto := s.NewBrowser(t)
	oto.Client.Transport = acceptLanguage{oto.Client.Transport, "en"}
	oto.SignIn(oto.Get("/login"), "Oto Neri")
	if got := language(access.Reactivate); got != "en" {
		t.Errorf("after a sign-in in English: %q", got)
	}
	// An institution that adds them later learns nothing of it before their next sign-in, also if they choose a language.
	other := s.Seed.Institution("Altrove", "PA").Product("prod-interop")
	other.Admin("Ada Altrove", "prod-interop")
	other.Operator("Oto Neri", "prod-interop", "api")
	oto.Press(oto.Get(web.PrivacyURL()), "English")
	const chosen = `SELECT count(*) FROM app_user WHERE institution = $1 AND first_name = 'Oto' AND language = 'en'`
	if here, there := s.Count(t, chosen, i.ID), s.Count(t, chosen, other.ID); here != 1 || there != 0 {
		t.Errorf("chosen: kept %d times here, %d times where they are new", here, there)
	}
}
