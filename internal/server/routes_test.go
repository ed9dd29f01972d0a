package server_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// callers are the kinds of people whose statuses every route has a row for.
var callers = []string{
	"anonymous",
	"unknown user",
	"outsider",
	"suspended",
	"operator",
	"administrator of another product",
	"administrator",
}

// callerStatuses are the statuses of a route, by caller in that order. A POST has every field that the site's forms
// send.
type callerStatuses [7]int

// expected is who may pass where: 303 to sign in; 403 for people without any powers (V2) and for what is visible but
// not allowed; 404 for what is not visible (V9). A route without a row fails the test.
var expected = map[string]callerStatuses{
	"GET /static/*":           {404, 404, 404, 404, 404, 404, 404}, // the test asks for a name that isn't there
	"GET /healthz":            {200, 200, 200, 200, 200, 200, 200},
	"GET /readyz":             {200, 200, 200, 200, 200, 200, 200},
	"GET /login":              {200, 303, 303, 303, 303, 303, 303},
	"GET /login/start":        {303, 303, 303, 303, 303, 303, 303},
	"GET /login/callback":     {303, 303, 303, 303, 303, 303, 303},
	"GET /login/error/{code}": {403, 403, 403, 403, 403, 403, 403},
	"GET /logout":             {200, 303, 303, 303, 303, 303, 303},
	"GET /accessibility":      {200, 200, 200, 200, 200, 200, 200},
	"GET /privacy":            {200, 200, 200, 200, 200, 200, 200},
	"GET /":                   {303, 403, 303, 403, 303, 303, 303},

	"GET /dashboard/{institution}/":      {303, 403, 404, 403, 200, 200, 200},
	"GET /dashboard/{institution}/users": {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/users/search": {
		303,
		303,
		303,
		303,
		303,
		303,
		303,
	}, // on to the pages, which answer
	"GET /dashboard/{institution}/users/add/confirm": {303, 303, 303, 303, 303, 303, 303},
	"POST /dashboard/{institution}/users/search": {
		303,
		303,
		303,
		303,
		303,
		303,
		303,
	}, // on to the list, which answers
	"GET /dashboard/{institution}/users/{user}":                                             {303, 403, 404, 403, 404, 200, 200},
	"GET /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/suspend":     {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/suspend":    {303, 403, 404, 403, 404, 403, 303},
	"GET /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/reactivate":  {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/reactivate": {303, 403, 404, 403, 404, 403, 303},
	"GET /dashboard/{institution}/users/add":                                                {303, 403, 404, 403, 403, 200, 200},
	"POST /dashboard/{institution}/users/add": {
		303,
		403,
		404,
		403,
		403,
		422,
		422,
	}, // an empty form
	"POST /dashboard/{institution}/users/add/confirm": {303, 403, 404, 403, 403, 422, 422},

	"POST /dashboard/{institution}/users/several":          {303, 403, 404, 403, 403, 400, 400}, // no form of ours is empty
	"POST /dashboard/{institution}/users/several/confirm":  {303, 403, 404, 403, 403, 400, 400},
	"GET /dashboard/{institution}/users/several":           {303, 303, 303, 303, 303, 303, 303}, // on to the list, which answers
	"GET /dashboard/{institution}/users/several/confirm":   {303, 303, 303, 303, 303, 303, 303},
	"GET /dashboard/{institution}/users/several/done":      {303, 403, 404, 403, 403, 303, 303},
	"GET /dashboard/{institution}/users/{user}/cessation":  {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/cessation": {303, 403, 404, 403, 404, 400, 400}, // of no role

	"GET /dashboard/{institution}/users/{user}/edit":  {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/edit": {303, 403, 404, 403, 404, 403, 303},
	"GET /dashboard/{institution}/users/{user}/add-product": {
		303,
		403,
		404,
		403,
		404,
		200,
		409,
	}, // Anna's product is held already
	"POST /dashboard/{institution}/users/{user}/add-product": {303, 403, 404, 403, 404, 422, 409},
	"GET /dashboard/{institution}/users/{user}/products/{product}/roles/add": {
		303,
		403,
		404,
		403,
		404,
		403,
		409,
	}, // nothing goes with what is held
	"POST /dashboard/{institution}/users/{user}/products/{product}/roles/add":           {303, 403, 404, 403, 404, 403, 409},
	"GET /dashboard/{institution}/users/{user}/products/{product}/roles/change":         {303, 403, 404, 403, 404, 403, 409},
	"POST /dashboard/{institution}/users/{user}/products/{product}/roles/change":        {303, 403, 404, 403, 404, 403, 409},
	"GET /dashboard/{institution}/users/{user}/products/{product}/groups/add":           {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/products/{product}/groups/add":          {303, 403, 404, 403, 404, 403, 422},
	"GET /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/remove":  {303, 403, 404, 403, 404, 403, 200},
	"POST /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/remove": {303, 403, 404, 403, 404, 403, 303},
	"GET /dashboard/{institution}/users/export": {
		303,
		303,
		303,
		303,
		303,
		303,
		303,
	}, // on to the list, which answers
	"POST /dashboard/{institution}/users/export":             {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/users/import":              {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/users/import/template.csv": {303, 403, 404, 403, 403, 200, 200},
	"POST /dashboard/{institution}/users/import":             {303, 403, 404, 403, 403, 422, 422}, // an empty form
	"GET /dashboard/{institution}/users/import/check":        {303, 403, 404, 403, 403, 303, 303}, // without a key
	"GET /dashboard/{institution}/users/import/left-out.csv": {303, 403, 404, 403, 403, 303, 303}, // without a key
	"GET /dashboard/{institution}/users/import/confirm":      {303, 303, 303, 303, 303, 303, 303},
	"POST /dashboard/{institution}/users/import/confirm":     {303, 403, 404, 403, 403, 409, 409}, // of no check page
	"GET /dashboard/{institution}/users/import/done":         {303, 403, 404, 403, 403, 303, 303},
	"GET /dashboard/{institution}/activity":                  {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/activity.csv":              {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/users/{user}/activity":     {303, 403, 404, 403, 404, 200, 200},
	"GET /dashboard/{institution}/users/{user}/activity.csv": {303, 403, 404, 403, 404, 200, 200},

	"GET /dashboard/{institution}/groups/":                              {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/groups/add":                           {303, 403, 404, 403, 403, 200, 200},
	"POST /dashboard/{institution}/groups/add":                          {303, 403, 404, 403, 403, 403, 422}, // without a name
	"GET /dashboard/{institution}/groups/{group}/":                      {303, 403, 404, 403, 403, 200, 200},
	"GET /dashboard/{institution}/groups/{group}/rename":                {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/rename":               {303, 403, 404, 403, 403, 403, 422},
	"GET /dashboard/{institution}/groups/{group}/suspend":               {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/suspend":              {303, 403, 404, 403, 403, 403, 303},
	"GET /dashboard/{institution}/groups/{group}/reactivate":            {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/reactivate":           {303, 403, 404, 403, 403, 403, 303},
	"GET /dashboard/{institution}/groups/{group}/delete":                {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/delete":               {303, 403, 404, 403, 403, 403, 303},
	"GET /dashboard/{institution}/groups/{group}/members/add":           {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/members/add":          {303, 403, 404, 403, 403, 403, 422},
	"GET /dashboard/{institution}/groups/{group}/members/add/search":    {303, 303, 303, 303, 303, 303, 303}, // on to the page, which answers
	"POST /dashboard/{institution}/groups/{group}/members/add/search":   {303, 303, 303, 303, 303, 303, 303},
	"GET /dashboard/{institution}/groups/{group}/members/{user}/remove": {303, 403, 404, 403, 403, 403, 200},
	"POST /dashboard/{institution}/groups/{group}/members/{user}/remove": {
		303,
		403,
		404,
		403,
		404,
		403,
		303,
	}, // an Operator sees no other user

	"POST /language": {303, 303, 303, 303, 303, 303, 303},
	"POST /logout":   {303, 303, 303, 303, 303, 303, 303},
}

func TestEveryRouteHasTheRightStatusForEveryCaller(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io")
	i.Operator("Oto Neri", "prod-interop", "api")
	i.Operator("Sara Suspesi", "prod-interop", "api suspended")
	subject := i.Operator("Ugo Utente", "prod-interop", "api", "security suspended")
	leaving := i.Operator("Rino Rimosso", "prod-interop", "api")
	member := i.Operator("Mia Membro", "prod-interop", "api")
	office := i.Group("prod-interop", "Ufficio")
	i.Join("Mia Membro", "prod-interop", "Ufficio")
	groups := map[string]access.GroupID{
		"/suspend": i.Group(
			"prod-interop",
			"Da sospendere",
		),
		"/reactivate": i.SuspendedGroup("prod-interop", "Sospeso"),
		"/delete":     i.Group("prod-interop", "Da eliminare"),
	}
	s.Seed.Institution("Altrove", "PA").Product("prod-interop").Admin("Ada Altrove", "prod-interop")

	browsers := []*site.Browser{
		s.NewBrowser(t), s.SignIn(t, "Nino Nessuno"), s.SignIn(t, "Ada Altrove"), s.SignIn(t, "Sara Suspesi"),
		s.SignIn(t, "Oto Neri"), s.SignIn(t, "Ivo Rossi"), s.SignIn(t, "Anna Bianchi"),
	}
	seen := map[string]bool{}
	walk := func(method, pattern string) {
		route := method + " " + pattern
		want, known := expected[route]
		if !known {
			t.Errorf("no row for %s", route)
			return
		}
		seen[route] = true
		role := "api"
		if strings.HasSuffix(pattern, "/reactivate") {
			role = "security"
		}
		user := subject
		if strings.HasSuffix(pattern, "/remove") {
			user = leaving
		}
		group, values := office, everyField()
		if _, ofGroups, found := strings.Cut(pattern, "/groups/"); found && !strings.Contains(pattern, "{product}") {
			user = member
			values.Set("product", "prod-interop")
			if of, found := groups[strings.TrimPrefix(ofGroups, "{group}")]; found {
				group = of
			}
		}
		path := strings.NewReplacer("{group}", string(group), "{institution}", string(i.ID), "{user}", string(user), "{product}", "prod-interop",
			"{role}", role, "{code}", "25", "*", "not-there.css").Replace(pattern)
		for n, b := range browsers {
			var p site.Page
			if method == http.MethodPost {
				values.Set("once", site.KeyedForm().Get("once"))
				p = b.Stay().Post(path, values)
			} else {
				p = b.Stay().Get(path)
			}
			if p.Status != want[n] {
				t.Errorf("%s for %s: got %d, want %d", route, callers[n], p.Status, want[n])
			}
			if refused := p.Status == http.StatusConflict || p.Status == http.StatusUnprocessableEntity; method == http.MethodPost &&
				refused && p.Sent != http.StatusSeeOther {
				t.Errorf("%s for %s is answered with a page: %d", route, callers[n], p.Sent)
			}
			checkHeaders(t, route, p)
		}
	}
	// Reads first; signing out last.
	for _, turn := range []func(method, pattern string) bool{
		func(method, _ string) bool { return method == http.MethodGet },
		func(method, pattern string) bool { return method != http.MethodGet && pattern != "/logout" },
		func(method, pattern string) bool { return method != http.MethodGet && pattern == "/logout" },
	} {
		err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
			if turn(method, pattern) {
				walk(method, pattern)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for route := range expected {
		if !seen[route] {
			t.Errorf("the row %q has no route", route)
		}
	}
}

// everyField are the fields that choose nothing: the idempotency key and a user's data.
func everyField() url.Values {
	v := site.KeyedForm()
	v.Set("first_name", "Ugo")
	v.Set("last_name", "Utente")
	v.Set("email", "ugo@ente.example")
	v.Set("version", "1")
	v.Set("lang", "it")
	v.Set("format", "csv")
	return v
}

// checkHeaders checks that the headers of every response are there, once.
func checkHeaders(t *testing.T, route string, p site.Page) {
	t.Helper()
	for _, name := range []string{
		"Content-Security-Policy", "Cache-Control", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
		"Cross-Origin-Resource-Policy", "Permissions-Policy",
	} {
		if got := p.Header.Values(name); len(got) != 1 {
			t.Errorf("%s: %s is there %d times: %q", route, name, len(got), got)
		}
	}
	if got := p.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s: Cache-Control %q", route, got)
	}
}

// V9: what the reader may not see answers byte for byte as what does not exist, whichever part of the address it is.
func TestTheInvisibleLooksLikeTheUnknown(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	pia := i.Operator("Pia Gialli", "prod-interop", "api")
	other := s.Seed.Institution("Altrove", "PA").Product("prod-interop")
	ada := other.Admin("Ada Altrove", "prod-interop")
	const unknownID = "00000000-0000-4000-8000-000000000000"
	role := func(i access.InstitutionID, u access.UserID, t access.Target) string {
		return web.RoleURL(i, u, t, access.Suspend)
	}
	at := access.Target{Product: "prod-interop", Role: "api"}

	administrator, operator := s.SignIn(t, "Anna Bianchi").Stay(), s.SignIn(t, "Oto Neri").Stay()
	for name, pair := range map[string]struct {
		b            *site.Browser
		hidden, none string
	}{
		"another institution": {administrator, web.HomeURL(other.ID), web.HomeURL(unknownID)},
		"another institution's list": {
			administrator, web.UsersURL(other.ID, access.Filter{}), web.UsersURL(unknownID, access.Filter{}),
		},
		"another institution's user":       {administrator, web.ProfileURL(i.ID, ada), web.ProfileURL(i.ID, unknownID)},
		"another institution's user there": {administrator, web.ProfileURL(other.ID, ada), web.ProfileURL(unknownID, unknownID)},
		"another institution's role": {
			administrator, role(i.ID, ada, access.Target{Product: "prod-interop", Role: "admin"}), role(i.ID, unknownID, at),
		},
		"a product without a subscription": {
			administrator, role(i.ID, oto, access.Target{Product: "prod-io", Role: "admin"}),
			role(i.ID, oto, access.Target{Product: "prod-none", Role: "admin"}),
		},
		"its list": {
			administrator, web.UsersURL(i.ID, access.Filter{Product: "prod-io"}),
			web.UsersURL(i.ID, access.Filter{Product: "prod-none"}),
		},
		"another institution's log": {
			administrator, web.ActivityURL(other.ID, access.EventFilter{}), web.ActivityURL(unknownID, access.EventFilter{}),
		},
		"another institution's user's log": {
			administrator, web.ActivityURL(i.ID, access.EventFilter{Subject: ada}),
			web.ActivityURL(i.ID, access.EventFilter{Subject: unknownID}),
		},
		"its events": {
			administrator, web.ActivityURL(i.ID, access.EventFilter{Product: "prod-io"}),
			web.ActivityURL(i.ID, access.EventFilter{Product: "prod-none"}),
		},
		"a colleague's log, for an Operator": {
			operator, web.ActivityURL(i.ID, access.EventFilter{Subject: pia}),
			web.ActivityURL(i.ID, access.EventFilter{Subject: unknownID}),
		},
		"a colleague, for an Operator":          {operator, web.ProfileURL(i.ID, pia), web.ProfileURL(i.ID, unknownID)},
		"a colleague's role, for an Operator":   {operator, role(i.ID, pia, at), role(i.ID, unknownID, at)},
		"an id that can't be one":               {administrator, web.ProfileURL(i.ID, unknownID), web.ProfileURL(i.ID, "1 OR 1=1")},
		"an institution's id that can't be one": {administrator, web.HomeURL(other.ID), web.HomeURL("x")},
	} {
		hidden, none := pair.b.Get(pair.hidden), pair.b.Get(pair.none)
		if hidden.Status != http.StatusNotFound || none.Status != http.StatusNotFound {
			t.Errorf("%s: %d and %d", name, hidden.Status, none.Status)
		}
		if one, two := withoutReference(hidden), withoutReference(none); one != two {
			t.Errorf("%s: the two responses differ", name)
		}
	}
}

// withoutReference is a page without the request's number and without the address that was asked for, which is in the
// form that chooses the language.
func withoutReference(p site.Page) string {
	code := p.All("code", "")
	body := strings.ReplaceAll(p.Body, `name="back" value="`+html.EscapeString(languageForm(p).Values.Get("back"))+`"`, "")
	for _, e := range code {
		body = strings.ReplaceAll(body, e.Text(), "")
	}
	return referenceNumber.ReplaceAllString(body, "")
}

var referenceNumber = regexp.MustCompile(`[A-Z2-7]{10}`)
