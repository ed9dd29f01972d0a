package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
)

// formVariants are answers to a form, by name: accepted, invalid, stale, refused. An address ignores the fields that its
// form does not have.
var formVariants = map[string]map[string]string{
	"unchanged":         {},
	"an invalid e-mail": {"email": "no"},
	"a stale version":   {"version": "999", "email": "altra@ente.example"},
	"names confirmed":   {"first_name": "Pippo", "names_confirmed": "1"},
	"a role held":       {"product": "prod-interop", "role": "prod-interop:api"},
	"a group":           {"group": "00000000-0000-4000-8000-000000000000"},
}

// D7: each answer with another person's fiscal code is recorded as a view of that profile, and there is none over the
// limit: on every route, and for every outcome of its form.
func TestEveryAnswerWithAFiscalCodeIsRecordedAndLimited(t *testing.T) {
	t.Parallel()
	const most = 1_000
	s := site.Start(t, site.Options{Limits: server.Limits{Profiles: most}})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	ugo := i.Operator("Ugo Utente", "prod-interop", "api", "security suspended")
	rino := i.Operator("Rino Rimosso", "prod-interop", "api")
	office := i.Group("prod-interop", "Ufficio")
	i.Join("Ugo Utente", "prod-interop", "Ufficio")
	codes := map[access.UserID]string{
		ugo: s.Seed.FiscalCode("Ugo Utente").Reveal(), rino: s.Seed.FiscalCode("Rino Rimosso").Reveal(),
	}
	b := s.SignIn(t, "Anna Bianchi").Stay()

	views := func() (n int) {
		err := s.DB.Owner.QueryRow(t.Context(), `SELECT count(*) FROM profile_view WHERE actor = $1 AND subject = $2`, anna, ugo).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	var shown []string
	ask := func(method, pattern string) {
		user := ugo
		if strings.HasSuffix(pattern, "/{role}/remove") || strings.HasSuffix(pattern, "/cessation") {
			user = rino
		}
		path := strings.NewReplacer("{group}", string(office), "{institution}", string(i.ID), "{user}", string(user),
			"{product}", "prod-interop", "{role}", "api").Replace(pattern)
		for _, name := range slices.Sorted(maps.Keys(formVariants)) { // "unchanged" last: it may succeed, and show no code
			fields := formVariants[name]
			before, p := views(), site.Page{}
			if method == http.MethodPost {
				p = b.Post(path, variantOf(fields))
			} else {
				p = b.Get(path + "?" + variantOf(fields).Encode())
			}
			if strings.Contains(p.Body, codes[ugo]) {
				shown = append(shown, method+" "+pattern+", "+name)
				if views() != before+1 {
					t.Errorf("%s %s, %s: %d shows a fiscal code, and %d views are recorded", method, pattern, name, p.Status, views()-before)
				}
			}
		}
	}
	walkRoutes(t, s, ask)
	const edit = "/dashboard/{institution}/users/{user}/edit, "
	for _, want := range []string{
		"GET /dashboard/{institution}/users/{user}, unchanged", "GET " + edit + "unchanged",
		"POST " + edit + "an invalid e-mail", "POST " + edit + "a stale version",
		"POST /dashboard/{institution}/users/{user}/products/{product}/roles/{role}/suspend, unchanged",
	} {
		if !slices.Contains(shown, want) {
			t.Errorf("%s shows no fiscal code: the test misses what it is for", want)
		}
	}

	_, err := s.DB.Owner.Exec(t.Context(), `INSERT INTO profile_view (institution, viewer, actor, subject, at)
		SELECT $1, identity, person, $3, now() + interval '10 minutes' FROM app_user, generate_series(1, $4)
		WHERE person = $2`, i.ID, anna, ugo, most)
	if err != nil {
		t.Fatal(err)
	}
	shown = nil
	walkRoutes(t, s, ask)
	if len(shown) > 0 {
		t.Errorf("over the limit, a fiscal code is shown by: %s", strings.Join(shown, "; "))
	}
}

// variantOf is a form with every field, and those of the variant.
func variantOf(fields map[string]string) url.Values {
	values := everyField()
	for name, value := range fields {
		values.Set(name, value)
	}
	return values
}

// walkRoutes calls ask for each route except that of sign-out.
func walkRoutes(t *testing.T, s *site.Site, ask func(method, pattern string)) {
	t.Helper()
	err := chi.Walk(s.Server.Routes(), func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if pattern != "/logout" {
			ask(method, pattern)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
