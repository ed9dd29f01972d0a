package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/web"
)

// loginURL is the address of the sign-in page, with the page to return to and the reason why the session ended.
func loginURL(back string, reason signin.EndReason) string {
	q := url.Values{}
	if back != "/" {
		q.Set("return", signin.SafeReturn(back))
	}
	if reason != "" {
		q.Set("why", string(reason))
	}
	if len(q) == 0 {
		return web.LoginURL()
	}
	return web.LoginURL() + "?" + q.Encode()
}

// login shows the sign-in page. Signing in starts with a link, because browsers do not follow a redirect from a form to
// the provider's site.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	back := redactURL(signin.SafeReturn(r.URL.Query().Get("return")))
	if _, ok := s.sessions.Person(r.Context()); ok {
		return redirect(w, r, back)
	}
	var reason web.SignInReason
	switch signin.EndReason(r.URL.Query().Get("why")) {
	case signin.LostPowers:
		reason = web.LostPowers
	case signin.Expired:
		reason = web.Expired
	case signin.FormLost:
		reason = web.FormLost
	case signin.SignedOut:
	}
	start := web.LoginURL() + "/start?" + url.Values{"return": {back}}.Encode()
	return s.show(w, r, web.Login(s.baseLayout(r), web.LoginPage{StartURL: start, Reason: reason}))
}

// loginStart redirects to the provider. Only a person's own click starts a sign-in.
func (s *Server) loginStart(w http.ResponseWriter, r *http.Request) error {
	dest := r.Header.Get("Sec-Fetch-Dest")
	if r.Header.Get("Sec-Purpose") != "" || (dest != "" && dest != "document") || r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return redirect(w, r, web.LoginURL())
	}
	browser := ""
	if cookie, err := r.Cookie(s.signin.BrowserCookie()); err == nil {
		browser = cookie.Value
	}
	if len(browser) != len(signin.NewBrowser()) {
		browser = signin.NewBrowser()
	}
	address, err := s.signin.StartAttempt(r.Context(), browser, redactURL(r.URL.Query().Get("return")))
	if errors.Is(err, signin.ErrUnavailable) {
		s.report(r, err)
		s.metrics.signIns.increment("unavailable")
		return redirect(w, r, errorURL("unavailable"))
	}
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without Secure only on plain HTTP, which production refuses
		Name: s.signin.BrowserCookie(), Value: browser, Path: "/", MaxAge: int(signin.BrowserLifetime.Seconds()),
		HttpOnly: true, Secure: s.config.HTTPS, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, address, http.StatusSeeOther)
	return nil
}

// loginCallback receives the provider's reply. In each case it redirects, so that code and state leave the address.
func (s *Server) loginCallback(w http.ResponseWriter, r *http.Request) error {
	browser := ""
	if cookie, err := r.Cookie(s.signin.BrowserCookie()); err == nil {
		browser = cookie.Value
	}
	identity, back, err := s.signin.FinishAttempt(r.Context(), browser, r.URL.Query())
	if err != nil {
		return s.signInFailed(w, r, err)
	}
	person, err := s.identifyPerson(r, identity)
	if err != nil {
		return err
	}
	if err := s.sessions.SignIn(w, r, string(person)); err != nil {
		return err
	}
	if err := s.syncLanguage(w, r, person); err != nil {
		return err
	}
	if person == "" {
		s.metrics.signIns.increment(outcomeUnknownUser)
	} else {
		s.metrics.signIns.increment(outcomeSignedIn)
	}
	s.log.Info("signed in", "log", "security", "request", reference(r), "person", string(person))
	return redirect(w, r, back)
}

// identifyPerson finds the person with the identity's fiscal code; empty if no institution knows them, and then nothing
// is stored. At the first sign-in the identity's names become the person's verified names, and in an institution that adds
// the person later, at the first one after that (rule D4).
func (s *Server) identifyPerson(r *http.Request, identity signin.Identity) (access.PersonID, error) {
	code, err := access.ParseFiscalCode(identity.FiscalCode)
	if err != nil {
		return "", nil //nolint:nilerr // no institution can have such a code
	}
	person, verified, err := s.db.PersonByFiscalCode(r.Context(), code)
	if errors.Is(err, access.ErrNotFound) {
		return "", nil
	}
	if err != nil || verified {
		return person, err
	}
	return person, s.users.Verify(r.Context(), person, code, identity.FirstName, identity.LastName)
}

// signInFailed redirects to the page for the failure, and logs it.
func (s *Server) signInFailed(w http.ResponseWriter, r *http.Request, err error) error {
	var refusal *signin.RefusedError
	code := ""
	switch {
	case errors.As(err, &refusal) && refusal.Code != "":
		code = refusal.Code
	case errors.As(err, &refusal):
		code = "generic"
	case errors.Is(err, signin.ErrAttempt):
		if _, ok := s.sessions.Person(r.Context()); ok {
			return redirect(w, r, web.RootURL()) // a completed sign-in, loaded again
		}
		code = "expired"
	case errors.Is(err, signin.ErrUnavailable):
		code = "unavailable"
	case errors.Is(err, signin.ErrLevel):
		code = "level"
	case errors.Is(err, signin.ErrNoFiscalCode):
		code = "identity"
	case errors.Is(err, signin.ErrReply):
		code = "generic"
	default:
		return err
	}
	s.metrics.signIns.increment(code)
	s.log.Warn("not signed in", "log", "security", "request", reference(r), "why", code, "error", err.Error())
	return redirect(w, r, errorURL(code))
}

func errorURL(code string) string { return web.LoginURL() + "/error/" + code }

// signInError is the code of a page for a sign-in that failed.
type signInError string

func (e signInError) Error() string { return "sign-in failed: " + string(e) }

// loginErrors are the pages for a sign-in that failed, each with its status.
var loginErrors = map[signInError]int{
	"19": http.StatusForbidden, "20": http.StatusForbidden, "21": http.StatusForbidden, "22": http.StatusForbidden,
	"23": http.StatusForbidden, "25": http.StatusForbidden, "30": http.StatusForbidden,
	"level": http.StatusForbidden, "identity": http.StatusForbidden,
	"expired": http.StatusBadRequest, "generic": http.StatusBadRequest, "unavailable": http.StatusServiceUnavailable,
}

// loginError shows the reason of a failed sign-in and what to do.
func (s *Server) loginError(w http.ResponseWriter, r *http.Request) error {
	code := chi.URLParam(r, "code")
	if _, ok := loginErrors[signInError(code)]; !ok {
		return access.ErrNotFound
	}
	page := web.LoginErrorPage{Code: code, RetryURL: web.LoginURL(), Reference: reference(r)}
	return s.refuse(w, r, signInError(code), drawn(web.LoginError(s.baseLayout(r), page)))
}

// logout ends the session here. It redirects to a page of this site, because browsers do not follow a redirect from a
// form to the provider's.
func (s *Server) logout(w http.ResponseWriter, r *http.Request) error {
	caller := s.callerPerson(r)
	if err := s.sessions.SignOut(w, r); err != nil {
		return err
	}
	if caller != "" {
		s.log.Info("signed out", "log", "security", "request", reference(r), "person", string(caller))
	}
	w.Header().Set("Clear-Site-Data", `"cache"`)
	return redirect(w, r, web.LogoutURL())
}

// signedOut confirms the end of the session, and links to the provider's own sign-out.
func (s *Server) signedOut(w http.ResponseWriter, r *http.Request) error {
	if _, ok := s.sessions.Person(r.Context()); ok {
		return redirect(w, r, web.RootURL())
	}
	back := strings.TrimSuffix(s.config.BaseURL, "/") + web.LogoutURL()
	page := web.SignedOutPage{Provider: s.signin.EndSession(r.Context(), back)}
	return s.show(w, r, web.SignedOut(s.baseLayout(r), page))
}
