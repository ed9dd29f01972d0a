package signin_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"areariservata.example/utenti/internal/signin"
)

func TestASessionLastsFromSigningInToSigningOut(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	p.wantSignedIn(token, anna)
	p.wantSignedIn(token, anna)
	if v := p.visit("/out", token); v.ok || v.ended != "" || v.set == nil || v.set.MaxAge >= 0 || v.set.Value != "" {
		t.Errorf("while signing out: %+v", v)
	}
	p.wantSignedOut(token, signin.SignedOut)
	p.visit("/out", token)
	p.wantSignedOut(token, signin.SignedOut)
}

func TestAnUnknownUserHasASessionToo(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn("", "")
	if v := p.visit("/", token); v.person != "" || !v.ok {
		t.Errorf("%+v", v)
	}
	token = p.signIn(anna, token)
	p.wantSignedIn(token, anna)
	if data := p.row(token).data; strings.Contains(data, "unknown-user") {
		t.Errorf("still an unknown user: %s", data)
	}
	token = p.signIn("", token)
	if v := p.visit("/", token); v.person != "" || !v.ok {
		t.Errorf("an unknown user after Anna: %+v", v)
	}
}

func TestASessionContainsOnlyThePersonsID(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	p.signIn(anna, "")
	got := p.strings(`SELECT v.key || ' ' || v.value || ' ' || s.person FROM web_session s, jsonb_each_text(s.data -> 'values') v`)
	if want := []string{"person " + anna + " " + anna}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestTheTokenIsntInTheDatabase(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	if len(token) != 43 {
		t.Errorf("token of %d characters", len(token))
	}
	rows := p.strings(`SELECT s::text FROM web_session s`)
	if len(rows) != 1 || strings.Contains(rows[0], token) {
		t.Errorf("the token is in %q", rows)
	}
	p.wantSignedOut(tokenHash(token), "") // the stored hash is not a token
}

func TestEverySignInHasATokenOfItsOwnAndEndsTheOneBefore(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	elsewhere := p.signIn(anna, "")
	first := p.signIn(anna, "planted-by-an-attacker")
	second := p.signIn(anna, first)
	third := p.signIn(bruno, second) // another person in the same browser
	for i, token := range []string{elsewhere, first, second, "planted-by-an-attacker"} {
		if token == third || slices.Contains([]string{elsewhere, first, second}[:min(i, 3)], token) {
			t.Errorf("a token twice: %s", token)
		}
	}
	p.wantSignedOut("planted-by-an-attacker", "")
	p.wantSignedOut(first, signin.SignedOut)
	p.wantSignedOut(second, signin.SignedOut)
	p.wantSignedIn(third, bruno)
	p.wantSignedIn(elsewhere, anna)
	if data := p.row(third).data; strings.Contains(data, anna) {
		t.Errorf("Anna is in Bruno's session: %s", data)
	}
}

func TestOneSessionTooManyEndsThePersonsOldest(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	ended := p.signIn(anna, "")
	p.visit("/out", ended) // an ended session does not count
	late := p.signIn(anna, "")
	p.expireSession(late, -time.Second, 0) // nor does an expired one
	var annas []string
	brunos := p.signIn(bruno, "")
	for range signin.MaxSessions {
		annas = append(annas, p.signIn(anna, ""))
	}
	for _, token := range annas {
		p.wantSignedIn(token, anna)
	}
	annas = append(annas, p.signIn(anna, ""), p.signIn(anna, ""))
	for i, token := range annas {
		if i < 2 {
			p.wantSignedOut(token, signin.SignedOut)
		} else {
			p.wantSignedIn(token, anna)
		}
	}
	p.wantSignedIn(brunos, bruno)
	p.wantSignedOut(late, signin.Expired)
	again := p.signIn(anna, annas[5]) // in a browser with a session, which is replaced
	p.wantSignedIn(annas[2], anna)
	p.wantSignedIn(again, anna)
}

func TestTheCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		https bool
		name  string
	}{{false, "session"}, {true, "__Host-session"}} {
		p := openSessionSite(t, c.https)
		in := p.visit("/in?person="+anna, "")
		out := p.visit("/out", in.set.Value)
		for path, cookie := range map[string]*http.Cookie{"/in": in.set, "/out": out.set} {
			if cookie.Name != c.name || !cookie.HttpOnly || cookie.Secure != c.https || cookie.SameSite != http.SameSiteLaxMode ||
				cookie.Path != "/" || cookie.Domain != "" {
				t.Errorf("https %v, %s: %s", c.https, path, cookie.Raw)
			}
		}
		if in.set.MaxAge != 0 || !in.set.Expires.IsZero() {
			t.Errorf("it outlives the browser: %s", in.set.Raw)
		}
		p.wantSignedOut(in.set.Value, signin.SignedOut)
		if got := signin.New(signin.Config{HTTPS: c.https}, nil).BrowserCookie(); got != strings.Replace(c.name, "session", "login", 1) {
			t.Errorf("the attempt's cookie is %q", got)
		}
	}
}

func TestThePagesCacheControlIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	in := p.visit("/in?person="+anna, "")
	out := p.visit("/out", in.set.Value)
	for path, v := range map[string]visit{"/in": in, "/out": out} {
		if got := v.header.Values("Cache-Control"); !slices.Equal(got, []string{"no-store"}) || len(v.header.Values("Set-Cookie")) != 1 {
			t.Errorf("%s: %q, %q", path, got, v.header.Values("Set-Cookie"))
		}
	}
}

func TestARequestWithoutSignInStoresNothing(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	for _, token := range []string{"", "x", strings.Repeat("A", 43), "\x00"} {
		if v := p.visit("/", token); v.ok || v.ended != "" || v.set != nil {
			t.Errorf("%q: %+v", token, v)
		}
		p.visit("/out", token)
	}
	if rows := p.strings(`SELECT s::text FROM web_session s`); len(rows) != 0 {
		t.Errorf("%q", rows)
	}
}

func TestSignOutCompletesAfterTheBrowserDisconnects(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	p.visit("/out-and-away", token)
	p.wantSignedOut(token, signin.SignedOut)

	token = p.signIn(bruno, "")
	p.visit("/in-and-away", token) // another person's sign-in in the same browser
	p.wantSignedOut(token, signin.SignedOut)
}

func TestADatabaseThatDoesntAnswerIsAFailureNotASignOut(t *testing.T) {
	t.Parallel()
	p := openSessionSite(t, false)
	token := p.signIn(anna, "")
	pool, err := pgxpool.New(t.Context(), p.db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	pool.Close()
	failed := false
	handler := signin.NewSessions(pool, false).Load(func(http.ResponseWriter, *http.Request, error) { failed = true })(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the page was opened") }))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: p.cookie, Value: token})
	handler.ServeHTTP(httptest.NewRecorder(), r)
	if !failed {
		t.Error("no failure")
	}
}

func TestWithoutLoadThereIsNoSession(t *testing.T) {
	t.Parallel()
	s := signin.NewSessions(nil, false)
	if person, ok := s.Person(context.Background()); person != "" || ok || s.EndReason(context.Background()) != "" {
		t.Errorf("%q, %v", person, ok)
	}
}
