package signin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How long a session lives: without a request, and at most.
const (
	IdleTimeout   = 30 * time.Minute
	Lifetime      = 9 * time.Hour
	writeInterval = time.Minute // a session isn't written again more often than this
	MaxSessions   = 10          // a person's open sessions: one more ends the oldest
)

// EndReason says why a session is over.
type EndReason string

// The ways in which a session ends.
const (
	SignedOut  EndReason = "signed-out"
	LostPowers EndReason = "lost-powers" // the last active role was suspended or removed (rule P11)
	Expired    EndReason = "expired"
)

// Sessions are the people who have signed in. A session holds who they are and nothing else: the institution is in the
// path, what they may do is read from the database at every request.
type Sessions struct {
	manager *scs.SessionManager
	pool    *pgxpool.Pool
	cookie  string
}

// NewSessions keeps sessions in the database. On https the cookie is Secure and bound to the host by its name.
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
	m.Cookie.SameSite = http.SameSiteLaxMode // Strict wouldn't be sent on the way back from the provider
	m.Cookie.Persist = false
	return &Sessions{manager: m, pool: pool, cookie: m.Cookie.Name}
}

// cookieName gives a cookie the prefix by which browsers keep it to this host, where that is possible.
func cookieName(name string, https bool) string {
	if https {
		return "__Host-" + name
	}
	return name
}

// Load gives every request its session, and keeps a session that is used alive. fail makes the page for a database that doesn't answer.
func (s *Sessions) Load(fail func(http.ResponseWriter, *http.Request, error)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := ""
			if cookie, err := r.Cookie(s.cookie); err == nil {
				token = cookie.Value
			}
			f := &sessionState{}
			ctx, err := s.manager.Load(context.WithValue(r.Context(), sessionStateKey{}, f), token)
			if err == nil && f.isLive && time.Until(f.expiry) < min(IdleTimeout, time.Until(s.manager.Deadline(ctx)))-writeInterval {
				_, _, err = s.manager.Commit(ctx)
			}
			if err != nil {
				fail(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// What a session holds.
const (
	keyPerson      = "person"   // a person's id
	keyUnknownUser = "stranger" // signed in, and known to no institution
)

// Person is who has signed in; empty for somebody that no institution knows. ok is false if nobody has signed in, or
// where [Sessions.Load] hasn't been.
func (s *Sessions) Person(ctx context.Context) (person string, ok bool) {
	if ctx.Value(sessionStateKey{}) == nil {
		return "", false // scs panics on a context without a session
	}
	person = s.manager.GetString(ctx, keyPerson)
	return person, person != "" || s.manager.GetBool(ctx, keyUnknownUser)
}

// EndReason says why the request's session is over; empty if it isn't, or if there was none.
func (s *Sessions) EndReason(ctx context.Context) EndReason {
	if f, ok := ctx.Value(sessionStateKey{}).(*sessionState); ok && !f.isLive {
		return f.endReason
	}
	return ""
}

// SignIn starts a new session for a person, or for a stranger if the person is empty. Whatever session the browser had is
// over, and so is the person's oldest if they have [MaxSessions] already.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, person string) error {
	ctx := r.Context()
	if err := s.manager.Clear(ctx); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	if err := s.manager.RenewToken(ctx); err != nil { // a token from before signing in is worth nothing after it
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

// endOldestSessions ends those of a person's sessions that are too many.
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

// writeCookie sets the cookie. scs adds a Cache-Control of its own beside the page's, so the page's is put back.
func (s *Sessions) writeCookie(ctx context.Context, w http.ResponseWriter, token string, expiry time.Time) {
	before := w.Header().Values("Cache-Control")
	s.manager.WriteSessionCookie(ctx, w, token, expiry)
	w.Header()["Cache-Control"] = before[:len(before):len(before)]
}

// EndedRetention is how long sessions and sign-in attempts are kept after their end: until then, they can still say why
// they ended. Saved forms are deleted at their end.
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
