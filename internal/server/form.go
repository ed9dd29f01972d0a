package server

import (
	"errors"
	"net/http"
	"strings"

	"areariservata.example/utenti/internal/access"
	"areariservata.example/utenti/internal/store"
	"areariservata.example/utenti/web"
)

// subjectPage is what pages about one user start from: the user as the actor sees them, and what surrounds the page.
type subjectPage struct {
	visit   visit
	profile access.Profile
	frame   web.Frame
}

// subject reads the user that the path is about, with everything that may be done to them.
func (s *Server) subject(r *http.Request) (subjectPage, error) { return s.subjectWith(s.db.View(), r) }

// subjectWith reads them along with what the page has asked of the view already.
func (s *Server) subjectWith(v *store.View, r *http.Request) (subjectPage, error) {
	user, err := id(r, "user")
	if err != nil {
		return subjectPage{}, err
	}
	visiting, err := s.visiting(v, r)
	if err != nil {
		return subjectPage{}, err
	}
	institution, _ := id(r, "institution") // visiting has read it too
	subject := v.Subject(access.InstitutionID(institution), access.UserID(user))
	groups := v.Groups(access.InstitutionID(institution))
	visit, err := read(r.Context(), v, visiting)
	if err != nil {
		return subjectPage{}, err
	}
	if err := visit.may(access.View, *subject); err != nil {
		return subjectPage{}, err
	}
	p := visit.profile(*subject)
	p.Groups = *groups
	here := web.UsersList
	if p.Oneself() {
		here = web.Me
	}
	return subjectPage{visit: visit, profile: p, frame: s.frameOf(visit, here)}, nil
}

// readDraft reads the form about a user, as typed.
func readDraft(r *http.Request) access.Draft {
	f := r.PostForm
	d := access.Draft{
		FiscalCode: strings.TrimSpace(f.Get("fiscal_code")), FirstName: f.Get("first_name"), LastName: f.Get("last_name"),
		Email: strings.TrimSpace(f.Get("email")), Product: access.ProductID(f.Get("product")), NamesConfirmed: f.Get("names_confirmed") != "",
	}
	if tells(string(d.Product)) { // the page links to the product's list
		d.Product = ""
	}
	d.Roles = readRoles(r, d.Product)
	return d
}

// readRoles reads the roles that were chosen on a product. A form has every product's; those of the others don't count.
func readRoles(r *http.Request, product access.ProductID) (roles []access.RoleID) {
	for _, value := range r.PostForm["role"] {
		if of, role, found := strings.Cut(value, ":"); found && access.ProductID(of) == product {
			roles = append(roles, access.RoleID(role))
		}
	}
	return roles
}

// parseMarked reads the body of a form that changes something, and its one-time mark.
func parseMarked(r *http.Request) (store.Mark, error) {
	if err := parse(r); err != nil {
		return "", err
	}
	mark := r.PostForm.Get("once")
	if !uuid.MatchString(mark) {
		return "", badForm(errors.New("no one-time mark"))
	}
	return store.Mark(mark), nil
}

// parse reads a form's body.
func parse(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return badForm(err)
	}
	for _, values := range r.PostForm {
		for _, value := range values {
			if strings.ContainsRune(value, 0) {
				return badForm(errors.New("a field that isn't text"))
			}
		}
	}
	return nil
}

// kept reads what the person had typed on this page when their session ended, as if it had been sent now. It reports
// whether there is anything.
func (s *Server) kept(w http.ResponseWriter, r *http.Request) (bool, error) {
	form, err := s.sessions.KeptForm(w, r, r.URL.Path)
	if form == nil || err != nil {
		return false, err
	}
	r.PostForm = form
	return true, nil
}

// formOf leads from an address that forms are sent to, which has no page of its own, to the page that has the form.
func (s *Server) formOf(w http.ResponseWriter, r *http.Request) error {
	return redirect(w, r, formPage(r.URL.EscapedPath()))
}
