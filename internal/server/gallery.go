package server

import (
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
)

// Gallery serves pages made beforehand under the site's own headers, for human eyes: the demo mounts it, the site doesn't.
// Page by page, by ?page=; without one, the index.
func (s *Server) Gallery(index templ.Component, pages map[string]templ.Component) http.Handler {
	return s.identify(s.headers(s.page(func(w http.ResponseWriter, r *http.Request) error {
		name := r.URL.Query().Get("page")
		if name == "" {
			return s.show(w, r, index)
		}
		page, ok := pages[name]
		if !ok {
			return access.ErrNotFound
		}
		return s.show(w, r, page)
	})))
}
