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

// languageYear is how long a browser's choice is kept.
const languageYear = 365 * 24 * time.Hour

// languageCookie keeps the choice; it says nothing of who made it. Where the site is https, no other site can set it.
func (s *Server) languageCookie() string {
	if s.config.HTTPS {
		return "__Host-lang"
	}
	return "lang"
}

// language takes a choice: this browser's, and, if somebody known has signed in, theirs wherever they go and in the letters to them.
func (s *Server) language(w http.ResponseWriter, r *http.Request) error {
	if err := parse(r); err != nil {
		return err
	}
	chosen, ok := spoken(r.PostForm.Get("lang"))
	if !ok {
		return badForm(errors.New("a language that we don't speak"))
	}
	if me := s.me(r); me != "" {
		if err := s.db.KeepLanguage(r.Context(), me, string(chosen)); err != nil {
			return err
		}
	}
	s.keep(w, chosen)
	return redirect(w, r, returnTo(r.PostForm.Get("back")))
}

// speak makes the browser speak the language of who signs in, so that pages that don't read the person do too. Of somebody
// who has never chosen, the choice made in this browser is kept.
func (s *Server) speak(w http.ResponseWriter, r *http.Request, me access.UserID) error {
	if me == "" {
		return nil
	}
	v := s.db.View()
	kept := v.Language(me)
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	if theirs, ok := spoken(*kept); ok {
		s.keep(w, theirs)
		return nil
	}
	if chosen, ok := s.chosenHere(r); ok {
		return s.db.KeepLanguage(r.Context(), me, string(chosen))
	}
	return nil
}

// keep sets the cookie.
func (s *Server) keep(w http.ResponseWriter, chosen web.Language) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without Secure only where the site itself is in clear, which production refuses
		Name: s.languageCookie(), Value: string(chosen), Path: "/", MaxAge: int(languageYear.Seconds()),
		HttpOnly: true, Secure: s.config.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

// spoken is a language of the interface by its code.
func spoken(code string) (web.Language, bool) {
	l := web.Language(code)
	return l, slices.Contains(web.Languages(), l)
}

// chosenHere is the language chosen in this browser.
func (s *Server) chosenHere(r *http.Request) (web.Language, bool) {
	cookie, err := r.Cookie(s.languageCookie())
	if err != nil {
		return "", false
	}
	return spoken(cookie.Value)
}

// asked finds what a browser asks for among the languages of the interface; nothing that fits is the first one, Italian.
var asked = language.NewMatcher([]language.Tag{language.Italian, language.English})

// browsersLanguage is the browser's: the one chosen there, or the one that it asks for.
func (s *Server) browsersLanguage(r *http.Request) web.Language {
	if chosen, ok := s.chosenHere(r); ok {
		return chosen
	}
	_, n := language.MatchStrings(asked, r.Header.Get("Accept-Language"))
	return web.Languages()[n]
}

// inLanguage is a frame in the language that the person has chosen, if they have.
func inLanguage(f web.Frame, kept string) web.Frame {
	if theirs, ok := spoken(kept); ok {
		f.Lang = theirs
	}
	return f
}

// readAgain is the address under which a request's page is read again: its own, or that of the page whose form it sent.
func readAgain(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return returnTo(r.URL.RequestURI())
	}
	if r.URL.Path == web.LanguageURL() {
		return web.RootURL() // a choice that couldn't be made: it has no page of its own
	}
	return returnTo(formPage(r.URL.EscapedPath()))
}

// returnTo is where to go after the choice: whatever one may be sent to after signing in, and the pages of signing in and
// out that can be read again.
func returnTo(address string) string {
	page, err := url.ParseRequestURI(address)
	if err == nil && page.Scheme == "" &&
		(page.Path == web.LoginURL() || page.Path == web.LogoutURL() || strings.HasPrefix(page.Path, errorURL(""))) {
		return discreet(page.RequestURI())
	}
	return discreet(signin.SafeReturn(address))
}
