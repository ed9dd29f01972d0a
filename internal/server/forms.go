package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"areariservata.example/utenti/internal/store"
)

// parseKeyedForm reads the body of a form that changes something, and its one-time mark.
func parseKeyedForm(r *http.Request) (store.IdempotencyKey, error) {
	if err := parseForm(r); err != nil {
		return "", err
	}
	key := r.PostForm.Get("once")
	if !isUUID(key) {
		return "", invalidForm(errors.New("no one-time mark"))
	}
	return store.IdempotencyKey(key), nil
}

// parseForm reads a form's body.
func parseForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return invalidForm(err)
	}
	for _, values := range r.PostForm {
		for _, value := range values {
			if strings.ContainsRune(value, 0) {
				return invalidForm(errors.New("a field that isn't text"))
			}
		}
	}
	return nil
}

// restoreForm reads what the person had typed on this page when their session ended, as if it had been sent now. It reports
// whether there is anything.
func (s *Server) restoreForm(w http.ResponseWriter, r *http.Request) (bool, error) {
	form, err := s.sessions.RestoreForm(w, r, r.URL.Path)
	if form == nil || err != nil {
		return false, err
	}
	r.PostForm = form
	return true, nil
}

// redirectToForm leads from an address that forms are sent to, which has no page of its own, to the page that has the form.
func (s *Server) redirectToForm(w http.ResponseWriter, r *http.Request) error {
	return redirect(w, r, formPage(r.URL.EscapedPath()))
}

// newIdempotencyKey makes the key of a form that is shown now.
func newIdempotencyKey() string { return uuid.NewString() }

// formPage is the page that has the form which is sent to the path: most forms are sent to where they stand.
func formPage(path string) string {
	for _, form := range []string{"/search", "/export"} { // both on the list
		if page, found := strings.CutSuffix(path, form); found {
			return page
		}
	}
	return strings.TrimSuffix(path, "/confirm")
}

// keepForm keeps what was typed until the person has signed in again: of a file, its rows. A search is soon typed again, and
// a list soon asked for.
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
