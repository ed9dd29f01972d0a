package signin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"
)

// The limits of sessions.
const (
	IdleTimeout   = 30 * time.Minute // without a request
	Lifetime      = 9 * time.Hour
	writeInterval = time.Minute // minimum time between two writes of a session
	MaxSessions   = 10          // a person's open sessions; one more ends the oldest
)

// EndReason is the reason why a session ended.
type EndReason string

// The reasons.
const (
	SignedOut  EndReason = "signed-out"
	LostPowers EndReason = "lost-powers" // the last active role was suspended or removed (rule P11)
	Expired    EndReason = "expired"
	FormLost   EndReason = "form-lost" // ended, and the form that was sent is lost
)

// Sessions stores the sessions of signed-in people. A session has the person's id and nothing else: the institution is
// in the path, and the person's user there and permissions are read from the database at every request.
type Sessions struct {
	manager *scs.SessionManager
	pool    *pgxpool.Pool
	cookie  string
}

// NewSessions stores sessions in the database. On https the cookie is Secure and bound to the host by its name.
func NewSessions(pool *pgxpool.Pool, https bool) *Sessions {
	m := scs.New()
	m.Store = sessionStore{pool}
	m.Codec = codec{}
	m.HashTokenInStore = true
	m.IdleTimeout = IdleTimeout
	m.Lifetime = Lifetime
	m.Cookie.Name = cookieName("session", https)
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = https
	m.Cookie.SameSite = http.SameSiteLaxMode // Strict is not sent after the provider's redirect
	m.Cookie.Persist = false
	return &Sessions{manager: m, pool: pool, cookie: m.Cookie.Name}
}

// cookieName adds, on https, the prefix by which browsers bind a cookie to its host.
func cookieName(name string, https bool) string {
	if https {
		return "__Host-" + name
	}
	return name
}

// Load adds the session to every request's context and extends a session that is in use. It calls fail if the database
// does not answer.
func (s *Sessions) Load(fail func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := ""
			if cookie, err := r.Cookie(s.cookie); err == nil {
				token = cookie.Value
			}
			f := &sessionState{}
			ctx, err := s.manager.Load(context.WithValue(r.Context(), sessionStateKey{}, f), token)
			if err == nil && f.isLive {
				newest := min(IdleTimeout, time.Until(s.manager.Deadline(ctx))) // what is left after an extension
				if time.Until(f.expiry) < newest-writeInterval {
					_, _, err = s.manager.Commit(ctx)
				}
			}
			if err != nil {
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// The keys of a session's values.
const (
	keyPerson      = "person"       // the person's id
	keyUnknownUser = "unknown-user" // true for a signed-in person whom no institution knows
)

// Person returns the signed-in person's id, empty if no institution knows the person. ok is false without a session,
// or if [Sessions.Load] has not run.
func (s *Sessions) Person(ctx context.Context) (person string, ok bool) {
	if ctx.Value(sessionStateKey{}) == nil {
		return "", false // scs panics on a context without a session
	}
	person = s.manager.GetString(ctx, keyPerson)
	return person, person != "" || s.manager.GetBool(ctx, keyUnknownUser)
}

// User returns the id of the signed-in person as a user of an institution, as it is at this request; empty if they are
// not a user of it.
func (s *Sessions) User(ctx context.Context, institution string) string {
	if f, ok := ctx.Value(sessionStateKey{}).(*sessionState); ok && f.isLive {
		return f.users[institution]
	}
	return ""
}

// Language returns the language that the signed-in person has chosen, as it is at this request; empty if they have chosen none.
func (s *Sessions) Language(ctx context.Context) string {
	if f, ok := ctx.Value(sessionStateKey{}).(*sessionState); ok && f.isLive {
		return f.language
	}
	return ""
}

// EndReason returns why the request's session ended; empty if it is open, or if the database has none.
func (s *Sessions) EndReason(ctx context.Context) EndReason {
	if f, ok := ctx.Value(sessionStateKey{}).(*sessionState); ok && !f.isLive {
		return f.endReason
	}
	return ""
}

// HasCookie reports whether the request has a session's cookie. Browsers keep it for longer than the database keeps the
// session (see [EndedRetention]).
func (s *Sessions) HasCookie(r *http.Request) bool {
	_, err := r.Cookie(s.cookie)
	return err == nil
}

// SignIn starts a new session for a person, or for an unknown user if person is empty. It ends the browser's present
// session, and the person's oldest beyond [MaxSessions].
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, person string) error {
	ctx := r.Context()
	if err := s.manager.Clear(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := s.manager.RenewToken(ctx); err != nil { // a token issued before sign-in must not work after it
		return fmt.Errorf("sign in: %w", err)
	}
	if person == "" {
		s.manager.Put(ctx, keyUnknownUser, true)
	} else {
		s.manager.Put(ctx, keyPerson, person)
	}
	token, expiry, err := s.manager.Commit(ctx)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := s.endOldestSessions(ctx, person); err != nil {
		return err
	}
	s.writeCookie(ctx, w, token, expiry)
	return nil
}

// endOldestSessions ends a person's oldest sessions beyond MaxSessions.
func (s *Sessions) endOldestSessions(ctx context.Context, person string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := s.pool.Exec(ctx, `
		UPDATE web_session SET revoked_at = now(), revoked_reason = $2
		WHERE token_hash IN (
			SELECT token_hash FROM web_session WHERE person = nullif($1, '')::uuid AND revoked_at IS NULL AND expiry > now()
			ORDER BY created_at DESC, token_hash OFFSET $3)
		AND revoked_at IS NULL`, person, SignedOut, MaxSessions)
	if err != nil {
		return fmt.Errorf("end the oldest sessions: %w", err)
	}
	return nil
}

// SignOut ends the session.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.manager.Destroy(r.Context()); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	s.writeCookie(r.Context(), w, "", time.Time{})
	return nil
}

// writeCookie sets the cookie. scs adds a second Cache-Control header, so the page's own is restored.
func (s *Sessions) writeCookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time) {
	before := w.Header().Values("Cache-Control")
	s.manager.WriteSessionCookie(ctx, w, token, expiry)
	w.Header()["Cache-Control"] = before[:len(before):len(before)]
}

// EndedRetention is how long sessions and sign-in attempts are kept after their end: until then, a request can be
// answered with the reason. Saved forms are deleted at their end.
const EndedRetention = time.Hour

// Sweep deletes the sessions, sign-in attempts and saved forms whose retention is over.
func (s *Sessions) Sweep(ctx context.Context) error {
	for sql, retention := range map[string]time.Duration{
		`DELETE FROM web_session WHERE expiry < now() - $1::interval`:       EndedRetention,
		`DELETE FROM login_attempt WHERE expires_at < now() - $1::interval`: EndedRetention,
		`DELETE FROM saved_form WHERE expires_at < now() - $1::interval`:    0,
	} {
		if _, err := s.pool.Exec(ctx, sql, retention); err != nil {
			return fmt.Errorf("sweep: %w", err)
		}
	}
	return nil
}
