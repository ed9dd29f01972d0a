package server

import (
	"net/http"

	"areariservata.example/utenti/web"
)

// institutions offers those where the person has powers; with one only, it is chosen (rule V1).
func (s *Server) institutions(w http.ResponseWriter, r *http.Request) error {
	me := s.me(r)
	if me == "" {
		return errNoPowers
	}
	v := s.db.View()
	list, language := v.InstitutionsOf(me), v.Language(me)
	if err := v.Read(r.Context()); err != nil {
		return err
	}
	switch len(*list) {
	case 0:
		return errNoPowers
	case 1:
		return redirect(w, r, web.HomeURL((*list)[0].ID))
	}
	f := inLanguage(s.frame(r), *language)
	f.Me = me
	return s.show(w, r, http.StatusOK, web.Institutions(f, *list))
}

// home is an institution's landing page: one's own products, and the ways on.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	visit, err := s.visit(r)
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, web.Home(s.frameOf(visit, web.Overview), visit.profile(visit.actor)))
}

// noPowers is the page for who may do nothing anywhere, with the way out (rule V2). No institution's data are on it.
func (s *Server) noPowers(w http.ResponseWriter, r *http.Request) error {
	page := web.NoPowersPage{}
	me, language := s.me(r), ""
	if me != "" {
		v := s.db.View()
		suspended, kept := v.SuspensionsOf(me), v.Language(me)
		if err := v.Read(r.Context()); err != nil {
			return err
		}
		language = *kept
		for _, at := range *suspended {
			page.Suspended = append(page.Suspended, web.SuspendedAt{Institution: at.Institution, Product: at.Product})
		}
	}
	f := inLanguage(s.frame(r), language)
	f.Me = me
	return s.show(w, r, http.StatusForbidden, web.NoPowers(f, page))
}
