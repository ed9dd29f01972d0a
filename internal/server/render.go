package server

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/web"
)

// handler makes a page or says what kept it from doing so.
type handler func(http.ResponseWriter, *http.Request) error

// page serves a handler; its error becomes a page in [Server.fail].
func (s *Server) page(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// show answers with a page.
func (s *Server) show(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return s.render(w, r, http.StatusOK, page)
}

// render sends a page with a status. It renders the whole page before the first byte leaves: one that fails half-way becomes
// an error page, not half a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has left does not need the rest
	return nil
}

// redirect goes on to a page of ours, whose address tells of nobody. 303: whatever the method was, the next one is GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, redactURL(to), http.StatusSeeOther)
	return nil
}

// baseLayout is what surrounds a page for whoever hasn't chosen an institution.
func (s *Server) baseLayout(r *http.Request) web.Layout {
	return web.Layout{Lang: s.requestLanguage(r), Address: pageURL(r), Manual: s.config.Manual, Assistance: s.config.Assistance, Demo: s.config.Demo}
}
