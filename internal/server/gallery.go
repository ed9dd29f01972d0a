package server

import (
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
)

// Gallery serves given pages under the site's own headers, for inspection by eye. The demo mounts it, the site does
// not. The query's page selects one; without it, the index is served.
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
