package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/form"
	"areariservata.example/utenti/internal/store"
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

// restoreForm puts what the person had typed on this page when their session ended into r.PostForm. It reports whether
// there was anything.
func (s *Server) restoreForm(w http.ResponseWriter, r *http.Request) (bool, error) {
	form, err := s.sessions.RestoreForm(w, r, r.URL.Path)
	if form == nil || err != nil {
		return false, err
	}
	r.PostForm = form
	return true, nil
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

// keepForm stores what was typed until the person has signed in again; of a file, its rows. Searches and exports are
// not stored: they are quickly repeated.
func (s *Server) keepForm(w http.ResponseWriter, r *http.Request, page string) error {
	if strings.HasSuffix(r.URL.Path, "/search") || strings.HasSuffix(r.URL.Path, "/export") {
		return nil
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
	return s.sessions.SaveForm(w, r, page, r.PostForm)
}
