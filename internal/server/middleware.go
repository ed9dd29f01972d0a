package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/web"
)

type referenceKey struct{}

// identify gives a request its number, for the log, for error pages and for the trace, and logs it: with the route,
// never the address, which may hold a search. A number that comes with the request is ignored.
func (s *Server) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		number := rand.Text()[:10]
		ctx, traced := s.startTrace(context.WithValue(r.Context(), referenceKey{}, number), number)
		r = r.WithContext(ctx)
		w.Header().Set("X-Request-Id", number)
		seen, start, end := middleware.NewWrapResponseWriter(w, r.ProtoMajor), s.now(), classAborted
		s.metrics.inFlight.Inc()
		defer func() { // also for an aborted response
			s.metrics.inFlight.Dec()
			s.metrics.observe(r.Method, chi.RouteContext(r.Context()).RoutePattern(), end, s.now().Sub(start))
			traced(r.Method, chi.RouteContext(r.Context()).RoutePattern(), seen.Status())
		}()
		next.ServeHTTP(seen, r)
		decided := seen.Status()
		if refused, err := strconv.Atoi(w.Header().Get(formStatusHeader)); err == nil {
			decided = refused
		}
		if end = statusClass(decided); isAborted(r) {
			end = classAborted
		}
		s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
			slog.String("request", reference(r)), slog.String("method", r.Method),
			slog.String("route", chi.RouteContext(r.Context()).RoutePattern()), slog.Int("status", seen.Status()), slog.Int("decided", decided),
			slog.Float64("took_ms", milliseconds(s.now().Sub(start))))
	})
}

// isAborted reports whether the client has closed the connection before it had the whole response.
func isAborted(r *http.Request) bool { return errors.Is(r.Context().Err(), context.Canceled) }

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

func (s *Server) startTrace(
	ctx context.Context, number string,
) (traced context.Context, end func(method, route string, status int)) {
	if s.config.Trace == nil {
		return ctx, func(string, string, int) {}
	}
	return s.config.Trace(ctx, number)
}

// reference is the request's number.
func reference(r *http.Request) string { return Reference(r.Context()) }

// Reference is the number of the request that a context belongs to; empty if it belongs to none.
func Reference(ctx context.Context) string {
	number, _ := ctx.Value(referenceKey{}).(string)
	return number
}

// recover turns a panic into an error page.
func (s *Server) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(p) // net/http's own signal
			}
			if p != nil {
				s.fail(w, r, fmt.Errorf("panic: %v", p))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// pagePolicy restricts pages to what this site serves: no inline script or style, no other site, no frame.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// assetPolicy is for a static asset that is opened on its own: it loads nothing, and no page may frame it.
const assetPolicy = "default-src 'none'; frame-ancestors 'none'"

// headers sets the headers of all responses; static assets replace Cache-Control and the policy.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", pagePolicy)
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer, browsers hide the origin of the site's own forms
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if s.config.HTTPS {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// requireText refuses addresses that are not valid text: no page has such a link, and the database rejects such text.
func (s *Server) requireText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if text := r.URL.Path + query; err != nil || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			s.fail(w, r, invalidForm(errors.New("an address is not text")))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// sameSite refuses changes that another site makes a browser send.
func (s *Server) sameSite(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.page(func(http.ResponseWriter, *http.Request) error { return errCrossSite }))
	return guard.Handler(next)
}

// endReason is why the caller is not signed in; empty for a first visit. A form without a session is from a page of a
// session that has ended, and is lost if nothing of the session is left.
func (s *Server) endReason(r *http.Request) signin.EndReason {
	reason := s.sessions.EndReason(r.Context())
	switch {
	case reason != "":
		return reason
	case r.Method == http.MethodPost:
		return signin.FormLost
	case s.sessions.HasCookie(r):
		return signin.Expired
	}
	return ""
}

// requireSignIn redirects a visitor without a session to the sign-in page, and after sign-in back to the page.
func (s *Server) requireSignIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := s.sessions.Person(r.Context()); ok {
			next.ServeHTTP(w, r)
			return
		}
		back := r.URL.RequestURI()
		if access.LooksLikeFiscalCode(web.ReadFilter(r.URL.Query()).Text) { // it must not enter the sign-in page's address (D7)
			back = web.WithCodeAgain(r.URL.EscapedPath())
		}
		if r.Method == http.MethodPost {
			back = formPage(r.URL.EscapedPath())
			// The person is not known yet: the signature is checked after signing in.
			list, signature, returns := web.ReadReturn(r.URL.Query())
			if list = withoutCode(list); returns {
				back = web.ReturnTo(back, list, url.QueryEscape(signature))
			} else {
				back = web.FromList(back, list, url.QueryEscape(signature))
			}
			if query := searchQuery(r); query != "" {
				back += "?" + query
			}
			if page := formPage(r.URL.Path); !containsFiscalCode(page) { // the path is stored with the form, unencrypted
				if err := s.keepForm(w, r, page); err != nil {
					s.fail(w, r, err)
					return
				}
			}
		}
		_ = redirect(w, r, loginURL(redactURL(back), s.endReason(r)))
	})
}

// searchQuery is the query of the page that a search leads to, so that it is shown after sign-in; empty for another form,
// and asking again for a text that may be a fiscal code.
func searchQuery(r *http.Request) string {
	if !strings.HasSuffix(r.URL.Path, "/search") || parseForm(r) != nil {
		return ""
	}
	f := web.ReadFilter(r.PostForm)
	isCode := access.LooksLikeFiscalCode(f.Text)
	if isCode {
		f.Text = ""
	}
	address := web.UsersURL("", f)
	if isCode {
		address = web.WithCodeAgain(address)
	}
	_, query, _ := strings.Cut(address, "?")
	return query
}
