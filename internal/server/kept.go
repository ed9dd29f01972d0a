package server

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// No page is the answer to a form, so that Back, Forward, reload and a change of language find it again. What was sent is
// kept, and the answer redirects to the page that shows it, which decides about it again each time.

// formParameter names the kept form in the address of its page.
const formParameter = "form"

// formStatusHeader is in the answer to a form that was not carried out: the status of the decision (rule V9). The answer
// itself redirects.
const formStatusHeader = "X-Form-Status"

// answer shows a page: as the answer to a form, at the address of the form's page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	if r.Method != http.MethodPost {
		return s.show(w, r, page)
	}
	return s.keepAndShow(w, r, s.formAddress(r), users.KeptForm{})
}

// sendBack redirects a form that was refused to a page that shows why.
func (s *Server) sendBack(w http.ResponseWriter, r *http.Request, err error, page string, f users.KeptForm) error {
	var refusal *access.Refusal
	if errors.As(err, &refusal) {
		f.Action, f.Reason = refusal.Action, refusal.Reason
	}
	f.IsSubmitted = true
	s.report(r, err)
	setFormStatus(w, err)
	return s.keepAndShow(w, r, page, f)
}

// setFormStatus says in the answer to a form why it was not carried out.
func setFormStatus(w http.ResponseWriter, err error) {
	w.Header().Set(formStatusHeader, strconv.Itoa(errorStatus(err)))
}

// isSentBack reports whether a page shows again a form that was refused so. The answer to a form that the caller may not
// send, or that no page has, is an error page.
func isSentBack(err error) bool {
	switch errorStatus(err) {
	case http.StatusConflict, http.StatusUnprocessableEntity:
		return true
	}
	return errors.Is(err, errFileTooLarge)
}

// keepAndShow keeps the form that was sent and redirects to the page at the address.
func (s *Server) keepAndShow(w http.ResponseWriter, r *http.Request, address string, f users.KeptForm) error {
	page, err := url.Parse(address)
	if err != nil {
		return err
	}
	f.Page = page.Path
	if f.Fields == nil {
		f.Fields = s.sentFields(r)
	}
	c := users.Command{
		Institution: access.InstitutionID(chi.URLParam(r, "institution")), Actor: s.callerID(r),
		Key: store.IdempotencyKey(newIdempotencyKey()),
	}
	if err := s.users.KeepForm(r.Context(), c, f); err != nil {
		return err
	}
	return redirect(w, r, withParameter(address, formParameter, string(c.Key)))
}

// answeredFields are the fields of forms that are kept for their answer only, by the ends of their pages' routes.
var answeredFields = map[string][]string{"/users": {"q"}, "/users/{user}/cessation": {"target"}}

// sentFields are the fields of the form that was sent which its page shows again, and the idempotency key.
func (s *Server) sentFields(r *http.Request) url.Values {
	sent := url.Values{}
	route := s.formRoute(r)
	for _, field := range slices.Concat([]string{"once", "back"}, keptFields[route], answeredFields[route]) {
		if values := r.PostForm[field]; len(values) > 0 {
			sent[field] = values
		}
	}
	return sent
}

// formAddress is the address of the page whose form was sent, with the list that it leads back to.
func (s *Server) formAddress(r *http.Request) string {
	return s.withList(r, formPage(r.URL.EscapedPath()))
}

// withList adds to an address the list that the address of the request names.
func (s *Server) withList(r *http.Request, address string) string {
	list, returns := s.readReturn(r)
	if returns {
		return web.ReturnTo(address, list, s.signSearch(r, list.Text))
	}
	return web.FromList(address, list, s.signSearch(r, list.Text))
}

type shownAgainKey struct{}

// isShownAgain reports whether the request is for the page of a form that was refused when it was sent: there was the
// error, the page is none.
func isShownAgain(r *http.Request) bool { return r.Context().Value(shownAgainKey{}) != nil }

// keptForm returns the form that the page shows again, with its fields in r.PostForm; nil if there is none.
func (s *Server) keptForm(r *http.Request) (*users.KeptForm, error) {
	key := r.URL.Query().Get(formParameter)
	in, err := pathID[access.InstitutionID](r, "institution")
	if err != nil || !isUUID(key) || r.Method == http.MethodPost {
		return nil, nil //nolint:nilerr,nilnil // no form
	}
	c := users.Command{Institution: in, Actor: s.callerID(r), Key: store.IdempotencyKey(key)}
	f, err := s.users.KeptForm(r.Context(), c, r.URL.Path)
	if f == nil || err != nil {
		return nil, err
	}
	r.PostForm = f.Fields
	if f.IsSubmitted {
		*r = *r.WithContext(context.WithValue(r.Context(), shownAgainKey{}, true))
	}
	return f, nil
}

// isOfOperation reports whether only an operation knows a reason, which a page cannot decide again.
func isOfOperation(reason access.Reason) bool {
	return slices.Contains([]access.Reason{
		access.FormUsed, access.Edited, access.ChangedSince, access.RolesChanged, access.LastAdministrator,
	}, reason)
}

// keptKey is the idempotency key of a form that is shown again: its own, unless that stands for another change.
func keptKey(f *users.KeptForm) string {
	if once := f.Fields.Get("once"); isUUID(once) && f.Reason == "" {
		return once
	}
	return newIdempotencyKey()
}

// keepTyped keeps what is typed on the page that a language is chosen on, and returns the address that shows it.
func (s *Server) keepTyped(w http.ResponseWriter, r *http.Request, back string) (string, error) {
	page, err := url.Parse(back)
	if err != nil || page.Path != formPage(page.Path) {
		return back, nil //nolint:nilerr // an address of no form
	}
	to, fields := s.keptFieldsOf(page.Path)
	typed := url.Values{}
	for _, field := range append([]string{"once"}, fields...) {
		if values := r.PostForm[field]; len(values) > 0 && field != "q" { // a search has a limit of its own
			typed[field] = values
		}
	}
	if len(fields) == 0 || len(typed) == 0 {
		return back, nil
	}
	in := to.URLParam("institution")
	actor := access.UserID(s.sessions.User(r.Context(), in))
	if actor == "" { // the session has ended: the form is shown after signing in
		return back, s.sessions.SaveForm(w, r, page.Path, typed)
	}
	c := users.Command{Institution: access.InstitutionID(in), Actor: actor, Key: store.IdempotencyKey(newIdempotencyKey())}
	if err := s.users.KeepForm(r.Context(), c, users.KeptForm{Page: page.Path, Fields: typed}); err != nil {
		return "", err
	}
	query := page.Query()
	query.Set(formParameter, string(c.Key))
	page.RawQuery = query.Encode()
	return page.RequestURI(), nil
}

// keptFieldsOf are the fields of the form on a page, and the page's route; none for another page.
func (s *Server) keptFieldsOf(path string) (*chi.Context, []string) {
	to := chi.NewRouteContext()
	if !s.Routes().Match(to, http.MethodGet, path) {
		return to, nil
	}
	_, pattern, _ := strings.Cut(to.RoutePattern(), "{institution}")
	return to, keptFields[strings.TrimSuffix(pattern, "/")]
}
