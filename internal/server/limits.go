package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
)

// Limits are how often somebody may do what is costly, or what would gather personal data, a minute; zero is no limit.
// Profiles are counted in the database, wherever they are opened; the others by each replica for itself.
type Limits struct {
	SignIns  int // starts and returns, by address: many people may share one
	Searches int // by person; typing in the list's search makes several
	Files    int // exports and imports, by person
	Profiles int // of others, by person
}

// errTooMany says that a limit has been reached; the page says to wait.
var errTooMany = errors.New("too many requests")

// retryAfterSeconds is when to come back, in seconds.
const retryAfterSeconds = "60"

// limit lets through so many requests a minute of whoever the key names.
func (s *Server) limit(perMinute int, key httprate.KeyFunc) func(http.Handler) http.Handler {
	if perMinute == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return httprate.LimitBy(perMinute, time.Minute, key, httprate.WithResponseHeaders(httprate.ResponseHeaders{}),
		httprate.WithLimitHandler(s.page(func(http.ResponseWriter, *http.Request) error { return errTooMany })))
}

// limitByPerson is who has signed in.
func (s *Server) limitByPerson(r *http.Request) (string, error) { return string(s.callerID(r)), nil }

// limitByAddress is where the request comes from; see [Config.Proxies].
func limitByAddress(r *http.Request) (string, error) {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context())), nil
}

// clientIP finds out where a request comes from: what our own proxies say, if there are any, or the connection itself.
func (s *Server) clientIP() func(http.Handler) http.Handler {
	if len(s.config.Proxies) > 0 {
		return middleware.ClientIPFromXFF(s.config.Proxies...)
	}
	return middleware.ClientIPFromRemoteAddr
}

// queueProfileView records that a profile is opened, and refuses the one too many, whether it is there or not. One's own isn't
// counted. What it gives takes the error of reading the profile, and says what to answer.
func (s *Server) queueProfileView(q *store.Query, r *http.Request) func(error) error {
	institution, err1 := pathID(r, "institution")
	user, err2 := pathID(r, "user")
	caller := s.callerID(r)
	if err := errors.Join(err1, err2); err != nil || caller == "" || caller == access.UserID(user) {
		return func(err error) error { return err }
	}
	allowed := q.RecordProfileView(access.InstitutionID(institution), caller, access.UserID(user), s.config.Limits.Profiles, s.now())
	return func(err error) error {
		var refusal *access.Refusal
		if read := err == nil || errors.As(err, &refusal) || errors.Is(err, access.ErrNotFound); read && !*allowed {
			return errTooMany
		}
		return err
	}
}
