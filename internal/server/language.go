package server

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"golang.org/x/text/language"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/signin"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// languageCookieAge is how long a browser keeps its language.
const languageCookieAge = 365 * 24 * time.Hour

// languageCookieName is the name of the cookie with the language; the cookie identifies no person. On HTTPS, no other
// site can set it.
func (s *Server) languageCookieName() string {
	if s.config.HTTPS {
		return "__Host-lang"
	}
	return "lang"
}

// setLanguage sets the language of this browser and, for a known person, of all their pages and e-mails. The form that the
// page has comes with it, and is kept.
func (s *Server) setLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := parseForm(r); err != nil {
		return err
	}
	chosen, ok := supportedLanguage(access.Language(r.PostForm.Get("lang")))
	if !ok {
		return invalidForm(errors.New("a language that the site does not have"))
	}
	if caller := s.callerPerson(r); caller != "" {
		if err := s.db.KeepLanguage(r.Context(), caller, chosen); err != nil {
			return err
		}
	}
	s.setLanguageCookie(w, chosen)
	back, err := s.keepTyped(w, r, safeReturnURL(cmp.Or(r.URL.Query().Get("back"), r.PostForm.Get("back"))))
	if err != nil {
		return err
	}
	return redirect(w, r, back)
}

// syncLanguage sets the browser's language to the person's at sign-in, for pages that do not read the person. A person
// without a language gets the one that was chosen in the browser. E-mails follow the language that the pages are in.
func (s *Server) syncLanguage(w http.ResponseWriter, r *http.Request, caller access.PersonID) error {
	if caller == "" {
		return nil
	}
	var stored access.Language
	q := s.db.Query()
	q.Language(&stored, caller)
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	used := s.requestLanguage(r)
	if preferred, ok := supportedLanguage(stored); ok {
		s.setLanguageCookie(w, preferred)
		used = preferred
	} else if chosen, ok := s.languageFromCookie(r); ok {
		if err := s.db.KeepLanguage(r.Context(), caller, chosen); err != nil {
			return err
		}
	}
	return s.db.KeepLanguageOfSignIn(r.Context(), caller, used)
}

func (s *Server) setLanguageCookie(w http.ResponseWriter, chosen access.Language) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // without Secure only on plain HTTP, which production refuses
		Name: s.languageCookieName(), Value: string(chosen), Path: "/", MaxAge: int(languageCookieAge.Seconds()),
		HttpOnly: true, Secure: s.config.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

// supportedLanguage returns a language, and whether the interface has it.
func supportedLanguage(l access.Language) (access.Language, bool) {
	return l, slices.Contains(access.Languages(), l)
}

// languageFromCookie returns the language that was chosen in this browser.
func (s *Server) languageFromCookie(r *http.Request) (access.Language, bool) {
	cookie, err := r.Cookie(s.languageCookieName())
	if err != nil {
		return "", false
	}
	return supportedLanguage(access.Language(cookie.Value))
}

// languageMatcher matches Accept-Language with the languages of the interface; without a match it gives the first,
// the default.
var languageMatcher = newLanguageMatcher()

func newLanguageMatcher() language.Matcher {
	var tags []language.Tag
	for _, l := range access.Languages() {
		tags = append(tags, language.Make(string(l)))
	}
	return language.NewMatcher(tags)
}

// pageLanguage is the language that the person has chosen, or else the request's.
func (s *Server) pageLanguage(r *http.Request) access.Language {
	if preferred, ok := supportedLanguage(access.Language(s.sessions.Language(r.Context()))); ok {
		return preferred
	}
	return s.requestLanguage(r)
}

// requestLanguage is the language chosen in this browser, or else the one that the browser asks for.
func (s *Server) requestLanguage(r *http.Request) access.Language {
	if chosen, ok := s.languageFromCookie(r); ok {
		return chosen
	}
	_, n := language.MatchStrings(languageMatcher, r.Header.Get("Accept-Language"))
	return access.Languages()[n]
}

// pageParameters are the parameters of pages' addresses.
var pageParameters = []string{
	"action", "category", "code", "done", "form", "from", "kept", "list", "page", "person", "product", "q", "return", "role", "sort",
	"state", "to", "undo", "unsure", "why",
}

// isPageParameter reports whether a page's address may have the parameter: one of pageParameters, or an answer about a row
// of a file.
func isPageParameter(name, value string) bool {
	return slices.Contains(pageParameters, name) ||
		(strings.HasPrefix(name, "row-") && (value == web.RowYes || value == web.RowNo))
}

// pageQuery is the part of an address's query that its page repeats.
func pageQuery(r *http.Request) string {
	query := r.URL.Query()
	_, page, isOfFile := strings.Cut(chi.RouteContext(r.Context()).RoutePattern(), "/users/import")
	for name := range query {
		if !isPageParameter(name, query.Get(name)) || (isOfFile && !isFileParameter(page, name, query.Get(name))) {
			delete(query, name)
		} else {
			query[name] = query[name][:1]
		}
	}
	return query.Encode()
}

// isFileParameter reports whether a page about a file repeats a parameter. These pages show fiscal codes, as profiles do:
// see [codePageURL]. The key is the person's own: without it there is nothing to show.
func isFileParameter(page, name, value string) bool {
	switch name {
	case "done":
		return page == "/done"
	case "form":
		return page != "/done"
	case "kept", "unsure":
		return value == "1"
	default:
		return strings.HasPrefix(name, "row-")
	}
}

// setCodePage sets the address of a page that shows a fiscal code. It repeats nothing of the request's address that another
// site could choose: the size of the compressed page would disclose how much of a guess is right (BREACH). The list is one
// that the person has seen, the receipt and the kept form are the person's own, and were found.
func setCodePage(f *web.Layout, r *http.Request, receipt store.Receipt, kept *users.KeptForm) {
	path := &url.URL{Path: r.URL.Path}
	address := path.EscapedPath()
	if r.Method == http.MethodPost {
		address = formPage(address)
	}
	address = listAddress(*f, address)
	if kept != nil && kept.Key != "" {
		address = withParameter(address, formParameter, string(kept.Key))
	}
	f.Address = safeReturnURL(withReceipt(address, receipt.Key))
}

// listAddress adds to an address the list that its page was reached from.
func listAddress(f web.Layout, address string) string {
	if f.ReturnsToList {
		return web.ReturnTo(address, f.List, f.ListSignature)
	}
	return web.FromList(address, f.List, f.ListSignature)
}

// pageURL is the address that shows a request's page again: its own, or that of the page whose form was sent.
func pageURL(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if query := pageQuery(r); query != "" {
			return safeReturnURL(r.URL.EscapedPath() + "?" + query)
		}
		return safeReturnURL(r.URL.EscapedPath())
	}
	if r.URL.Path == web.LanguageURL() {
		return web.RootURL() // a language that could not be set: this address has no page
	}
	return safeReturnURL(formPage(r.URL.EscapedPath()))
}

// safeReturnURL is the page to show after a change of language: a page that sign-in may return to, or a sign-in or
// sign-out page that can be shown again.
func safeReturnURL(address string) string {
	page, err := url.ParseRequestURI(address)
	if err == nil && page.Scheme == "" &&
		(page.Path == web.LoginURL() || page.Path == web.LogoutURL() || strings.HasPrefix(page.Path, errorURL(""))) {
		return redactURL(page.RequestURI())
	}
	return redactURL(signin.SafeReturn(address))
}
