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
	scope   scope
	profile access.Profile
	layout  web.Layout
}

// loadSubject reads the user that the path is about, with everything that may be done to them.
func (s *Server) loadSubject(r *http.Request) (subjectPage, error) {
	return s.loadSubjectWith(r, nil, nil)
}

// loadSubjectWith reads the user with what ask adds, and records the view if there is one.
func (s *Server) loadSubjectWith(r *http.Request, view *store.ProfileView, ask func(*store.Query, access.InstitutionID)) (subjectPage, error) {
	user, err := pathID[access.UserID](r, "user")
	if err != nil {
		return subjectPage{}, err
	}
	var subject access.User
	var groups []access.Group
	scope, err := s.load(r, need{action: access.View, subject: &subject, view: view}, func(q *store.Query, in access.InstitutionID) {
		q.Subject(&subject, in, user)
		q.Groups(&groups, in)
		if ask != nil {
			ask(q, in)
		}
	})
	if err != nil {
		return subjectPage{}, err
	}
	p := scope.profile(subject)
	p.Groups = groups
	active := web.NavUsers
	if p.IsOwn() {
		active = web.NavOwnProfile
	}
	return subjectPage{scope: scope, profile: p, layout: s.scopeLayout(scope, active)}, nil
}

// profileView is the caller's view of the profile in the path, to be recorded and limited; nil if it is the caller's own.
func (s *Server) profileView(r *http.Request) *store.ProfileView {
	in, err1 := pathID[access.InstitutionID](r, "institution")
	user, err2 := pathID[access.UserID](r, "user")
	caller := s.callerID(r)
	if err := errors.Join(err1, err2); err != nil || caller == "" || caller == user {
		return nil
	}
	return &store.ProfileView{Institution: in, Actor: caller, Subject: user, Limit: s.config.Limits.Profiles, At: s.now()}
}

// readUserForm reads the form about a user, as typed.
func readUserForm(r *http.Request) access.UserForm {
	f := r.PostForm
	form := access.UserForm{
		FiscalCode: strings.TrimSpace(f.Get("fiscal_code")), FirstName: f.Get("first_name"), LastName: f.Get("last_name"),
		Email: strings.TrimSpace(f.Get("email")), Product: access.ProductID(f.Get("product")), NamesConfirmed: f.Get("names_confirmed") != "",
	}
	if containsFiscalCode(string(form.Product)) { // the page links to the product's list
		form.Product = ""
	}
	form.Roles = readRoles(r, form.Product)
	return form
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
