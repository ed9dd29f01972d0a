package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/seed"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// V9, D5: a lack of authority is reported to the person and to the security log, even if the form is invalid too.
func TestAnInvalidFormWithoutAuthorityIsRefusedForAuthority(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn", "prod-io")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-io", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	person := func(email, product, role string) url.Values {
		return url.Values{
			"once": site.KeyedForm()["once"], "version": {"1"}, "first_name": {"Mario"}, "last_name": {"Rossi"}, "email": {email},
			"fiscal_code": {"RSSMRA80A01H501U"}, "product": {product}, "role": {product + ":" + role},
		}
	}
	ivo, otos := s.SignIn(t, "Ivo Rossi"), s.SignIn(t, "Oto Neri")
	for _, row := range []struct {
		by      *site.Browser
		address string
		values  url.Values
		want    int
		logged  access.Reason
	}{
		{otos, web.EditURL(i.ID, oto), person("x", "", ""), http.StatusForbidden, access.NoSharedProduct},
		{ivo, web.EditURL(i.ID, oto), person("x", "", ""), http.StatusForbidden, access.NoSharedProduct},
		{ivo, web.AddConfirmURL(i.ID), person("x", "prod-interop", "api"), http.StatusForbidden, access.NotAdministrator},
		{ivo, web.AddConfirmURL(i.ID), person("a@b.it", "prod-interop", "api"), http.StatusForbidden, access.NotAdministrator},
		{ivo, web.AddConfirmURL(i.ID), person("x", "prod-io", "referente operativo"), http.StatusUnprocessableEntity, ""},
		{ivo, web.AddRoleURL(i.ID, oto, "a/b"), site.KeyedForm(), http.StatusNotFound, ""},
		{ivo, web.AddRoleURL(i.ID, anna, "prod-interop"), site.KeyedForm(), http.StatusForbidden, access.NotAdministrator},
		{ivo, web.AddRoleURL(i.ID, oto, "prod-pn"), site.KeyedForm(), http.StatusConflict, ""},
	} {
		before := s.Log.String()
		p := row.by.Post(row.address, row.values)
		logged := s.Log.String()[len(before):]
		if p.Status != row.want || strings.Contains(logged, `"log":"security"`) != (row.logged != "") ||
			!strings.Contains(logged, string(row.logged)) {
			t.Errorf("%s: %d, and the log says %s", row.address, p.Status, logged)
		}
	}
	huge := person("a@b.it", "", "")
	huge.Set("version", "99999999999")
	if p := s.SignIn(t, "Anna Bianchi").Post(web.EditURL(i.ID, oto), huge); p.Status != http.StatusBadRequest {
		t.Errorf("an impossible version: %d", p.Status)
	}
}

// V9: an unknown institution answers as one in which the person has no powers, to a person without any powers too.
func TestAnUnknownInstitutionLooksLikeAnother(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	i.User("Oto Neri", "prod-interop/api suspended")
	b := s.SignIn(t, "Oto Neri")
	here, nowhere := b.Post(
		web.RoleURL(i.ID, anna, api, access.Suspend),
		site.KeyedForm(),
	), b.Post(
		web.RoleURL("00000000-0000-4000-8000-000000000000", anna, api, access.Suspend),
		site.KeyedForm(),
	)
	if here.Status != http.StatusForbidden || here.Status != nowhere.Status || here.Text() != nowhere.Text() {
		t.Errorf("%d and %d", here.Status, nowhere.Status)
	}
}

// P4: the page says that the user holds everything that the actor administers, not that the actor administers
// nothing.
func TestNothingIsLeftToAssign(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-pn")
	i.Admin("Anna Bianchi", "prod-interop")
	i.Admin("Ivo Rossi", "prod-pn")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	if p := s.SignIn(t, "Anna Bianchi").Get(web.AddProductURL(i.ID, oto)); p.Status != http.StatusConflict {
		t.Errorf("%d %q", p.Status, p.Title())
	}
}

// D7: a fiscal code among other words is recognised, and stays out of every address, that of the sign-in page
// included.
func TestAFiscalCodeAmongOtherWords(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop", "prod-io")
	i.Admin("Anna Bianchi", "prod-interop")
	oto := i.Operator("Oto Neri", "prod-interop", "api")
	b, code := s.SignIn(t, "Anna Bianchi"), s.Seed.FiscalCode("Oto Neri").Reveal()
	for _, typed := range []string{"Oto Neri " + code, "TINIT-" + code, code + ",", code[:6] + "-" + code[6:]} {
		if p := b.Post(web.SearchURL(i.ID), url.Values{"q": {typed}}); p.URL.Path != web.ProfileURL(i.ID, oto) {
			t.Errorf("%q: %s", typed, p.URL)
		}
	}
	if p := s.NewBrowser(t).
		Get(web.UsersURL(i.ID, access.Filter{Text: code})); p.Status != http.StatusOK ||
		strings.Contains(p.URL.String(), code) {
		t.Errorf("before signing in: %d %s", p.Status, p.URL)
	}
}

// HEAD gets the status of GET.
func TestHeadGetsTheStatusOfGet(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	for address, want := range map[string]int{"/healthz": http.StatusOK, "/login": http.StatusOK, "/nowhere": http.StatusNotFound} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, s.URL+address, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if p := s.NewBrowser(t).Send(r); p.Status != want || p.Body != "" {
			t.Errorf("%s: %d %q", address, p.Status, p.Body)
		}
	}
}

// A request that the site's pages never send is in the security log with its person and without its content; so is
// signing out.
func TestAnAbusiveRequestIsInTheSecurityLog(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi").Stay()
	if p := b.Post(
		web.AddURL(i.ID, "")+"/confirm",
		url.Values{"once": {"no key"}, "email": {"secret@ente.example"}},
	); p.Status != http.StatusBadRequest {
		t.Errorf("a form without an idempotency key: %d", p.Status)
	}
	if p := b.Post("/logout", url.Values{}); p.Status != http.StatusSeeOther {
		t.Errorf("signing out: %d", p.Status)
	}
	log := s.Log.String()
	for _, want := range []string{`"reason":"invalid-form"`, `"msg":"signed out","log":"security"`} {
		if line := findLogLine(
			log,
			want,
		); !strings.Contains(line, `"log":"security"`) ||
			!strings.Contains(line, `"person":"`+string(seed.Person(t, s.DB.Owner, anna))+`"`) {
			t.Errorf("%s: %q", want, line)
		}
	}
	if strings.Contains(log, "secret@") {
		t.Error("what was sent is in the log")
	}
}

// findLogLine is the log's line that contains a text.
func findLogLine(log, text string) string {
	for line := range strings.Lines(log) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// What another attempt can cure is answered by "try again", a lost node of a distributed database included. A fault of
// the statement or of the data is not.
func TestAnErrorOfTheDatabaseThatMayPassIsUnavailable(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		code, message string
		want          int
	}{
		{"40001", "could not serialize access", http.StatusServiceUnavailable},
		{"40P01", "canceling the transaction since it was involved in a distributed deadlock", http.StatusServiceUnavailable},
		{"57P01", "terminating connection due to administrator command", http.StatusServiceUnavailable},
		{"57014", "canceling statement due to statement timeout", http.StatusServiceUnavailable},
		{"55P03", "canceling statement due to lock timeout", http.StatusServiceUnavailable},
		{"08006", "connection to the remote node failed", http.StatusServiceUnavailable},
		{"XX000", "failure on connection marked as essential: node-2:5432", http.StatusServiceUnavailable},
		{"XX000", "terminating connection due to administrator command", http.StatusServiceUnavailable},
		{"XX000", "cache lookup failed for relation 1", http.StatusInternalServerError},
		{"42501", "permission denied for table connection_log", http.StatusInternalServerError},
		{"23505", "duplicate key value violates unique constraint", http.StatusInternalServerError},
		{"", "connection", http.StatusInternalServerError},
	} {
		err := fmt.Errorf("read: %w", &pgconn.PgError{Code: row.code, Message: row.message})
		if got := server.ErrorStatus(err); got != row.want {
			t.Errorf("%s %s: %d, want %d", row.code, row.message, got, row.want)
		}
	}
}
