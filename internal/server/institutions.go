package server

import (
	"net/http"

	"github.com/a-h/templ"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// institutions shows the institutions where the person has powers, or redirects to the only one (rule V1).
func (s *Server) institutions(w http.ResponseWriter, r *http.Request) error {
	caller := s.callerPerson(r)
	if caller == "" {
		return errNoPowers
	}
	var list []access.Institution
	q := s.db.Query()
	q.InstitutionsOf(&list, caller)
	if err := q.Read(r.Context()); err != nil {
		return err
	}
	switch len(list) {
	case 0:
		return errNoPowers
	case 1:
		return redirect(w, r, web.HomeURL(list[0].ID))
	}
	f := s.baseLayout(r)
	f.SignedIn = true
	return s.show(w, r, web.Institutions(f, list))
}

// home shows an institution's landing page: the caller's own products and the sections.
func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.load(r, need{}, nil)
	if err != nil {
		return err
	}
	return s.show(w, r, web.Home(s.scopeLayout(scope, web.NavOverview), scope.profile(scope.actor)))
}

// noPowersPage is the page of a caller who has no power in any institution, and explains how to get access (rule V2).
// It shows no institution's data.
func (s *Server) noPowersPage(r *http.Request) (templ.Component, error) {
	page := web.NoPowersPage{}
	caller := s.callerPerson(r)
	if caller != "" {
		var suspended []store.Suspension
		q := s.db.Query()
		q.SuspensionsOf(&suspended, caller)
		if err := q.Read(r.Context()); err != nil {
			return nil, err
		}
		for _, at := range suspended {
			page.Suspended = append(page.Suspended, web.SuspendedProduct{Institution: at.Institution, Product: at.Product})
		}
	}
	f := s.baseLayout(r)
	f.SignedIn = caller != ""
	return web.NoPowers(f, page), nil
}
