package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// parseKeyedForm reads the body of a form that changes something, and its idempotency key.
func parseKeyedForm(r *http.Request) (store.IdempotencyKey, error) {
	if err := parseForm(r); err != nil {
		return "", err
	}
	key := r.PostForm.Get("once")
	if !isUUID(key) {
		return "", invalidForm(errors.New("no idempotency key"))
	}
	return store.IdempotencyKey(key), nil
}

// parseForm reads a form's body. Characters that show nothing are removed from all fields.
func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalidForm(err)
	}
	for _, values := range r.PostForm {
		for i, value := range values {
			if strings.ContainsRune(value, 0) {
				return invalidForm(errors.New("a field is not text"))
			}
			values[i] = form.Visible(value)
		}
	}
	return nil
}

// restoreForm returns the form that the page shows again, or what the person had typed on it when their session ended, and
// then makes the page say so; nil if there is neither. The fields are in r.PostForm too.
func (s *Server) restoreForm(w http.ResponseWriter, r *http.Request) (*users.KeptForm, error) {
	if kept, err := s.keptForm(r); kept != nil || err != nil {
		return kept, err
	}
	form, err := s.sessions.RestoreForm(w, r, r.URL.Path)
	if form == nil || err != nil {
		return nil, err
	}
	r.PostForm = form
	if !isImport(r.URL.Path) { // has words of its own
		*r = *r.WithContext(web.WithRestoredForm(r.Context()))
	}
	return &users.KeptForm{Page: r.URL.Path, Fields: form}, nil
}

// redirectToForm redirects from an address that only takes forms to the page that has the form.
func (s *Server) redirectToForm(w http.ResponseWriter, r *http.Request) error {
	return redirect(w, r, formPage(r.URL.EscapedPath()))
}

// newIdempotencyKey returns a key for a form that is about to be shown.
func newIdempotencyKey() string { return uuid.NewString() }

// formPage is the page whose form is sent to the path: for most forms the path itself.
func formPage(path string) string {
	for _, form := range []string{"/search", "/export"} { // both are on the list of users
		if page, found := strings.CutSuffix(path, form); found {
			return page
		}
	}
	return strings.TrimSuffix(path, "/confirm")
}

// keptFields are the pages that show a form again, by the ends of their routes, each with the fields of its form. A file is
// kept as its rows.
var keptFields = map[string][]string{
	"/users/add":                {"fiscal_code", "first_name", "last_name", "email", "product", "role", "names_confirmed", "email_confirmed"},
	"/users/import":             {"rows", "once"}, // of a confirmation the key, which leads to its check page
	"/users/several":            {"action", "product", "group", "role", "category", "state", "sort", "page", "user", "target", "undo"},
	"/users/{user}/edit":        {"first_name", "last_name", "email", "version", "names_confirmed", "email_confirmed"},
	"/users/{user}/add-product": {"product", "role"},
	"/users/{user}/products/{product}/roles/add":    {"product", "role"},
	"/users/{user}/products/{product}/roles/change": {"product", "role", "replaces", "undo"},
	"/users/{user}/products/{product}/groups/add":   {"group"},
	"/groups/add":                 {"product", "title"},
	"/groups/{group}/rename":      {"product", "title"},
	"/groups/{group}/members/add": {"product", "member", "q"},
}

// fieldsToKeep are the fields that a form sent to this address may have, if its page shows them again; none for an address
// that is no form's. A request without a session reaches no handler, which would refuse it.
func (s *Server) fieldsToKeep(r *http.Request) []string { return keptFields[s.formRoute(r)] }

// formRoute is the end of the route of the page whose form is sent to this address; empty for an address that is no form's.
func (s *Server) formRoute(r *http.Request) string {
	to := chi.NewRouteContext()
	if !s.Routes().Match(to, http.MethodPost, r.URL.Path) {
		return ""
	}
	for i, name := range to.URLParams.Keys {
		if (name == "institution" || name == "user" || name == "group") && !isUUID(to.URLParams.Values[i]) {
			return ""
		}
	}
	_, pattern, _ := strings.Cut(formPage(to.RoutePattern()), "{institution}")
	return pattern
}

// keepForm stores what was typed until the person has signed in again.
func (s *Server) keepForm(w http.ResponseWriter, r *http.Request, page string) error {
	fields := s.fieldsToKeep(r)
	if len(fields) == 0 || strings.HasSuffix(r.URL.Path, "/search") || strings.HasSuffix(r.URL.Path, "/export") {
		return nil // searches and exports are quickly repeated
	}
	if isImport(r.URL.Path) {
		rows, err := rowsToKeep(r)
		if err != nil {
			return err
		}
		return s.sessions.SaveForm(w, r, page, rows)
	}
	if err := parseForm(r); err != nil {
		return err
	}
	kept := url.Values{}
	for _, field := range fields {
		if values := r.PostForm[field]; len(values) > 0 {
			kept[field] = values[:min(len(values), access.MaxBulk)]
		}
	}
	return s.sessions.SaveForm(w, r, page, kept)
}
