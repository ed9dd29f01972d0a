package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// Limits are how often a person or an address may do what is costly, or what would collect personal data, per minute;
// zero is no limit. Profiles are counted in the database; the others by each replica on its own.
type Limits struct {
	SignIns  int // starts and replies, by address, which many people may share
	Searches int // by person; typing in the search field sends several
	Files    int // exports and imports, by person
	Profiles int // other people's, by person
}

// errTooMany is the error of a request over a limit.
var errTooMany = errors.New("too many requests")

// retryAfterSeconds is the Retry-After of a request over a limit.
const retryAfterSeconds = "60"

// limit lets a number of requests a minute through for each key.
func (s *Server) limit(perMinute int, key httprate.KeyFunc) func(http.Handler) http.Handler {
	if perMinute == 0 {
		return func(next http.Handler) http.Handler { return next }
	}
	return httprate.LimitBy(perMinute, time.Minute, key, httprate.WithResponseHeaders(httprate.ResponseHeaders{}),
		httprate.WithLimitHandler(s.page(func(http.ResponseWriter, *http.Request) error { return errTooMany })))
}

// limitByPerson is the key of the person who has signed in.
func (s *Server) limitByPerson(r *http.Request) (string, error) {
	return string(s.callerPerson(r)), nil
}

// limitByAddress is the key of the client's address; see [Config.Proxies].
func limitByAddress(r *http.Request) (string, error) {
	return httprate.CanonicalizeIP(middleware.GetClientIP(r.Context())), nil
}

// clientIP finds the client's address: from X-Forwarded-For if there are trusted proxies, or else from the connection.
func (s *Server) clientIP() func(http.Handler) http.Handler {
	if len(s.config.Proxies) > 0 {
		return middleware.ClientIPFromXFF(s.config.Proxies...)
	}
	return middleware.ClientIPFromRemoteAddr
}
