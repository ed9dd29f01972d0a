package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/web"
)

// languageCookieAge is how long a browser's choice is kept.
const languageCookieAge = 365 * 24 * time.Hour

// languageCookieName keeps the choice; it says nothing of who made it. Where the site is https, no other site can set it.
func (s *Server) languageCookieName() string {
	if s.config.HTTPS {
		return "__Host-lang"
	}
	return "lang"
}

// setLanguage takes a choice: this browser's, and, if somebody known has signed in, theirs wherever they go and in the letters to them.
func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	chosen, ok := supportedLanguage(r.PostForm.Get("lang"))
	if !ok {
		return invalidForm(errors.New("a language that we don't speak"))
	}
	if caller := s.callerID(r); caller != "" {
		if err := s.db.KeepLanguage(r.Context(), caller, string(chosen)); err != nil {
			return err
		}
	}
	s.setLanguageCookie(w, chosen)
	return redirect(w, r, safeReturnURL(r.PostForm.Get("back")))
}

// syncLanguage makes the browser speak the language of who signs in, so that pages that don't read the person do too. Of somebody
// who has never chosen, the choice made in this browser is kept.
func (s *Server) syncLanguage(w http.ResponseWriter, r *http.Request, caller access.UserID) error {
	if caller == "" {
		return nil
	}
	var stored string
	q := s.db.Query()
	q.Language(&stored, caller)
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	if preferred, ok := supportedLanguage(stored); ok {
		s.setLanguageCookie(w, preferred)
		return nil
	}
	if chosen, ok := s.languageFromCookie(r); ok {
		return s.db.KeepLanguage(r.Context(), caller, string(chosen))
	}
	return nil
}

// setLanguageCookie sets the cookie.
func (s *Server) setLanguageCookie(w http.ResponseWriter, chosen web.Language) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without Secure only where the site itself is in clear, which production refuses
		Name: s.languageCookieName(), Value: string(chosen), Path: "/", MaxAge: int(languageCookieAge.Seconds()),
		HttpOnly: true, Secure: s.config.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

// supportedLanguage is a language of the interface by its code.
func supportedLanguage(code string) (web.Language, bool) {
	l := web.Language(code)
	return l, slices.Contains(web.Languages(), l)
}

// languageFromCookie is the language chosen in this browser.
func (s *Server) languageFromCookie(r *http.Request) (web.Language, bool) {
	cookie, err := r.Cookie(s.languageCookieName())
	if err != nil {
		return "", false
	}
	return supportedLanguage(cookie.Value)
}

// languageMatcher finds what a browser asks for among the languages of the interface; nothing that fits is the first one, Italian.
var languageMatcher = language.NewMatcher([]language.Tag{language.Italian, language.English})

// requestLanguage is the browser's: the one chosen there, or the one that it asks for.
func (s *Server) requestLanguage(r *http.Request) web.Language {
	if chosen, ok := s.languageFromCookie(r); ok {
		return chosen
	}
	_, n := language.MatchStrings(languageMatcher, r.Header.Get("Accept-Language"))
	return web.Languages()[n]
}

// withLanguage is a frame in the language that the person has chosen, if they have.
func withLanguage(f web.Layout, stored string) web.Layout {
	if preferred, ok := supportedLanguage(stored); ok {
		f.Lang = preferred
	}
	return f
}

// pageURL is the address under which a request's page is read again: its own, or that of the page whose form it sent.
func pageURL(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return safeReturnURL(r.URL.RequestURI())
	}
	if r.URL.Path == web.LanguageURL() {
		return web.RootURL() // a choice that couldn't be made: it has no page of its own
	}
	return safeReturnURL(formPage(r.URL.EscapedPath()))
}

// safeReturnURL is where to go after the choice: whatever one may be sent to after signing in, and the pages of signing in and
// out that can be read again.
func safeReturnURL(address string) string {
	page, err := url.ParseRequestURI(address)
	if err == nil && page.Scheme == "" &&
		(page.Path == web.LoginURL() || page.Path == web.LogoutURL() || strings.HasPrefix(page.Path, errorURL(""))) {
		return redactURL(page.RequestURI())
	}
	return redactURL(signin.SafeReturn(address))
}
