package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/go-chi/httprate"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
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

// searchingForms are the ends of the paths of further forms that search for a text or for fiscal codes.
var searchingForms = []string{
	"/export", "/users/add", "/users/add/confirm", "/users/import", "/users/import/confirm",
}

// limitSearches limits searchingForms and all addresses with a text to search for, together.
func (l rateLimits) limitSearches(next http.Handler) http.Handler {
	limited := l.searches(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isSearch(r) {
			limited.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isSearch reports whether a request searches. The form of a list only leads to the address that searches, which counts, or
// else each pause in typing would count twice; a fiscal code must not be in an address, and so the form itself searches.
func isSearch(r *http.Request) bool {
	switch {
	case r.Method != http.MethodPost:
		return r.URL.Query().Get("q") != ""
	case strings.HasSuffix(r.URL.Path, "/search"):
		return parseForm(r) != nil || access.LooksLikeFiscalCode(web.ReadFilter(r.PostForm).Text)
	default:
		return slices.ContainsFunc(searchingForms, func(end string) bool { return strings.HasSuffix(r.URL.Path, end) })
	}
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
