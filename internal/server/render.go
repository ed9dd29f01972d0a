package server

import (
	"bytes"
	"crypto/hmac"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/users"
	"areariservata.example/utenti/web"
)

// handler answers a request, or returns the error to answer it with.
type handler func(http.ResponseWriter, *http.Request) error

// page serves a handler; its error goes to [Server.fail].
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

// maxBuffer is the size in bytes up to which the buffer of a page is kept for the next one.
const maxBuffer = 256 << 10

// render sends a page with a status. It renders the whole page before the first byte leaves: one that fails half-way becomes
// an error page, not half a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	b, _ := s.buffers.Get().(*bytes.Buffer)
	if b == nil {
		b = &bytes.Buffer{}
	}
	defer func() {
		if b.Cap() <= maxBuffer {
			b.Reset()
			s.buffers.Put(b)
		}
	}()
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a client that has left does not need the rest
	return nil
}

// redirect answers with a redirect to a page of the site; the address contains no fiscal code. 303: the next request is
// a GET.
func redirect(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, redactURL(to), http.StatusSeeOther)
	return nil
}

// baseLayout is the layout of a page outside an institution.
func (s *Server) baseLayout(r *http.Request) web.Layout {
	list, returns := s.readReturn(r)
	return web.Layout{
		List:          list,
		ListSignature: s.signSearch(r, list.Text),
		ReturnsToList: returns,
		Lang:          s.pageLanguage(r),
		Address:       pageURL(r),
		Manual:        s.config.Manual,
		Assistance:    s.config.Assistance,
		Demo:          s.config.Demo,
		Declaration:   s.config.Declaration,
	}
}

// readReturn reads the list that the page was reached from, and whether its action returns there. A search text and a page
// of the list count only if a list that this person has seen linked to them.
func (s *Server) readReturn(r *http.Request) (list access.Filter, returns bool) {
	list, signature, returns := web.ReadReturn(r.URL.Query())
	list = withoutCode(list)
	if !hmac.Equal([]byte(signature), []byte(s.signSearch(r, list.Text))) {
		list.Text = ""
	}
	if !s.db.IsPage(list.Page) {
		list.Page = access.Page{}
	}
	return list, returns
}

// signSearch is the signature of a search text of the caller's; empty without a text.
func (s *Server) signSearch(r *http.Request, text string) string {
	if text == "" {
		return ""
	}
	return s.db.SignSearch(s.callerPerson(r), text)
}

// knownList is the list, if its product and its role are there; otherwise the list of all.
func knownList(list access.Filter, products []access.Product) access.Filter {
	for _, id := range []access.ProductID{list.Product, list.Role.Product} {
		if _, found := access.FindProduct(products, id); id != "" && !found {
			return access.Filter{}
		}
	}
	product, _ := access.FindProduct(products, list.Role.Product)
	if _, found := product.Role(list.Role.Role); list.Role != (access.Target{}) && !found {
		return access.Filter{}
	}
	return list
}

// listFilter reads the filter of the list to return to.
func listFilter(v url.Values) access.Filter { return withoutCode(web.ReadFilter(v)) }

// withoutCode drops a search that may be for a fiscal code, which must not be in an address (rule D7), and an invalid page.
func withoutCode(f access.Filter) access.Filter {
	if access.LooksLikeFiscalCode(f.Text) {
		f.Text = ""
	}
	return validatePage(f)
}

// profileURL is the profile to show after a change: of the pages that know the list which they were reached from.
func (s *Server) profileURL(r *http.Request, c users.Command) string {
	list, _ := s.readReturn(r)
	return web.FromList(web.ProfileURL(c.Institution, c.Subject), list, s.signSearch(r, list.Text))
}
