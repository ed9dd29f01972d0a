package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
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
