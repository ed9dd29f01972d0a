package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/htmltest"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// V1: the only institution is chosen; several are offered, and the header switches between them.
func TestTheInstitutionIsChosenOrOffered(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	one, two := s.Seed.Institution("Comune di Prova", "PA").
		Product("prod-interop"),
		s.Seed.Institution("Unione dei Comuni", "PA").
			Product("prod-io")
	one.Admin("Anna Bianchi", "prod-interop")
	two.Admin("Anna Bianchi", "prod-io")
	one.Operator("Oto Neri", "prod-interop", "api")
	if p := s.SignIn(t, "Oto Neri").Get("/"); p.URL.Path != web.HomeURL(one.ID) {
		t.Errorf("one: %s", p.URL)
	}
	b := s.SignIn(t, "Anna Bianchi")
	p := b.Get("/")
	if p.URL.Path != "/" || !p.Has("link", "Comune di Prova") {
		t.Fatalf("several: %s %q", p.URL, p.Names("link"))
	}
	p = b.Follow(p, "Unione dei Comuni")
	if p.URL.Path != web.HomeURL(two.ID) || !p.HasInner("a", "href", web.HomeURL(one.ID)) {
		t.Errorf("selected: %s, without a link to the other", p.URL)
	}
}

// V2: a person without powers gets a page that explains it, sees no institution's data, and can sign out.
func TestAnUnknownUserSeesThatTheyAreNotRegistered(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop").Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Nino Nessuno")
	p := b.Get("/")
	if p.Status != http.StatusForbidden || strings.Contains(p.Text(), "Comune di Prova") {
		t.Fatalf("%d %s", p.Status, p.Text())
	}
	if p = b.Press(p, "Esci dall’Area Riservata"); p.URL.Path != "/logout" {
		t.Errorf("it leads to %s", p.URL)
	}
	if p = b.Get("/"); p.URL.Path != "/login" {
		t.Errorf("still signed in: %s", p.URL)
	}
}

// After signing in, the browser returns to the page that was asked for, if it is one of the site's.
func TestSigningInReturnsToThePageAskedFor(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	s.Offer("Anna Bianchi")
	for from, want := range map[string]string{
		web.UsersURL(i.ID, access.Filter{Text: "neri"}):                            web.UsersURL(i.ID, access.Filter{Text: "neri"}),
		web.RoleURL(i.ID, oto, api, access.Suspend):                                web.RoleURL(i.ID, oto, api, access.Suspend),
		"/login?return=" + url.QueryEscape("https://evil.example/"):                web.HomeURL(i.ID),
		"/login?return=" + url.QueryEscape("//evil.example"):                       web.HomeURL(i.ID),
		"/login?return=" + url.QueryEscape("/logout"):                              web.HomeURL(i.ID),
		"/login?return=" + url.QueryEscape(web.HomeURL(i.ID)) + "&why=lost-powers": web.HomeURL(i.ID),
	} {
		b := s.NewBrowser(t)
		p := b.Get(from)
		if p.URL.Path != "/login" {
			t.Fatalf("%s: not asked to sign in: %s", from, p.URL)
		}
		if p = b.SignIn(p, "Anna Bianchi"); p.URL.RequestURI() != want {
			t.Errorf("%s leads to %s, want %s", from, p.URL, want)
		}
	}
	// A form sent after the session has ended is kept until the person has signed in again.
	b := s.SignIn(t, "Anna Bianchi")
	form := b.Get(web.RoleURL(i.ID, oto, api, access.Suspend)).One("button", htmltest.Suspend).Form()
	b.Post("/logout", nil)
	p := b.SignIn(b.Post(form.Action, form.Values), "Anna Bianchi")
	if p.URL.Path != web.RoleURL(i.ID, oto, api, access.Suspend) || !p.Has("button", htmltest.Suspend) {
		t.Errorf("after the session's end: %s", p.URL)
	}
}

// A refusal by the provider leads to a page that explains it; code and state leave the address.
func TestARefusalByTheProviderHasAPage(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	b := s.NewBrowser(t)
	p := b.Press(b.Follow(b.Get("/login"), htmltest.SignIn), "Annulla e torna al servizio")
	if p.Status != http.StatusForbidden || p.URL.Path != "/login/error/25" || p.URL.RawQuery != "" || !p.Has("link", "Riprova") {
		t.Errorf("%d %s: %s", p.Status, p.URL, p.Text())
	}
	for code, retry := range map[string]bool{
		"19": true, "20": false, "21": true, "22": true, "23": false, "expired": true, "unavailable": true, "level": true,
		"identity": true, "generic": true,
	} {
		if p := b.Get("/login/error/" + code); p.Status < 400 || p.Has("link", "Riprova") != retry {
			t.Errorf("%s: %d, again %v", code, p.Status, p.Has("link", "Riprova"))
		}
	}
	if p := b.Get("/login/error/99"); p.Status != http.StatusNotFound {
		t.Errorf("no such page: %d", p.Status)
	}
	if p := b.Get("/login/callback?code=x&state=y"); p.URL.Path != "/login/error/expired" {
		t.Errorf("a reply without an attempt: %s", p.URL)
	}
}

// A change sent by another site is refused before anything else is checked.
func TestAnotherSitesFormsAreRefused(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	for name, header := range map[string][2]string{
		"cross-site": {"Sec-Fetch-Site", "cross-site"}, "same-site": {"Sec-Fetch-Site", "same-site"},
		"another origin": {"Origin", "https://evil.example"},
	} {
		for _, address := range []string{web.RoleURL(i.ID, oto, api, access.Suspend), "/logout"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+address, strings.NewReader(site.KeyedForm().Encode()))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(header[0], header[1])
			if p := b.Send(r); p.Status != http.StatusForbidden {
				t.Errorf("%s to %s: %d", name, address, p.Status)
			}
		}
	}
	if p := b.Get(web.ProfileURL(i.ID, oto)); !p.Has("link", htmltest.Suspend+" Operatore API di Oto Neri") {
		t.Error("it took effect")
	}
}

// Invalid input gets a clear response and changes nothing.
func TestInvalidInputIsRefused(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	suspend := web.RoleURL(i.ID, oto, api, access.Suspend)
	for name, row := range map[string]struct {
		values url.Values
		want   int
	}{
		"no key":       {nil, http.StatusBadRequest},
		"not a key":    {url.Values{"once": {"'; DROP TABLE assignment --"}}, http.StatusBadRequest},
		"far too much": {url.Values{"once": {strings.Repeat("x", 100<<10)}}, http.StatusRequestEntityTooLarge},
		"an upper key": {url.Values{"once": {strings.ToUpper(site.KeyedForm().Get("once"))}}, http.StatusBadRequest},
	} {
		if p := b.Post(suspend, row.values); p.Status != row.want {
			t.Errorf("%s: %d", name, p.Status)
		}
	}
	for _, query := range []string{
		"product=x", "role=x", "role=a:b", "state=x", "category=x", "sort=x", "page=after.x", "page=x", "q=%00",
		"q=" + strings.Repeat("a", 3000), "%zz", "product=%00", "role=prod-interop:%00", "q=%ff",
	} {
		if p := b.Get(web.UsersURL(i.ID, access.Filter{}) + "?" + query); p.Status >= 500 {
			t.Errorf("%s: %d", query, p.Status)
		}
	}
	if p := b.Get("/nowhere"); p.Status != http.StatusNotFound || !strings.HasPrefix(p.Title(), "Errore: ") {
		t.Errorf("nowhere: %d %q", p.Status, p.Title())
	}
}

// D4: at the first sign-in the names become those of SPID or CIE.
func TestTheFirstSignInVerifiesTheNames(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b := s.SignIn(t, "Anna Bianchi")
	if p := b.Get(web.ProfileURL(i.ID, oto)); strings.Contains(p.Text(), "Nome e cognome verificati con SPID o CIE") {
		t.Fatal("verified before")
	}
	s.SignIn(t, "Oto Neri")
	if p := b.Get(web.ProfileURL(i.ID, oto)); !strings.Contains(p.Text(), "Nome e cognome verificati con SPID o CIE") {
		t.Error("not verified")
	}
}
