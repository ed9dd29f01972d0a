package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/server"
	"areariservata.example/utenti/internal/test/site"
	"areariservata.example/utenti/web"
)

// A session that has left no trace is reported as expired, and a form sent with it as lost; a first visit is not. What
// could be kept over the sign-in is said not to be saved yet.
func TestAFormOfAnEndedSessionIsReportedAsLostOrUnsaved(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	anna := i.Admin("Anna Bianchi", "prod-interop")
	const expired, lost, unsaved = "La sessione è scaduta", "non è stato salvato. Entra di nuovo", "non è stato salvato nulla"
	typed := url.Values{"first_name": {"Pia"}, "last_name": {"Gialli"}, "email": {"pia@ente.example"}}

	if p := s.NewBrowser(t).Get(web.UsersURL(i.ID, access.Filter{})); strings.Contains(p.Text(), expired) {
		t.Error("a first visit has an expired session")
	}
	if p := s.NewBrowser(t).Post(web.AddURL(i.ID, ""), typed); !strings.Contains(p.Text(), lost) {
		t.Errorf("a form without a cookie: %s", p.Text())
	}

	b := s.SignIn(t, "Anna Bianchi")
	if _, err := s.DB.Owner.Exec(t.Context(), `UPDATE web_session SET expiry = now() - interval '1 minute'`); err != nil {
		t.Fatal(err)
	}
	p := b.Post(web.AddURL(i.ID, ""), typed)
	if !strings.Contains(p.Text(), expired) || strings.Contains(p.Text(), lost) {
		t.Errorf("a form of a session that has just ended: %s", p.Text())
	}
	if p = b.SignIn(p, "Anna Bianchi"); p.Field("Nome").Value() != "Pia" || !strings.Contains(p.Text(), unsaved) {
		t.Errorf("restored: %s", p.Text())
	}
	if p = b.Get(web.AddURL(i.ID, "")); strings.Contains(p.Text(), unsaved) {
		t.Error("the form is said to be restored twice")
	}

	if _, err := s.DB.Owner.Exec(t.Context(), `DELETE FROM web_session`); err != nil {
		t.Fatal(err)
	}
	if p = b.Get(web.ProfileURL(i.ID, anna)); !strings.Contains(p.Text(), expired) {
		t.Errorf("a page: %s", p.Text())
	}
	if p = b.Post(web.EditURL(i.ID, anna), typed); !strings.Contains(p.Text(), lost) {
		t.Errorf("a form: %s", p.Text())
	}
}

// An error page keeps the menu of an institution in which the caller has powers, the caller's name and the sign-out button, and
// offers to try again where that may help.
func TestAnErrorPageKeepsTheMenuAndOffersAnotherTry(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	other := s.Seed.Institution("Altrove", "PA").Product("prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	p := b.Get(web.HomeURL(i.ID) + "/nonsense")
	if p.Status != http.StatusNotFound || !p.Has("link", "Utenti") || !p.Has("button", "Esci") || !strings.Contains(p.Text(), "Anna Bianchi") {
		t.Errorf("not found: %d, links %q", p.Status, p.Names("link"))
	}
	if p = b.Get(web.HomeURL(other.ID)); p.Status != http.StatusNotFound || p.Has("link", "Utenti") || !p.Has("button", "Esci") {
		t.Errorf("another institution: %d, links %q", p.Status, p.Names("link"))
	}
	if _, err := s.DB.Owner.Exec(t.Context(), `ALTER TABLE listing RENAME TO hidden`); err != nil {
		t.Fatal(err)
	}
	address := web.UsersURL(i.ID, access.Filter{Product: "prod-interop"})
	if p = b.Get(
		address,
	); p.Status != http.StatusInternalServerError || p.One("link", "Riprova").Attr("href") != address ||
		!p.Has("button", "Esci") {
		t.Errorf("a fault: %d, links %q", p.Status, p.Names("link"))
	}
}

// A request whose client has left is no error: the log and the metrics call it broken off.
func TestAnAbortedRequestIsNoError(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, web.UsersURL(i.ID, access.Filter{}), http.NoBody)
	r.Header.Set("Cookie", b.CookieHeader())
	before := s.Log.String()
	s.Server.ServeHTTP(httptest.NewRecorder(), r)
	logged := s.Log.String()[len(before):]
	if strings.Contains(logged, "ERROR") || !strings.Contains(logged, `"msg":"aborted"`) || !strings.Contains(logged, `"took_ms":`) {
		t.Errorf("logged: %s", logged)
	}
	if ms := server.Milliseconds(1500 * time.Microsecond); ms != 1.5 {
		t.Errorf("took_ms of 1.5 ms: %g", ms)
	}
	counts := httptest.NewRecorder()
	s.Server.Metrics().ServeHTTP(counts, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if body := counts.Body.String(); !strings.Contains(body, `class="cut"`) || strings.Contains(body, `class="5xx"`) {
		t.Error("the request is counted as a fault of the site")
	}
}

// A bookmark that filters by a role that is gone says so.
func TestABookmarkWithARoleThatIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	s := site.Start(t, site.Options{})
	i := s.Seed.Institution("Comune di Prova", "PA").Product("prod-interop")
	i.Admin("Anna Bianchi", "prod-interop")
	b := s.SignIn(t, "Anna Bianchi")
	const gone = "Il ruolo cercato non c’è più"
	filter := access.Filter{Product: "prod-interop", Role: access.Target{Product: "prod-interop", Role: "scomparso"}}
	if p := b.Get(web.UsersURL(i.ID, filter)); p.Status != http.StatusOK || !strings.Contains(p.Text(), gone) {
		t.Errorf("%d %s", p.Status, p.Text())
	}
	filter.Role.Role = "api"
	if p := b.Get(web.UsersURL(i.ID, filter)); strings.Contains(p.Text(), gone) {
		t.Error("a role that is there is said to be gone")
	}
}
