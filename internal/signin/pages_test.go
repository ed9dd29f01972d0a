package signin_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/test/pgtest"
)

const (
	anna  = "0197e000-0000-7000-8000-00000000000a"
	bruno = "0197e000-0000-7000-8000-00000000000b"
)

// sessionSite is a small site with sessions: a page that shows the person, sign-in and sign-out.
type sessionSite struct {
	t        *testing.T
	db       *pgtest.DB
	sessions *signin.Sessions
	handler  http.Handler
	cookie   string // its name
	gate     chan struct{}
}

// visit is a page's response.
type visit struct {
	person string
	ok     bool
	ended  signin.EndReason
	header http.Header
	set    *http.Cookie // nil if none was set
}

func openSessionSite(t *testing.T, https bool) *sessionSite {
	t.Helper()
	p := &sessionSite{t: t, db: pgtest.New(t), cookie: "session", gate: make(chan struct{})}
	if https {
		p.cookie = "__Host-session"
	}
	p.sessions = signin.NewSessions(p.db.App, https)
	fail := func(_ http.ResponseWriter, _ *http.Request, err error) { t.Errorf("load: %v", err) }
	p.handler = p.sessions.Load(fail)(http.HandlerFunc(p.serve))
	return p
}

type visitKey struct{}

func (p *sessionSite) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	var err error
	switch r.URL.Path {
	case "/in":
		err = p.sessions.SignIn(w, r, r.URL.Query().Get("person"))
	case "/out":
		err = p.sessions.SignOut(w, r)
	case "/out-at-the-gate":
		<-p.gate // arrived
		<-p.gate // released
		err = p.sessions.SignOut(w, r)
	case "/out-and-away":
		ctx, leave := context.WithCancel(r.Context())
		leave()
		err = p.sessions.SignOut(w, r.WithContext(ctx))
	case "/in-and-away":
		ctx, leave := context.WithCancel(r.Context())
		leave()
		err = p.sessions.SignIn(w, r.WithContext(ctx), anna)
	}
	if err != nil {
		p.t.Errorf("%s: %v", r.URL.Path, err)
	}
	v := r.Context().Value(visitKey{}).(*visit)
	v.person, v.ok = p.sessions.Person(r.Context())
	v.ended = p.sessions.EndReason(r.Context())
}

// visit requests a page with a session's token, or without one if it is empty.
func (p *sessionSite) visit(path, token string) visit {
	p.t.Helper()
	v := visit{}
	r := httptest.NewRequestWithContext(context.WithValue(p.t.Context(), visitKey{}, &v), http.MethodGet, path, nil)
	if token != "" {
		r.AddCookie(&http.Cookie{Name: p.cookie, Value: token})
	}
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	v.header = w.Result().Header
	if cookies := w.Result().Cookies(); len(cookies) > 0 {
		v.set = cookies[0]
	}
	return v
}

// signIn returns the token of a new session.
func (p *sessionSite) signIn(person, before string) string {
	p.t.Helper()
	v := p.visit("/in?person="+person, before)
	if v.set == nil || v.set.Name != p.cookie {
		p.t.Fatalf("no cookie: %+v", v)
	}
	return v.set.Value
}

// wantSignedIn and wantSignedOut request a page and check its person.
func (p *sessionSite) wantSignedIn(token, person string) {
	p.t.Helper()
	if v := p.visit("/", token); v.person != person || !v.ok || v.ended != "" {
		p.t.Errorf("signed in: %+v, want %s", v, person)
	}
}

func (p *sessionSite) wantSignedOut(token string, why signin.EndReason) {
	p.t.Helper()
	if v := p.visit("/", token); v.person != "" || v.ok || v.ended != why {
		p.t.Errorf("signed out: %+v, want it because of %q", v, why)
	}
}

// row is a session in the database. Its version changes with every write.
type row struct {
	version, data    string
	expiry, deadline time.Time
	revoked          string // why
}

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (p *sessionSite) row(token string) row {
	p.t.Helper()
	var r row
	err := p.db.Owner.QueryRow(p.t.Context(), `
		SELECT xmin::text || ' ' || ctid::text, data::text, expiry, (data ->> 'deadline')::timestamptz, coalesce(revoked_reason, '')
		FROM web_session WHERE token_hash = $1`, tokenHash(token)).Scan(&r.version, &r.data, &r.expiry, &r.deadline, &r.revoked)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

// expireSession sets a session's expiry and deadline to times from now. A deadline of zero stays.
func (p *sessionSite) expireSession(token string, expiry, deadline time.Duration) {
	p.t.Helper()
	p.exec(`UPDATE web_session SET expiry = now() + $2 WHERE token_hash = $1`, tokenHash(token), expiry)
	if deadline != 0 {
		p.exec(`UPDATE web_session SET data = jsonb_set(data, '{deadline}', to_jsonb(now() + $2::interval)) WHERE token_hash = $1`,
			tokenHash(token), deadline)
	}
}

func (p *sessionSite) exec(sql string, args ...any) {
	p.t.Helper()
	if _, err := p.db.Owner.Exec(p.t.Context(), sql, args...); err != nil {
		p.t.Fatal(err)
	}
}

func (p *sessionSite) strings(sql string) []string {
	p.t.Helper()
	rows, err := p.db.Owner.Query(p.t.Context(), sql)
	if err != nil {
		p.t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			p.t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		p.t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

// isNear reports whether a time is as far ahead as given, within a minute, since the machine may be busy.
func isNear(at time.Time, ahead time.Duration) bool {
	return (time.Until(at) - ahead).Abs() < time.Minute
}
