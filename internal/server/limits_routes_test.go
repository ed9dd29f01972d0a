package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// Each way to search for a text or a fiscal code counts in one limit; pages without a search don't count.
func TestEverySearchCountsInOneLimit(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{Limits: server.Limits{Searches: 7}})
	i := s.NewStaff()
	group := i.Group("prod-interop", "Sviluppo")
	b := s.SignIn(t, "Anna Bianchi").Stay()
	code := s.Seed.FiscalCode("Oto Neri").Reveal()
	newUser := site.KeyedForm()
	newUser.Set("fiscal_code", code)
	rows := url.Values{"rows": {site.ImportHeader + code + ";Neri;Oto;o@ente.example;SEND;operator"}}
	searches := map[string]func() site.Page{
		"the list":       func() site.Page { return b.Get(web.UsersURL(i.ID, access.Filter{Text: "neri"})) },
		"its form":       func() site.Page { return b.Post(web.SearchURL(i.ID), url.Values{"q": {code}}) },
		"its file":       func() site.Page { return b.Post(web.ExportURL(i.ID), url.Values{"format": {"csv"}, "q": {"neri"}}) },
		"a code to add":  func() site.Page { return b.Post(web.AddURL(i.ID, ""), newUser) },
		"a file's codes": func() site.Page { return b.Post(web.ImportURL(i.ID), rows) },
		"candidates": func() site.Page {
			return b.Get(web.AddMembersURL(i.ID, group, access.Filter{Text: "neri"}))
		},
		"candidates by code": func() site.Page {
			return b.Post(web.SearchMembersURL(i.ID, group), url.Values{"q": {code}})
		},
	}
	for name, search := range searches {
		if p := search(); p.Status == http.StatusTooManyRequests {
			t.Errorf("%s: refused within the limit", name)
		}
	}
	searches["a code, confirmed"] = func() site.Page { return b.Post(web.AddConfirmURL(i.ID), newUser) }
	searches["a file's codes, confirmed"] = func() site.Page { return b.Post(web.ImportConfirmURL(i.ID), rows) }
	for name, search := range searches {
		if p := search(); p.Status != http.StatusTooManyRequests {
			t.Errorf("%s: got %d, want 429", name, p.Status)
		}
	}
	if p := b.Get(web.UsersURL(i.ID, access.Filter{})); p.Status != http.StatusOK {
		t.Errorf("the list without a search: %d", p.Status)
	}
}

// A text that is typed with pauses is sent as a form, which leads to the list's address: one search, not two.
func TestATypedSearchCountsOnce(t *testing.T) {
	t.Parallel()
	const most = 6
	s := site.Start(t, site.Options{Limits: server.Limits{Searches: most}})
	i := s.NewStaff()
	group := i.Group("prod-interop", "Sviluppo")
	b := s.SignIn(t, "Anna Bianchi")
	for n := range most {
		address := web.SearchURL(i.ID)
		if n%2 > 0 {
			address = web.SearchMembersURL(i.ID, group)
		}
		if p := b.Post(address, url.Values{"q": {"neri"[:n%4+1]}}); p.Status != http.StatusOK || p.URL.Query().Get("q") == "" {
			t.Fatalf("search %d: %d %s", n+1, p.Status, p.URL)
		}
	}
	if p := b.Post(web.SearchURL(i.ID), url.Values{"q": {"neri"}}); p.Status != http.StatusTooManyRequests {
		t.Errorf("one too many: %d", p.Status)
	}
	// A fiscal code is searched for by the form itself.
	if p := b.Stay().
		Post(web.SearchURL(i.ID), url.Values{"q": {s.Seed.FiscalCode("Oto Neri").Reveal()}}); p.Status != http.StatusTooManyRequests {
		t.Errorf("a fiscal code: %d", p.Status)
	}
}

// All forms that change something count in one limit, also those of routes to come.
func TestEveryChangeCountsInOneLimit(t *testing.T) {
	t.Parallel()
	const most = 3
	s := site.Start(t, site.Options{Limits: server.Limits{Changes: most}})
	i := s.NewStaff()
	anna, ivo := s.SignIn(t, "Anna Bianchi").Stay(), s.SignIn(t, "Ivo Rossi").Stay()
	change := func(b *site.Browser, a access.Action) int {
		return b.Post(web.RoleURL(i.ID, i.Oto, api, a), site.KeyedForm()).Status
	}
	for n, a := range []access.Action{access.Suspend, access.Reactivate, access.Suspend} {
		if status := change(anna, a); status != http.StatusSeeOther {
			t.Fatalf("change %d: %d", n+1, status)
		}
	}
	if status := change(ivo, access.Reactivate); status != http.StatusForbidden {
		t.Errorf("another person: %d", status)
	}
	reading := []string{
		"/logout", "/language", "/users/search", "/users/export", "/users/add", "/users/import", "/users/several", "/members/add/search",
	}
	values := strings.NewReplacer("{institution}", string(i.ID), "{user}", string(i.Oto), "{group}", string(i.Oto),
		"{product}", "prod-interop", "{role}", "api")
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method != http.MethodPost || slices.ContainsFunc(reading, func(end string) bool { return strings.HasSuffix(pattern, end) }) {
			return nil
		}
		if p := anna.Post(values.Replace(pattern), site.KeyedForm()); p.Status != http.StatusTooManyRequests {
			t.Errorf("%s: got %d, want 429", pattern, p.Status)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := s.Count(
		t,
		`SELECT count(*) FROM audit_event WHERE institution = $1 AND subject = $2 AND actor = $3`,
		i.ID,
		i.Oto,
		i.Anna,
	); n != most {
		t.Errorf("%d changes were made, want %d", n, most)
	}
}

// A form with more roles than there are, or with one twice, is none of the site's; it is refused before its roles are
// decided on, each of which would be as expensive as all before it.
func TestTooManyRolesAreNoForm(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	for name, address := range map[string]string{
		"add": web.AddURL(i.ID, ""), "confirm": web.AddConfirmURL(i.ID),
		"add a product": web.AddProductURL(i.ID, i.Oto), "add a role": web.AddRoleURL(i.ID, i.Oto, "prod-interop"),
	} {
		form := site.KeyedForm()
		form.Set("product", "prod-pn")
		form["role"] = []string{"prod-pn:operator", "prod-pn:operator"}
		if p := b.Post(address, form); p.Status != http.StatusBadRequest {
			t.Errorf("%s: one role twice: %d", name, p.Status)
		}
		form["role"] = nil
		for n := range 100 {
			form.Add("role", "prod-pn:r"+strings.Repeat("x", n))
		}
		if p := b.Post(address, form); p.Status != http.StatusBadRequest {
			t.Errorf("%s: a hundred roles: %d", name, p.Status)
		}
	}
}

// Of what a browser sends after its session has ended, one form is kept: the newest that a page of the site has, with
// that page's fields.
func TestOneFormOfAnEndedSessionIsKept(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	b := s.SignIn(t, "Anna Bianchi")
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	kept := func() (n, size int) {
		return s.Count(t, `SELECT count(*) FROM saved_form`), s.Count(t, `SELECT coalesce(sum(octet_length(sealed)), 0) FROM saved_form`)
	}
	large := url.Values{"last_name": {"Rossi"}, "product": {"prod-pn"}, "other": {strings.Repeat("x", 60_000)}}
	for _, address := range []string{
		web.HomeURL(i.ID) + "/nonsense/users/add", "/dashboard/nonsense/users/add", web.ProfileURL(i.ID, "nonsense") + "/edit",
		web.ProfileURL(i.ID, i.Oto) + "/add-product/confirm", web.RoleURL(i.ID, i.Oto, api, access.Suspend), web.UsersURL(i.ID, access.Filter{}),
	} {
		b.Stay().Post(address, large)
		if n, _ := kept(); n != 0 {
			t.Fatalf("%s: its form is kept", address)
		}
	}
	for range 3 {
		b.Stay().Post(web.AddURL(i.ID, ""), large)
	}
	if n, size := kept(); n != 1 || size > 1000 {
		t.Errorf("%d forms are kept, of %d bytes", n, size)
	}
	last := b.Post(web.EditURL(i.ID, i.Oto), url.Values{"email": {"nuova@ente.example"}})
	if n, _ := kept(); n != 1 {
		t.Errorf("%d forms are kept", n)
	}
	if form := b.SignIn(last, "Anna Bianchi"); form.Field("E-mail istituzionale").Value() != "nuova@ente.example" {
		t.Errorf("the newest is not shown: %s", form.URL)
	}
	if n, _ := kept(); n != 0 {
		t.Errorf("%d forms are left", n)
	}
}

var controlName = regexp.MustCompile(` name="([a-z_]+)"`)

// A field that a page gets is kept too, or is in this test as one that nobody types.
func TestEveryFieldOfAPageIsKept(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.NewStaff()
	group := i.Group("prod-interop", "Sviluppo")
	b := s.SignIn(t, "Anna Bianchi")
	untyped := []string{"once", "back", "lang", "viewport", "format", "file", "q", "actions"}
	for pattern, address := range map[string]string{
		"/users/add": web.AddURL(i.ID, ""), "/users/import": web.ImportURL(i.ID),
		"/users/several":     web.UsersURL(i.ID, access.Filter{Product: "prod-interop"}),
		"/users/{user}/edit": web.EditURL(i.ID, i.Oto), "/users/{user}/add-product": web.AddProductURL(i.ID, i.Oto),
		"/users/{user}/products/{product}/roles/add":    web.AddRoleURL(i.ID, i.Leo, "prod-interop"),
		"/users/{user}/products/{product}/roles/change": web.ChangeRoleURL(i.ID, i.Oto, "prod-interop"),
		"/users/{user}/products/{product}/groups/add":   web.AddGroupURL(i.ID, i.Oto, "prod-interop"),
		"/groups/add":                 web.NewGroupURL(i.ID, "prod-interop"),
		"/groups/{group}/rename":      web.GroupURL(i.ID, group) + "/rename",
		"/groups/{group}/members/add": web.AddMembersURL(i.ID, group, access.Filter{}),
	} {
		p := b.Get(address)
		if p.Status != http.StatusOK || p.URL.Path != strings.Split(address, "?")[0] {
			t.Fatalf("%s: %d %s", pattern, p.Status, p.URL)
		}
		for _, found := range controlName.FindAllStringSubmatch(p.Body, -1) {
			if !slices.Contains(untyped, found[1]) && !slices.Contains(server.KeptFields[pattern], found[1]) {
				t.Errorf("%s: %s is not kept", pattern, found[1])
			}
		}
	}
	if len(server.KeptFields) != 11 {
		t.Errorf("%d pages keep a form, and 11 were compared", len(server.KeptFields))
	}
}
