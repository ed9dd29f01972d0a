package server

import (
	"errors"
	"net/http"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/web"
)

// list is the users of the institution, by product (rules V3 to V7).
func (s *Server) list(w http.ResponseWriter, r *http.Request) error {
	f := readPage(web.ReadFilter(r.URL.Query()))
	if access.LikeFiscalCode(f.Text) { // in an address, where it must not stay
		return s.find(w, r, f)
	}
	return s.showList(w, r, f, "")
}

// search takes the filter form. It travels in the body, and what leaves here for an address has no fiscal code in it (rule D7).
func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	if err := parse(r); err != nil {
		return err
	}
	f := web.ReadFilter(r.PostForm)
	if access.LikeFiscalCode(f.Text) {
		return s.find(w, r, f)
	}
	institution, err := id(r, "institution")
	if err != nil {
		return err
	}
	return redirect(w, r, web.UsersURL(access.InstitutionID(institution), f))
}

// find goes to the profile of who has the fiscal code; without one, the list says so.
func (s *Server) find(w http.ResponseWriter, r *http.Request, f access.Filter) error {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	typed := f.Text
	f.Text = ""
	code, err := access.ParseFiscalCode(typed)
	if err == nil {
		user, err := s.db.UserByFiscalCode(r.Context(), visit.institution.ID, code)
		if err == nil {
			return redirect(w, r, web.ProfileURL(visit.institution.ID, user))
		}
		if !errors.Is(err, access.ErrNotFound) {
			return err
		}
	}
	if r.Method == http.MethodGet {
		return redirect(w, r, web.UsersURL(visit.institution.ID, f))
	}
	return s.showList(w, r, f, typed)
}

// showList shows the list; unknown is a fiscal code that nobody of the institution has, as typed.
func (s *Server) showList(w http.ResponseWriter, r *http.Request, f access.Filter, unknown string) error {
	v := s.db.View()
	visiting, err := s.visiting(v, r)
	if err != nil {
		return err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	sections := v.Sections(access.InstitutionID(institution), f)
	done, mark := s.told(v, r, access.InstitutionID(institution))
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	fitting, err := f.Fit(visit.products)
	if err != nil {
		return err
	}
	d := access.Directory{Institution: visit.institution, Actor: visit.actor, Products: visit.products, Filter: f}.Of(*sections)
	if d.Empty() {
		fitting.Page = access.Page{} // whoever the page started from has gone
	}
	if fitting != f && r.Method == http.MethodGet {
		return redirect(w, r, withMark(web.UsersURL(visit.institution.ID, fitting), mark))
	}
	frame := s.frameOf(visit, web.UsersList)
	if done.Action == access.Remove { // the last role of somebody who isn't here any more, and whose name has gone too
		product, role := names(visit.profile(access.User{}), done.Target)
		frame.Outcome = &web.Outcome{Action: access.Remove, Role: role, Product: product, Gone: true}
	}
	return s.show(w, r, http.StatusOK, web.Users(frame, web.UsersPage{Directory: d, Unknown: unknown}))
}

// readPage drops a page that can't be one.
func readPage(f access.Filter) access.Filter {
	for _, user := range []access.UserID{f.Page.After, f.Page.Before} {
		if user != "" && !uuid.MatchString(string(user)) {
			f.Page = access.Page{}
		}
	}
	return f
}
