package server

import (
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
	visit, err := s.visit(r)
	if err != nil {
		return err
	}
	if err := visit.may(access.EnterUsers, access.User{}); err != nil {
		return err
	}
	typed := f.Text
	f.Text = ""
	if code, found := access.FindFiscalCode(typed); found {
		user, err := s.userWith(r, visit.institution.ID, code)
		if err != nil {
			return err
		}
		if user != "" {
			return redirect(w, r, web.ProfileURL(visit.institution.ID, user))
		}
	}
	if r.Method == http.MethodGet {
		return redirect(w, r, web.UsersURL(visit.institution.ID, f))
	}
	return s.showList(w, r, f, typed)
}

// userWith is who has a fiscal code in the institution; empty if nobody has.
func (s *Server) userWith(r *http.Request, institution access.InstitutionID, code access.FiscalCode) (access.UserID, error) {
	v := s.db.View()
	user := v.UserWith(institution, code)
	err := v.Read(r.Context())
	return *user, err
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
	var tallies *map[access.ProductID]access.Tally
	if f.Text == "" { // nobody has counted beforehand what a text finds
		tallies = v.Tallies(access.InstitutionID(institution))
	}
	groups := v.HasGroup(access.InstitutionID(institution), f.Product)
	done, mark := s.told(v, r)
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
	d := access.Directory{Institution: visit.institution, Actor: visit.actor, Products: visit.products, Filter: f, Groups: *groups}.Of(*sections)
	if tallies != nil {
		d.Tallies = *tallies
	}
	if d.Empty() {
		fitting.Page = access.Page{} // whoever the page started from has gone
	}
	if fitting != f && r.Method == http.MethodGet {
		return redirect(w, r, withMark(web.UsersURL(visit.institution.ID, fitting), mark))
	}
	frame := s.frameOf(visit, web.UsersList)
	if done.Action == access.Remove { // the last role of somebody who isn't here any more, and whose name has gone too
		product, role := names(visit.profile(access.User{}), done.Target)
		frame.Outcome = &web.Outcome{Action: access.Remove, Role: role, Product: product, Gone: true, Ceased: ceased(*done)}
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
