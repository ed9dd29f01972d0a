package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"
)

// Limits are how often a person or an address may do what is costly, or what would collect personal data, per minute;
// zero is no limit. Profiles are counted in the database; the others by each replica on its own.
type Limits struct {
	SignIns  int // starts and replies, by address, which many people may share
	Searches int // of a text or a fiscal code, by person; typing in the search field sends several
	Files    int // exports and imports, by person
	Changes  int // forms that change something, by person: each may send an e-mail, and records an event
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

// searchingForms are the ends of the paths of forms that search for a text or for fiscal codes.
var searchingForms = []string{
	"/search", "/export", "/users/add", "/users/add/confirm", "/users/import", "/users/import/confirm",
}

// limitSearches limits searchingForms and all addresses with a text to search for, together.
func (l rateLimits) limitSearches(next http.Handler) http.Handler {
	limited := l.searches(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isSearch := r.URL.Query().Get("q") != ""
		if r.Method == http.MethodPost {
			isSearch = slices.ContainsFunc(searchingForms, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) })
		}
		if isSearch {
			limited.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readingForms are the ends of the paths of forms that search, check or export, and change nothing.
var readingForms = []string{"/search", "/export", "/users/add", "/users/import", "/users/several"}

// limitChanges limits all forms but readingForms.
func (l rateLimits) limitChanges(next http.Handler) http.Handler {
	limited := l.changes(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		isReading := func(end string) bool { return strings.HasSuffix(r.URL.Path, end) }
		if r.Method == http.MethodPost && !slices.ContainsFunc(readingForms, isReading) {
			limited.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
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
